//! `DROP`: what may go, what stands in the way, and what goes along.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dependents::{self, Object};
use super::outcome::{Outcome, done, missing, no_relation, refusal, refusal_because, refuse, refuse_at, shown};
use super::store::{edit_table, remove_table};
use super::{Applied, ErrorKind, Missing, ObjectReference, Refusal, TakenAlong, constraints, indexes, resolve, statistics};
use crate::schema::{Name, QualifiedName, RelationKind, Schema, Type, TypeKind};
use crate::source::Span;

/// `DROP …` of anything that is not part of a table.
pub(super) fn drop(
    schema: &mut Schema,
    span: Span,
    reference: &ObjectReference,
    together: &[ObjectReference],
    if_exists: bool,
    cascade: bool,
) -> Outcome {
    let named = match find(schema, reference)? {
        Found::Object(object) => object,
        Found::Nothing(error, message) if if_exists => return missing(true, error, message),
        Found::Nothing(error, message) => return Err(Refusal { missing: needed(reference, error), ..refusal(error, message) }),
        Found::Unseen => return done(),
    };
    let spared: Vec<Object> = together.iter().filter_map(|other| object_of(schema, other)).collect();
    remove_with_dependents(schema, span, named, &spared, cascade)
}

/// What a reference to something droppable leads to.
enum Found {
    Object(Object),
    Nothing(ErrorKind, String),
    Unseen,
}

/// The relation or type that a reference needs.
fn needed(reference: &ObjectReference, error: ErrorKind) -> Option<Missing> {
    use ObjectReference as R;
    match reference {
        R::Table(name) | R::ForeignTable(name) | R::View(name) | R::MaterializedView(name) | R::Index(name) | R::Sequence(name) => {
            Some(Missing::Relation(name.clone()))
        }
        R::Trigger(table, _) | R::Policy(table, _) | R::Constraint(table, _) => Some(Missing::Relation(table.clone())),
        R::Type(name) | R::Domain(name) => Some(Missing::Type(name.clone())),
        _ => None,
    }
    .filter(|missing| matches!(missing, Missing::Type(_)) || error == ErrorKind::UndefinedTable)
}

fn object_of(schema: &Schema, reference: &ObjectReference) -> Option<Object> {
    match find(schema, reference) {
        Ok(Found::Object(object)) => Some(object),
        _ => None,
    }
}

fn find(schema: &Schema, reference: &ObjectReference) -> Result<Found, Refusal> {
    use ObjectReference as R;
    match reference {
        R::Table(name) | R::ForeignTable(name) => find_relation(schema, name, "table"),
        R::View(name) => find_relation(schema, name, "view"),
        R::MaterializedView(name) => find_relation(schema, name, "materialized view"),
        R::Index(name) => find_relation(schema, name, "index"),
        R::Sequence(name) => find_relation(schema, name, "sequence"),
        R::Statistics(name) => Ok(match statistics::find(schema, name) {
            Some(found) => Found::Object(Object::Statistics(found)),
            None if resolve::may_exist_unseen(schema, name) => Found::Unseen,
            None => Found::Nothing(ErrorKind::UndefinedObject, statistics::absent(name)),
        }),
        R::Type(name) | R::Domain(name) => Ok(find_type(schema, name, matches!(reference, R::Domain(_)))),
        R::Function { name, arguments } => Ok(find_function(schema, name, arguments.as_deref())),
        R::Namespace(name) => Ok(match schema.namespaces.contains_key(name) {
            true => Found::Object(Object::Namespace(name.clone())),
            false => Found::Nothing(ErrorKind::UndefinedSchema, format!("schema `{name}` does not exist")),
        }),
        R::Extension(name) => Ok(match schema.extensions.contains_key(name) {
            true => Found::Object(Object::Extension(name.clone())),
            false => Found::Nothing(ErrorKind::UndefinedObject, format!("extension `{name}` does not exist")),
        }),
        R::Trigger(table, name) => Ok(find_part(schema, table, name, "trigger")),
        R::Policy(table, name) => Ok(find_part(schema, table, name, "policy")),
        R::Constraint(table, name) => Ok(find_part(schema, table, name, "constraint")),
        R::Column(..) | R::DomainConstraint(..) | R::Other(_) => Ok(Found::Unseen),
    }
}

fn find_relation(schema: &Schema, written: &QualifiedName, wanted: &str) -> Result<Found, Refusal> {
    let Some(name) = resolve::relation(schema, written) else {
        let message = format!("{wanted} `{}` does not exist", shown(written));
        let unseen = resolve::may_exist_unseen(schema, written);
        let error = if wanted == "index" { ErrorKind::UndefinedObject } else { ErrorKind::UndefinedTable };
        return Ok(if unseen { Found::Unseen } else { Found::Nothing(error, message) });
    };
    let materialized = schema.views.get(&name).is_some_and(|view| view.materialized);
    let (kind, object) = match schema.relation(&name) {
        Some(RelationKind::Table) => ("table", Object::Table(name.clone())),
        Some(RelationKind::View) if materialized => ("materialized view", Object::View(name.clone())),
        Some(RelationKind::View) => ("view", Object::View(name.clone())),
        Some(RelationKind::Index) => ("index", Object::Index(name.clone())),
        Some(RelationKind::Sequence) => ("sequence", Object::Sequence(name.clone())),
        _ => ("type", Object::Type(name.clone())),
    };
    if kind == wanted {
        return Ok(Found::Object(object));
    }
    let message = format!("`{}` is not a {wanted}", shown(&name)).replace("a index", "an index");
    Err(refusal_because(ErrorKind::WrongObjectType, message, object.span(schema), "it was created here"))
}

fn find_type(schema: &Schema, written: &QualifiedName, domain: bool) -> Found {
    match resolve::user_type(schema, written) {
        Some(name) => {
            let is_domain = schema.types.get(&name).is_some_and(|definition| matches!(definition.kind, TypeKind::Domain { .. }));
            if domain && !is_domain {
                Found::Nothing(ErrorKind::WrongObjectType, format!("`{}` is not a domain", shown(&name)))
            } else {
                Found::Object(Object::Type(name))
            }
        }
        None if resolve::may_exist_unseen(schema, written) => Found::Unseen,
        None => Found::Nothing(ErrorKind::UndefinedObject, format!("type `{}` does not exist", shown(written))),
    }
}

fn find_function(schema: &Schema, written: &QualifiedName, arguments: Option<&[Type]>) -> Found {
    let absent = || format!("function `{}` does not exist", shown(written));
    let Some(name) = dependents::function(schema, written) else {
        let unseen = resolve::may_exist_unseen(schema, written);
        return if unseen { Found::Unseen } else { Found::Nothing(ErrorKind::UndefinedFunction, absent()) };
    };
    let candidates: Vec<_> = schema.functions_named(&name).collect();
    let same = |one: &Type, other: &Type| one.name.name == other.name.name && one.array == other.array;
    match arguments {
        None => match candidates.as_slice() {
            [only] => Found::Object(Object::Function(only.key.clone())),
            _ => Found::Nothing(ErrorKind::UndefinedFunction, format!("function name `{}` is not unique", shown(written))),
        },
        Some(types) => {
            let fits = |key: &[Type]| key.len() == types.len() && key.iter().zip(types).all(|(one, other)| same(one, other));
            match candidates.iter().find(|function| fits(&function.key.arguments)) {
                Some(function) => Found::Object(Object::Function(function.key.clone())),
                None => Found::Nothing(ErrorKind::UndefinedFunction, absent()),
            }
        }
    }
}

fn find_part(schema: &Schema, written: &QualifiedName, name: &Name, kind: &str) -> Found {
    let Some(table) = resolve::relation(schema, written) else {
        let unseen = resolve::may_exist_unseen(schema, written);
        return if unseen { Found::Unseen } else { Found::Nothing(ErrorKind::UndefinedTable, no_relation(written).message) };
    };
    let on_view = schema.views.get(&table).is_some_and(|view| kind == "trigger" && view.triggers.iter().any(|there| there.name == *name));
    if on_view {
        return Found::Object(Object::Trigger(table, name.clone()));
    }
    let Some(found) = schema.table(&table) else { return Found::Unseen };
    let (exists, object) = match kind {
        "trigger" => (found.triggers.iter().any(|trigger| trigger.name == *name), Object::Trigger(table.clone(), name.clone())),
        "policy" => (found.policies.iter().any(|policy| policy.name == *name), Object::Policy(table.clone(), name.clone())),
        _ => (found.constraint(name).is_some(), Object::Constraint(table.clone(), name.clone())),
    };
    match exists {
        true => Found::Object(object),
        false if schema.is_uncertain(&table) || (kind != "constraint" && schema.has_uncertain_attachments(&table)) => Found::Unseen,
        false => Found::Nothing(ErrorKind::UndefinedObject, format!("{kind} `{name}` for table `{}` does not exist", shown(&table))),
    }
}

/// `DROP COLUMN`, from partitions and children too.
pub(super) fn drop_column(
    schema: &mut Schema,
    span: Span,
    table: &QualifiedName,
    column: &Name,
    if_exists: bool,
    cascade: bool,
) -> Outcome {
    match resolve::required_column(schema, table, column) {
        Ok(true) => {}
        Ok(false) => return done(),
        Err(refusal) => return missing(if_exists, refusal.error, refusal.message),
    }
    if let Some(found) = schema.column(table, column).filter(|column| column.inherited) {
        return refuse_at(ErrorKind::InvalidDefinition, format!("cannot drop inherited column `{column}`"), found.span, "the column");
    }
    if in_partition_key(schema, table, column) {
        let message = format!("cannot drop column `{column}` because it is part of the partition key of relation `{}`", shown(table));
        return refuse(ErrorKind::InvalidDefinition, message);
    }
    let mut applied = Applied::default();
    for child in schema.descendants(table) {
        if schema.column(&child, column).is_some_and(|column| column.inherited) {
            let along = remove_with_dependents(schema, span, Object::Column(child, column.clone()), &[], cascade)?;
            applied.took_along.extend(along.took_along);
        }
    }
    let along = remove_with_dependents(schema, span, Object::Column(table.clone(), column.clone()), &[], cascade)?;
    applied.took_along.extend(along.took_along);
    Ok(applied)
}

fn in_partition_key(schema: &Schema, table: &QualifiedName, column: &Name) -> bool {
    use crate::schema::KeyPart;
    let by = schema.table(table).and_then(|table| table.partition_by.as_ref());
    by.is_some_and(|by| {
        by.keys.iter().any(|key| match key {
            KeyPart::Column(name) => name == column,
            KeyPart::Expression(expression) => dependents::mentions(expression, column),
        })
    })
}

/// `DROP CONSTRAINT`.
pub(super) fn drop_constraint(
    schema: &mut Schema,
    span: Span,
    table: &QualifiedName,
    name: &Name,
    if_exists: bool,
    cascade: bool,
) -> Outcome {
    let Some(constraint) = schema.table(table).and_then(|table| table.constraint(name)) else {
        // From PostgreSQL 18 on every NOT NULL has a name, by itself `<table>_<column>_not_null` and a number.
        if name.trim_end_matches(|character: char| character.is_ascii_digit()).ends_with("_not_null") {
            return done();
        }
        return missing(if_exists, ErrorKind::UndefinedObject, constraints::absent(table, name));
    };
    if constraint.inherited {
        let message = format!("cannot drop inherited constraint `{name}` of relation `{}`", shown(table));
        return refuse_at(ErrorKind::InvalidDefinition, message, constraint.span, "the constraint");
    }
    remove_with_dependents(schema, span, Object::Constraint(table.clone(), name.clone()), &[], cascade)
}

/// Removes an object and everything that depends on it, or refuses where that needs CASCADE.
fn remove_with_dependents(schema: &mut Schema, span: Span, named: Object, spared: &[Object], cascade: bool) -> Outcome {
    refuse_parts(schema, &named)?;
    let closure = closure(schema, &named, spared);
    if let Some(blocking) = closure.blocking.first().filter(|_| !cascade && !is_uncertain(schema, &named)) {
        let message = format!("cannot drop {} because {} depends on it", named.describe(), blocking.describe());
        return Err(refusal_because(
            ErrorKind::DependentObjectsStillExist,
            message,
            blocking.span(schema),
            "it depends on what is dropped",
        ));
    }
    let took_along =
        closure.all.iter().filter(|object| tells(schema, object, &named) && !spared.iter().any(|spared| object.is_part_of(spared)));
    let took_along = took_along.map(|object| TakenAlong { object: object.describe(), span: object.span(schema) }).collect();
    for object in closure.all.iter().rev() {
        remove(schema, span, object);
    }
    Ok(Applied { no_effect: None, took_along })
}

fn is_uncertain(schema: &Schema, object: &Object) -> bool {
    match object {
        Object::Table(name) | Object::View(name) | Object::Index(name) | Object::Sequence(name) => schema.is_uncertain(name),
        Object::Column(table, _) | Object::Constraint(table, _) | Object::Trigger(table, _) | Object::Policy(table, _) => {
            schema.is_uncertain(table)
        }
        _ => schema.uncertainty.everything.is_some(),
    }
}

/// Owned sequences, statistics and partitions go without saying, the named object is no company of its own.
fn tells(schema: &Schema, object: &Object, named: &Object) -> bool {
    let owned = match object {
        Object::Sequence(name) => schema.sequences.get(name).is_some_and(|sequence| sequence.owned_by.is_some()),
        _ => false,
    };
    object != named && !owned && !matches!(object, Object::Statistics(_)) && !object.is_part_of(named)
}

/// Objects that go with others only.
fn refuse_parts(schema: &Schema, object: &Object) -> Result<(), Refusal> {
    match object {
        Object::Index(name) => {
            let Some((table, index)) = schema.index(name) else { return Ok(()) };
            if index.from_constraint {
                let message = format!(
                    "cannot drop index `{}` because constraint `{}` on table `{}` requires it",
                    shown(name),
                    index.name,
                    shown(&table.name)
                );
                return refuse_at(ErrorKind::DependentObjectsStillExist, message, index.span, "the constraint");
            }
            if index.inherited {
                let message = format!("cannot drop index `{}` because the index of the partitioned table requires it", shown(name));
                return refuse_at(ErrorKind::DependentObjectsStillExist, message, index.span, "the index");
            }
            Ok(())
        }
        Object::Sequence(name) => {
            match schema.sequences.get(name).filter(|sequence| sequence.identity).and_then(|sequence| sequence.owned_by.as_ref()) {
                Some((table, column)) => {
                    let message =
                        format!("cannot drop sequence `{}` because column `{column}` of table `{}` requires it", shown(name), shown(table));
                    refuse(ErrorKind::DependentObjectsStillExist, message)
                }
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Everything that goes with an object, in the order it was found.
struct Closure {
    all: Vec<Object>,
    /// What is only reached through others' definitions, so that CASCADE is needed.
    blocking: Vec<Object>,
}

fn closure(schema: &Schema, named: &Object, spared: &[Object]) -> Closure {
    let mut seen: BTreeSet<Object> = BTreeSet::from([named.clone()]);
    let mut all = vec![named.clone()];
    // Parts first: what goes silently with one object does not block for another's sake.
    let mut others: Vec<Object> = Vec::new();
    let mut next = 0;
    let mut blocking: Vec<Object> = Vec::new();
    loop {
        while let Some(object) = all.get(next).cloned() {
            next += 1;
            let dependents = dependents::of(schema, &object);
            others.extend(dependents.others);
            all.extend(dependents.parts.into_iter().filter(|part| seen.insert(part.clone())));
        }
        let Some(position) = others.iter().position(|other| !seen.contains(other)) else { break };
        let other = others.swap_remove(position);
        seen.insert(other.clone());
        if all.iter().any(|object| other.is_part_of(object)) {
            continue;
        }
        // What the statement drops next is no hindrance, nor what hangs on it.
        let is_spared = spared.iter().any(|spared| *spared == other || other.is_part_of(spared));
        if is_spared && !other_is_part(&other) {
            continue;
        }
        if !is_spared {
            blocking.push(other.clone());
        }
        all.push(other);
    }
    Closure { all, blocking }
}

/// Constraints and defaults are cut off at once even if their table goes next.
fn other_is_part(object: &Object) -> bool {
    matches!(object, Object::Constraint(..) | Object::Default(..) | Object::Policy(..) | Object::Trigger(..) | Object::Column(..))
}

/// Takes one object out of the model.
fn remove(schema: &mut Schema, span: Span, object: &Object) {
    match object {
        Object::Namespace(name) => {
            schema.namespaces.remove(name);
            schema.absent_namespaces.insert(name.clone());
        }
        Object::Table(name) => {
            remove_table(schema, name);
        }
        Object::Column(table, column) => {
            edit_table(schema, table, |table| table.columns.retain(|existing| existing.name != *column));
        }
        Object::Default(table, column) => edit_table(schema, table, |table| {
            if let Some(column) = table.columns.iter_mut().find(|existing| existing.name == *column) {
                Arc::make_mut(column).default = None;
            }
        }),
        Object::Constraint(table, name) => edit_table(schema, table, |table| {
            table.constraints.retain(|constraint| constraint.name != *name);
            table.indexes.retain(|index| !(index.from_constraint && index.name == *name));
        }),
        Object::Index(name) => remove_index(schema, name),
        Object::Trigger(relation, name) if schema.views.contains_key(relation) => {
            indexes::edit_view(schema, relation, |view| view.triggers.retain(|trigger| trigger.name != *name));
        }
        Object::Trigger(table, name) => edit_table(schema, table, |table| table.triggers.retain(|trigger| trigger.name != *name)),
        Object::Policy(table, name) => edit_table(schema, table, |table| table.policies.retain(|policy| policy.name != *name)),
        Object::View(name) => {
            if let Some(view) = schema.views.remove(name) {
                view.indexes.iter().for_each(|index| {
                    schema.members.remove_index(&QualifiedName::new(name.schema.clone(), index.name.clone()));
                });
            }
        }
        Object::Sequence(name) => {
            schema.sequences.remove(name);
        }
        Object::Statistics(name) => {
            schema.statistics.remove(name);
        }
        Object::Type(name) => {
            schema.types.remove(name);
        }
        Object::Attribute(name, attribute) => {
            if let Some(TypeKind::Composite { attributes }) =
                schema.types.get_mut(name).map(|definition| &mut Arc::make_mut(definition).kind)
            {
                attributes.retain(|existing| existing.name != *attribute);
            }
        }
        Object::Function(key) => {
            schema.functions.remove(key);
        }
        Object::Extension(name) => {
            schema.extensions.remove(name);
        }
    }
    note_loss(schema, span, object);
}

fn remove_index(schema: &mut Schema, name: &QualifiedName) {
    let Some(holder) = schema.members.index_table(name).cloned() else { return };
    if schema.tables.contains_key(&holder) {
        edit_table(schema, &holder, |table| table.indexes.retain(|index| index.name != name.name));
    } else {
        schema.members.remove_index(name);
        indexes::edit_view(schema, &holder, |view| view.indexes.retain(|index| index.name != name.name));
    }
}

/// The table that lost a part was changed.
fn note_loss(schema: &mut Schema, span: Span, object: &Object) {
    if let Object::Column(table, _)
    | Object::Default(table, _)
    | Object::Constraint(table, _)
    | Object::Trigger(table, _)
    | Object::Policy(table, _) = object
    {
        edit_table(schema, table, |table| resolve::note(table, span));
    }
}
