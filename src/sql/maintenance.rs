//! Statements that leave the schema as it is and still lock, scan or rewrite relations.

use crate::schema::QualifiedName;
use crate::source::Span;

/// One relation, or everything, and what is done to it.
#[derive(Clone, Debug)]
pub struct Maintenance {
    /// The relation, as written; without one, the whole schema or database.
    pub relation: Option<QualifiedName>,
    /// What is done.
    pub kind: MaintenanceKind,
    /// The relation's name, or the statement.
    pub span: Span,
}

/// What statements do to relations without changing the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaintenanceKind {
    /// `LOCK TABLE`.
    Lock(LockMode),
    /// `VACUUM`.
    Vacuum {
        /// `FULL`.
        full: bool,
    },
    /// `ANALYZE`.
    Analyze,
    /// `CLUSTER`.
    Cluster,
    /// `REINDEX`.
    Reindex {
        /// The relation is an index.
        index: bool,
        /// `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `ALTER TABLE` in a form the model does not hold.
    Alter(TableOption),
    /// `CREATE RULE`.
    CreateRule,
    /// MySQL's `OPTIMIZE TABLE`.
    Optimize,
}

/// What `ALTER TABLE` sets besides the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableOption {
    /// `SET TABLESPACE`.
    Tablespace,
    /// `SET ACCESS METHOD`.
    AccessMethod,
    /// `OWNER TO` and everything else.
    Other,
}

/// The modes a table is locked in, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockMode {
    /// What `SELECT` takes.
    AccessShare,
    /// What `SELECT … FOR UPDATE` takes.
    RowShare,
    /// What `INSERT`, `UPDATE` and `DELETE` take.
    RowExclusive,
    /// What `VACUUM` and `CREATE INDEX CONCURRENTLY` take.
    ShareUpdateExclusive,
    /// What `CREATE INDEX` takes.
    Share,
    /// What `CREATE TRIGGER` and foreign keys take.
    ShareRowExclusive,
    /// What `REFRESH MATERIALIZED VIEW CONCURRENTLY` takes.
    Exclusive,
    /// What `DROP TABLE` and most forms of `ALTER TABLE` take.
    AccessExclusive,
}

impl LockMode {
    /// All of them, weakest first.
    pub const ALL: [LockMode; 8] = [
        LockMode::AccessShare,
        LockMode::RowShare,
        LockMode::RowExclusive,
        LockMode::ShareUpdateExclusive,
        LockMode::Share,
        LockMode::ShareRowExclusive,
        LockMode::Exclusive,
        LockMode::AccessExclusive,
    ];

    /// As `LOCK TABLE … IN … MODE` names it.
    pub fn to_sql(self) -> &'static str {
        match self {
            LockMode::AccessShare => "ACCESS SHARE",
            LockMode::RowShare => "ROW SHARE",
            LockMode::RowExclusive => "ROW EXCLUSIVE",
            LockMode::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            LockMode::Share => "SHARE",
            LockMode::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            LockMode::Exclusive => "EXCLUSIVE",
            LockMode::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// What others cannot do with the table while it is held, in words.
    pub fn blocks(self) -> &'static str {
        match self {
            LockMode::AccessShare | LockMode::RowShare | LockMode::RowExclusive => "nothing",
            LockMode::ShareUpdateExclusive => "schema changes",
            LockMode::Share | LockMode::ShareRowExclusive | LockMode::Exclusive => "writes",
            LockMode::AccessExclusive => "reads and writes",
        }
    }

    /// Whether applications have to wait while it is held.
    pub fn stops_writes(self) -> bool {
        self >= LockMode::Share
    }
}
