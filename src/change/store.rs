//! The only functions that write tables: they keep the lookups beside [`Schema::tables`] true.

use std::sync::Arc;

use crate::schema::{Name, QualifiedName, Schema, Table};

/// Adds or replaces a table.
pub(super) fn put_table(schema: &mut Schema, table: Table) {
    remove_table(schema, &table.name.clone());
    list(schema, &table);
    schema.tables.insert(table.name.clone(), Arc::new(table));
}

/// Takes a table out and gives it back.
pub(super) fn remove_table(schema: &mut Schema, name: &QualifiedName) -> Option<Arc<Table>> {
    let table = schema.tables.remove(name)?;
    unlist(schema, &table);
    Some(table)
}

/// Changes a table in place; it may get another name. A table that is not there is left alone.
pub(super) fn edit_table(schema: &mut Schema, name: &QualifiedName, edit: impl FnOnce(&mut Table)) {
    let Some(old) = schema.tables.get(name).cloned() else { return };
    let mut table = Arc::clone(&old);
    edit(Arc::make_mut(&mut table));
    if !listed_alike(&old, &table) {
        unlist(schema, &old);
        list(schema, &table);
    }
    if table.name != *name {
        schema.tables.remove(name);
    }
    schema.tables.insert(table.name.clone(), table);
}

fn listed_alike(old: &Table, new: &Table) -> bool {
    let names = |table: &Table| (table.indexes.len(), table.constraints.len());
    let parents = |table: &Table| parents(table).cloned().collect::<Vec<_>>();
    old.name == new.name
        && names(old) == names(new)
        && old.indexes.iter().zip(&new.indexes).all(|(old, new)| Arc::ptr_eq(old, new) || old.name == new.name)
        && old.constraints.iter().zip(&new.constraints).all(|(old, new)| Arc::ptr_eq(old, new) || old.name == new.name)
        && parents(old) == parents(new)
}

/// The tables a table is a partition or inheritance child of.
pub(super) fn parents(table: &Table) -> impl Iterator<Item = &QualifiedName> {
    table.partition_of.iter().map(|partition| &partition.parent).chain(&table.inherits)
}

fn list(schema: &mut Schema, table: &Table) {
    let namespace = &table.name.schema;
    for index in &table.indexes {
        schema.index_tables.insert(within(namespace, &index.name), table.name.clone());
    }
    for constraint in &table.constraints {
        *schema.constraint_names.entry(within(namespace, &constraint.name)).or_insert(0) += 1;
    }
    for parent in parents(table) {
        let children = schema.children.entry(parent.clone()).or_default();
        if !children.contains(&table.name) {
            children.push_back(table.name.clone());
        }
    }
}

fn unlist(schema: &mut Schema, table: &Table) {
    let namespace = &table.name.schema;
    for index in &table.indexes {
        schema.index_tables.remove(&within(namespace, &index.name));
    }
    for constraint in &table.constraints {
        let name = within(namespace, &constraint.name);
        match schema.constraint_names.get(&name).copied().unwrap_or(0) {
            0 | 1 => schema.constraint_names.remove(&name).map(|_| ()).unwrap_or_default(),
            count => schema.constraint_names.insert(name, count - 1).map(|_| ()).unwrap_or_default(),
        }
    }
    for parent in parents(table) {
        let Some(children) = schema.children.get_mut(parent) else { continue };
        children.retain(|child| *child != table.name);
        if children.is_empty() {
            schema.children.remove(parent);
        }
    }
}

fn within(namespace: &Name, name: &Name) -> QualifiedName {
    QualifiedName::new(namespace.clone(), name.clone())
}
