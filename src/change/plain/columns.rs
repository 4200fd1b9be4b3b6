//! Columns.

use std::sync::Arc;

use super::super::outcome::{Outcome, done, existing, missing, shown};
use super::super::store::edit_table;
use super::super::{Applied, ErrorKind, TakenAlong, column_renames};
use super::names;
use crate::schema::{Column, ConstraintKind, Expression, ExpressionTree, KeyPart, Literal, Name, QualifiedName, Schema, Table};
use crate::source::{Span, Spanned};

/// `ADD COLUMN`.
pub(super) fn add(schema: &mut Schema, name: &QualifiedName, column: &Column, if_not_exists: bool) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    if let Some(there) = names::column(table, &column.name).and_then(|name| table.column(&name)) {
        let message = format!("column `{}` of table `{}` already exists", column.name, shown(name));
        let differs = there.data_type.value != column.data_type.value;
        return existing(if_not_exists, differs, ErrorKind::DuplicateColumn, message, Some(there.span));
    }
    let column = prepared(column);
    edit_table(schema, name, |table| table.columns.push(Arc::new(column)));
    done()
}

/// The column as the catalog keeps it.
pub(super) fn prepared(column: &Column) -> Column {
    let mut column = column.clone();
    column.sequence_options = None;
    column.default = kept_default(column.default);
    column
}

/// NULL is no default.
pub(super) fn kept_default(default: Option<Arc<Spanned<Expression>>>) -> Option<Arc<Spanned<Expression>>> {
    default.filter(|default| default.value.tree != ExpressionTree::Literal(Literal::Null))
}

/// `DROP COLUMN`: indexes lose it, and those of it alone are gone.
pub(super) fn drop(schema: &mut Schema, name: &QualifiedName, written: &Name, if_exists: bool) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    let Some(column) = names::column(table, written) else { return absent(table, written, if_exists) };
    let mut took_along = Vec::new();
    let mut along = |object: String, span| took_along.push(TakenAlong { object, span: Some(span) });
    edit_table(schema, name, |table| {
        table.columns.retain(|there| there.name != column);
        table.constraints.retain_mut(|constraint| {
            let is_key = matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique);
            if !constraint.columns.contains(&column) {
                return true;
            }
            if is_key && constraint.columns.len() > 1 {
                Arc::make_mut(constraint).columns.retain(|name| *name != column);
                return true;
            }
            along(format!("constraint `{}`", constraint.name), constraint.span);
            false
        });
        table.indexes.retain_mut(|index| {
            let is_of_column = |part: &KeyPart| matches!(part, KeyPart::Column(name) if *name == column);
            if index.keys.iter().any(|key| is_of_column(&key.part)) {
                Arc::make_mut(index).keys.retain(|key| !is_of_column(&key.part));
            }
            if index.keys.is_empty() && !index.from_constraint {
                along(format!("index `{}`", index.name), index.span);
            }
            !index.keys.is_empty()
        });
    });
    Ok(Applied { no_effect: None, took_along })
}

fn absent(table: &Table, column: &Name, if_exists: bool) -> Outcome {
    if table.columns_uncertain {
        return done();
    }
    let message = format!("column `{column}` of table `{}` does not exist", shown(&table.name));
    missing(if_exists, ErrorKind::UndefinedColumn, message)
}

/// `RENAME COLUMN`.
pub(super) fn rename(schema: &mut Schema, span: Span, name: &QualifiedName, written: &Name, to: &Name) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    match names::column(table, written) {
        Some(column) if column == *to => done(),
        Some(column) => column_renames::rename_column(schema, span, name, &column, to, false),
        None => absent(table, written, false),
    }
}

/// Changes a column in place.
pub(super) fn edit(schema: &mut Schema, name: &QualifiedName, written: &Name, change: impl FnOnce(&mut Column)) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    let Some(column) = names::column(table, written) else { return absent(table, written, false) };
    edit_table(schema, name, |table| {
        if let Some(column) = table.columns.iter_mut().find(|there| there.name == column) {
            change(Arc::make_mut(column));
        }
    });
    done()
}

/// NOT NULL or not; columns of the primary key never are NULL.
pub(super) fn set_nullable(schema: &mut Schema, span: Span, name: &QualifiedName, column: &Name, nullable: bool) -> Outcome {
    let key = schema.table(name).and_then(|table| table.primary_key());
    let in_key = key.is_some_and(|key| key.columns.iter().any(|name| name.eq_ignore_ascii_case(column)));
    edit(schema, name, column, |column| {
        if column.nullable.value != nullable && !(nullable && in_key) {
            column.nullable = Spanned::new(nullable, span);
        }
    })
}
