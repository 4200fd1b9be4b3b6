//! A CHECK that was replaced by one that allows less.

use super::allowed::{Allowed, Subject, understand};
use crate::history::Migration;
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{known_tables, path};
use crate::schema::{Constraint, Expression, Name, Table};
use crate::sql::{Body, DataKind, Statement};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let checks =
        known_tables(context.schema).flat_map(|table| table.checks().map(move |(constraint, expression)| (table, constraint, expression)));
    // One that is NOT VALID spares the rows there are, as it was meant to.
    let judged = checks.filter(|(_, constraint, _)| constraint.validated.value && !constraint.inherited);
    judged.filter_map(|(table, constraint, expression)| finding(context, table, constraint, expression)).collect()
}

fn finding(context: &SchemaContext, table: &Table, constraint: &Constraint, expression: &Expression) -> Option<Finding> {
    let (subject, allowed) = understand(&expression.tree)?;
    let history = context.history.history;
    let migration = history.migrations.get(history.migration_of(constraint.span)?)?;
    let before = migration.before.table(&table.name)?;
    let (replaced, lost) = before.checks().filter(|(old, _)| is_gone(migration, table, old)).find_map(|(old, condition)| {
        let (old_subject, old_allowed) = understand(&condition.tree)?;
        let lost = (old_subject == subject).then(|| lost(&old_allowed, &allowed)).flatten()?;
        Some((old, lost))
    })?;
    let (Subject::Column(column) | Subject::Length(column)) = &subject;
    if prepares_rows(migration, table, column) {
        return None;
    }
    let message = format!(
        "`{}` no longer allows {lost} in `{}.{column}`: if a row still has it, this migration fails",
        constraint.name, table.name.name
    );
    let finding = Finding::new(constraint.span, message).object(path(table, &constraint.name));
    Some(finding.because(replaced.span, format!("`{}` allowed it until then", replaced.name)).help(format!(
        "-- first\nUPDATE {} SET {} = … WHERE …;",
        table.name.to_sql(),
        column.to_sql()
    )))
}

/// Whether this migration dropped or replaced the constraint.
fn is_gone(migration: &Migration, table: &Table, old: &Constraint) -> bool {
    let kept = migration.after.table(&table.name).and_then(|after| after.constraint(&old.name));
    kept.is_none_or(|kept| kept.span != old.span)
}

/// What the old condition allowed and the new one does not.
fn lost(old: &Allowed, new: &Allowed) -> Option<String> {
    match (old, new) {
        (Allowed::Values(old), Allowed::Values(new)) => {
            let lost: Vec<String> = old.difference(new).map(|value| format!("'{value}'")).collect();
            (!lost.is_empty()).then(|| lost.join(", "))
        }
        (Allowed::Range(old), Allowed::Range(new)) => (!new.contains(old)).then(|| "some of the values it allowed".to_owned()),
        _ => None,
    }
}

/// Whether the migration may have brought the rows in line: it writes the column, deletes rows, or runs code.
fn prepares_rows(migration: &Migration, table: &Table, column: &Name) -> bool {
    migration.up.iter().any(|statement: &Statement| match &statement.body {
        Body::Data(data) => {
            let same_table = data.table.as_ref().is_none_or(|written| written.name == table.name.name);
            let writes = match data.kind {
                DataKind::Update => data.columns.is_empty() || data.columns.contains(column),
                DataKind::Delete | DataKind::Merge => true,
                DataKind::Select => !data.functions.is_empty(),
                DataKind::Insert | DataKind::Copy => false,
            };
            same_table && writes
        }
        Body::Block(_) | Body::Opaque { .. } | Body::Unparsed(_) => true,
        _ => false,
    })
}
