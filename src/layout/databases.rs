//! Folders named after databases, side by side: each holds a history of its own.

use std::collections::BTreeSet;

use super::listing::Listing;
use super::tree::is_sql;
use super::{detect, dialect};

/// Databases whose SQL is not read.
const OTHERS: [&str; 14] = [
    "oracle",
    "clickhouse",
    "cockroach",
    "cockroachdb",
    "h2",
    "hsqldb",
    "spanner",
    "cassandra",
    "bigquery",
    "db2",
    "derby",
    "duckdb",
    "redshift",
    "snowflake",
];

/// The database that a folder's name says, though its SQL is not read.
pub(super) fn other(folder: &str) -> Option<&'static str> {
    folder.split(['-', '_', '.']).find_map(|part| OTHERS.into_iter().find(|other| dialect::has_word(part, other)))
}

/// The database that the innermost of some folders is named after.
fn of_path(folders: &str) -> Option<&'static str> {
    folders.rsplit('/').find_map(|folder| dialect::of_folder(folder).map(|dialect| dialect.key()).or_else(|| other(folder)))
}

fn of_file(path: &str) -> Option<&'static str> {
    let (folders, file) = path.rsplit_once('/')?;
    of_path(folders).filter(|_| is_sql(file) && detect::looks_numbered(file))
}

/// Whether the folders of a directory hold migrations for several databases.
pub(super) fn are_several(listing: &Listing) -> bool {
    let named = listing.readable.iter().filter(|found| !found.beside).filter_map(|found| of_file(&found.path));
    named.collect::<BTreeSet<_>>().len() > 1
}

/// Leaves out the migrations that lie in folders for several databases, which are no part of the history beside them.
pub(super) fn leave_out(listing: &mut Listing) {
    if are_several(listing) {
        listing.readable.retain(|found| found.beside || of_file(&found.path).is_none());
    }
}

/// Whether a folder in a directory of migrations is that of one of several databases.
pub(super) fn stands_apart<'a>(outer: &str, folder: &str, inside: impl Iterator<Item = &'a str>) -> bool {
    let own = |folder: &str| of_path(folder.get(outer.len() + 1..).unwrap_or(""));
    own(folder).is_some() && inside.filter_map(own).collect::<BTreeSet<_>>().len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_folder_that_names_a_database_counts() {
        for (folders, expected) in [
            ("db/migration/postgresql", Some("postgresql")),
            ("jdbc-mysql/src/main/resources/migrations", Some("mysql")),
            ("oracle/mysql/2024", Some("mysql")),
            ("db/h2", Some("h2")),
            ("db/common", None),
            ("util/SqliteMigrations", Some("sqlite")),
            ("util/MySqlMigrations", Some("mysql")),
            ("Migrations/EfCoreOracle", Some("oracle")),
            ("tools/mysqldumps", None),
        ] {
            assert_eq!(of_path(folders), expected, "{folders}");
        }
    }

    #[test]
    fn a_folder_stands_apart_only_beside_that_of_another_database() {
        let apart = |inside: &[&'static str]| stands_apart("db", "db/mysql", inside.iter().copied());
        assert!(apart(&["db/mysql", "db/postgres"]));
        assert!(apart(&["db/mysql", "db/oracle"]));
        assert!(!apart(&["db/mysql", "db/common"]));
    }
}
