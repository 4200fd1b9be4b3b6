//! Which locks a statement takes, on which relations, and whether it reads or rewrites them: PostgreSQL's rules, applied
//! to the model. `docs/locks.md` is made from here, and `tests/locks.rs` compares it with a server.

mod columns;
mod constraints;
mod drops;
mod examples;
mod maintenance;
mod objects;
pub mod online;
mod partitions;
mod script;
mod volatile;
mod widening;

use std::fmt;

use crate::change::{Algorithm, Change, ChangeKind};
use crate::schema::{Dialect, Name, QualifiedName, Schema};
use crate::sql::Body;

use self::online::Operations;
pub use crate::sql::LockMode;
pub use examples::{EXAMPLES, Example, SETUP, page};
pub use script::{Action, Moment, Script, transactions};
pub use volatile::is_volatile;
pub use widening::{TypeChange, type_change};

/// A major version of PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerVersion(u8);

impl ServerVersion {
    /// The versions that are known, oldest and newest.
    pub const KNOWN: std::ops::RangeInclusive<u8> = 12..=18;

    /// This version, if it is known.
    pub fn new(major: u8) -> Option<Self> {
        Self::KNOWN.contains(&major).then_some(Self(major))
    }

    /// The major version.
    pub fn major(self) -> u8 {
        self.0
    }

    /// Whether it is this version or a later one.
    pub fn is_at_least(self, major: u8) -> bool {
        self.0 >= major
    }
}

impl Default for ServerVersion {
    /// The oldest version that may still be in use without anybody saying so.
    fn default() -> Self {
        Self(14)
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PostgreSQL {}", self.0)
    }
}

/// What is done to a relation while it is locked, lightest first. All but the first last the longer, the larger the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// The catalog is changed, and nothing else.
    None,
    /// All rows are read.
    Scan,
    /// All rows are read, and an index is built from them.
    IndexBuild,
    /// All rows are written again, and all indexes built again.
    Rewrite,
}

impl Work {
    /// In words that follow "PostgreSQL": "scans the table".
    pub fn in_words(self) -> &'static str {
        match self {
            Work::None => "changes the catalog only",
            Work::Scan => "scans the table",
            Work::IndexBuild => "builds an index",
            Work::Rewrite => "rewrites the table",
        }
    }
}

/// A lock on a relation, held until the transaction ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lock {
    /// The relation. An index is listed only where it is locked more strongly than its table.
    pub relation: QualifiedName,
    /// How it is locked.
    pub mode: LockMode,
    /// What is done to it meanwhile.
    pub work: Work,
    /// In MySQL: how it is done. `LOCK=NONE`, `SHARED` and `EXCLUSIVE` count as PostgreSQL's modes that block as much.
    pub online: Option<Operations>,
}

impl Lock {
    /// A lock of PostgreSQL.
    fn new(relation: QualifiedName, mode: LockMode, work: Work) -> Self {
        Self { relation, mode, work, online: None }
    }

    /// Makes it as strong, and as much work, as another of the same relation.
    pub fn add(&mut self, other: &Lock) {
        self.mode = self.mode.max(other.mode);
        self.work = self.work.max(other.work);
        self.online = match (self.online, other.online) {
            (Some(own), Some(other)) => Some(own.with(other)),
            (own, other) => own.or(other),
        };
    }

    /// How the relation is locked, as its database says it: `ACCESS EXCLUSIVE`, `ALGORITHM=COPY, LOCK=SHARED`.
    pub fn mode_in_words(&self) -> String {
        self.online.map_or_else(|| self.mode.to_sql().to_owned(), |online| online.mysql.to_string())
    }

    /// What is done to the relation, in words that follow the database's name.
    pub fn work_in_words(&self) -> &'static str {
        let copies = |online: Operations| online.mysql.algorithm == Algorithm::Copy && self.work == Work::Rewrite;
        if self.online.is_some_and(copies) { "copies the table" } else { self.work.in_words() }
    }
}

/// The locks of a change, by relation. `before` is the schema it finds.
///
/// `in_utc`: the session's time zone is known to be UTC. Relations of the change's own making are left out: nobody else sees them.
///
/// None where the database is not PostgreSQL.
pub fn of_change(change: &Change, before: &Schema, version: ServerVersion, in_utc: bool) -> Vec<Lock> {
    if before.dialect != Dialect::Postgres {
        return Vec::new();
    }
    let mut held = Held { schema: before, version, in_utc, locks: Vec::new() };
    held.change(change);
    held.finish()
}

/// The locks of a statement that changes no schema: data statements, `LOCK TABLE`, `VACUUM` and their like.
pub fn of_body(body: &Body, before: &Schema, version: ServerVersion) -> Vec<Lock> {
    match before.dialect {
        Dialect::Postgres => {}
        Dialect::MySql => return online::of_body(body, before),
        Dialect::Sqlite | Dialect::SqlServer => return Vec::new(),
    }
    let mut held = Held { schema: before, version, in_utc: false, locks: Vec::new() };
    match body {
        Body::Data(data) => held.data(data),
        Body::Maintenance(maintenance) => maintenance.iter().for_each(|maintenance| held.maintenance(maintenance)),
        _ => {}
    }
    held.finish()
}

/// Locks as they are found out.
struct Held<'a> {
    schema: &'a Schema,
    version: ServerVersion,
    /// The session's time zone is known to be UTC.
    in_utc: bool,
    locks: Vec<Lock>,
}

impl Held<'_> {
    /// What a written name stands for; itself, where the model has nothing of that name.
    fn resolve(&self, written: &QualifiedName) -> QualifiedName {
        let exists = |name: &QualifiedName| self.schema.relation(name).is_some();
        self.schema.resolve(written.schema(), &written.name, exists).unwrap_or_else(|| written.clone())
    }

    fn exists(&self, written: &QualifiedName) -> bool {
        self.schema.relation(&self.resolve(written)).is_some()
    }

    fn has_column(&self, written: &QualifiedName, column: &Name) -> bool {
        self.schema.column(&self.resolve(written), column).is_some()
    }

    fn has_index(&self, written: &QualifiedName, index: &Name) -> bool {
        let name = QualifiedName::new(self.resolve(written).schema.clone(), index.clone());
        self.schema.relation(&name).is_some()
    }

    /// Locks one relation.
    fn one(&mut self, written: &QualifiedName, mode: LockMode, work: Work) {
        let relation = self.resolve(written);
        self.locks.push(Lock::new(relation, mode, work));
    }

    /// Locks a table with its partitions and children. A partitioned table itself has no rows to work on.
    fn tree(&mut self, written: &QualifiedName, mode: LockMode, work: Work) {
        let root = self.resolve(written);
        for relation in std::iter::once(root.clone()).chain(self.schema.descendants(&root)) {
            let is_partitioned = self.schema.table(&relation).is_some_and(|table| table.partition_by.is_some());
            let work = if is_partitioned { Work::None } else { work };
            self.locks.push(Lock::new(relation, mode, work));
        }
    }

    /// One lock for each relation, as strong and with as much work as the strongest.
    fn finish(mut self) -> Vec<Lock> {
        self.locks.sort();
        let mut merged: Vec<Lock> = Vec::new();
        for lock in self.locks {
            match merged.last_mut().filter(|last| last.relation == lock.relation) {
                Some(last) => last.add(&lock),
                None => merged.push(lock),
            }
        }
        merged
    }

    fn change(&mut self, change: &Change) {
        use ChangeKind as C;
        use LockMode::{AccessExclusive, ShareRowExclusive};
        match &change.kind {
            C::CreateTable { table, if_not_exists, .. } if *if_not_exists && self.exists(&table.name) => {}
            C::CreateTable { table, like, query, .. } => self.create_table(table, like, query.as_deref()),
            C::AddColumn { table, column, if_not_exists: true, .. } if self.has_column(table, &column.name) => {
                self.tree(table, AccessExclusive, Work::None);
            }
            C::AddColumn { table, column, .. } => self.add_column(table, column),
            C::SetType { table, column, data_type, collation, using, .. } => {
                self.set_type(table, column, data_type, collation.as_ref(), using.as_ref());
            }
            C::SetNullable { table, column, nullable, .. } => self.set_nullable(table, column, *nullable),
            C::SetGenerated { table, generated, .. } => {
                let rewrites = generated.as_ref().is_some_and(|generated| generated.stored);
                self.tree(table, AccessExclusive, if rewrites { Work::Rewrite } else { Work::None });
            }
            C::RenameColumn { table, .. } | C::SetDefault { table, .. } | C::SetIdentity { table, .. } => {
                self.tree(table, AccessExclusive, Work::None);
            }
            C::AddConstraint { table, constraint, using_index, with_column, .. } => {
                self.add_constraint(table, constraint, using_index.as_ref(), with_column.as_ref());
            }
            C::ValidateConstraint { table, constraint } => self.validate_constraint(table, constraint),
            C::AlterIdentity { table, .. } | C::SetReplicaIdentity { table, .. } => self.one(table, AccessExclusive, Work::None),
            C::AlterOptions { relation, set, reset, .. } => {
                let names = set.iter().map(|(name, _)| name).chain(reset);
                self.alter_options(relation, names);
            }
            C::SetCluster { table, .. } => self.one(table, LockMode::ShareUpdateExclusive, Work::None),
            C::SetStorage { table, storage, .. } => self.set_storage(table, storage),
            C::RenameConstraint { table, .. } => self.tree(table, AccessExclusive, Work::None),
            C::AlterConstraint { table, .. }
            | C::EnableRowSecurity { table, .. }
            | C::ForceRowSecurity { table, .. }
            | C::CreatePolicy { table, .. }
            | C::AlterPolicy { table, .. } => self.one(table, AccessExclusive, Work::None),
            C::SetLogged { table, logged } => self.set_logged(table, *logged),
            C::SetInherit { table, parent, inherit } => self.set_inherit(table, parent, *inherit),
            C::AttachPartition { table, partition, bound } => self.attach_partition(table, partition, bound),
            C::DetachPartition { table, partition, concurrently } => self.detach_partition(table, partition, *concurrently),
            C::CreateIndex { table, index, concurrently, if_not_exists: true, .. } if self.has_index(table, &index.name) => {
                let mode = if *concurrently { LockMode::ShareUpdateExclusive } else { LockMode::Share };
                self.one(table, mode, Work::None);
            }
            C::CreateIndex { table, concurrently, only, .. } => self.create_index(table, *concurrently, *only),
            C::AttachIndex { index, partition } => self.attach_index(index, partition),
            C::CreateTrigger { table, .. } | C::EnableTrigger { table, .. } => self.tree(table, ShareRowExclusive, Work::None),
            C::CreateStatistics { statistics, .. } => self.one(&statistics.relation, LockMode::ShareUpdateExclusive, Work::None),
            C::CreateView { view, query, or_replace, .. } => self.create_view(view, query, *or_replace),
            C::RefreshView { view, concurrently, .. } => self.refresh(view, *concurrently),
            C::AlterDomain { name, change } => self.alter_domain(name, change),
            C::DropColumn { .. } | C::DropConstraint { .. } | C::Drop { .. } => self.drop(change),
            C::Rename { object, .. } => self.rename(object),
            C::SetSchema { object, .. } => self.set_schema(object),
            C::Comment { object, .. } => self.comment(object),
            C::Truncate { table, cascade } => self.truncate(table, *cascade),
            C::CreateNamespace { .. }
            | C::RenameNamespace { .. }
            | C::SetSearchPath { .. }
            | C::CreateSequence { .. }
            | C::AlterSequence { .. }
            | C::AlterStatistics { .. }
            | C::CreateType { .. }
            | C::AddEnumValue { .. }
            | C::RenameEnumValue { .. }
            | C::AlterAttribute { .. }
            | C::CreateFunction { .. }
            | C::AlterFunction { .. }
            | C::CreateExtension { .. }
            | C::RelateTypes
            | C::DropIndex { .. }
            | C::RenameIndex { .. }
            | C::Keep { .. }
            | C::DropCopied { .. } => {}
        }
    }
}
