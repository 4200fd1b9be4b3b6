//! Drizzle: `meta/_journal.json` lists the files that run, in order. Newer versions keep a folder for each migration,
//! with `migration.sql` and `snapshot.json`, and no journal.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;

use super::detect::counted;
use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, ListFault, MigrationFile, Version, VersionOrder, name, prisma};
use crate::source::{FileId, Span};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Listed,
    downs: Downs::Unknown,
    late: Late::Fails("Drizzle never runs what is older than the newest it has run"),
    ..Facts::new("drizzle", "Drizzle", arrange)
};

pub(super) fn by_journal(_: &Path, tree: &Tree) -> Option<String> {
    tree.holds(JOURNAL)
}

pub(super) fn by_snapshots(_: &Path, tree: &Tree) -> Option<String> {
    let migrations = tree.numbered_folders_with("migration.sql");
    let snapshots = migrations.iter().filter(|folder| tree.others.contains(&format!("{folder}/snapshot.json"))).count();
    let are_most = migrations.len() > tree.numbered_folders_with("up.sql").len() && snapshots * 2 >= migrations.len();
    are_most.then(|| format!("{} `migration.sql` and `snapshot.json`", counted(snapshots, "folder holds", "folders hold")))
}

/// The list of the migrations that run.
pub(super) const JOURNAL: &str = "meta/_journal.json";

#[derive(Deserialize)]
struct Journal {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// The file's name without `.sql`.
    tag: String,
    /// Milliseconds since 1970: what is not later than everything applied is skipped.
    #[serde(default)]
    when: i64,
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let Some(journal) = tree.items.iter().find(|item| item.path == JOURNAL) else { return prisma::arrange_as(tree, Kind::Drizzle) };
    let mut arrangement = Arrangement::default();
    let text = tree.text(journal.file);
    match serde_json::from_str::<Journal>(text) {
        Ok(read) => list(&mut arrangement, tree, journal.file, &read.entries),
        Err(error) => {
            let message = format!("the journal cannot be read, and Drizzle runs nothing: {error}");
            let span = Span::new(journal.file, 0..text.lines().next().unwrap_or("").len());
            arrangement.faults.push(ListFault { span, name: JOURNAL.to_string(), message, help: None });
        }
    }
    let listed: HashSet<FileId> = arrangement.migrations.iter().map(|migration| migration.up.file).collect();
    for item in tree.top().filter(|item| !listed.contains(&item.file)) {
        arrangement.ignore(item, format!("`{JOURNAL}` does not list it"), None);
    }
    arrangement
}

fn list(arrangement: &mut Arrangement, tree: &Tree, journal: FileId, entries: &[Entry]) {
    let mut position = 0;
    let mut latest: Option<&Entry> = None;
    for entry in entries {
        let span = place(tree.text(journal), journal, &entry.tag, &mut position);
        let fault =
            |message: String, help: Option<&str>| ListFault { span, name: entry.tag.clone(), message, help: help.map(str::to_string) };
        let Some(item) = tree.top().find(|item| item.stem() == entry.tag) else {
            let message = format!("`{}.sql` is listed and not there: Drizzle stops at it", entry.tag);
            arrangement.faults.push(fault(message, None));
            continue;
        };
        if let Some(later) = latest.filter(|later| later.when >= entry.when) {
            let message =
                format!("`{}` is not dated after `{}`: Drizzle skips it, without a word, where that one was applied", entry.tag, later.tag);
            arrangement.faults.push(fault(message, Some("give its entry a later `when`, the time of the merge")));
        } else {
            latest = Some(entry);
        }
        arrangement.migrations.push(migration(tree, item.file, &entry.tag));
    }
}

fn migration(tree: &Tree, file: FileId, tag: &str) -> MigrationFile {
    let (number, rest) = tag.split_at(name::leading_digits(tag));
    let version = if number.is_empty() { tag } else { number };
    MigrationFile {
        version: Some(Version::new(version)),
        name: rest.trim_start_matches(['_', '-']).to_string(),
        up: tree.whole(file),
        down: None,
        in_transaction: true,
    }
}

/// Where the journal names the tag, behind what was found before it.
fn place(text: &str, file: FileId, tag: &str, position: &mut usize) -> Span {
    let quoted = format!("\"{tag}\"");
    let Some(offset) = text.get(*position..).and_then(|rest| rest.find(&quoted)) else { return Span::new(file, 0..0) };
    let start = *position + offset + 1;
    *position = start + tag.len();
    Span::new(file, start..*position)
}
