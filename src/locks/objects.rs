//! Locks of statements about whole relations: made, renamed, moved, described, emptied.

use super::{Held, LockMode, Work};
use crate::change::{Like, ObjectReference, Query};
use crate::schema::{Persistence, QualifiedName, RelationKind, Table, View};

impl Held<'_> {
    pub(super) fn create_table(&mut self, table: &Table, like: &[Like], query: Option<&Query>) {
        let own = self.resolve(&table.name);
        for (_, key) in table.foreign_keys() {
            if self.resolve(&key.references) != own && key.references != table.name {
                self.tree(&key.references, LockMode::ShareRowExclusive, Work::None);
            }
        }
        table.inherits.iter().for_each(|parent| self.one(parent, LockMode::ShareUpdateExclusive, Work::None));
        like.iter().for_each(|like| self.one(&like.source, LockMode::AccessShare, Work::None));
        query.into_iter().for_each(|query| self.read(query));
        if let Some(partition) = &table.partition_of {
            self.create_partition(&partition.parent);
        }
    }

    fn read(&mut self, query: &Query) {
        for (relation, _) in &query.relations {
            if self.schema.relation(&self.resolve(relation)).is_some() {
                self.one(relation, LockMode::AccessShare, Work::None);
            }
        }
    }

    pub(super) fn create_view(&mut self, view: &View, query: &Query, or_replace: bool) {
        self.read(query);
        if or_replace && self.schema.views.contains_key(&self.resolve(&view.name)) {
            self.one(&view.name, LockMode::AccessExclusive, Work::None);
        }
    }

    pub(super) fn rename(&mut self, object: &ObjectReference) {
        use ObjectReference as R;
        match object {
            R::Table(name) | R::ForeignTable(name) | R::View(name) | R::MaterializedView(name) => {
                self.one(name, LockMode::AccessExclusive, Work::None);
            }
            R::Index(name) => self.one(name, LockMode::ShareUpdateExclusive, Work::None),
            R::Trigger(table, _) | R::Policy(table, _) => self.one(table, LockMode::AccessExclusive, Work::None),
            _ => {}
        }
    }

    pub(super) fn set_schema(&mut self, object: &ObjectReference) {
        use ObjectReference as R;
        if let R::Table(name) | R::ForeignTable(name) | R::View(name) | R::MaterializedView(name) = object {
            self.one(name, LockMode::AccessExclusive, Work::None);
        }
    }

    pub(super) fn comment(&mut self, object: &ObjectReference) {
        use ObjectReference as R;
        match object {
            R::Table(name) | R::ForeignTable(name) | R::View(name) | R::MaterializedView(name) | R::Column(name, _) => {
                let is_relation = matches!(self.schema.relation(&self.resolve(name)), Some(RelationKind::Table | RelationKind::View));
                if is_relation {
                    self.one(name, LockMode::ShareUpdateExclusive, Work::None);
                }
            }
            R::Index(name) => self.one(name, LockMode::ShareUpdateExclusive, Work::None),
            _ => {}
        }
    }

    /// With CASCADE, every table that references it is emptied as well.
    pub(super) fn truncate(&mut self, table: &QualifiedName, cascade: bool) {
        let mut pending = vec![self.resolve(table)];
        let mut seen = Vec::new();
        while let Some(name) = pending.pop() {
            if seen.contains(&name) {
                continue;
            }
            self.tree(&name, LockMode::AccessExclusive, Work::None);
            if cascade {
                pending.extend(self.schema.references_to(&name).map(|(holder, _, _)| holder.name.clone()));
            }
            seen.push(name);
        }
    }

    /// PostgreSQL writes the table anew, unless it is so already.
    pub(super) fn set_logged(&mut self, table: &QualifiedName, logged: bool) {
        let wanted = if logged { Persistence::Permanent } else { Persistence::Unlogged };
        let is_so = self.schema.table(&self.resolve(table)).is_some_and(|table| table.persistence == wanted);
        self.one(table, LockMode::AccessExclusive, if is_so { Work::None } else { Work::Rewrite });
    }

    pub(super) fn set_inherit(&mut self, table: &QualifiedName, parent: &QualifiedName, inherit: bool) {
        self.one(table, LockMode::AccessExclusive, Work::None);
        let mode = if inherit { LockMode::ShareUpdateExclusive } else { LockMode::AccessShare };
        self.one(parent, mode, Work::None);
    }
}
