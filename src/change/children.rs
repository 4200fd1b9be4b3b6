//! What partitions and inheritance children have from their parents.

use std::sync::Arc;

use super::outcome::{Outcome, done, refuse, refuse_at, shown};
use super::store::edit_table;
use super::{ErrorKind, Refusal, columns, constraints, naming, resolve};
use crate::schema::{Constraint, ConstraintKind, Index, Name, Partition, QualifiedName, Schema, Table, Trigger};
use crate::source::Span;

/// Gives the children of a table its new CHECK or foreign key.
pub(super) fn pass_on_constraint(schema: &mut Schema, span: Span, table: &QualifiedName, constraint: &Constraint) {
    for child in schema.descendants(table) {
        give_constraint(schema, &child, constraint);
        edit_table(schema, &child, |table| resolve::note(table, span));
    }
}

/// A CHECK goes to all children unless it says `NO INHERIT`, a foreign key to partitions.
fn give_constraint(schema: &mut Schema, child: &QualifiedName, constraint: &Constraint) {
    let Some(table) = schema.table(child) else { return };
    let goes = match &constraint.kind {
        ConstraintKind::Check { no_inherit, .. } => !no_inherit && table.constraint(&constraint.name).is_none(),
        ConstraintKind::ForeignKey(_) => table.partition_of.is_some(),
        _ => false,
    };
    if !goes {
        return;
    }
    let mut copy = Constraint { inherited: true, ..constraint.clone() };
    let same =
        table.constraints.iter().find(|there| there.columns == copy.columns && there.kind == copy.kind).map(|there| there.name.clone());
    if let Some(name) = same {
        edit_table(schema, child, |table| {
            if let Some(there) = table.constraints.iter_mut().find(|there| there.name == name) {
                Arc::make_mut(there).inherited = true;
            }
        });
        return;
    }
    if table.constraint(&copy.name).is_some() {
        copy.name = constraints::implicit_name(schema, child, &copy);
    }
    edit_table(schema, child, |table| table.constraints.push(Arc::new(copy)));
}

/// Gives partitions an index of their own for one of a partitioned table, with the constraint behind it.
pub(super) fn pass_on_key(schema: &mut Schema, span: Span, table: &QualifiedName, constraint: Option<&Constraint>, index: &Index) {
    for child in schema.descendants(table) {
        give_index(schema, &child, constraint, index);
        edit_table(schema, &child, |table| resolve::note(table, span));
    }
}

/// An equal index is taken over; otherwise one is made under the name PostgreSQL gives it.
fn give_index(schema: &mut Schema, child: &QualifiedName, constraint: Option<&Constraint>, index: &Index) {
    let Some(table) = schema.table(child).filter(|table| table.partition_of.is_some()) else { return };
    let equal = table.indexes.iter().find(|there| is_equal(there, index)).map(|there| there.name.clone());
    if let Some(name) = equal {
        edit_table(schema, child, |table| {
            if let Some(there) = table.indexes.iter_mut().find(|there| there.name == name) {
                Arc::make_mut(there).inherited = true;
            }
            if let Some(there) = table.constraints.iter_mut().find(|there| there.name == name) {
                Arc::make_mut(there).inherited = true;
            }
        });
        return;
    }
    let mut copy = Index { name: Name::unnamed(), inherited: true, comment: None, ..index.clone() };
    copy.valid = true;
    let excludes = constraint.is_some_and(|constraint| matches!(constraint.kind, ConstraintKind::Exclude { .. }));
    copy.name = naming::index_name(schema, child, &copy, excludes);
    let constraint =
        constraint.map(|constraint| Constraint { name: copy.name.clone(), inherited: true, comment: None, ..constraint.clone() });
    if let Some(constraint) = &constraint {
        constraints::forbid_nulls(schema, child, constraint);
    }
    edit_table(schema, child, |table| {
        table.indexes.push(Arc::new(copy));
        table.constraints.extend(constraint.map(Arc::new));
    });
}

fn is_equal(there: &Index, index: &Index) -> bool {
    !there.inherited
        && there.method == index.method
        && there.keys == index.keys
        && there.include == index.include
        && there.unique == index.unique
        && there.predicate == index.predicate
        && (!index.from_constraint || there.from_constraint && there.primary == index.primary)
}

/// Whether every partition has an index that belongs to this one of their parent.
pub(super) fn all_have_index(schema: &Schema, parent: &QualifiedName, index: &Name) -> bool {
    let Some(wanted) = schema.table(parent).and_then(|table| table.index(index)) else { return false };
    let has = |child: &QualifiedName| {
        let indexes = schema.table(child).map(|table| table.indexes.as_slice()).unwrap_or_default();
        indexes.iter().any(|there| there.inherited && there.keys == wanted.keys && there.unique == wanted.unique)
    };
    schema.children.get(parent).into_iter().flatten().all(has)
}

/// Gives a table everything its parent passes on: for `PARTITION OF` and `ATTACH PARTITION`.
pub(super) fn inherit_from_partitioned(schema: &mut Schema, parent: &QualifiedName, child: &QualifiedName) {
    let Some(parent) = schema.tables.get(parent).cloned() else { return };
    take_over_columns(schema, &parent, child);
    for index in &parent.indexes {
        let constraint = parent.constraint(&index.name).filter(|_| index.from_constraint);
        give_index(schema, child, constraint, index);
    }
    for constraint in &parent.constraints {
        give_constraint(schema, child, constraint);
    }
    let triggers: Vec<_> = parent.triggers.iter().filter(|trigger| trigger.for_each_row).cloned().collect();
    edit_table(schema, child, |table| {
        for trigger in triggers {
            if !table.triggers.iter().any(|there| there.name == trigger.name) {
                table.triggers.push(Arc::new(Trigger { inherited: true, ..trigger.as_ref().clone() }));
            }
        }
    });
}

/// NOT NULL and defaults of the parent's columns.
fn take_over_columns(schema: &mut Schema, parent: &Table, child: &QualifiedName) {
    edit_table(schema, child, |table| {
        for column in &parent.columns {
            columns::merge_inherited(table, column);
            let Some(own) = table.columns.iter_mut().find(|own| own.name == column.name) else { continue };
            if own.nullable.value && !column.nullable.value {
                Arc::make_mut(own).nullable = column.nullable;
            }
        }
    });
}

/// The checks a table has from an inheritance parent.
pub(super) fn inherit_checks(schema: &mut Schema, parent: &QualifiedName, child: &QualifiedName) {
    let Some(parent) = schema.tables.get(parent).cloned() else { return };
    for constraint in &parent.constraints {
        give_constraint(schema, child, constraint);
    }
}

/// `ATTACH PARTITION`.
pub(super) fn attach(schema: &mut Schema, span: Span, table: &QualifiedName, partition: &QualifiedName, bound: &Arc<str>) -> Outcome {
    let Some(partition) = resolve::required_relation(schema, partition)? else { return done() };
    if schema.table(table).is_some_and(|table| table.partition_by.is_none()) {
        return refuse(ErrorKind::WrongObjectType, format!("table `{}` is not partitioned", shown(table)));
    }
    let Some(found) = schema.table(&partition) else {
        return refuse(ErrorKind::WrongObjectType, format!("`{}` is not a table", shown(&partition)));
    };
    if found.partition_of.is_some() {
        return refuse(ErrorKind::WrongObjectType, format!("`{}` is already a partition", shown(&partition)));
    }
    check_columns(schema, table, found)?;
    let of = Partition { parent: table.clone(), bound: bound.clone() };
    edit_table(schema, &partition, |table| {
        table.partition_of = Some(of);
        resolve::note(table, span);
    });
    inherit_from_partitioned(schema, table, &partition);
    for index in schema.table(table).map(|table| table.indexes.clone()).unwrap_or_default() {
        if !index.valid && all_have_index(schema, table, &index.name) {
            set_valid(schema, table, &index.name);
        }
    }
    done()
}

fn set_valid(schema: &mut Schema, table: &QualifiedName, name: &Name) {
    edit_table(schema, table, |table| {
        if let Some(index) = table.indexes.iter_mut().find(|index| index.name == *name) {
            Arc::make_mut(index).valid = true;
        }
    });
}

/// A child has its parent's columns, of the same types.
fn check_columns(schema: &Schema, parent: &QualifiedName, child: &Table) -> Result<(), Refusal> {
    let Some(parent) = schema.table(parent) else { return Ok(()) };
    if parent.columns_uncertain || child.columns_uncertain {
        return Ok(());
    }
    for column in &parent.columns {
        let Some(own) = child.column(&column.name) else {
            let message = format!("child table is missing column `{}`", column.name);
            return refuse_at(ErrorKind::DatatypeMismatch, message, column.span, "the parent's column");
        };
        if own.data_type.value != column.data_type.value {
            let message = format!("child table `{}` has different type for column `{}`", shown(&child.name), column.name);
            return refuse_at(ErrorKind::DatatypeMismatch, message, column.data_type.span, "the parent's column");
        }
    }
    Ok(())
}

/// `DETACH PARTITION`: the table keeps what it has.
pub(super) fn detach(schema: &mut Schema, span: Span, table: &QualifiedName, partition: &QualifiedName) -> Outcome {
    let Some(partition) = resolve::required_relation(schema, partition)? else { return done() };
    let is_partition = schema.table(&partition).and_then(|found| found.partition_of.as_ref()).is_some_and(|of| of.parent == *table);
    if !is_partition {
        let message = format!("relation `{}` is not a partition of relation `{}`", shown(&partition), shown(table));
        return refuse(ErrorKind::UndefinedTable, message);
    }
    release(schema, span, &partition);
    done()
}

/// Cuts a table off from its partitioned parent.
fn release(schema: &mut Schema, span: Span, partition: &QualifiedName) {
    edit_table(schema, partition, |table| {
        table.partition_of = None;
        clear_inherited(table);
        resolve::note(table, span);
    });
}

fn clear_inherited(table: &mut Table) {
    table.columns.iter_mut().filter(|column| column.inherited).for_each(|column| Arc::make_mut(column).inherited = false);
    table
        .constraints
        .iter_mut()
        .filter(|constraint| constraint.inherited)
        .for_each(|constraint| Arc::make_mut(constraint).inherited = false);
    table.indexes.iter_mut().filter(|index| index.inherited).for_each(|index| Arc::make_mut(index).inherited = false);
}

/// `INHERIT`, `NO INHERIT`.
pub(super) fn set_inherit(schema: &mut Schema, table: &QualifiedName, parent: &QualifiedName, inherit: bool) -> Outcome {
    let Some(parent) = resolve::required_relation(schema, parent)? else { return done() };
    let Some(found) = schema.table(table) else { return done() };
    let is_child = found.inherits.contains(&parent);
    match (inherit, is_child) {
        (true, true) => {
            let message = format!("relation `{}` would be inherited from more than once", shown(&parent));
            refuse(ErrorKind::DuplicateTable, message)
        }
        (false, false) => {
            let message = format!("relation `{}` is not a parent of relation `{}`", shown(&parent), shown(table));
            refuse(ErrorKind::UndefinedTable, message)
        }
        (true, false) => {
            check_columns(schema, &parent, found)?;
            edit_table(schema, table, |table| table.inherits.push(parent.clone()));
            inherit_checks(schema, &parent, table);
            done()
        }
        (false, true) => {
            edit_table(schema, table, |table| {
                table.inherits.retain(|name| *name != parent);
                if table.inherits.is_empty() {
                    clear_inherited(table);
                }
            });
            done()
        }
    }
}
