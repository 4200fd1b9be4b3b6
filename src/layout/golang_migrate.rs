//! golang-migrate (`1_name.up.sql`, `1_name.down.sql`) and sqlx, which also takes `1_name.sql`.

use std::path::Path;

use super::detect::counted;
use super::facts::{Facts, Late, Transaction, WayBack};
use super::pairing::{self, Down};
use super::tree::{Arrangement, Item, Tree, base_name};
use super::{Kind, MigrationFile, Version, down, name};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    way_back: Some(WayBack::File(|stem| format!("{}.down.sql", stem.strip_suffix(".up").unwrap_or(stem)))),
    transaction: Transaction::Implied,
    duplicate: Some("golang-migrate refuses every command on such a directory"),
    late: Late::Fails("golang-migrate never runs it where that one has run"),
    deleted: Some("golang-migrate stops where it was the last to run, and new databases never get it"),
    ..Facts::new("golang-migrate", "golang-migrate", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let (ups, forward) = directions(tree);
    (ups > 0 && ups >= forward).then(|| evidence(ups))
}

pub(super) fn evidence(ups: usize) -> String {
    format!("{} in `.up.sql`", counted(ups, "name ends", "names end"))
}

/// How many numbered names say that they go forward, and how many say nothing.
pub(super) fn directions(tree: &Tree) -> (usize, usize) {
    let (mut ups, mut forward) = (0, 0);
    for item in tree.top().filter(|item| item.name().starts_with(|first: char| first.is_ascii_digit())) {
        if item.stem().ends_with(".up") {
            ups += 1;
        } else if down::marked(item.stem()).is_none() {
            forward += 1;
        }
    }
    (ups, forward)
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    arrange_as(tree, Kind::GolangMigrate)
}

pub(super) fn arrange_as(tree: &Tree, kind: Kind) -> Arrangement {
    let mut arrangement = Arrangement { foreign: foreign(tree), ..Arrangement::default() };
    let mut downs = Vec::new();
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        if item.beside || !item.folder().is_empty() {
            nested(&mut arrangement, tree, item, kind);
            continue;
        }
        match parse(item.stem()) {
            Some((version, name, Some("up"))) => arrangement.migrations.push(migration(tree, item, kind, version, name)),
            Some((version, name, Some("down"))) => downs.push(Down { file: item.file, version: Some(version), name: name.to_string() }),
            Some((version, name, None)) if kind == Kind::Sqlx => simple(&mut arrangement, tree, item, version, name, &mut downs),
            parsed => unmatched(&mut arrangement, tree, item, kind, parsed.is_some()),
        }
    }
    pairing::pair(&mut arrangement, tree, downs);
    arrangement
}

fn parse(stem: &str) -> Option<(Version, &str, Option<&str>)> {
    let (number, rest) = stem.split_once('_')?;
    if number.is_empty() || name::leading_digits(number) != number.len() {
        return None;
    }
    let version = Version::new(number);
    for direction in ["up", "down"] {
        if let Some(name) = rest.strip_suffix(direction).and_then(|rest| rest.strip_suffix('.').or(rest.is_empty().then_some(""))) {
            return Some((version, name, Some(direction)));
        }
    }
    Some((version, rest, None))
}

fn migration(tree: &Tree, item: &Item, kind: Kind, version: Version, name: &str) -> MigrationFile {
    let text = tree.text(item.file);
    let in_transaction = if kind == Kind::Sqlx { !text.starts_with("-- no-transaction") } else { pairing::several_statements(text) };
    MigrationFile { version: Some(version), name: name.to_string(), up: tree.whole(item.file), down: None, in_transaction }
}

/// sqlx takes any other name for a migration, a rollback's too.
fn simple(arrangement: &mut Arrangement, tree: &Tree, item: &Item, version: Version, name: &str, downs: &mut Vec<Down>) {
    let undoes = down::marked(name).filter(|marked| marked.dotted || down::only_destroys(tree.text(item.file)));
    if let Some(marked) = undoes {
        arrangement.run_forward.push(item.file);
        downs.push(Down { file: item.file, version: Some(version), name: marked.base.to_string() });
    } else {
        arrangement.migrations.push(migration(tree, item, Kind::Sqlx, version, name));
    }
}

fn unmatched(arrangement: &mut Arrangement, tree: &Tree, item: &Item, kind: Kind, numbered: bool) {
    let stem = item.stem();
    if kind == Kind::Sqlx && stem.contains('_') {
        arrangement.refuse(item, "sqlx takes what stands before the first `_` for a number and stops when it is none", None);
    } else if numbered {
        arrangement.ignore(item, "golang-migrate passes over names without `.up` or `.down` before `.sql`", Some(format!("{stem}.up.sql")));
    } else if stem.ends_with(".up") || stem.ends_with(".down") {
        arrangement.ignore(item, format!("{} passes over names that do not begin with a number and `_`", kind.label()), near_miss(stem));
    } else {
        arrangement.companions.push(tree.whole(item.file));
    }
}

/// `12-name.up` was meant to be `12_name.up`.
fn near_miss(stem: &str) -> Option<String> {
    let digits = name::leading_digits(stem);
    let rest = stem.get(digits..)?.trim_start_matches(['-', '.', ' ']);
    (digits > 0).then(|| format!("{}_{rest}.sql", &stem[..digits]))
}

fn nested(arrangement: &mut Arrangement, tree: &Tree, item: &Item, kind: Kind) {
    let is_up = matches!(parse(item.stem()), Some((.., Some("up"))));
    let set_aside = item
        .folder()
        .split('/')
        .any(|folder| matches!(folder, "archive" | "archived" | "old" | "legacy" | "deprecated" | "test" | "tests" | "testdata"));
    if is_up && !set_aside && !item.beside {
        arrangement.ignore(item, format!("{} does not look into folders", kind.label()), Some(item.name().to_string()));
    } else {
        arrangement.companions.push(tree.whole(item.file));
    }
}

/// Migrations written in Go or another language.
fn foreign(tree: &Tree) -> Vec<String> {
    let is_up = |path: &&String| {
        let name = base_name(path);
        name.len() == path.len() && name.contains(".up.") && name::leading_digits(name) > 0
    };
    tree.others.iter().filter(is_up).cloned().collect()
}
