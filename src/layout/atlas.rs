//! Atlas's own directories: `version_name.sql`, in byte order; `atlas.sum` lists them.

use std::path::Path;

use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Item, Tree};
use super::{MigrationFile, Version, VersionOrder, delimiter};
use crate::source::SourceMap;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Bytes,
    downs: Downs::Unknown,
    without_transaction: Some("write `-- atlas:txmode none` and an empty line at the top"),
    late: Late::Fails("Atlas refuses to run without --exec-order non-linear"),
    rewrite: Some(rewrite),
    ..Facts::new("atlas", "Atlas", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    tree.others.iter().any(|path| path == SUM).then(|| format!("it holds `{SUM}`"))
}

/// The list of the files with their hashes.
pub(super) const SUM: &str = "atlas.sum";

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        // A checkpoint repeats what is before it, for new databases.
        if !item.folder().is_empty() || item.beside || says(tree.text(item.file), "checkpoint") {
            arrangement.companions.push(tree.whole(item.file));
        } else {
            arrangement.migrations.push(migration(tree, item));
        }
    }
    arrangement
}

fn migration(tree: &Tree, item: &Item) -> MigrationFile {
    let (version, name) = item.stem().split_once('_').unwrap_or((item.stem(), ""));
    MigrationFile {
        version: Some(Version::new(version)),
        name: name.to_string(),
        up: tree.whole(item.file),
        down: None,
        in_transaction: !says(tree.text(item.file), "txmode none"),
    }
}

/// Puts semicolons where a file has a delimiter of its own, every byte in its place. Delimiters of nothing but empty
/// lines stand beside semicolons in all that people write.
fn rewrite(items: &mut [Item], sources: &mut SourceMap) {
    for item in items.iter_mut().filter(|item| item.is_sql()) {
        let source = sources.file(item.file);
        let delimiter = directives(&source.text).find_map(|found| found.strip_prefix("delimiter"));
        let written = delimiter.map(|delimiter| delimiter.replace("\\n", ""));
        if let Some(text) = written.and_then(|written| delimiter::to_semicolons(&source.text, &written)) {
            let path = source.path.clone();
            item.file = sources.add(path, text);
        }
    }
}

/// Whether the comments at the top hold a directive.
fn says(text: &str, directive: &str) -> bool {
    directives(text).any(|found| found.starts_with(directive))
}

fn directives(text: &str) -> impl Iterator<Item = &str> {
    let comments = text.lines().take_while(|line| line.starts_with("--"));
    comments.filter_map(|line| line.trim_start_matches('-').trim().strip_prefix("atlas:"))
}
