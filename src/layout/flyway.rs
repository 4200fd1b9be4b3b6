//! Flyway (`V1__name.sql`, `U1__name.sql`, `R__name.sql`) and Refinery, where `U` goes forward too.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::facts::{Downs, Facts, Late};
use super::listing::{Found, Listing};
use super::name;
use super::pairing::{self, Down};
use super::tree::{Arrangement, Item, Tree, base_name};
use super::{Kind, MigrationFile, Version, down, locations};
use crate::diagnostic::Severity;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    keeps_checksum: true,
    // Taking back is a paid feature.
    downs: Downs::Rare,
    duplicate: Some("Flyway refuses to run"),
    late: Late::Fails("Flyway refuses to run without -outOfOrder=true"),
    deleted: Some("Flyway refuses to run where it has run"),
    renamed: Some(("Flyway compares descriptions and refuses to run where it has run", Severity::Error)),
    ..Facts::new("flyway", "Flyway", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let (count, all) = (count(tree, Kind::Flyway), names(tree).count());
    (count > 0 && count * 5 >= all * 3).then(|| format!("{count} of {all} names are like `V1__name.sql`"))
}

/// The names that could be those of migrations.
pub(super) fn names<'a>(tree: &'a Tree) -> impl Iterator<Item = &'a str> {
    tree.items.iter().filter(|item| !item.beside && item.is_sql() && !down::in_folder(&item.path)).map(|item| item.name())
}

/// How many of them the tool takes.
pub(super) fn count(tree: &Tree, kind: Kind) -> usize {
    names(tree).filter(|name| parse(&capitalised(name, kind)).is_some()).count()
}

/// What a name says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parsed<'a> {
    /// `V`, `U`, `B` or `R`.
    pub prefix: char,
    /// As written; empty for `R`.
    pub version: &'a str,
    /// What stands behind `__`.
    pub name: &'a str,
}

/// The folders whose migrations run together with those of a directory.
pub(super) fn locations(root: &Path, listing: &Listing) -> Vec<PathBuf> {
    let is_own = listing.readable.iter().any(|found| !found.beside && parse(base_name(&found.path)).is_some());
    if is_own { locations::others(root) } else { Vec::new() }
}

/// Whether the first version stands in several folders: what is found there belongs to several histories.
pub(super) fn begins_anew(listing: &Listing) -> bool {
    let version = |file: &str| parse(file).filter(|parsed| parsed.prefix == 'V').map(|parsed| flyway_version(parsed.version).parts);
    let versioned = |found: &'_ Found| Some((version(base_name(&found.path))?, found.path.rsplit_once('/')?.0.to_owned()));
    let mut versions: Vec<_> = listing.readable.iter().filter(|found| !found.beside).filter_map(versioned).collect();
    versions.sort();
    versions.dedup();
    matches!(versions.as_slice(), [(one, _), (other, _), ..] if one == other)
}

/// Cuts a file's name as Flyway does; `None` for names it passes over.
pub(super) fn parse(name: &str) -> Option<Parsed<'_>> {
    let stem = name.get(..name.len().checked_sub(4)?).filter(|_| super::tree::is_sql(name))?;
    let prefix = stem.chars().next().filter(|prefix| matches!(prefix, 'V' | 'U' | 'B' | 'R'))?;
    let rest = stem.get(1..)?;
    let (version, description) = rest.split_once("__").unwrap_or((rest, ""));
    let fits = if prefix == 'R' { version.is_empty() && rest.starts_with("__") } else { is_version(version) };
    fits.then_some(Parsed { prefix, version, name: description })
}

fn is_version(text: &str) -> bool {
    text.split(['.', '_']).all(|part| !part.is_empty() && name::leading_digits(part) == part.len())
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    arrange_as(tree, Kind::Flyway)
}

pub(super) fn arrange_as(tree: &Tree, kind: Kind) -> Arrangement {
    let mut arrangement = Arrangement { foreign: foreign(tree), ..Arrangement::default() };
    let mut downs = Vec::new();
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        let name = capitalised(item.name(), kind);
        match parse(&name).filter(|_| !item.beside) {
            Some(Parsed { prefix: 'U', version, name }) if kind == Kind::Flyway => {
                downs.push(Down { file: item.file, version: Some(flyway_version(version)), name: name.to_string() });
            }
            Some(_) if setting(tree, item, "shouldExecute") == Some(false) => {
                arrangement.ignore(item, format!("`{}.conf` says `shouldExecute=false`", item.name()), None);
            }
            Some(Parsed { prefix: 'B', .. }) => arrangement.companions.push(tree.whole(item.file)),
            Some(parsed) => arrangement.migrations.push(migration(tree, item, kind, &parsed)),
            None => unmatched(&mut arrangement, tree, item, kind),
        }
    }
    pairing::pair(&mut arrangement, tree, downs);
    arrangement
}

/// Evolve takes its prefixes in whatever case.
pub(super) fn capitalised(name: &str, kind: Kind) -> Cow<'_, str> {
    let mut characters = name.chars();
    match characters.next().filter(|first| kind == Kind::Evolve && first.is_ascii_lowercase()) {
        Some(first) => Cow::Owned(format!("{}{}", first.to_ascii_uppercase(), characters.as_str())),
        None => Cow::Borrowed(name),
    }
}

/// V1, V1.0 and V01_0 are one version.
fn flyway_version(text: &str) -> Version {
    let mut version = Version::new(text);
    while version.parts.len() > 1 && version.parts.last() == Some(&0) {
        version.parts.pop();
    }
    version
}

fn migration(tree: &Tree, item: &Item, kind: Kind, parsed: &Parsed) -> MigrationFile {
    MigrationFile {
        version: (parsed.prefix != 'R').then(|| flyway_version(parsed.version)),
        name: parsed.name.to_string(),
        up: tree.whole(item.file),
        down: None,
        in_transaction: in_transaction(tree, item, kind),
    }
}

fn in_transaction(tree: &Tree, item: &Item, kind: Kind) -> bool {
    let text = tree.text(item.file);
    match kind {
        Kind::Refinery => true,
        Kind::Evolve => !text.lines().next().unwrap_or("").contains("evolve-tx-off"),
        _ => setting(tree, item, "executeInTransaction").unwrap_or_else(|| !runs_alone(text)),
    }
}

/// What the file beside a migration, `V1__name.sql.conf`, says of it.
fn setting(tree: &Tree, item: &Item, key: &str) -> Option<bool> {
    let path = format!("{}.conf", item.path);
    let at = tree.items.binary_search_by(|other| other.path.as_str().cmp(&path)).ok()?;
    let lines = tree.text(tree.items.get(at)?.file).lines();
    let (_, value) = lines.filter_map(|line| line.split_once('=')).find(|(found, _)| found.trim() == key)?;
    value.trim().parse().ok()
}

/// Flyway leaves the transaction out by itself where PostgreSQL would refuse one.
fn runs_alone(text: &str) -> bool {
    crate::sql::split::statements(text, 0..text.len()).into_iter().any(|chunk| {
        let statement = text.get(chunk.range).unwrap_or("").to_ascii_uppercase();
        statement.contains(" CONCURRENTLY") || statement.starts_with("VACUUM") || statement.starts_with("ALTER SYSTEM")
    })
}

fn unmatched(arrangement: &mut Arrangement, tree: &Tree, item: &Item, kind: Kind) {
    let near_miss = near_miss(item.name()).filter(|_| !item.beside && !down::in_folder(&item.path));
    match near_miss {
        Some(name) => arrangement.ignore(item, format!("{} passes over names that are not like `V1__name.sql`", kind.label()), Some(name)),
        None => arrangement.companions.push(tree.whole(item.file)),
    }
}

/// `v2__x`, `V2_x`, `2__x`: what was meant is clear.
fn near_miss(file: &str) -> Option<String> {
    let stem = file.get(..file.len().checked_sub(4)?)?;
    let rest = stem.strip_prefix(['V', 'v']).unwrap_or(stem);
    let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(rest.len());
    let (version, description) = rest.split_at(end);
    let description = description.trim_start_matches(['_', '-', ' ', '.']);
    let meant = format!("V{}__{description}.sql", version.trim_end_matches('.'));
    (name::leading_digits(version) > 0 && parse(&meant).is_some()).then_some(meant)
}

/// Migrations written in Java or Kotlin.
fn foreign(tree: &Tree) -> Vec<String> {
    let is_code = |path: &&String| {
        let Some((stem, extension)) = base_name(path).rsplit_once('.') else { return false };
        matches!(extension, "java" | "kt" | "class" | "rs") && parse(&format!("{stem}.sql")).is_some_and(|parsed| !parsed.name.is_empty())
    };
    tree.others.iter().filter(is_code).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_at_the_first_two_underscores() {
        let cases = [
            ("V1__0__x.sql", Some(('V', "1", "0__x"))),
            ("V6.1.0.6.sql", Some(('V', "6.1.0.6", ""))),
            ("V1_10__x.SQL", Some(('V', "1_10", "x"))),
            ("R__view.sql", Some(('R', "", "view"))),
            ("V1_init.sql", None),
            ("v2__x.sql", None),
            ("V077a__x.sql", None),
            ("R1__x.sql", None),
            ("sql", None),
        ];
        for (name, expected) in cases {
            assert_eq!(parse(name).map(|parsed| (parsed.prefix, parsed.version, parsed.name)), expected, "{name}");
        }
    }

    #[test]
    fn trailing_zeros_do_not_make_another_version() {
        for text in ["1", "1.0", "01", "1_0", "1.0.0"] {
            assert_eq!(flyway_version(text).parts, [1], "{text}");
        }
        assert_eq!(flyway_version("0").parts, [0]);
        assert_eq!(flyway_version("10").parts, [10]);
    }

    #[test]
    fn a_near_miss_is_named() {
        for (name, expected) in [
            ("v2__x.sql", Some("V2__x.sql")),
            ("V1_init.sql", Some("V1__init.sql")),
            ("003_add.sql", Some("V003__add.sql")),
            ("seed.sql", None),
        ] {
            assert_eq!(near_miss(name).as_deref(), expected, "{name}");
        }
    }
}
