//! What SQLite's `ALTER TABLE` does not do.

use super::super::outcome::{refuse_at, shown};
use super::super::{ChangeKind, ErrorKind, Refusal};
use super::names;
use crate::schema::{ConstraintKind, Index, KeyPart, Name, QualifiedName, Schema, Table};
use crate::source::Span;

/// Refuses what its grammar has in no version. From 3.53 on, it has `SET NOT NULL`, `ADD CHECK` and `DROP CONSTRAINT`.
pub(super) fn check_form(kind: &ChangeKind) -> Result<(), Refusal> {
    use ChangeKind as K;
    let form = match kind {
        K::SetType { .. } => "change a column's type",
        K::SetDefault { .. } => "change a column's default",
        K::AddConstraint { constraint, with_column: None, .. } => match constraint.kind {
            ConstraintKind::Check { .. } => return Ok(()),
            ConstraintKind::ForeignKey(_) => "add a foreign key over columns that are there",
            _ => "add a key over columns that are there",
        },
        K::AddConstraint { constraint, with_column: Some(column), .. } => match constraint.kind {
            ConstraintKind::PrimaryKey => return Err(invalid(format!("cannot add the PRIMARY KEY column `{column}`"))),
            ConstraintKind::Unique => return Err(invalid(format!("cannot add the UNIQUE column `{column}`"))),
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    Err(invalid(format!("`ALTER TABLE` cannot {form}")))
}

fn invalid(message: String) -> Refusal {
    Refusal { error: ErrorKind::InvalidDefinition, message, because: None, missing: None }
}

/// Refuses to drop a column that something else in its table is made of.
pub(super) fn check_drop(schema: &Schema, name: &QualifiedName, written: &Name) -> Result<(), Refusal> {
    let Some((table, column)) = schema.table(name).and_then(|table| Some((table, names::column(table, written)?))) else { return Ok(()) };
    match user(table, &column) {
        Some((what, span)) => {
            let message = format!("column `{column}` of table `{}` cannot be dropped: {what} is made of it", shown(name));
            refuse_at(ErrorKind::DependentObjectsStillExist, message, span, "it is made here")
        }
        None => Ok(()),
    }
}

/// What is made of a column. What stands in its own definition goes with it, and so may a check or a reference of it alone.
fn user(table: &Table, column: &Name) -> Option<(String, Span)> {
    let key = table.constraints.iter().find(|constraint| {
        let stays = match constraint.kind {
            ConstraintKind::PrimaryKey | ConstraintKind::Unique => true,
            ConstraintKind::ForeignKey(_) => constraint.columns.len() > 1,
            _ => false,
        };
        stays && constraint.columns.contains(column)
    });
    let of_key = |kind: &ConstraintKind| match kind {
        ConstraintKind::PrimaryKey => "the primary key".to_owned(),
        ConstraintKind::Unique => "a UNIQUE constraint".to_owned(),
        _ => "a foreign key".to_owned(),
    };
    let generated = || {
        let uses = |other: &&std::sync::Arc<crate::schema::Column>| {
            other.name != *column
                && other.generated.as_ref().is_some_and(|generated| generated.value.expression.tree.columns().contains(&column))
        };
        table.columns.iter().find(uses).map(|other| (format!("column `{}`", other.name), other.span))
    };
    let index = || table.indexes.iter().find(|index| !index.from_constraint && is_over(index, column));
    key.map(|key| (of_key(&key.kind), key.span))
        .or_else(|| index().map(|index| (format!("index `{}`", index.name), index.span)))
        .or_else(generated)
}

fn is_over(index: &Index, column: &Name) -> bool {
    let of_key = |part: &KeyPart| match part {
        KeyPart::Column(name) => name == column,
        KeyPart::Expression(expression) => expression.tree.columns().contains(&column),
    };
    index.keys.iter().any(|key| of_key(&key.part))
        || index.predicate.as_ref().is_some_and(|predicate| predicate.tree.columns().contains(&column))
}
