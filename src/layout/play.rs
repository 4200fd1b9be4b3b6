//! Play evolutions: `1.sql` with `# --- !Ups` and `# --- !Downs`.

use std::collections::HashSet;

use super::facts::{Facts, WayBack};
use super::sections::{self, Direction, Sections};
use super::tree::{Arrangement, Item, Tree};
use super::{MigrationFile, name};
use crate::source::SourceMap;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    way_back: Some(WayBack::Section("# --- !Downs")),
    duplicate: Some("Play runs only one of them"),
    rewrite: Some(rewrite),
    ..Facts::new("play", "Play evolutions", arrange)
};

/// How both directions stand in one file.
pub(super) static SECTIONS: Sections = Sections {
    are_comments: false,
    example: "18.sql",
    follows_number: str::is_empty,
    opts_out: |_, _| true,
    misnamed,
    ..Sections::new("Play evolutions", "# --- !Ups", direction)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = sections::arrange(tree, &SECTIONS);
    up_to_gap(&mut arrangement, tree);
    arrangement
}

/// Play counts from 1 and stops at the first number that is missing.
fn up_to_gap(arrangement: &mut Arrangement, tree: &Tree) {
    let number = |migration: &MigrationFile| migration.version.as_ref().and_then(|version| version.parts.first().copied());
    let numbers: HashSet<u128> = arrangement.migrations.iter().filter_map(number).collect();
    let missing = (1..).find(|number| !numbers.contains(number)).unwrap_or(u128::MAX);
    let (runs, never) = std::mem::take(&mut arrangement.migrations).into_iter().partition(|migration| number(migration) < Some(missing));
    arrangement.migrations = runs;
    let never: Vec<MigrationFile> = never;
    for item in tree.items.iter().filter(|item| never.iter().any(|migration| migration.up.file == item.file)) {
        arrangement.ignore(item, format!("Play stops at the first number that is missing, {missing}"), None);
    }
}

/// A comment of either kind that holds the word, whatever stands around it.
fn direction(line: &str) -> Option<Direction> {
    let comment = line.strip_prefix('#').or_else(|| line.strip_prefix("--"))?;
    let words = [("!Ups", Direction::Up), ("!Downs", Direction::Down)];
    words.into_iter().find(|(word, _)| comment.contains(word)).map(|(_, direction)| direction)
}

fn misnamed(_: &Sections, arrangement: &mut Arrangement, item: &Item) {
    let number = item.stem().get(..name::leading_digits(item.stem())).filter(|number| !number.is_empty());
    arrangement.ignore(item, "Play takes only names that are a number", number.map(|number| format!("{number}.sql")));
}

/// Makes SQL of what only the tool understands, at equal length so that places stay right: a `;;` stands for
/// a semicolon within a statement.
fn rewrite(items: &mut [Item], sources: &mut SourceMap) {
    for item in items.iter_mut().filter(|item| item.is_sql()) {
        let source = sources.file(item.file);
        if source.text.contains(";;") {
            let (path, text) = (source.path.clone(), source.text.replace(";;", "; "));
            item.file = sources.add(path, text);
        }
    }
}
