//! What a schema holds besides tables.

use std::sync::Arc;

use super::super::outcome::{Outcome, done, existing, missing_relation, shown};
use super::super::store::edit_table;
use super::super::{ErrorKind, ObjectReference, Query, indexes, resolve};
use super::names;
use crate::schema::{Function, FunctionKey, Name, Namespace, QualifiedName, Schema, Trigger, View};
use crate::source::Span;

/// `CREATE SCHEMA`.
pub(super) fn create_namespace(schema: &mut Schema, span: Span, name: &Name) -> Outcome {
    if !schema.namespaces.contains_key(name) {
        schema.namespaces.insert(name.clone(), Arc::new(Namespace { span: Some(span), comment: None }));
    }
    done()
}

/// `CREATE VIEW`, `ALTER VIEW`.
pub(super) fn create_view(
    schema: &mut Schema,
    span: Span,
    written: &View,
    query: &Query,
    or_replace: bool,
    if_not_exists: bool,
) -> Outcome {
    let name = names::made(schema, &written.name, false);
    let there = names::relation(schema, &name);
    let name = there.clone().unwrap_or(name);
    let mut view = View { name: name.clone(), ..written.clone() };
    view.relations = query.relations.iter().filter_map(|(written, _)| names::relation(schema, written)).collect();
    match there {
        Some(_) if or_replace && schema.views.contains_key(&name) => {
            if let Some(there) = schema.views.get(&name) {
                (view.span, view.changed) = (there.span, there.changed.clone());
                view.changed.push_back(span);
            }
        }
        Some(_) => {
            let because = indexes::relation_span(schema, &name);
            let message = format!("table or view `{}` already exists", shown(&name));
            return existing(if_not_exists, false, ErrorKind::DuplicateTable, message, because);
        }
        None => {}
    }
    schema.views.insert(name, Arc::new(view));
    done()
}

/// `CREATE TRIGGER`; one of that name is replaced, which only guarded statements meet.
pub(super) fn create_trigger(schema: &mut Schema, span: Span, table: &QualifiedName, trigger: &Trigger) -> Outcome {
    let Some(name) = names::relation(schema, table) else { return done() };
    let add = |triggers: &mut Vec<Arc<Trigger>>| {
        triggers.retain(|there| there.name != trigger.name);
        triggers.push(Arc::new(trigger.clone()));
    };
    if schema.views.contains_key(&name) {
        indexes::edit_view(schema, &name, |view| add(&mut view.triggers));
    } else {
        edit_table(schema, &name, |table| {
            add(&mut table.triggers);
            resolve::note(table, span);
        });
    }
    done()
}

/// `CREATE FUNCTION`, `CREATE PROCEDURE`: one of each name.
pub(super) fn create_function(schema: &mut Schema, written: &Function) -> Outcome {
    let key = FunctionKey { name: names::made(schema, &written.key.name, false), arguments: Vec::new() };
    schema.functions.insert(key.clone(), Arc::new(Function { key, ..written.clone() }));
    done()
}

/// `DROP …` of what is neither table nor index.
pub(super) fn drop(schema: &mut Schema, object: &ObjectReference, if_exists: bool) -> Outcome {
    match object {
        ObjectReference::View(written) => return drop_view(schema, written, if_exists),
        ObjectReference::Trigger(_, name) => drop_trigger(schema, name),
        ObjectReference::Function { name, .. } => {
            let name = names::made(schema, name, false);
            schema.functions.remove(&FunctionKey { name, arguments: Vec::new() });
        }
        ObjectReference::Namespace(name) => _ = schema.namespaces.remove(name),
        _ => {}
    }
    done()
}

fn drop_view(schema: &mut Schema, written: &QualifiedName, if_exists: bool) -> Outcome {
    match names::relation(schema, written) {
        Some(name) => {
            schema.views.remove(&name);
            done()
        }
        None if names::may_exist_unseen(schema, written) => done(),
        None => missing_relation(if_exists, written),
    }
}

/// The statement does not say on which table the trigger is.
fn drop_trigger(schema: &mut Schema, name: &Name) {
    let has = |triggers: &[Arc<Trigger>]| triggers.iter().any(|trigger| trigger.name.eq_ignore_ascii_case(name));
    let holder = schema.tables.values().find(|table| has(&table.triggers)).map(|table| table.name.clone());
    if let Some(holder) = holder {
        edit_table(schema, &holder, |table| table.triggers.retain(|trigger| !trigger.name.eq_ignore_ascii_case(name)));
    }
}
