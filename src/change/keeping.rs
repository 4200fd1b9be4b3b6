//! What MySQL's `ALTER TABLE` says of how a table is kept, and of how the statement itself is to be carried out.

use crate::schema::Name;

/// A clause that leaves columns, keys and constraints as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// `ALGORITHM = …`, of the whole statement.
    Algorithm(Algorithm),
    /// `LOCK = …`, of the whole statement.
    Lock(AlterLock),
    /// `ENGINE = …`.
    Engine(Name),
    /// `CONVERT TO CHARACTER SET …`: texts are stored in another way.
    Convert(Name),
    /// `FIRST` or `AFTER` behind the definition of a column that is there.
    Reorder,
    /// `FORCE`, `ROW_FORMAT`, `KEY_BLOCK_SIZE`: rows stay what they are and are written anew.
    Rebuild,
    /// A clause about partitions that writes all rows anew, as COPY does: `PARTITION BY`, `REMOVE PARTITIONING`.
    Repartition,
    /// A clause about partitions that writes the rows of some anew: `REORGANIZE`, `COALESCE`, `REBUILD` …
    RewritePartitions,
    /// What is only noted: `COMMENT`, `AUTO_INCREMENT`, the default character set …
    Note,
}

/// How MySQL and MariaDB carry out a change of a table, lightest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Only the catalog changes.
    Instant,
    /// MariaDB's word for INPLACE that does not write the table anew.
    NoCopy,
    /// The storage engine does it.
    Inplace,
    /// The server writes all rows to a new table.
    Copy,
}

impl Algorithm {
    /// As `ALGORITHM =` names it.
    pub fn to_sql(self) -> &'static str {
        match self {
            Algorithm::Instant => "INSTANT",
            Algorithm::NoCopy => "NOCOPY",
            Algorithm::Inplace => "INPLACE",
            Algorithm::Copy => "COPY",
        }
    }
}

/// How a table is locked while MySQL changes it, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlterLock {
    /// Others read and write.
    None,
    /// Others read.
    Shared,
    /// Others wait.
    Exclusive,
}

impl AlterLock {
    /// As `LOCK =` names it.
    pub fn to_sql(self) -> &'static str {
        match self {
            AlterLock::None => "NONE",
            AlterLock::Shared => "SHARED",
            AlterLock::Exclusive => "EXCLUSIVE",
        }
    }
}
