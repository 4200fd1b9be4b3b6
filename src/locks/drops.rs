//! Locks of statements that drop something. What a drop changes, it locks: so it is carried out on a copy, and what is
//! another afterwards is listed.

use std::sync::Arc;

use imbl::OrdMap;

use super::{Held, Lock, LockMode, Work};
use crate::change::{Change, ChangeKind, ObjectReference};
use crate::schema::{QualifiedName, Schema, Table};

impl Held<'_> {
    pub(super) fn drop(&mut self, change: &Change) {
        let concurrently = matches!(&change.kind, ChangeKind::Drop { concurrently: true, .. });
        let mode = if concurrently { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive };
        let mut after = self.schema.clone();
        if after.apply(change).is_err() {
            return;
        }
        if let Some(parent) = self.parent_of_dropped(change) {
            self.one(&parent, LockMode::AccessExclusive, Work::None);
            let default = super::partitions::default_partition(self.schema, &parent);
            default.iter().for_each(|default| self.one(default, LockMode::AccessExclusive, Work::None));
        }
        for relation in touched(self.schema, &after) {
            self.locks.push(Lock::new(relation, mode, Work::None));
        }
        if concurrently && let ChangeKind::Drop { object: ObjectReference::Index(index), .. } = &change.kind {
            let (index, table) = (self.resolve(index), self.schema.members.index_table(&self.resolve(index)).cloned());
            self.locks.retain(|lock| lock.relation != index);
            table.iter().for_each(|table| self.one(table, mode, Work::None));
        }
    }

    /// The partitioned table that loses a partition.
    fn parent_of_dropped(&self, change: &Change) -> Option<QualifiedName> {
        let ChangeKind::Drop { object: ObjectReference::Table(table), .. } = &change.kind else { return None };
        let name = self.resolve(table);
        self.schema.table(&name)?.partition_of.as_ref().map(|partition| partition.parent.clone())
    }
}

/// Tables and views that are gone or not as they were, and the tables at the other end of foreign keys that are gone.
fn touched(before: &Schema, after: &Schema) -> Vec<QualifiedName> {
    let mut touched: Vec<QualifiedName> = differing(&before.views, &after.views).map(|(name, ..)| name.clone()).collect();
    for (name, table, now) in differing(&before.tables, &after.tables) {
        touched.push(name.clone());
        touched.extend(referenced(table, now));
    }
    touched
}

/// What is gone or another object, with what there is of it now.
fn differing<'a, T>(
    before: &'a OrdMap<QualifiedName, Arc<T>>,
    after: &'a OrdMap<QualifiedName, Arc<T>>,
) -> impl Iterator<Item = (&'a QualifiedName, &'a Arc<T>, Option<&'a Arc<T>>)> {
    let all = before.iter().take(if before.ptr_eq(after) { 0 } else { before.len() });
    let with_now = all.map(|(name, object)| (name, object, after.get(name)));
    with_now.filter(|(_, object, now)| now.is_none_or(|now| !Arc::ptr_eq(object, now)))
}

/// Tables referenced by foreign keys of a table that are no longer there.
fn referenced<'a>(table: &'a Table, now: Option<&'a Arc<Table>>) -> impl Iterator<Item = QualifiedName> + 'a {
    let is_gone = move |name: &str| now.is_none_or(|now| now.constraint(name).is_none());
    table.foreign_keys().filter(move |(constraint, _)| is_gone(&constraint.name)).map(|(_, key)| key.references.clone())
}
