//! Migrations after which no rollback brings the rows back.

use super::backups::Backups;
use crate::change::{Change, ChangeKind, ObjectReference};
use crate::history::{Migration, Verdict};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::schema::{Persistence, QualifiedName, Schema, Table, Type};
use crate::source::Span;
use crate::sql::{Body, DataKind, Statement};

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let backups = Backups::of(context.history, context.sources);
    let migrations = context.history.migrations.iter().enumerate();
    let ups = migrations.filter_map(|(index, migration)| forward(context, &backups, index, migration));
    ups.chain(backward(context)).collect()
}

/// Something that destroys rows or values.
struct Loss {
    span: Span,
    what: String,
}

fn forward(context: &HistoryContext, backups: &Backups, index: usize, migration: &Migration) -> Option<Finding> {
    let is_saved = |table: &Table, column: Option<&crate::schema::Name>, place: Span| match column {
        None => backups.has_rows(&table.name.name, index, place),
        Some(column) => backups.has_column(&table.name.name, column, index, place),
    };
    let losses: Vec<Loss> = migration.up.iter().flat_map(|statement| losses(statement, &migration.before, &is_saved)).collect();
    if losses.is_empty() || super::is_marked_irreversible(context.sources.text(migration.file.up.span)) {
        return None;
    }
    finding(context, migration, losses, "no rollback brings that back, and no backup is taken")
}

/// Rollbacks that make anew what they destroyed: the schema is as it was, and empty.
fn backward(context: &HistoryContext) -> Vec<Finding> {
    let restores = context.rollbacks().iter().filter(|rollback| matches!(rollback.verdict, Verdict::Restores | Verdict::RestoresButOrder));
    let migrations = restores.filter_map(|rollback| context.history.migrations.get(rollback.migration));
    migrations
        .filter_map(|migration| {
            let down = migration.down.iter().flatten();
            let is_anew = |table: &Table, column: Option<&crate::schema::Name>, _: Span| !outlives(migration, table, column);
            let dropped = down.filter(|statement| !matches!(statement.body, Body::Data(_)));
            let losses: Vec<Loss> = dropped.flat_map(|statement| losses(statement, &migration.before, &is_anew)).collect();
            finding(context, migration, losses, "the rollback makes it anew, and empty")
        })
        .collect()
}

/// Whether a table or column is the same after the migration, and no new one under the name of the old.
fn outlives(migration: &Migration, table: &Table, column: Option<&crate::schema::Name>) -> bool {
    let Some(after) = migration.after.table(&table.name) else { return false };
    let made = |table: &Table| column.map(|name| table.column(name).map(|column| column.span));
    after.span == table.span && made(after) == made(table)
}

fn finding(context: &HistoryContext, migration: &Migration, losses: Vec<Loss>, consequence: &str) -> Option<Finding> {
    let (first, others) = losses.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(", and {} more of the kind", others.len()) };
    let message = format!("{}{more}: {consequence}", first.what);
    let finding = Finding::new(first.span, message).object(files::title(context, migration));
    Some(others.iter().fold(finding, |finding, loss| finding.because(loss.span, loss.what.clone())))
}

/// What a statement destroys of what was there before its migration and is not saved.
fn losses(statement: &Statement, before: &Schema, is_saved: &dyn Fn(&Table, Option<&crate::schema::Name>, Span) -> bool) -> Vec<Loss> {
    let found = match &statement.body {
        Body::Data(data) if data.kind == DataKind::Delete => {
            let table = data.table.as_ref().and_then(|table| kept(before, table));
            table
                .filter(|table| !is_saved(table, None, statement.span))
                .map(|table| Loss { span: statement.span, what: format!("this deletes rows of `{}`", table.name.to_sql()) })
        }
        _ => None,
    };
    let changes = statement.changes().into_iter().filter_map(|change| loss(change, before, is_saved));
    found.into_iter().chain(changes).collect()
}

fn loss(change: &Change, before: &Schema, is_saved: &dyn Fn(&Table, Option<&crate::schema::Name>, Span) -> bool) -> Option<Loss> {
    let (table, column, what) = match &change.kind {
        ChangeKind::Drop { object: ObjectReference::Table(table), .. } => (kept(before, table)?, None, "dropping it destroys all rows of"),
        ChangeKind::Truncate { table, .. } => (kept(before, table)?, None, "this removes all rows of"),
        ChangeKind::DropColumn { table, column, .. } => {
            let table = kept(before, table)?;
            let is_stored = table.column(column).is_some_and(|column| column.generated.is_none());
            (table, is_stored.then_some(column), if is_stored { "dropping it destroys all values of" } else { return None })
        }
        ChangeKind::SetType { table, column, data_type, .. } => {
            let table = kept(before, table)?;
            let old = &table.column(column)?.data_type.value;
            (table, Some(column), if is_lossy(old, data_type) { "the new type keeps only a part of the values of" } else { return None })
        }
        _ => return None,
    };
    let path = column.map_or_else(|| table.name.to_sql(), |column| format!("{}.{}", table.name.to_sql(), column.to_sql()));
    (!is_saved(table, column, change.span)).then(|| Loss { span: change.span, what: format!("{what} `{path}`") })
}

/// The table, where it was there before and holds rows of its own.
fn kept<'a>(before: &'a Schema, written: &QualifiedName) -> Option<&'a Table> {
    let name = before.resolve(written.schema(), &written.name, |name| before.table(name).is_some())?;
    before.table(&name).filter(|table| table.persistence != Persistence::Temporary && !table.foreign)
}

/// Whether PostgreSQL converts between two types by leaving something of the value out, instead of refusing.
fn is_lossy(old: &Type, new: &Type) -> bool {
    let has_time = |data_type: &Type| data_type.name.name.starts_with("timestamp") && !data_type.array;
    let is_fraction = |data_type: &Type| ["numeric", "double precision", "real"].iter().any(|name| data_type.is(name));
    let scale = |data_type: &Type| data_type.modifiers.get(1).map_or("0", |scale| scale.as_str()).parse::<i32>().unwrap_or(0);
    let has_less_scale =
        old.is("numeric") && new.is("numeric") && !new.modifiers.is_empty() && (old.modifiers.is_empty() || scale(new) < scale(old));
    has_time(old) && new.is("date")
        || is_fraction(old) && new.is_integer()
        || old.is("double precision") && new.is("real")
        || has_less_scale
}
