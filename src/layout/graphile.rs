//! graphile-migrate: `committed/000001.sql`, each with the hash of the one before it.

use std::path::Path;

use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Item, Tree};
use super::{ListFault, MigrationFile, Version, name};
use crate::source::Span;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    keeps_checksum: true,
    downs: Downs::Unknown,
    late: Late::Fails("graphile-migrate refuses to run"),
    ..Facts::new("graphile-migrate", "graphile-migrate", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let committed: Vec<&Item> = tree.items.iter().filter(|item| is_committed(item)).collect();
    let chained = committed.iter().filter(|item| tree.text(item.file).starts_with(PREVIOUS)).count();
    (chained > 0 && chained * 2 >= committed.len()).then(|| format!("{chained} of {} files hold `{PREVIOUS}`", committed.len()))
}

/// What the first line of a committed migration begins with.
pub(super) const PREVIOUS: &str = "--! Previous:";

/// The folder of committed migrations.
pub(super) const COMMITTED: &str = "committed";

/// Whether a file is a committed migration, seen from the project's folder or from the folder itself.
pub(super) fn is_committed(item: &Item) -> bool {
    item.is_sql() && !item.beside && matches!(item.folder(), "" | COMMITTED) && name::leading_digits(item.stem()) > 0
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let mut last: Option<(&Item, &str)> = None;
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        if !is_committed(item) {
            arrangement.companions.push(tree.whole(item.file));
            continue;
        }
        let text = tree.text(item.file);
        let previous = header(text, PREVIOUS).unwrap_or("-");
        let expected = last.map_or("-", |(_, hash)| hash);
        if previous != expected {
            let start = text.find(previous).unwrap_or(0);
            let message = match last {
                Some((before, _)) => format!("`{}` does not follow `{}`: graphile-migrate refuses to run", item.name(), before.name()),
                None => format!("`{}` follows a migration that is not there: graphile-migrate refuses to run", item.name()),
            };
            let span = Span::new(item.file, start..start + previous.len());
            arrangement.faults.push(ListFault { span, name: item.path.clone(), message, help: None });
        }
        last = Some((item, header(text, "--! Hash:").unwrap_or("-")));
        arrangement.migrations.push(migration(tree, item, text));
    }
    arrangement
}

fn migration(tree: &Tree, item: &Item, text: &str) -> MigrationFile {
    let (number, rest) = item.stem().split_at(name::leading_digits(item.stem()));
    let in_transaction =
        !text.lines().take_while(|line| line.starts_with("--") || line.is_empty()).any(|line| line == "--! no-transaction");
    MigrationFile {
        version: Some(Version::new(number)),
        name: rest.trim_start_matches('-').to_string(),
        up: tree.whole(item.file),
        down: None,
        in_transaction,
    }
}

fn header<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().take_while(|line| line.starts_with("--!")).find_map(|line| line.strip_prefix(key)).map(str::trim)
}
