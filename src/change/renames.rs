//! Renames and `SET SCHEMA`, carried through everything that names the object.

use std::sync::Arc;

use super::outcome::{Outcome, done, missing_relation, no_type, refuse, refuse_at, shown};
use super::store::edit_table;
use super::{ErrorKind, ObjectReference, Refusal, column_renames, constraints, dependents, indexes, resolve, rewrite, statistics, types};
use crate::schema::{ConstraintKind, FunctionKey, Name, QualifiedName, RelationKind, Schema, Table, TypeKind};
use crate::source::Span;

/// `ALTER … RENAME TO`.
pub(super) fn rename(schema: &mut Schema, span: Span, object: &ObjectReference, to: &Name, if_exists: bool) -> Outcome {
    relocate(schema, span, object, if_exists, |from| QualifiedName::new(from.schema.clone(), to.clone()))
}

/// `ALTER … SET SCHEMA`.
pub(super) fn set_schema(schema: &mut Schema, span: Span, object: &ObjectReference, namespace: &Name, if_exists: bool) -> Outcome {
    relocate(schema, span, object, if_exists, |from| QualifiedName::new(namespace.clone(), from.name.clone()))
}

fn relocate(
    schema: &mut Schema,
    span: Span,
    object: &ObjectReference,
    if_exists: bool,
    target: impl FnOnce(&QualifiedName) -> QualifiedName,
) -> Outcome {
    use ObjectReference as R;
    match object {
        R::Table(name) | R::ForeignTable(name) | R::View(name) | R::MaterializedView(name) | R::Index(name) | R::Sequence(name) => {
            let Some(from) = resolve::relation(schema, name) else {
                if !resolve::may_exist_unseen(schema, name) {
                    return missing_relation(if_exists, name);
                }
                // What nobody has seen goes by another name now.
                let namespace = name.schema().cloned().unwrap_or_else(|| schema.creation_namespace());
                schema.uncertainty.relations.insert(target(&QualifiedName::new(namespace, name.name.clone())));
                return done();
            };
            let to = target(&from);
            move_relation(schema, span, &from, &to)
        }
        R::Type(name) | R::Domain(name) => {
            let Some(from) = resolve::user_type(schema, name) else {
                let unseen = resolve::may_exist_unseen(schema, name);
                return if unseen { done() } else { Err(no_type(name)) };
            };
            let to = target(&from);
            move_type(schema, span, &from, &to)
        }
        R::Statistics(name) => {
            let Some(from) = statistics::find(schema, name) else {
                let unseen = resolve::may_exist_unseen(schema, name);
                return if unseen { done() } else { refuse(ErrorKind::UndefinedObject, statistics::absent(name)) };
            };
            let to = target(&from);
            statistics::relocate(schema, &from, &to)
        }
        R::Function { name, arguments } => {
            let Some(from) = dependents::function(schema, name) else {
                let unseen = resolve::may_exist_unseen(schema, name);
                let message = format!("function `{}` does not exist", shown(name));
                return if unseen { done() } else { refuse(ErrorKind::UndefinedFunction, message) };
            };
            let to = target(&from);
            move_function(schema, &from, arguments.as_deref(), &to)
        }
        R::Namespace(name) => rename_namespace(schema, name, &target(&QualifiedName::unqualified(name.clone())).name),
        R::Column(table, column) => {
            let to = target(&QualifiedName::unqualified(column.clone())).name.clone();
            column_renames::rename_column(schema, span, table, column, &to, if_exists)
        }
        R::Constraint(table, constraint) => {
            let to = target(&QualifiedName::unqualified(constraint.clone())).name.clone();
            resolve::on_table(schema, table, span, if_exists, |schema, table| rename_constraint(schema, table, constraint, &to))
        }
        R::Trigger(table, name) => {
            let to = target(&QualifiedName::unqualified(name.clone())).name.clone();
            resolve::on_table(schema, table, span, if_exists, |schema, table| rename_trigger(schema, table, name, &to))
        }
        R::Policy(table, name) => {
            let to = target(&QualifiedName::unqualified(name.clone())).name.clone();
            resolve::on_table(schema, table, span, if_exists, |schema, table| rename_policy(schema, table, name, &to))
        }
        R::DomainConstraint(..) | R::Extension(_) | R::Other(_) => done(),
    }
}

fn move_relation(schema: &mut Schema, span: Span, from: &QualifiedName, to: &QualifiedName) -> Outcome {
    if from == to {
        return if schema.relation(to).is_some() { indexes::refuse_taken(schema, to).and_then(|()| done()) } else { done() };
    }
    indexes::refuse_taken(schema, to)?;
    match schema.relation(from) {
        Some(RelationKind::Table) => move_table(schema, span, from, to)?,
        Some(RelationKind::View) => move_view(schema, span, from, to),
        Some(RelationKind::Sequence) => move_sequence(schema, from, to),
        Some(RelationKind::Index) => rename_index(schema, span, from, to),
        Some(RelationKind::CompositeType) | None => return move_type(schema, span, from, to),
    }
    done()
}

/// Moves a table with its indexes, constraints and, to another schema, its owned sequences.
fn move_table(schema: &mut Schema, span: Span, from: &QualifiedName, to: &QualifiedName) -> Result<(), Refusal> {
    if from.schema != to.schema {
        let found = schema.table(from).map(|table| table.indexes.clone()).unwrap_or_default();
        for index in &found {
            indexes::refuse_taken(schema, &QualifiedName::new(to.schema.clone(), index.name.clone()))?;
        }
    }
    if let Some(there) = schema.types.get(to) {
        return refuse_at(ErrorKind::DuplicateObject, format!("type `{}` already exists", shown(to)), there.span, "it was created here");
    }
    edit_table(schema, from, |table| {
        table.name = to.clone();
        resolve::note(table, span);
    });
    let owned: Vec<QualifiedName> = schema
        .sequences
        .values()
        .filter(|sequence| sequence.owned_by.as_ref().is_some_and(|(table, _)| table == from))
        .map(|sequence| sequence.name.clone())
        .collect();
    for name in owned {
        if let Some(sequence) = schema.sequences.get_mut(&name) {
            Arc::make_mut(sequence).owned_by.iter_mut().for_each(|(table, _)| *table = to.clone());
        }
        if from.schema != to.schema {
            move_sequence(schema, &name, &QualifiedName::new(to.schema.clone(), name.name.clone()));
        }
    }
    rename_in_tables(schema, from, to);
    rename_in_views(schema, from, to);
    rename_type_users(schema, from, to);
    statistics::rename_relation(schema, from, to);
    // Lookups by the old parent name follow.
    if let Some(children) = schema.children.remove(from) {
        schema.children.insert(to.clone(), children);
    }
    Ok(())
}

fn rename_in_tables(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    let touched: Vec<QualifiedName> =
        schema.tables.values().filter(|table| names_relation(table, from, to)).map(|table| table.name.clone()).collect();
    for name in touched {
        edit_table(schema, &name, |table| rename_in_table(table, from, to));
    }
}

fn names_relation(table: &Table, from: &QualifiedName, to: &QualifiedName) -> bool {
    let itself = table.name == *to;
    let key = table.foreign_keys().any(|(_, key)| key.references == *from);
    let parent = super::store::parents(table).any(|parent| parent == from);
    let policy = table
        .policies
        .iter()
        .any(|policy| dependents::conditions(policy).any(|condition| dependents::relations_in(&condition.tree).contains(&from)));
    itself || key || parent || policy
}

fn rename_in_table(table: &mut Table, from: &QualifiedName, to: &QualifiedName) {
    for constraint in &mut table.constraints {
        let references = matches!(&constraint.kind, ConstraintKind::ForeignKey(key) if key.references == *from);
        if references && let ConstraintKind::ForeignKey(key) = &mut Arc::make_mut(constraint).kind {
            key.references = to.clone();
        }
    }
    if let Some(of) = table.partition_of.as_mut().filter(|of| of.parent == *from) {
        of.parent = to.clone();
    }
    table.inherits.iter_mut().filter(|parent| *parent == from).for_each(|parent| *parent = to.clone());
    rewrite::each_expression(table, &mut |expression| rewrite::rename_relation(expression, from, to));
}

/// SQL that is a function's body names relations as they are called now.
fn rename_in_functions(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    let readers: Vec<FunctionKey> =
        schema.functions.values().filter(|function| function.relations.contains(from)).map(|function| function.key.clone()).collect();
    for key in readers {
        let Some(function) = schema.functions.get_mut(&key).map(Arc::make_mut) else { continue };
        function.relations.iter_mut().filter(|relation| *relation == from).for_each(|relation| *relation = to.clone());
        function.body = rewrite::rename_relation_in_query(&function.body, from, to).into();
    }
}

fn rename_in_views(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    rename_in_functions(schema, from, to);
    let readers: Vec<QualifiedName> =
        schema.views.values().filter(|view| view.relations.contains(from)).map(|view| view.name.clone()).collect();
    for name in readers {
        indexes::edit_view(schema, &name, |view| {
            view.relations.iter_mut().filter(|relation| *relation == from).for_each(|relation| *relation = to.clone());
            view.column_references.iter_mut().filter(|(relation, _)| relation == from).for_each(|(relation, _)| *relation = to.clone());
            let (old, new) = (from.clone(), to.clone());
            view.query = view.query.edited(move |text| rewrite::rename_relation_in_query(text, &old, &new));
            view.aliases.iter_mut().filter(|(_, name)| name == from).for_each(|(alias, name)| {
                *name = to.clone();
                if *alias == from.name {
                    *alias = to.name.clone();
                }
            });
        });
    }
}

fn move_view(schema: &mut Schema, span: Span, from: &QualifiedName, to: &QualifiedName) {
    let Some(mut view) = schema.views.remove(from) else { return };
    let moved = Arc::make_mut(&mut view);
    moved.name = to.clone();
    moved.changed.push_back(span);
    for index in &moved.indexes {
        schema.members.remove_index(&QualifiedName::new(from.schema.clone(), index.name.clone()));
        schema.members.add_index(QualifiedName::new(to.schema.clone(), index.name.clone()), to.clone());
    }
    schema.views.insert(to.clone(), view);
    statistics::rename_relation(schema, from, to);
    rename_in_tables(schema, from, to);
    rename_in_views(schema, from, to);
}

/// Defaults that take their values from the sequence name it as it is called now.
fn move_sequence(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    let using = defaults_with(schema, from);
    if let Some(mut sequence) = schema.sequences.remove(from) {
        Arc::make_mut(&mut sequence).name = to.clone();
        schema.sequences.insert(to.clone(), sequence);
    }
    for (table, column) in using {
        edit_table(schema, &table, |table| {
            let found = table.columns.iter_mut().find(|existing| existing.name == column);
            if let Some(default) = found.and_then(|column| Arc::make_mut(column).default.as_mut()) {
                Arc::make_mut(default).value = super::columns::next_value(to);
            }
        });
    }
}

fn defaults_with(schema: &Schema, sequence: &QualifiedName) -> Vec<(QualifiedName, Name)> {
    let columns = schema.tables.values().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    let using = columns.filter(|(_, column)| {
        column.default.as_ref().is_some_and(|default| dependents::sequences_in(schema, &default.value.tree).contains(sequence))
    });
    using.map(|(table, column)| (table.name.clone(), column.name.clone())).collect()
}

/// Renames an index, and the constraint it belongs to.
fn rename_index(schema: &mut Schema, span: Span, from: &QualifiedName, to: &QualifiedName) {
    let Some(holder) = schema.members.index_table(from).cloned() else { return };
    if schema.views.contains_key(&holder) {
        schema.members.remove_index(from);
        schema.members.add_index(to.clone(), holder.clone());
        indexes::edit_view(schema, &holder, |view| {
            view.indexes.iter_mut().filter(|index| index.name == from.name).for_each(|index| Arc::make_mut(index).name = to.name.clone());
        });
        return;
    }
    edit_table(schema, &holder, |table| {
        rename_index_in(table, &from.name, &to.name);
        resolve::note(table, span);
    });
}

fn rename_index_in(table: &mut Table, from: &Name, to: &Name) {
    let found = table.indexes.iter_mut().find(|index| index.name == *from);
    let of_constraint = found.is_some_and(|index| {
        let index = Arc::make_mut(index);
        index.name = to.clone();
        index.from_constraint
    });
    if of_constraint {
        let found = table.constraints.iter_mut().find(|constraint| constraint.name == *from);
        found.into_iter().for_each(|constraint| Arc::make_mut(constraint).name = to.clone());
    }
}

fn move_type(schema: &mut Schema, span: Span, from: &QualifiedName, to: &QualifiedName) -> Outcome {
    if let Some(there) = schema.types.get(to) {
        return refuse_at(ErrorKind::DuplicateObject, format!("type `{}` already exists", shown(to)), there.span, "it was created here");
    }
    if let Some(mut definition) = schema.types.remove(from) {
        let moved = Arc::make_mut(&mut definition);
        moved.name = to.clone();
        moved.changed.push_back(span);
        schema.types.insert(to.clone(), definition);
    }
    rename_type_users(schema, from, to);
    done()
}

/// Columns, functions and other types of a type that got another name.
fn rename_type_users(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    let using = |table: &Table| table.columns.iter().any(|column| column.data_type.value.name == *from);
    let tables: Vec<QualifiedName> = schema.tables.values().filter(|table| using(table)).map(|table| table.name.clone()).collect();
    for name in tables {
        edit_table(schema, &name, |table| {
            let columns = table.columns.iter_mut().filter(|column| column.data_type.value.name == *from);
            columns.for_each(|column| {
                types::rename_in(&mut Arc::make_mut(column).data_type.value, from, to);
            });
            rewrite::each_expression(table, &mut |expression| rewrite::rename_type(expression, from, to));
        });
    }
    rename_in_types(schema, from, to);
    let functions: Vec<FunctionKey> =
        schema.functions.values().filter(|function| uses_type(function, from)).map(|function| function.key.clone()).collect();
    for key in functions {
        let Some(mut function) = schema.functions.remove(&key) else { continue };
        let changed = Arc::make_mut(&mut function);
        let arguments = changed.arguments.iter_mut().map(|argument| &mut argument.data_type);
        for data_type in changed.key.arguments.iter_mut().chain(&mut changed.returns).chain(arguments) {
            types::rename_in(data_type, from, to);
        }
        schema.functions.insert(function.key.clone(), function);
    }
}

fn uses_type(function: &crate::schema::Function, name: &QualifiedName) -> bool {
    function.arguments.iter().map(|argument| &argument.data_type).chain(&function.returns).any(|data_type| data_type.name == *name)
}

fn rename_in_types(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    let names: Vec<QualifiedName> = schema.types.keys().cloned().collect();
    for name in names {
        let Some(definition) = schema.types.get(&name) else { continue };
        let mut kind = definition.kind.clone();
        let changed = match &mut kind {
            TypeKind::Domain { base, .. } => types::rename_in(base, from, to),
            TypeKind::Range { subtype } => types::rename_in(subtype, from, to),
            TypeKind::Composite { attributes } => {
                attributes.iter_mut().filter_map(|attribute| types::rename_in(&mut attribute.data_type, from, to).then_some(())).count() > 0
            }
            _ => false,
        };
        if let Some(definition) = schema.types.get_mut(&name).filter(|_| changed) {
            Arc::make_mut(definition).kind = kind;
        }
    }
}

fn move_function(schema: &mut Schema, from: &QualifiedName, arguments: Option<&[crate::schema::Type]>, to: &QualifiedName) -> Outcome {
    let fits = |key: &FunctionKey| {
        arguments.is_none_or(|arguments| {
            arguments.len() == key.arguments.len()
                && arguments.iter().zip(&key.arguments).all(|(one, other)| one.name.name == other.name.name)
        })
    };
    let Some(key) = schema.functions_named(from).map(|function| &function.key).find(|key| fits(key)).cloned() else {
        return refuse(ErrorKind::UndefinedFunction, format!("function `{}` does not exist", shown(from)));
    };
    let moved = FunctionKey { name: to.clone(), arguments: key.arguments.clone() };
    if let Some(there) = schema.functions.get(&moved) {
        let message = format!("function `{}` already exists with same argument types", shown(to));
        return refuse_at(ErrorKind::DuplicateFunction, message, there.span, "it was created here");
    }
    if let Some(mut function) = schema.functions.remove(&key) {
        Arc::make_mut(&mut function).key = moved.clone();
        schema.functions.insert(moved, function);
    }
    let calling = |table: &Table| table.triggers.iter().any(|trigger| trigger.function == *from);
    let tables: Vec<QualifiedName> = schema.tables.values().filter(|table| calling(table)).map(|table| table.name.clone()).collect();
    for name in tables {
        edit_table(schema, &name, |table| {
            let triggers = table.triggers.iter_mut().filter(|trigger| trigger.function == *from);
            triggers.for_each(|trigger| Arc::make_mut(trigger).function = to.clone());
        });
    }
    done()
}

/// `ALTER SCHEMA … RENAME TO`: everything in it gets another first name.
pub(super) fn rename_namespace(schema: &mut Schema, from: &Name, to: &Name) -> Outcome {
    if let Some(there) = schema.namespaces.get(to) {
        let message = format!("schema `{to}` already exists");
        return Err(super::outcome::refusal_because(ErrorKind::DuplicateSchema, message, there.span, "it was created here"));
    }
    let Some(namespace) = schema.namespaces.remove(from) else {
        return refuse(ErrorKind::UndefinedSchema, format!("schema `{from}` does not exist"));
    };
    schema.namespaces.insert(to.clone(), namespace);
    schema.absent_namespaces.remove(to);
    schema.absent_namespaces.insert(from.clone());
    let within = |name: &&QualifiedName| name.schema == *from;
    let moved = |name: &QualifiedName| QualifiedName::new(to.clone(), name.name.clone());
    let sequences: Vec<_> = schema.sequences.keys().filter(within).cloned().collect();
    let tables: Vec<(QualifiedName, Span)> =
        schema.tables.values().filter(|table| table.name.schema == *from).map(|table| (table.name.clone(), table.span)).collect();
    let views: Vec<_> = schema.views.values().filter(|view| view.name.schema == *from).map(|view| (view.name.clone(), view.span)).collect();
    let types: Vec<_> = schema
        .types
        .values()
        .filter(|definition| definition.name.schema == *from)
        .map(|definition| (definition.name.clone(), definition.span))
        .collect();
    let functions: Vec<_> = schema.functions.keys().filter(|key| key.name.schema == *from).cloned().collect();
    let statistics: Vec<_> = schema.statistics.keys().filter(within).cloned().collect();
    for name in &statistics {
        statistics::relocate(schema, name, &moved(name))?;
    }
    sequences.iter().for_each(|name| move_sequence(schema, name, &moved(name)));
    for (name, span) in &tables {
        move_table(schema, *span, name, &moved(name))?;
    }
    views.iter().for_each(|(name, span)| move_view(schema, *span, name, &moved(name)));
    for (name, span) in &types {
        move_type(schema, *span, name, &moved(name))?;
    }
    for key in &functions {
        move_function(schema, &key.name, Some(&key.arguments), &moved(&key.name))?;
    }
    done()
}

/// `RENAME CONSTRAINT`, with the index behind it.
pub(super) fn rename_constraint(schema: &mut Schema, table: &QualifiedName, name: &Name, to: &Name) -> Outcome {
    let constraint = constraints::required(schema, table, name)?;
    constraints::refuse_same_name(schema, table, to)?;
    let has_index = matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::Exclude { .. });
    if has_index {
        indexes::refuse_taken(schema, &QualifiedName::new(table.schema.clone(), to.clone()))?;
        edit_table(schema, table, |table| rename_index_in(table, name, to));
    } else {
        constraints::edit(schema, table, name, |constraint| constraint.name = to.clone());
    }
    done()
}

fn rename_trigger(schema: &mut Schema, table: &QualifiedName, name: &Name, to: &Name) -> Outcome {
    let exists = |name: &Name| schema.table(table).is_some_and(|table| table.triggers.iter().any(|trigger| trigger.name == *name));
    if !exists(name) {
        return refuse(ErrorKind::UndefinedObject, format!("trigger `{name}` for table `{}` does not exist", shown(table)));
    }
    if exists(to) {
        return refuse(ErrorKind::DuplicateObject, format!("trigger `{to}` for relation `{}` already exists", shown(table)));
    }
    edit_table(schema, table, |table| {
        table.triggers.iter_mut().filter(|trigger| trigger.name == *name).for_each(|trigger| Arc::make_mut(trigger).name = to.clone());
    });
    done()
}

fn rename_policy(schema: &mut Schema, table: &QualifiedName, name: &Name, to: &Name) -> Outcome {
    let exists = |name: &Name| schema.table(table).is_some_and(|table| table.policies.iter().any(|policy| policy.name == *name));
    if !exists(name) {
        return refuse(ErrorKind::UndefinedObject, format!("policy `{name}` for table `{}` does not exist", shown(table)));
    }
    if exists(to) {
        return refuse(ErrorKind::DuplicateObject, format!("policy `{to}` for table `{}` already exists", shown(table)));
    }
    edit_table(schema, table, |table| {
        table.policies.iter_mut().filter(|policy| policy.name == *name).for_each(|policy| Arc::make_mut(policy).name = to.clone());
    });
    done()
}
