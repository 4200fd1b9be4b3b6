//! How MySQL and MariaDB change a table (InnoDB's online DDL): by which algorithm, who has to wait meanwhile, and what is
//! done to the rows. `docs/locks.md` is made from here.
//!
//! What is said of MariaDB was compared with a server (`tests/mariadb`); what is said of MySQL is what its manual says.

mod clauses;
mod examples;

mod request;
mod types;

use std::fmt;

use super::{Lock, LockMode, Work};
use crate::change::{Algorithm, AlterLock, Change, ChangeKind, ObjectReference};
use crate::schema::{QualifiedName, Schema, Table};
use crate::sql::{Body, Maintenance, MaintenanceKind};

pub use examples::{EXAMPLES, Example, SETUP, page};
pub(super) use request::Session;
pub use request::{Refused, Request, foreign_key_checks, refused};

/// How one server carries out a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// The lightest algorithm there is for it.
    pub algorithm: Algorithm,
    /// The weakest lock there is for it.
    pub lock: AlterLock,
    /// What is done to the rows.
    pub work: Work,
}

/// How a change is carried out by both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operations {
    /// By MySQL 8.0 and 8.4.
    pub mysql: Operation,
    /// By MariaDB from 10.5 on.
    pub mariadb: Operation,
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ALGORITHM={}, LOCK={}", self.algorithm.to_sql(), self.lock.to_sql())
    }
}

impl Operation {
    const fn new(algorithm: Algorithm, lock: AlterLock, work: Work) -> Self {
        Self { algorithm, lock, work }
    }

    /// The catalog is changed, and nothing else.
    const INSTANT: Self = Self::new(Algorithm::Instant, AlterLock::None, Work::None);
    /// All rows are written to a new table, and nobody may write meanwhile.
    const COPY: Self = Self::new(Algorithm::Copy, AlterLock::Shared, Work::Rewrite);
    /// All rows are written anew while others write.
    const REBUILD: Self = Self::new(Algorithm::Inplace, AlterLock::None, Work::Rewrite);
    /// The same, while nobody may write.
    const LOCKED_REBUILD: Self = Self::new(Algorithm::Inplace, AlterLock::Shared, Work::Rewrite);
    /// The catalog is changed by the storage engine.
    const INPLACE: Self = Self::new(Algorithm::Inplace, AlterLock::None, Work::None);

    /// Two changes of one statement.
    fn with(self, other: Self) -> Self {
        Self { algorithm: self.algorithm.max(other.algorithm), lock: self.lock.max(other.lock), work: self.work.max(other.work) }
    }

    /// Whether others can write meanwhile.
    pub fn permits_writes(self) -> bool {
        self.lock == AlterLock::None
    }
}

impl Operations {
    const fn new(mysql: Operation, mariadb: Operation) -> Self {
        Self { mysql, mariadb }
    }

    const fn both(operation: Operation) -> Self {
        Self::new(operation, operation)
    }

    /// Two changes of one statement.
    pub fn with(self, other: Self) -> Self {
        Self::new(self.mysql.with(other.mysql), self.mariadb.with(other.mariadb))
    }
}

/// The locks of a change: on the table it concerns, as MySQL takes it.
pub(super) fn of_change(change: &Change, before: &Schema, session: &Session) -> Vec<Lock> {
    let Some(table) = concerned(change, before) else { return Vec::new() };
    let Some(operations) = clauses::of(change, table, session).filter(|_| is_innodb(table)) else { return Vec::new() };
    let request = session.request;
    // What the server refuses locks nothing.
    match request.is_refused(operations.mysql) {
        true => Vec::new(),
        false => vec![locked(table.name.clone(), request.apply(operations))],
    }
}

/// The table of the statement, where it is known and there.
fn concerned<'a>(change: &Change, before: &'a Schema) -> Option<&'a Table> {
    use ChangeKind as C;
    let written = match &change.kind {
        C::Drop { object: ObjectReference::Table(table), .. } | C::Rename { object: ObjectReference::Table(table), .. } => table,
        C::AddColumn { table, .. }
        | C::DropColumn { table, .. }
        | C::RenameColumn { table, .. }
        | C::SetType { table, .. }
        | C::SetNullable { table, .. }
        | C::SetDefault { table, .. }
        | C::SetIdentity { table, .. }
        | C::AddConstraint { table, .. }
        | C::DropConstraint { table, .. }
        | C::CreateIndex { table, .. }
        | C::DropIndex { table, .. }
        | C::RenameIndex { table, .. }
        | C::Keep { table, .. }
        | C::Truncate { table, .. } => table,
        _ => return None,
    };
    found(before, written)
}

/// Names are found in whatever case.
fn found<'a>(schema: &'a Schema, written: &QualifiedName) -> Option<&'a Table> {
    let exists = |name: &QualifiedName| schema.tables.contains_key(name);
    let exact = schema.resolve(written.schema(), &written.name, exists).and_then(|name| schema.table(&name));
    exact.or_else(|| schema.tables.values().find(|table| table.name.name.eq_ignore_ascii_case(&written.name)).map(AsRef::as_ref))
}

/// The other storage engines know only COPY, and locks of their own.
fn is_innodb(table: &Table) -> bool {
    table.options.get("engine").is_none_or(|engine| engine.eq_ignore_ascii_case("innodb"))
}

fn locked(relation: QualifiedName, operations: Operations) -> Lock {
    let mode = match operations.mysql.lock {
        AlterLock::None => LockMode::ShareUpdateExclusive,
        AlterLock::Shared => LockMode::Share,
        AlterLock::Exclusive => LockMode::AccessExclusive,
    };
    Lock { online: Some(operations), ..Lock::new(relation, mode, operations.mysql.work) }
}

/// The locks of `OPTIMIZE TABLE`.
pub(super) fn of_body(body: &Body, before: &Schema) -> Vec<Lock> {
    let Body::Maintenance(maintenance) = body else { return Vec::new() };
    let lock = |act: &Maintenance| {
        let table = found(before, act.relation.as_ref()?).filter(|table| is_innodb(table))?;
        (act.kind == MaintenanceKind::Optimize).then(|| locked(table.name.clone(), clauses::rebuild(table)))
    };
    maintenance.iter().filter_map(lock).collect()
}
