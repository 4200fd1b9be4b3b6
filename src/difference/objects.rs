//! Compares two versions of a schema kind by kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use imbl::ordmap::DiffItem;

use super::members::{members, order};
use super::{Difference, Faceted, Object, attributes};
use crate::schema::{Index, Name, Schema, Sequence, Statistics, Table, TypeDefinition, TypeKind, View};

/// Everything that differs: schemas, extensions, types, sequences, functions, tables with what belongs to them, views;
/// each by name.
pub fn between(before: &Schema, after: &Schema) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&before.namespaces, &after.namespaces, |name| Object::Namespace(name.clone()), attributes, &mut found);
    compare(&before.extensions, &after.extensions, |name| Object::Extension(name.clone()), attributes, &mut found);
    compare(&before.types, &after.types, |name| Object::Type(name.clone()), types, &mut found);
    sequences(before, after, &mut found);
    statistics(before, after, &mut found);
    compare(&before.functions, &after.functions, |key| Object::Function(key.clone()), attributes, &mut found);
    compare(&before.tables, &after.tables, |name| Object::Table(name.clone()), tables, &mut found);
    compare(&before.views, &after.views, |name| Object::View(name.clone()), views, &mut found);
    found
}

/// What one map has beyond the other, and what `differences` finds between objects of the same name. The maps are
/// compared where their nodes are not shared.
fn compare<K: Ord, V: Faceted + Eq>(
    before: &OrdMap<K, Arc<V>>,
    after: &OrdMap<K, Arc<V>>,
    object: impl Fn(&K) -> Object,
    differences: impl Fn(&Object, &V, &V, &mut Vec<Difference>),
    found: &mut Vec<Difference>,
) {
    for item in before.diff(after) {
        match item {
            DiffItem::Add(key, new) => found.push(Difference::added(object(key), new.as_ref())),
            DiffItem::Remove(key, old) => found.push(Difference::removed(object(key), old.as_ref())),
            DiffItem::Update { old: (key, old), new: (_, new) } => differences(&object(key), old, new, found),
        }
    }
}

/// A sequence comes and goes with the column that owns it.
fn sequences(before: &Schema, after: &Schema, found: &mut Vec<Difference>) {
    let goes_along = |sequence: &Sequence, other: &Schema| {
        sequence.owned_by.as_ref().is_some_and(|(table, column)| other.column(table, column).is_none())
    };
    let mut all = Vec::new();
    compare(&before.sequences, &after.sequences, |name| Object::Sequence(name.clone()), attributes, &mut all);
    found.extend(all.into_iter().filter(|difference| {
        let Object::Sequence(name) = &difference.object else { return true };
        match (before.sequences.get(name), after.sequences.get(name)) {
            (Some(old), None) => !goes_along(old, after),
            (None, Some(new)) => !goes_along(new, before),
            _ => true,
        }
    }));
}

/// Statistics go with the columns they are about.
fn statistics(before: &Schema, after: &Schema, found: &mut Vec<Difference>) {
    let goes_along = |statistics: &Statistics, other: &Schema| {
        let relation = &statistics.relation;
        other.relation(relation).is_none()
            || other.table(relation).is_some_and(|table| statistics.columns().any(|column| table.column(column).is_none()))
    };
    let mut all = Vec::new();
    compare(&before.statistics, &after.statistics, |name| Object::Statistics(name.clone()), attributes, &mut all);
    found.extend(all.into_iter().filter(|difference| {
        let Object::Statistics(name) = &difference.object else { return true };
        match (before.statistics.get(name), after.statistics.get(name)) {
            (Some(old), None) => !goes_along(old, after),
            _ => true,
        }
    }));
}

fn tables(object: &Object, old: &Table, new: &Table, found: &mut Vec<Difference>) {
    let table = &new.name;
    attributes(object, old, new, found);
    members(arcs(&old.columns), arcs(&new.columns), |name| Object::Column(table.clone(), name), found);
    order(object, "column order", (old, arcs(&old.columns)), (new, arcs(&new.columns)), found);
    members(arcs(&old.constraints), arcs(&new.constraints), |name| Object::Constraint(table.clone(), name), found);
    behind_constraints(old, new, found);
    members(own_indexes(old), own_indexes(new), |name| Object::Index(table.clone(), name), found);
    members(arcs(&old.triggers), arcs(&new.triggers), |name| Object::Trigger(table.clone(), name), found);
    members(arcs(&old.policies), arcs(&new.policies), |name| Object::Policy(table.clone(), name), found);
}

/// What differs about the index behind a constraint is the constraint's; where that differs itself, it makes another index.
fn behind_constraints(old: &Table, new: &Table, found: &mut Vec<Difference>) {
    let behind = |index: &&Index| index.from_constraint;
    let before: BTreeMap<&Name, &Index> = arcs(&old.indexes).filter(behind).map(|index| (&index.name, index)).collect();
    for index in arcs(&new.indexes).filter(behind) {
        let Some(old) = before.get(&index.name).filter(|old| **old != index) else { continue };
        let object = Object::Constraint(new.name.clone(), index.name.clone());
        if !found.iter().any(|difference| difference.object == object) {
            attributes(&object, *old, index, found);
        }
    }
}

fn own_indexes(table: &Table) -> impl Iterator<Item = &Index> {
    arcs(&table.indexes).filter(|index| !index.from_constraint)
}

fn views(object: &Object, old: &View, new: &View, found: &mut Vec<Difference>) {
    attributes(object, old, new, found);
    members(arcs(&old.indexes), arcs(&new.indexes), |name| Object::Index(new.name.clone(), name), found);
}

fn types(object: &Object, old: &TypeDefinition, new: &TypeDefinition, found: &mut Vec<Difference>) {
    if std::mem::discriminant(&old.kind) != std::mem::discriminant(&new.kind) {
        found.extend([Difference::removed(object.clone(), old), Difference::added(object.clone(), new)]);
        return;
    }
    attributes(object, old, new, found);
    let name = &new.name;
    match (&old.kind, &new.kind) {
        (TypeKind::Enum { labels: before }, TypeKind::Enum { labels: after }) => {
            members(before, after, |label| Object::EnumLabel(name.clone(), label), found);
            order(object, "order of values", (old, before), (new, after), found);
        }
        (TypeKind::Composite { attributes: before }, TypeKind::Composite { attributes: after }) => {
            members(before, after, |attribute| Object::Attribute(name.clone(), attribute), found);
            order(object, "order of attributes", (old, before), (new, after), found);
        }
        (TypeKind::Domain { checks: before, .. }, TypeKind::Domain { checks: after, .. }) => {
            members(before, after, |check| Object::DomainConstraint(name.clone(), check), found);
        }
        _ => {}
    }
}

fn arcs<T>(list: &[Arc<T>]) -> impl Iterator<Item = &T> {
    list.iter().map(Arc::as_ref)
}
