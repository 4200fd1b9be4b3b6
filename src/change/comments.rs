//! `COMMENT ON`.

use std::sync::Arc;

use super::objects::comment;
use super::outcome::{Outcome, done, refuse};
use super::store::edit_table;
use super::{ErrorKind, ObjectReference, constraints, dependents, functions, indexes, resolve, statistics};
use crate::schema::{Name, QualifiedName, RelationKind, Schema, Type};
use crate::source::Span;

/// Sets or removes the comment of an object. What the model does not hold is passed over.
pub(super) fn set(schema: &mut Schema, span: Span, object: &ObjectReference, text: Option<&Arc<str>>) -> Outcome {
    use ObjectReference as R;
    let value = comment(span, text);
    match object {
        R::Table(name) | R::ForeignTable(name) | R::View(name) | R::MaterializedView(name) | R::Index(name) | R::Sequence(name) => {
            return on_relation(schema, span, name, text);
        }
        R::Column(table, column) => return on_column(schema, span, table, column, text),
        R::Constraint(table, name) => {
            return resolve::on_table(schema, table, span, false, |schema, table| {
                constraints::required(schema, table, name)?;
                constraints::edit(schema, table, name, |constraint| constraint.comment = value.clone());
                done()
            });
        }
        R::Trigger(table, name) => {
            return resolve::on_table(schema, table, span, false, |schema, table| {
                edit_table(schema, table, |table| {
                    table
                        .triggers
                        .iter_mut()
                        .filter(|there| there.name == *name)
                        .for_each(|there| Arc::make_mut(there).comment = value.clone());
                });
                done()
            });
        }
        R::Policy(table, name) => {
            return resolve::on_table(schema, table, span, false, |schema, table| {
                edit_table(schema, table, |table| {
                    table
                        .policies
                        .iter_mut()
                        .filter(|there| there.name == *name)
                        .for_each(|there| Arc::make_mut(there).comment = value.clone());
                });
                done()
            });
        }
        R::Type(name) | R::Domain(name) => {
            if let Some(definition) = resolve::user_type(schema, name).and_then(|name| schema.types.get_mut(&name)) {
                Arc::make_mut(definition).comment = value;
            }
        }
        R::Statistics(name) => {
            if let Some(name) = statistics::find(schema, name) {
                statistics::edit(schema, &name, |statistics| statistics.comment = value);
            }
        }
        R::Namespace(name) => {
            if let Some(namespace) = schema.namespaces.get_mut(name) {
                Arc::make_mut(namespace).comment = value;
            }
        }
        R::Function { name, arguments } => on_function(schema, name, arguments.as_deref(), span, text),
        R::Extension(_) | R::DomainConstraint(..) | R::Other(_) => {}
    }
    done()
}

fn on_relation(schema: &mut Schema, span: Span, written: &QualifiedName, text: Option<&Arc<str>>) -> Outcome {
    let Some(name) = resolve::required_relation(schema, written)? else { return done() };
    let value = comment(span, text);
    match schema.relation(&name) {
        Some(RelationKind::Table) => edit_table(schema, &name, |table| {
            table.comment = value;
            resolve::note(table, span);
        }),
        Some(RelationKind::View) => indexes::edit_view(schema, &name, |view| view.comment = value),
        Some(RelationKind::Sequence) => {
            if let Some(sequence) = schema.sequences.get_mut(&name) {
                Arc::make_mut(sequence).comment = value;
            }
        }
        Some(RelationKind::Index) => {
            indexes::edit(schema, &name, |index| index.comment = value);
        }
        _ => {}
    }
    done()
}

fn on_column(schema: &mut Schema, span: Span, written: &QualifiedName, column: &Name, text: Option<&Arc<str>>) -> Outcome {
    let Some(table) = resolve::required_relation(schema, written)? else { return done() };
    if schema.views.contains_key(&table) {
        indexes::edit_view(schema, &table, |view| {
            view.column_comments.retain(|(commented, _)| commented != column);
            view.column_comments.extend(comment(span, text).map(|text| (column.clone(), text)));
        });
    }
    if !schema.tables.contains_key(&table) {
        return done();
    }
    resolve::on_table(schema, &table.clone(), span, false, |schema, table| {
        if let Err(refusal) = resolve::required_column(schema, table, column) {
            return refuse(ErrorKind::UndefinedColumn, refusal.message);
        }
        edit_table(schema, table, |table| {
            if let Some(found) = table.columns.iter_mut().find(|there| there.name == *column) {
                Arc::make_mut(found).comment = comment(span, text);
            }
        });
        done()
    })
}

fn on_function(schema: &mut Schema, written: &QualifiedName, arguments: Option<&[Type]>, span: Span, text: Option<&Arc<str>>) {
    let Some(name) = dependents::function(schema, written) else { return };
    if let Some(function) = functions::meant(schema, &name, arguments).and_then(|key| schema.functions.get_mut(&key)) {
        Arc::make_mut(function).comment = comment(span, text);
    }
}
