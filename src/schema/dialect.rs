//! The databases whose SQL is understood, and what they do differently.

use serde::Deserialize;

/// The database a history is written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// PostgreSQL.
    #[default]
    #[serde(rename = "postgresql")]
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// Microsoft SQL Server.
    SqlServer,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 4] = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite, Dialect::SqlServer];

    /// As the first line of a report names it.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Postgres => "PostgreSQL",
            Dialect::MySql => "MySQL",
            Dialect::Sqlite => "SQLite",
            Dialect::SqlServer => "SQL Server",
        }
    }

    /// As configuration writes it.
    pub fn key(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgresql",
            Dialect::MySql => "mysql",
            Dialect::Sqlite => "sqlite",
            Dialect::SqlServer => "sqlserver",
        }
    }

    /// Whether an index is named within its table, so that two tables may have an index of one name.
    pub fn names_indexes_within_tables(self) -> bool {
        matches!(self, Dialect::MySql | Dialect::SqlServer)
    }

    /// Whether the index behind a key is known by the key only and takes no name from other relations.
    pub fn hides_indexes_of_keys(self) -> bool {
        self == Dialect::Sqlite
    }

    /// Whether a foreign key makes an index of its columns where there is none.
    pub fn indexes_foreign_keys(self) -> bool {
        self == Dialect::MySql
    }

    /// Whether types of columns are binding: SQLite stores what it is given.
    pub fn enforces_types(self) -> bool {
        self != Dialect::Sqlite
    }

    /// Whether statements that change the schema can be rolled back; otherwise each of them commits.
    pub fn has_transactional_ddl(self) -> bool {
        self != Dialect::MySql
    }
}
