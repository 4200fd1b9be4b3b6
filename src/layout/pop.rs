//! pop and its kin: `1_name.up.sql` for every database, `1_name.postgres.up.sql` for one of them alone, and
//! `1_name.autocommit.up.sql` without a transaction.

use std::collections::BTreeMap;
use std::path::Path;

use super::facts::{Facts, WayBack};
use super::pairing::{self, Down};
use super::tree::{Arrangement, Item, Tree};
use super::{MigrationFile, Version, VersionOrder, name};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Bytes,
    way_back: Some(WayBack::File(|stem| format!("{}.down.sql", stem.strip_suffix(".up").unwrap_or(stem)))),
    duplicate: Some("the second one is taken for applied"),
    ..Facts::new("pop", "pop", arrange)
};

/// Names for several databases, or with the word for running without a transaction.
pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let named: Vec<(&str, Parsed)> = tree.top().filter_map(|item| Some((item.name(), parse(item.stem())?))).collect();
    let mut databases: Vec<&str> = named.iter().filter_map(|(_, parsed)| parsed.database).collect();
    databases.sort_unstable();
    databases.dedup();
    if let [one, other, ..] = databases.as_slice() {
        return Some(format!("it holds names ending in `.{one}.up.sql` and in `.{other}.up.sql`"));
    }
    named.iter().find(|(_, parsed)| parsed.autocommit).map(|(name, _)| format!("it holds `{name}`"))
}

/// The names of the databases, as file names have them.
const DATABASES: [&str; 9] = ["postgres", "postgresql", "cockroach", "cockroachdb", "mysql", "mariadb", "sqlite", "sqlite3", "mssql"];

/// What a file's name says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parsed<'a> {
    version: &'a str,
    name: &'a str,
    /// The only database it is for.
    pub database: Option<&'a str>,
    /// It runs without a transaction.
    pub autocommit: bool,
    goes_back: bool,
}

/// Cuts a name without `.sql`.
pub(super) fn parse(stem: &str) -> Option<Parsed<'_>> {
    let (version, rest) = stem.split_once('_')?;
    let is_number = !version.is_empty() && name::leading_digits(version) == version.len();
    let (rest, goes_back) =
        rest.strip_suffix(".up").map(|rest| (rest, false)).or_else(|| rest.strip_suffix(".down").map(|rest| (rest, true)))?;
    let (rest, autocommit) = rest.strip_suffix(".autocommit").map_or((rest, false), |rest| (rest, true));
    let (name, database) = match rest.rsplit_once('.') {
        Some((name, database)) if DATABASES.contains(&database) => (name, Some(database)),
        _ => (rest, None),
    };
    is_number.then_some(Parsed { version, name, database, autocommit, goes_back })
}

fn arrange(tree: &Tree, dialect: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let mut ups: BTreeMap<&str, Vec<(&Item, Parsed)>> = BTreeMap::new();
    let mut downs: BTreeMap<&str, Vec<(&Item, Parsed)>> = BTreeMap::new();
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        match parse(item.stem()).filter(|_| item.folder().is_empty() && !item.beside) {
            Some(parsed) if parsed.goes_back => downs.entry(parsed.version).or_default().push((item, parsed)),
            Some(parsed) => ups.entry(parsed.version).or_default().push((item, parsed)),
            None => unmatched(&mut arrangement, tree, item),
        }
    }
    for (item, parsed) in ups.into_values().flat_map(|group| chosen(group, dialect)) {
        arrangement.migrations.push(MigrationFile {
            version: Some(Version::new(parsed.version)),
            name: parsed.name.to_string(),
            up: tree.whole(item.file),
            down: None,
            in_transaction: !parsed.autocommit,
        });
    }
    let downs = downs.into_values().flat_map(|group| chosen(group, dialect));
    let downs =
        downs.map(|(item, parsed)| Down { file: item.file, version: Some(Version::new(parsed.version)), name: parsed.name.to_string() });
    let downs = downs.collect();
    pairing::pair(&mut arrangement, tree, downs);
    arrangement
}

/// A file for the database itself goes before one for all of them.
fn chosen<'a>(group: Vec<(&'a Item, Parsed<'a>)>, dialect: Dialect) -> Vec<(&'a Item, Parsed<'a>)> {
    let is_own = |parsed: &Parsed| parsed.database.is_some_and(|database| speaks(database, dialect));
    let wanted = if group.iter().any(|(_, parsed)| is_own(parsed)) { |own: bool, _: bool| own } else { |_: bool, all: bool| all };
    group.into_iter().filter(|(_, parsed)| wanted(is_own(parsed), parsed.database.is_none())).collect()
}

fn speaks(database: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Postgres => database.starts_with("postgres"),
        Dialect::MySql => ["mysql", "mariadb"].contains(&database),
        Dialect::Sqlite => database.starts_with("sqlite"),
        Dialect::SqlServer => ["mssql", "sqlserver"].contains(&database),
    }
}

fn unmatched(arrangement: &mut Arrangement, tree: &Tree, item: &Item) {
    let numbered = name::leading_digits(item.stem()) > 0 && item.folder().is_empty() && !item.beside;
    if numbered {
        arrangement.ignore(item, "pop passes over names without `.up` or `.down` before `.sql`", Some(format!("{}.up.sql", item.stem())));
    } else {
        arrangement.companions.push(tree.whole(item.file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_for_which_database_it_is() {
        for (stem, database, autocommit) in [
            ("1_users.up", None, false),
            ("1_users.postgres.down", Some("postgres"), false),
            ("1_users.mysql.autocommit.up", Some("mysql"), true),
            ("1_users.v2.up", None, false),
        ] {
            let parsed = parse(stem).unwrap_or_else(|| panic!("{stem} is a name"));
            assert_eq!((parsed.database, parsed.autocommit), (database, autocommit), "{stem}");
        }
        for stem in ["users.up", "1_users", "1-users.up"] {
            assert_eq!(parse(stem), None, "{stem}");
        }
    }
}
