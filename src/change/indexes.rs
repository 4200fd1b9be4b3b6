//! Indexes that no constraint makes.

use std::sync::Arc;

use super::outcome::{Outcome, done, existing, no_relation, refuse, refuse_at, shown};
use super::store::edit_table;
use super::{ErrorKind, Refusal, children, constraints, dependents, kept_casts, naming, resolve};
use crate::schema::{Index, KeyPart, QualifiedName, RelationKind, Schema, View};
use crate::source::Span;

/// `CREATE INDEX`, on partitions too unless `ONLY` them.
pub(super) fn create(schema: &mut Schema, span: Span, table: &QualifiedName, index: &Index, if_not_exists: bool, only: bool) -> Outcome {
    let index = resolved(schema, index);
    if let Some(outcome) = taken(schema, table, &index, if_not_exists) {
        return outcome;
    }
    check_columns(schema, table, &index)?;
    let mut index = named(schema, table, index, false)?;
    schema.table(table).into_iter().for_each(|table| kept_casts::settle(table, &mut index));
    let partitioned = schema.table(table).is_some_and(|table| table.partition_by.is_some());
    index.valid = !(only && partitioned && schema.children.contains_key(table));
    edit_table(schema, table, |table| table.indexes.push(Arc::new(index.clone())));
    if !only {
        children::pass_on_key(schema, span, table, None, &index);
    }
    done()
}

/// What becomes of an index whose written name is taken.
fn taken(schema: &Schema, table: &QualifiedName, index: &Index, guarded: bool) -> Option<Outcome> {
    if index.name.is_unnamed() {
        return None;
    }
    let name = QualifiedName::new(table.schema.clone(), index.name.clone());
    schema.relation(&name)?;
    let there = schema.index(&name).filter(|(holder, _)| holder.name == *table).map(|(_, there)| there);
    let differs = !there.is_some_and(|there| same_definition(there, index));
    Some(existing(guarded, differs, ErrorKind::DuplicateTable, already(&name), relation_span(schema, &name)))
}

fn same_definition(one: &Index, other: &Index) -> bool {
    let same_predicate = match (&one.predicate, &other.predicate) {
        (Some(one), Some(other)) => one.says_the_same(other),
        (one, other) => one.is_none() && other.is_none(),
    };
    one.method == other.method
        && one.keys == other.keys
        && one.include == other.include
        && one.unique == other.unique
        && one.nulls_not_distinct == other.nulls_not_distinct
        && same_predicate
}

/// The index under its written name, if that is free, or PostgreSQL's.
pub(super) fn named(schema: &Schema, table: &QualifiedName, mut index: Index, excludes: bool) -> Result<Index, Refusal> {
    if index.name.is_unnamed() {
        index.name = naming::index_name(schema, table, &index, excludes);
    } else {
        refuse_taken(schema, &QualifiedName::new(table.schema.clone(), index.name.clone()))?;
    }
    Ok(index)
}

/// No relation has the name.
pub(super) fn refuse_taken(schema: &Schema, name: &QualifiedName) -> Result<(), Refusal> {
    match relation_span(schema, name) {
        Some(span) => refuse_at(ErrorKind::DuplicateTable, already(name), span, "it was created here"),
        None => Ok(()),
    }
}

/// ``relation `x` already exists``
pub(super) fn already(name: &QualifiedName) -> String {
    format!("relation `{}` already exists", shown(name))
}

/// Where a relation was made.
pub(super) fn relation_span(schema: &Schema, name: &QualifiedName) -> Option<Span> {
    match schema.relation(name)? {
        RelationKind::Table => schema.table(name).map(|table| table.span),
        RelationKind::View => schema.views.get(name).map(|view| view.span),
        RelationKind::Sequence => schema.sequences.get(name).map(|sequence| sequence.span),
        RelationKind::CompositeType => schema.types.get(name).map(|definition| definition.span),
        RelationKind::Index => schema.members.index_table(name).and_then(|holder| {
            let of_table = schema.table(holder).and_then(|table| table.index(&name.name));
            let of_view =
                || schema.views.get(holder).and_then(|view| view.indexes.iter().find(|index| index.name == name.name)).map(Arc::as_ref);
            of_table.or_else(of_view).map(|index| index.span)
        }),
    }
}

fn resolved(schema: &Schema, index: &Index) -> Index {
    let mut index = index.clone();
    for key in &mut index.keys {
        if let KeyPart::Expression(expression) = &key.part {
            key.part = KeyPart::Expression(dependents::resolved(schema, expression));
        }
    }
    index
}

fn check_columns(schema: &Schema, table: &QualifiedName, index: &Index) -> Result<(), Refusal> {
    let plain = index.key_columns().flatten().chain(&index.include);
    for column in plain {
        if resolve::required_column(schema, table, column).is_err() {
            let message = format!("column `{column}` does not exist");
            let span = schema.table(table).map(|table| table.span);
            return Err(super::outcome::refusal_because(ErrorKind::UndefinedColumn, message, span, "the table"));
        }
    }
    for expression in index.expressions() {
        constraints::check_expression(schema, table, expression)?;
    }
    Ok(())
}

/// `CREATE INDEX` on a materialized view.
pub(super) fn create_on_view(schema: &mut Schema, span: Span, view: &QualifiedName, index: &Index, if_not_exists: bool) -> Outcome {
    if schema.views.get(view).is_some_and(|view| !view.materialized) {
        let message = format!("cannot create index on relation `{}`", shown(view));
        return refuse(ErrorKind::WrongObjectType, message);
    }
    if let Some(outcome) = taken(schema, view, index, if_not_exists) {
        return outcome;
    }
    let index = named(schema, view, index.clone(), false)?;
    schema.members.add_index(QualifiedName::new(view.schema.clone(), index.name.clone()), view.clone());
    edit_view(schema, view, |view| {
        view.indexes.push(Arc::new(index));
        view.changed.push_back(span);
    });
    done()
}

/// Changes an index in place.
pub(super) fn edit(schema: &mut Schema, name: &QualifiedName, edit: impl FnOnce(&mut Index)) {
    let Some(holder) = schema.members.index_table(name).cloned() else { return };
    let edit_in = |indexes: &mut Vec<Arc<Index>>| {
        if let Some(index) = indexes.iter_mut().find(|index| index.name == name.name) {
            edit(Arc::make_mut(index));
        }
    };
    if schema.views.contains_key(&holder) {
        edit_view(schema, &holder, |view| edit_in(&mut view.indexes));
    } else {
        edit_table(schema, &holder, |table| edit_in(&mut table.indexes));
    }
}

/// Changes a view in place.
pub(super) fn edit_view(schema: &mut Schema, name: &QualifiedName, edit: impl FnOnce(&mut View)) {
    if let Some(view) = schema.views.get_mut(name) {
        edit(Arc::make_mut(view));
    }
}

/// `ALTER INDEX … ATTACH PARTITION`: the partition's index becomes the parent's, which is valid once all partitions have one.
pub(super) fn attach(schema: &mut Schema, span: Span, parent: &QualifiedName, partition: &QualifiedName) -> Outcome {
    let find = |name: &QualifiedName| schema.resolve(name.schema(), &name.name, |name| schema.members.index_table(name).is_some());
    let (Some(parent_index), Some(child_index)) = (find(parent), find(partition)) else {
        let absent = if find(parent).is_none() { parent } else { partition };
        if resolve::may_exist_unseen(schema, absent) {
            return done();
        }
        return Err(no_relation(absent));
    };
    let (Some(parent), Some(child)) =
        (schema.members.index_table(&parent_index).cloned(), schema.members.index_table(&child_index).cloned())
    else {
        return done();
    };
    edit_table(schema, &child, |table| {
        if let Some(index) = table.indexes.iter_mut().find(|index| index.name == child_index.name) {
            Arc::make_mut(index).inherited = true;
        }
        resolve::note(table, span);
    });
    let complete = children::all_have_index(schema, &parent, &parent_index.name);
    edit_table(schema, &parent, |table| {
        if let Some(index) = table.indexes.iter_mut().find(|index| index.name == parent_index.name) {
            Arc::make_mut(index).valid = complete;
        }
        resolve::note(table, span);
    });
    done()
}
