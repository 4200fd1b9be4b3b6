//! The only functions that write tables: they keep the lookups beside [`Schema::tables`] true.

use std::sync::Arc;

use super::mentions;
use crate::schema::{Constraint, Dialect, Index, Name, QualifiedName, Schema, Table};

/// Adds or replaces a table.
pub(super) fn put_table(schema: &mut Schema, table: Table) {
    remove_table(schema, &table.name.clone());
    list(schema, &Listing::of(&table));
    mentions::of_table(&mut schema.mentions, None, &table);
    schema.tables.insert(table.name.clone(), Arc::new(table));
}

/// Takes a table out and gives it back.
pub(super) fn remove_table(schema: &mut Schema, name: &QualifiedName) -> Option<Arc<Table>> {
    let table = schema.tables.remove(name)?;
    unlist(schema, &Listing::of(&table));
    Some(table)
}

/// Changes a table in place; it may get another name. A table that is not there is left alone.
pub(super) fn edit_table(schema: &mut Schema, name: &QualifiedName, edit: impl FnOnce(&mut Table)) {
    let Some(old) = schema.tables.get(name).cloned() else { return };
    let mut table = Arc::clone(&old);
    edit(Arc::make_mut(&mut table));
    share_members(&old, Arc::make_mut(&mut table));
    relist(schema, &old, &table);
    mentions::of_table(&mut schema.mentions, Some(&old), &table);
    if table.name != *name {
        schema.tables.remove(name);
    }
    schema.tables.insert(table.name.clone(), table);
}

/// What an edit looked at and left as it was is kept once for both versions.
fn share_members(old: &Table, new: &mut Table) {
    share(&old.columns, &mut new.columns);
    share(&old.constraints, &mut new.constraints);
    share(&old.indexes, &mut new.indexes);
    share(&old.triggers, &mut new.triggers);
    share(&old.policies, &mut new.policies);
}

fn share<T: PartialEq>(old: &[Arc<T>], new: &mut [Arc<T>]) {
    for (old, new) in old.iter().zip(new) {
        if !Arc::ptr_eq(old, new) && **old == **new {
            *new = Arc::clone(old);
        }
    }
}

/// The tables a table is a partition or inheritance child of.
pub(super) fn parents(table: &Table) -> impl Iterator<Item = &QualifiedName> {
    table.partition_of.iter().map(|partition| &partition.parent).chain(&table.inherits)
}

/// What a table is looked up by.
struct Listing<'a> {
    table: &'a QualifiedName,
    indexes: &'a [Arc<Index>],
    constraints: &'a [Arc<Constraint>],
    parents: Vec<&'a QualifiedName>,
}

impl<'a> Listing<'a> {
    fn of(table: &'a Table) -> Self {
        Self { table: &table.name, indexes: &table.indexes, constraints: &table.constraints, parents: parents(table).collect() }
    }

    /// What one version of a table is looked up by and the other is not. An edit mostly concerns one index or
    /// constraint of many, and every entry written is a copy of its part of a persistent map.
    fn differences(old: &'a Table, new: &'a Table) -> (Self, Self) {
        let (mut old, mut new) = (Self::of(old), Self::of(new));
        if old.table == new.table {
            (old.indexes, new.indexes) = differing(old.indexes, new.indexes, |old, new| old.name == new.name);
            (old.constraints, new.constraints) = differing(old.constraints, new.constraints, |old, new| old.name == new.name);
            if old.parents == new.parents {
                old.parents.clear();
                new.parents.clear();
            }
        }
        (old, new)
    }
}

/// Two lists without what they have in common at the beginning and at the end.
pub(super) fn differing<'a, T>(
    old: &'a [Arc<T>],
    new: &'a [Arc<T>],
    alike: impl Fn(&Arc<T>, &Arc<T>) -> bool,
) -> (&'a [Arc<T>], &'a [Arc<T>]) {
    let alike = |(old, new): &(&Arc<T>, &Arc<T>)| Arc::ptr_eq(old, new) || alike(old, new);
    let beginning = old.iter().zip(new).take_while(alike).count();
    let (old, new) = (&old[beginning..], &new[beginning..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(alike).count();
    (&old[..old.len() - end], &new[..new.len() - end])
}

fn relist(schema: &mut Schema, old: &Table, new: &Table) {
    let (gone, come) = Listing::differences(old, new);
    unlist(schema, &gone);
    list(schema, &come);
}

fn list(schema: &mut Schema, listing: &Listing) {
    let Listing { table, indexes, constraints, parents } = listing;
    for index in indexes.iter().filter(|index| is_listed(schema.dialect, index)) {
        schema.members.add_index(within(&table.schema, &index.name), (*table).clone());
    }
    for constraint in *constraints {
        schema.members.add_constraint(within(&table.schema, &constraint.name));
    }
    for parent in parents {
        let children = schema.children.entry((*parent).clone()).or_default();
        if !children.contains(*table) {
            children.push_back((*table).clone());
        }
    }
}

fn unlist(schema: &mut Schema, listing: &Listing) {
    let Listing { table, indexes, constraints, parents } = listing;
    for index in indexes.iter().filter(|index| is_listed(schema.dialect, index)) {
        schema.members.remove_index(&within(&table.schema, &index.name));
    }
    for constraint in *constraints {
        schema.members.remove_constraint(&within(&table.schema, &constraint.name));
    }
    for parent in parents {
        let Some(children) = schema.children.get_mut(*parent) else { continue };
        children.retain(|child| child != *table);
        if children.is_empty() {
            schema.children.remove(*parent);
        }
    }
}

/// Whether an index is found by its name alone.
fn is_listed(dialect: Dialect, index: &Index) -> bool {
    let is_hidden = dialect.hides_indexes_of_keys() && index.from_constraint;
    !is_hidden && !dialect.names_indexes_within_tables()
}

fn within(namespace: &Name, name: &Name) -> QualifiedName {
    QualifiedName::new(namespace.clone(), name.clone())
}
