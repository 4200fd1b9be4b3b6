//! Every directory of migrations below a folder, such as a repository's root.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::listing::{self, Listing};
use super::tree::{base_name, is_sql};
use super::{Directory, Kind, SourcePart, databases, detect, down, drizzle, graphile, liquibase, locations, manifest, releases, sqitch};
use crate::source::SourceMap;

/// Folders whose numbered files are no project's own migrations, unless somebody names them.
const ASIDE: [&str; 24] = [
    "test",
    "tests",
    "testdata",
    "__tests__",
    "fixtures",
    "seed",
    "seeds",
    "seeders",
    "samples",
    "sample",
    "examples",
    "example",
    "verify",
    "queries",
    "initdb.d",
    "demo",
    "backup",
    "dump",
    "stub",
    "stubs",
    "archive",
    "_archive",
    "archived",
    "_archived",
];

/// Words in the names of folders that hold migrations.
const NAMES: [&str; 13] = [
    "drizzle",
    "database",
    "migrat",
    "versions",
    "patches",
    "updates",
    "delta",
    "evolutions",
    "changelog",
    "schema",
    "upgrade",
    "sql",
    "db",
];

/// Folders in which tools keep SQL that is no migration: what Supabase declares the schema with.
const DECLARATIONS: [&str; 1] = ["supabase/schemas"];

/// The directories below `root` that look like migrations, in the order of their paths.
pub fn directories_below(root: &Path) -> Vec<PathBuf> {
    let folders = candidates(&listing::list(root, None));
    let inside = |outer: &str| {
        let start = format!("{outer}/");
        folders.range(start.clone()..).map(|(folder, _)| folder.as_str()).take_while(move |folder| folder.starts_with(&start))
    };
    let mut found: Vec<&str> = Vec::new();
    for folder in folders.keys() {
        let outer = found.iter().find(|outer| folder.strip_prefix(**outer).is_some_and(|rest| rest.starts_with('/')));
        let is_own = outer.is_none_or(|outer| databases::stands_apart(outer, folder, inside(outer)));
        if is_own && is_meant(folder) {
            found.push(folder);
        }
    }
    let found: Vec<PathBuf> = found.into_iter().map(|folder| root.join(folder)).collect();
    // What is read together with another directory is none of its own.
    let absolute = |folder: &PathBuf| std::fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
    let with_others: BTreeMap<PathBuf, Vec<PathBuf>> =
        found.iter().map(|folder| (absolute(folder), locations::others(folder))).filter(|(_, others)| !others.is_empty()).collect();
    let is_first = |folder: &PathBuf| {
        let own = absolute(folder);
        !with_others.iter().any(|(other, others)| others.contains(&own) && (*other < own || !with_others.contains_key(&own)))
    };
    found.into_iter().filter(is_first).collect()
}

/// Whether a directory that was found by the looks of its names holds migrations: numbered queries and reports change no
/// schema.
pub fn changes_schema(directory: &Directory, sources: &SourceMap) -> bool {
    let is_by_looks = matches!(directory.kind, Kind::HandNumbered | Kind::Timestamped);
    let changes = |part: SourcePart| {
        let text = sources.text(part.span).to_ascii_lowercase();
        ["create ", "alter ", "drop "].iter().any(|word| text.contains(word))
    };
    let count = directory.migrations.iter().filter(|migration| changes(migration.up)).count();
    !directory.migrations.is_empty() && (!is_by_looks || count * 10 >= directory.migrations.len() * 3)
}

fn is_meant(folder: &str) -> bool {
    let parts = || folder.split('/').map(str::to_ascii_lowercase);
    parts().all(|part| !ASIDE.contains(&part.as_str()) && databases::other(&part).is_none())
        && parts().any(|part| NAMES.iter().any(|name| part.contains(name)))
}

fn is_declaration(folder: &str) -> bool {
    DECLARATIONS.iter().any(|known| folder.strip_suffix(known).is_some_and(|outer| outer.is_empty() || outer.ends_with('/')))
}

/// Folders that hold migrations, with how many files make that likely.
pub(super) fn candidates(listing: &Listing) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for found in listing.readable.iter().filter(|found| !found.beside && !down::in_folder(&found.path)) {
        if let Some(folder) = directory_of(&found.path).filter(|folder| !folder.is_empty() && !is_declaration(folder)) {
            *counts.entry(folder.to_string()).or_default() += 1;
        }
    }
    counts
}

/// The directory of migrations that a file of this path would belong to.
fn directory_of(path: &str) -> Option<&str> {
    if let Some(folder) = [drizzle::JOURNAL, sqitch::PLAN].iter().find_map(|list| path.strip_suffix(list)) {
        return Some(folder.trim_end_matches('/'));
    }
    let (folder, file) = path.rsplit_once('/')?;
    let parent = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    let own = base_name(folder);
    match file {
        "up.sql" | "migration.sql" | manifest::MANIFEST if detect::looks_dated(own) || releases::release(own).is_some() => Some(parent),
        _ if liquibase::is_changelog(file) || liquibase::is_formatted_changelog(file) => Some(folder),
        _ if !is_sql(file) || !detect::looks_numbered(file) => None,
        _ if [graphile::COMMITTED, "sqls"].contains(&own) || releases::release(own).is_some() => Some(parent),
        _ => Some(folder),
    }
}
