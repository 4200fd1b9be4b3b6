//! Locks of statements about constraints and indexes.

use super::columns::proves_not_null;
use super::{Held, LockMode, Work};
use crate::change::DomainChange;
use crate::schema::{Constraint, ConstraintKind, ForeignKey, Name, QualifiedName, Table, Type};

impl Held<'_> {
    pub(super) fn add_constraint(
        &mut self,
        table: &QualifiedName,
        constraint: &Constraint,
        using_index: Option<&Name>,
        with_column: Option<&Name>,
    ) {
        use LockMode::AccessExclusive;
        match &constraint.kind {
            ConstraintKind::ForeignKey(key) => self.add_foreign_key(table, constraint, key, with_column),
            ConstraintKind::Check { .. } => {
                let work = if constraint.validated.value { Work::Scan } else { Work::None };
                self.tree(table, AccessExclusive, work);
            }
            ConstraintKind::PrimaryKey if using_index.is_some() => {
                let work = if self.has_nullable_key(table, using_index) { Work::Scan } else { Work::None };
                self.tree(table, AccessExclusive, work);
            }
            _ if using_index.is_some() => self.tree(table, AccessExclusive, Work::None),
            ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::Exclude { .. } => {
                self.tree(table, AccessExclusive, Work::IndexBuild);
            }
        }
    }

    fn add_foreign_key(&mut self, table: &QualifiedName, constraint: &Constraint, key: &ForeignKey, with_column: Option<&Name>) {
        let name = self.resolve(table);
        // A column that was just added holds nothing but NULL.
        let column = with_column.and_then(|column| self.schema.column(&name, column));
        let is_empty = column.is_some_and(|column| column.default.is_none() && column.generated.is_none() && column.identity.is_none());
        let work = if constraint.validated.value && !is_empty { Work::Scan } else { Work::None };
        self.tree(table, LockMode::ShareRowExclusive, work);
        self.tree(&key.references, LockMode::ShareRowExclusive, Work::None);
    }

    /// Whether a key column of the index is nullable, as far as PostgreSQL can tell without looking at the rows.
    fn has_nullable_key(&self, written: &QualifiedName, index: Option<&Name>) -> bool {
        let name = self.resolve(written);
        let Some(table) = self.schema.table(&name) else { return true };
        let Some(index) = index.and_then(|index| table.index(index)) else { return true };
        let may_be_null =
            |column: &Name| table.column(column).is_none_or(|column| column.nullable.value && !proves_not_null(table, &column.name));
        index.key_columns().flatten().any(may_be_null)
    }

    pub(super) fn validate_constraint(&mut self, table: &QualifiedName, constraint: &Name) {
        let name = self.resolve(table);
        let there = self.schema.table(&name).and_then(|table| table.constraint(constraint));
        let work = if there.is_some_and(|there| there.validated.value) { Work::None } else { Work::Scan };
        match there.map(|there| &there.kind) {
            Some(ConstraintKind::ForeignKey(key)) => {
                self.tree(table, LockMode::ShareUpdateExclusive, work);
                if work == Work::Scan {
                    self.tree(&key.references, LockMode::RowShare, Work::None);
                }
            }
            _ => self.tree(table, LockMode::ShareUpdateExclusive, work),
        }
    }

    pub(super) fn create_index(&mut self, table: &QualifiedName, concurrently: bool, only: bool) {
        let name = self.resolve(table);
        let is_partitioned = self.schema.table(&name).is_some_and(|table| table.partition_by.is_some());
        match (is_partitioned, only, concurrently) {
            (true, true, _) => self.one(table, LockMode::Share, Work::None),
            (true, false, _) => self.tree(table, LockMode::Share, Work::IndexBuild),
            (false, _, true) => self.one(table, LockMode::ShareUpdateExclusive, Work::IndexBuild),
            (false, _, false) => self.one(table, LockMode::Share, Work::IndexBuild),
        }
    }

    /// Both indexes: queries that plan with the partition's wait.
    pub(super) fn attach_index(&mut self, index: &QualifiedName, partition: &QualifiedName) {
        self.one(index, LockMode::ShareUpdateExclusive, Work::None);
        self.one(partition, LockMode::AccessExclusive, Work::None);
    }

    /// A domain's new demand is checked in every table that has a column of it.
    pub(super) fn alter_domain(&mut self, name: &QualifiedName, change: &DomainChange) {
        let mode = match change {
            DomainChange::AddCheck(check) if check.validated => LockMode::Share,
            DomainChange::NotNull(true) => LockMode::Share,
            DomainChange::Validate(_) if self.version.is_at_least(18) => LockMode::ShareUpdateExclusive,
            DomainChange::Validate(_) => LockMode::Share,
            _ => return,
        };
        let exists = |name: &QualifiedName| self.schema.types.contains_key(name);
        let Some(domain) = self.schema.resolve(name.schema(), &name.name, exists) else { return };
        let of_domain = |data_type: &Type| data_type.name == domain && !data_type.array;
        let has_one = |table: &&Table| table.columns.iter().any(|column| of_domain(&column.data_type.value));
        let tables: Vec<QualifiedName> =
            self.schema.tables.values().map(AsRef::as_ref).filter(has_one).map(|table| table.name.clone()).collect();
        tables.iter().for_each(|table| self.one(table, mode, Work::Scan));
    }
}
