//! `CREATE STATISTICS` and what becomes of statistics when their columns do.

use std::sync::Arc;

use super::dependents::{self, Object};
use super::outcome::{Outcome, done, existing, missing, refuse, refuse_at, shown};
use super::{ErrorKind, Refusal, constraints, naming, resolve, rewrite};
use crate::schema::{KeyPart, Name, QualifiedName, RelationKind, Schema, Statistics, Table};
use crate::source::Span;

/// `CREATE STATISTICS`.
pub(super) fn create(schema: &mut Schema, written: &Statistics, if_not_exists: bool) -> Outcome {
    let Some(relation) = resolve::required_relation(schema, &written.relation)? else { return done() };
    let is_materialized = schema.views.get(&relation).is_some_and(|view| view.materialized);
    if schema.relation(&relation) != Some(RelationKind::Table) && !is_materialized {
        let message = format!("cannot define statistics for relation `{}`", shown(&relation));
        return refuse(ErrorKind::WrongObjectType, message);
    }
    let name = match written.name.name.is_unnamed() {
        true => implicit_name(schema, &relation, &written.parts),
        false => resolve::new_name(schema, &written.name, false)?,
    };
    if let Some(there) = schema.statistics.get(&name) {
        let message = format!("statistics object `{}` already exists", shown(&name));
        return existing(if_not_exists, there.parts != written.parts, ErrorKind::DuplicateObject, message, Some(there.span));
    }
    check(schema, &relation, &written.parts)?;
    let (parts, kinds) = (in_order(schema, &relation, &written.parts), canonical(&written.kinds));
    schema.statistics.insert(name.clone(), Arc::new(Statistics { name, relation, parts, kinds, ..written.clone() }));
    done()
}

fn check(schema: &Schema, relation: &QualifiedName, parts: &[KeyPart]) -> Result<(), Refusal> {
    for part in parts {
        match part {
            KeyPart::Column(column) => _ = resolve::required_column(schema, relation, column)?,
            KeyPart::Expression(expression) => constraints::check_expression(schema, relation, expression)?,
        }
    }
    if let [KeyPart::Column(_)] = parts {
        return refuse(ErrorKind::InvalidDefinition, "extended statistics require at least 2 columns".to_owned());
    }
    Ok(())
}

/// The catalog keeps columns in the table's order, and expressions behind them.
fn in_order(schema: &Schema, relation: &QualifiedName, parts: &[KeyPart]) -> Vec<KeyPart> {
    let place = |part: &KeyPart| match part {
        KeyPart::Column(name) => schema.table(relation).and_then(|table| table.columns.iter().position(|column| column.name == *name)),
        KeyPart::Expression(_) => Some(usize::MAX),
    };
    let mut parts = parts.to_vec();
    parts.sort_by_key(place);
    parts
}

/// All kinds are the same as none, and their order is the server's.
fn canonical(kinds: &[Name]) -> Vec<Name> {
    const ALL: [&str; 3] = ["ndistinct", "dependencies", "mcv"];
    let written = ALL.iter().filter(|kind| kinds.iter().any(|name| *name == ***kind));
    let written: Vec<Name> = written.map(|kind| Name::from(*kind)).collect();
    if written.len() == ALL.len() { Vec::new() } else { written }
}

/// The name of statistics that are made without one: the table, the columns, `stat`.
fn implicit_name(schema: &Schema, relation: &QualifiedName, parts: &[KeyPart]) -> QualifiedName {
    let columns = naming::joined(parts.iter().map(|part| match part {
        KeyPart::Column(name) => name.as_str(),
        KeyPart::Expression(_) => "expr",
    }));
    QualifiedName::new(relation.schema.clone(), naming::statistics_name(schema, relation, &columns))
}

/// `LIKE … INCLUDING STATISTICS`.
pub(super) fn copy(schema: &mut Schema, source: &Table, to: &QualifiedName, with_comments: bool) {
    let of_source: Vec<Arc<Statistics>> = on(schema, &source.name).cloned().collect();
    for statistics in of_source {
        let name = implicit_name(schema, to, &statistics.parts);
        let span = schema.table(to).map_or(statistics.span, |table| table.span);
        let comment = statistics.comment.clone().filter(|_| with_comments);
        // What is sampled for them is not copied.
        let copied = Statistics { name: name.clone(), relation: to.clone(), comment, target: None, span, ..statistics.as_ref().clone() };
        schema.statistics.insert(name, Arc::new(copied));
    }
}

/// `ALTER STATISTICS … SET STATISTICS`.
pub(super) fn alter(schema: &mut Schema, written: &QualifiedName, target: Option<i32>, if_exists: bool) -> Outcome {
    let Some(name) = find(schema, written) else {
        let unseen = resolve::may_exist_unseen(schema, written);
        return if unseen { done() } else { missing(if_exists, ErrorKind::UndefinedObject, absent(written)) };
    };
    edit(schema, &name, |statistics| statistics.target = target);
    done()
}

/// Renames statistics, or moves them to another schema.
pub(super) fn relocate(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) -> Outcome {
    if let Some(there) = schema.statistics.get(to) {
        let message = format!("statistics object `{}` already exists", shown(to));
        return refuse_at(ErrorKind::DuplicateObject, message, there.span, "it was created here");
    }
    if let Some(mut statistics) = schema.statistics.remove(from) {
        Arc::make_mut(&mut statistics).name = to.clone();
        schema.statistics.insert(to.clone(), statistics);
    }
    done()
}

/// The statistics that a written name stands for.
pub(super) fn find(schema: &Schema, written: &QualifiedName) -> Option<QualifiedName> {
    schema.resolve(written.schema(), &written.name, |name| schema.statistics.contains_key(name))
}

/// ``statistics object `s` does not exist``
pub(super) fn absent(written: &QualifiedName) -> String {
    format!("statistics object `{}` does not exist", shown(written))
}

/// The statistics about a relation.
pub(super) fn on<'a>(schema: &'a Schema, relation: &'a QualifiedName) -> impl Iterator<Item = &'a Arc<Statistics>> {
    schema.statistics.values().filter(move |statistics| statistics.relation == *relation)
}

/// What goes with a relation, or with a column of it.
pub(super) fn parts(schema: &Schema, relation: &QualifiedName, column: Option<&Name>) -> Vec<Object> {
    let uses = |statistics: &&Arc<Statistics>| column.is_none_or(|column| mentions(statistics, column));
    on(schema, relation).filter(uses).map(|statistics| Object::Statistics(statistics.name.clone())).collect()
}

fn mentions(statistics: &Statistics, column: &Name) -> bool {
    statistics.parts.iter().any(|part| match part {
        KeyPart::Column(name) => name == column,
        KeyPart::Expression(expression) => dependents::mentions(expression, column),
    })
}

/// Statistics over expressions that call a function.
pub(super) fn calling<'a>(schema: &'a Schema, is: &'a impl Fn(&QualifiedName) -> bool) -> impl Iterator<Item = Object> + 'a {
    let calls = move |statistics: &&Arc<Statistics>| {
        statistics.parts.iter().filter_map(KeyPart::expression).any(|expression| dependents::calls(&expression.tree, is))
    };
    schema.statistics.values().filter(calls).map(|statistics| Object::Statistics(statistics.name.clone()))
}

/// Carries the new name of a relation into the statistics about it.
pub(super) fn rename_relation(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    each_on(schema, from, |statistics| statistics.relation = to.clone());
}

/// Carries the new name of a column into the statistics about its table.
pub(super) fn rename_column(schema: &mut Schema, relation: &QualifiedName, from: &Name, to: &Name) {
    each_on(schema, relation, |statistics| {
        for part in &mut statistics.parts {
            match part {
                KeyPart::Column(name) if name == from => *name = to.clone(),
                KeyPart::Column(_) => {}
                KeyPart::Expression(expression) => rewrite::rename_column(expression, from, to),
            }
        }
    });
}

fn each_on(schema: &mut Schema, relation: &QualifiedName, change: impl Fn(&mut Statistics)) {
    let names: Vec<QualifiedName> = on(schema, relation).map(|statistics| statistics.name.clone()).collect();
    names.iter().for_each(|name| edit(schema, name, &change));
}

/// Changes statistics in place.
pub(super) fn edit(schema: &mut Schema, name: &QualifiedName, change: impl FnOnce(&mut Statistics)) {
    if let Some(statistics) = schema.statistics.get_mut(name) {
        change(Arc::make_mut(statistics));
    }
}

/// Where statistics were made.
pub(super) fn span(schema: &Schema, name: &QualifiedName) -> Option<Span> {
    schema.statistics.get(name).map(|statistics| statistics.span)
}
