//! Schemas, views, sequences, triggers and policies: making and altering them.

use std::sync::Arc;

use super::outcome::{Outcome, done, existing, missing_relation, refuse, refuse_at, shown};
use super::store::edit_table;
use super::{ErrorKind, Query, Refusal, constraints, dependents, extensions, indexes, levels, queries, resolve};
use crate::schema::{
    Expression, Extension, Firing, Name, Namespace, Policy, QualifiedName, RelationKind, Schema, Sequence, SequenceOptions, Trigger, View,
};
use crate::source::{Span, Spanned};

/// `CREATE SCHEMA`.
pub(super) fn create_namespace(schema: &mut Schema, span: Span, name: &Name, if_not_exists: bool) -> Outcome {
    if let Some(there) = schema.namespaces.get(name) {
        return existing(if_not_exists, false, ErrorKind::DuplicateSchema, format!("schema `{name}` already exists"), there.span);
    }
    schema.namespaces.insert(name.clone(), Arc::new(Namespace { span: Some(span), comment: None }));
    schema.absent_namespaces.remove(name);
    done()
}

/// `CREATE EXTENSION`.
pub(super) fn create_extension(schema: &mut Schema, span: Span, name: &Name, namespace: Option<&Name>, if_not_exists: bool) -> Outcome {
    if let Some(there) = schema.extensions.get(name) {
        return existing(if_not_exists, false, ErrorKind::DuplicateObject, format!("extension `{name}` already exists"), Some(there.span));
    }
    schema.extensions.insert(name.clone(), Arc::new(Extension { schema: namespace.cloned(), span }));
    done()
}

/// `CREATE VIEW`, `CREATE MATERIALIZED VIEW`.
pub(super) fn create_view(
    schema: &mut Schema,
    span: Span,
    written: &View,
    query: &Query,
    or_replace: bool,
    if_not_exists: bool,
) -> Outcome {
    let name = resolve::new_name(schema, &written.name, *written.name.schema == *crate::schema::TEMPORARY)?;
    let mut view = View { name: name.clone(), ..written.clone() };
    query.level.iter().try_for_each(|level| levels::check(schema, level))?;
    queries::fill_view(schema, &mut view, query)?;
    let there = schema.views.get(&name).cloned();
    match there {
        Some(there) if or_replace && !there.materialized => {
            check_replacement(&there, &view)?;
            view.comment = there.comment.clone();
            view.triggers = there.triggers.clone();
            view.column_comments = there.column_comments.clone();
            view.span = there.span;
            view.changed = there.changed.clone();
            view.changed.push_back(span);
        }
        _ if schema.relation(&name).is_some() && or_replace => {
            let because = indexes::relation_span(schema, &name).unwrap_or(span);
            return refuse_at(ErrorKind::WrongObjectType, format!("`{}` is not a view", shown(&name)), because, "it was created here");
        }
        _ => {
            if let Some(span) = indexes::relation_span(schema, &name) {
                let differs = there.is_none_or(|there| there.query != view.query);
                return existing(if_not_exists, differs, ErrorKind::DuplicateTable, indexes::already(&name), Some(span));
            }
        }
    }
    schema.views.insert(name, Arc::new(view));
    done()
}

/// A replacement keeps the old columns, in order, and may add to them.
fn check_replacement(there: &View, view: &View) -> Result<(), Refusal> {
    if !there.columns_known || !view.columns_known {
        return Ok(());
    }
    if view.columns.len() < there.columns.len() {
        return refuse_at(ErrorKind::InvalidDefinition, "cannot drop columns from view".to_owned(), there.span, "the view");
    }
    match there.columns.iter().zip(&view.columns).find(|(old, new)| old != new) {
        Some((old, new)) => {
            let message = format!("cannot change name of view column `{old}` to `{new}`");
            refuse_at(ErrorKind::InvalidDefinition, message, there.span, "the view")
        }
        None => Ok(()),
    }
}

/// `REFRESH MATERIALIZED VIEW`.
pub(super) fn refresh_view(schema: &mut Schema, written: &QualifiedName, populated: bool) -> Outcome {
    let name = resolve::required_relation(schema, written)?;
    if let Some(name) = name.filter(|name| schema.views.get(name).is_some_and(|view| view.populated != populated)) {
        indexes::edit_view(schema, &name, |view| view.populated = populated);
    }
    done()
}

/// `CREATE SEQUENCE`.
pub(super) fn create_sequence(schema: &mut Schema, written: &Sequence, if_not_exists: bool) -> Outcome {
    let name = resolve::new_name(schema, &written.name, written.temporary)?;
    if let Some(span) = indexes::relation_span(schema, &name) {
        let differs = schema.relation(&name) != Some(RelationKind::Sequence);
        return existing(if_not_exists, differs, ErrorKind::DuplicateTable, indexes::already(&name), Some(span));
    }
    let owned_by = owner(schema, written.owned_by.as_ref())?;
    schema.sequences.insert(name.clone(), Arc::new(Sequence { name, owned_by, ..written.clone() }));
    done()
}

fn owner(schema: &Schema, written: Option<&(QualifiedName, Name)>) -> Result<Option<(QualifiedName, Name)>, Refusal> {
    let Some((table, column)) = written else { return Ok(None) };
    let Some(table) = resolve::required_relation(schema, table)? else { return Ok(None) };
    resolve::required_column(schema, &table, column)?;
    Ok(Some((table, column.clone())))
}

/// `ALTER SEQUENCE`.
pub(super) fn alter_sequence(
    schema: &mut Schema,
    written: &QualifiedName,
    options: &SequenceOptions,
    owned_by: Option<&Option<(QualifiedName, Name)>>,
    if_exists: bool,
) -> Outcome {
    let Some(name) = resolve::relation(schema, written).filter(|name| schema.sequences.contains_key(name)) else {
        if resolve::may_exist_unseen(schema, written) {
            return done();
        }
        return missing_relation(if_exists, written);
    };
    if owned_by.is_some() && schema.sequences.get(&name).is_some_and(|sequence| sequence.identity) {
        return refuse(ErrorKind::InvalidDefinition, "cannot change ownership of identity sequence".to_owned());
    }
    let owner = owned_by.map(|written| owner(schema, written.as_ref())).transpose()?;
    if let Some(sequence) = schema.sequences.get_mut(&name) {
        let sequence = Arc::make_mut(sequence);
        sequence.owned_by = owner.unwrap_or_else(|| sequence.owned_by.clone());
        alter_values(sequence, options);
    }
    done()
}

/// Gives a sequence another type and other values.
pub(super) fn alter_values(sequence: &mut Sequence, options: &SequenceOptions) {
    let data_type = options.data_type.as_ref().unwrap_or(&sequence.data_type).clone();
    sequence.values = sequence.values.altered(&sequence.data_type, &data_type, options);
    sequence.data_type = data_type;
}

/// `CREATE TRIGGER`, on partitions too.
pub(super) fn create_trigger(schema: &mut Schema, table: &QualifiedName, written: &Trigger, or_replace: bool) -> Outcome {
    let mut trigger = written.clone();
    trigger.function = trigger_function(schema, &written.function)?;
    for column in &trigger.columns {
        resolve::required_column(schema, table, column)?;
    }
    trigger.condition = trigger.condition.as_ref().map(|condition| dependents::resolved(schema, condition));
    let there = schema.table(table).and_then(|table| table.triggers.iter().find(|there| there.name == trigger.name)).cloned();
    if let Some(there) = &there {
        if !or_replace {
            let message = format!("trigger `{}` for relation `{}` already exists", trigger.name, shown(table));
            return refuse_at(ErrorKind::DuplicateObject, message, there.span, "it was created here");
        }
        trigger.comment = there.comment.clone();
    }
    let partitions = schema.descendants(table).into_iter().filter(|_| trigger.for_each_row);
    let partitions: Vec<_> = partitions.filter(|child| schema.table(child).is_some_and(|child| child.partition_of.is_some())).collect();
    for holder in std::iter::once(table).chain(&partitions) {
        let trigger = Trigger { inherited: holder != table, ..trigger.clone() };
        edit_table(schema, holder, |table| {
            table.triggers.retain(|there| there.name != trigger.name);
            table.triggers.push(Arc::new(trigger));
        });
    }
    done()
}

/// Whether a written name is a view's.
pub(super) fn is_view(schema: &Schema, written: &QualifiedName) -> bool {
    resolve::relation(schema, written).is_some_and(|name| schema.views.contains_key(&name))
}

/// `CREATE TRIGGER` on a view.
pub(super) fn create_trigger_on_view(
    schema: &mut Schema,
    span: Span,
    written: &QualifiedName,
    trigger: &Trigger,
    or_replace: bool,
) -> Outcome {
    let Some(name) = resolve::relation(schema, written) else { return done() };
    let mut trigger = trigger.clone();
    trigger.function = trigger_function(schema, &trigger.function)?;
    let there = schema.views.get(&name).and_then(|view| view.triggers.iter().find(|there| there.name == trigger.name)).cloned();
    if let Some(there) = there.filter(|_| !or_replace) {
        let message = format!("trigger `{}` for relation `{}` already exists", trigger.name, shown(&name));
        return refuse_at(ErrorKind::DuplicateObject, message, there.span, "it was created here");
    }
    indexes::edit_view(schema, &name, |view| {
        view.triggers.retain(|there| there.name != trigger.name);
        view.triggers.push(Arc::new(trigger));
        view.changed.push_back(span);
    });
    done()
}

fn trigger_function(schema: &Schema, written: &QualifiedName) -> Result<QualifiedName, Refusal> {
    match dependents::function(schema, written) {
        Some(name) => Ok(name),
        None if extensions::may_have_function(schema, &written.name) || resolve::may_exist_unseen(schema, written) => Ok(written.clone()),
        None => refuse(ErrorKind::UndefinedFunction, format!("function `{}()` does not exist", shown(written))),
    }
}

/// `ENABLE TRIGGER`, `DISABLE TRIGGER`.
pub(super) fn enable_trigger(schema: &mut Schema, table: &QualifiedName, name: Option<&Name>, enabled: bool, firing: Firing) -> Outcome {
    let matches = |trigger: &Trigger| name.is_none_or(|name| trigger.name == *name);
    let any = schema.table(table).is_some_and(|table| table.triggers.iter().any(|trigger| matches(trigger)));
    if let Some(name) = name.filter(|_| !any) {
        return refuse(ErrorKind::UndefinedObject, format!("trigger `{name}` for table `{}` does not exist", shown(table)));
    }
    edit_table(schema, table, |table| {
        for trigger in table.triggers.iter_mut().filter(|trigger| matches(trigger)) {
            let trigger = Arc::make_mut(trigger);
            (trigger.enabled, trigger.firing) = (enabled, firing);
        }
    });
    done()
}

/// `CREATE POLICY`.
pub(super) fn create_policy(schema: &mut Schema, table: &QualifiedName, written: &Policy) -> Outcome {
    if let Some(there) = schema.table(table).and_then(|table| table.policies.iter().find(|there| there.name == written.name)) {
        let message = format!("policy `{}` for table `{}` already exists", written.name, shown(table));
        return refuse_at(ErrorKind::DuplicateObject, message, there.span, "it was created here");
    }
    let mut policy = written.clone();
    for condition in policy.using.iter_mut().chain(&mut policy.check) {
        *condition = checked_condition(schema, table, condition)?;
    }
    edit_table(schema, table, |table| table.policies.push(Arc::new(policy)));
    done()
}

fn checked_condition(schema: &Schema, table: &QualifiedName, condition: &Expression) -> Result<Expression, Refusal> {
    constraints::check_expression(schema, table, condition)?;
    for relation in dependents::relations_in(&condition.tree) {
        resolve::required_relation(schema, relation)?;
    }
    Ok(dependents::resolved(schema, condition))
}

/// `ALTER POLICY`.
pub(super) fn alter_policy(
    schema: &mut Schema,
    table: &QualifiedName,
    name: &Name,
    roles: Option<&Vec<Name>>,
    using: Option<&Expression>,
    check: Option<&Expression>,
) -> Outcome {
    if schema.table(table).is_some_and(|table| !table.policies.iter().any(|policy| policy.name == *name)) {
        return refuse(ErrorKind::UndefinedObject, format!("policy `{name}` for table `{}` does not exist", shown(table)));
    }
    let using = using.map(|condition| checked_condition(schema, table, condition)).transpose()?;
    let check = check.map(|condition| checked_condition(schema, table, condition)).transpose()?;
    edit_table(schema, table, |table| {
        let Some(policy) = table.policies.iter_mut().find(|policy| policy.name == *name) else { return };
        let policy = Arc::make_mut(policy);
        policy.roles = roles.unwrap_or(&policy.roles).clone();
        policy.using = using.or_else(|| policy.using.take());
        policy.check = check.or_else(|| policy.check.take());
    });
    done()
}

/// `ENABLE`, `DISABLE`, `FORCE` and `NO FORCE ROW LEVEL SECURITY`.
pub(super) fn set_row_security(
    schema: &mut Schema,
    span: Span,
    table: &QualifiedName,
    enabled: Option<bool>,
    forced: Option<bool>,
) -> Outcome {
    let set = |flag: &mut Option<Span>, on: Option<bool>| match on {
        Some(true) => *flag = flag.or(Some(span)),
        Some(false) => *flag = None,
        None => {}
    };
    edit_table(schema, table, |table| {
        set(&mut table.row_security.enabled, enabled);
        set(&mut table.row_security.forced, forced);
    });
    done()
}

/// A comment, with the statement that wrote it.
pub(super) fn comment(span: Span, text: Option<&Arc<str>>) -> Option<Spanned<Arc<str>>> {
    text.filter(|text| !text.is_empty()).map(|text| Spanned::new(text.clone(), span))
}
