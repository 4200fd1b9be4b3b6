//! Locks of statements that change no schema.

use super::{Held, LockMode, Work};
use crate::change::StorageChange;
use crate::schema::{Name, QualifiedName};
use crate::sql::{DataKind, DataStatement, Maintenance, MaintenanceKind, TableOption};

impl Held<'_> {
    pub(super) fn data(&mut self, data: &DataStatement) {
        for relation in &data.reads {
            // Names that no relation has are those of common table expressions and functions.
            if self.schema.relation(&self.resolve(relation)).is_some() {
                self.one(relation, LockMode::AccessShare, Work::None);
            }
        }
        let Some(table) = &data.table else { return };
        let reads_all = matches!(data.kind, DataKind::Update | DataKind::Delete) && !data.has_where;
        let work = if reads_all { Work::Scan } else { Work::None };
        match data.kind {
            DataKind::Update | DataKind::Delete => self.tree(table, LockMode::RowExclusive, work),
            DataKind::Insert | DataKind::Merge | DataKind::Copy => self.one(table, LockMode::RowExclusive, work),
            DataKind::Select => {}
        }
    }

    pub(super) fn maintenance(&mut self, maintenance: &Maintenance) {
        match &maintenance.relation {
            Some(relation) => self.maintain(&relation.clone(), &maintenance.kind),
            None => {
                let tables: Vec<QualifiedName> = self.schema.tables.keys().cloned().collect();
                tables.iter().for_each(|table| self.maintain(table, &maintenance.kind));
            }
        }
    }

    fn maintain(&mut self, relation: &QualifiedName, kind: &MaintenanceKind) {
        use LockMode::{AccessExclusive, ShareUpdateExclusive};
        match kind {
            MaintenanceKind::Lock(mode) => self.tree(relation, *mode, Work::None),
            MaintenanceKind::Vacuum { full: true } | MaintenanceKind::Cluster => self.tree(relation, AccessExclusive, Work::Rewrite),
            MaintenanceKind::Vacuum { full: false } | MaintenanceKind::Analyze => self.tree(relation, ShareUpdateExclusive, Work::None),
            MaintenanceKind::Reindex { index, concurrently } => self.reindex(relation, *index, *concurrently),
            MaintenanceKind::Alter(option) => self.alter(relation, *option),
            MaintenanceKind::Optimize => {}
            MaintenanceKind::CreateRule => self.one(relation, AccessExclusive, Work::None),
        }
    }

    /// What the view reads is only locked against changes of the schema.
    pub(super) fn refresh(&mut self, view: &QualifiedName, concurrently: bool) {
        let (mode, work) = match concurrently {
            true => (LockMode::Exclusive, Work::Scan),
            false => (LockMode::AccessExclusive, Work::Rewrite),
        };
        self.one(view, mode, work);
        let sources = self.schema.views.get(&self.resolve(view)).map(|view| view.relations.clone()).unwrap_or_default();
        sources.iter().for_each(|source| self.one(source, LockMode::AccessShare, Work::None));
    }

    fn reindex(&mut self, relation: &QualifiedName, index: bool, concurrently: bool) {
        let mode = if concurrently { LockMode::ShareUpdateExclusive } else { LockMode::Share };
        let name = self.resolve(relation);
        if !index {
            let indexes = self.indexes(&name);
            self.tree(&name, mode, Work::IndexBuild);
            return self.lock_indexes(&indexes, concurrently);
        }
        let table = self.schema.members.index_table(&name).cloned();
        table.iter().for_each(|table| self.one(table, mode, Work::IndexBuild));
        self.lock_indexes(&[name], concurrently);
    }

    fn indexes(&self, table: &QualifiedName) -> Vec<QualifiedName> {
        let of = |name: &Name| QualifiedName::new(table.schema.clone(), name.clone());
        let table = self.schema.table(table);
        table.map(|table| table.indexes.iter().map(|index| of(&index.name)).collect()).unwrap_or_default()
    }

    /// A query that could use the index waits for it while it is planned.
    fn lock_indexes(&mut self, indexes: &[QualifiedName], concurrently: bool) {
        if !concurrently {
            indexes.iter().for_each(|index| self.one(index, LockMode::AccessExclusive, Work::None));
        }
    }

    fn alter(&mut self, table: &QualifiedName, option: TableOption) {
        let work = match option {
            TableOption::Tablespace | TableOption::AccessMethod => Work::Rewrite,
            TableOption::Other => Work::None,
        };
        self.one(table, LockMode::AccessExclusive, work);
    }

    pub(super) fn alter_options<'n>(&mut self, relation: &QualifiedName, mut names: impl Iterator<Item = &'n Name>) {
        let mode = if names.all(is_harmless) { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive };
        self.one(relation, mode, Work::None);
    }

    pub(super) fn set_storage(&mut self, table: &QualifiedName, storage: &StorageChange) {
        let mode = match storage {
            StorageChange::Strategy(_) | StorageChange::Compression(_) => LockMode::AccessExclusive,
            StorageChange::Statistics(_) | StorageChange::Set(_) | StorageChange::Reset(_) => LockMode::ShareUpdateExclusive,
        };
        self.tree(table, mode, Work::None);
    }
}

/// Storage parameters that can be set while rows are read and written.
fn is_harmless(parameter: &Name) -> bool {
    const NAMES: &[&str] =
        &["fillfactor", "toast_tuple_target", "parallel_workers", "vacuum_index_cleanup", "vacuum_truncate", "log_autovacuum_min_duration"];
    parameter.trim_start_matches("toast.").starts_with("autovacuum_") || NAMES.contains(&parameter.as_str())
}
