//! Rollbacks that do nothing.

use std::collections::HashSet;

use crate::change::{Change, ChangeKind};
use crate::diagnostic::Severity;
use crate::history::{EventKind, Migration};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::schema::{QualifiedName, Schema, TEMPORARY};
use crate::source::Span;
use crate::sql::{Body, DataKind, Statement};

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let idle: HashSet<Span> =
        context.history.events.iter().filter(|event| matches!(event.kind, EventKind::NoEffect(_))).map(|event| event.span).collect();
    context.history.migrations.iter().filter_map(|migration| judge(context, migration, &idle)).collect()
}

/// What a migration leaves behind that a rollback could take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Legacy {
    /// Rows it inserted.
    Rows,
    /// Another schema.
    Schema,
}

fn judge(context: &HistoryContext, migration: &Migration, idle: &HashSet<Span>) -> Option<Finding> {
    let (part, statements) = (migration.file.down?, migration.down.as_ref()?);
    let legacies = migration.up.iter().filter_map(|statement| legacy(statement, &migration.before, idle));
    // What a migration makes for itself and takes away again is no legacy.
    let same = migration.before.has_same_objects(&migration.after);
    let legacy = legacies.filter(|legacy| *legacy != Legacy::Schema || !same).max()?;
    if statements.iter().any(has_effect) {
        return None;
    }
    let (down, up) = (context.sources.text(part.span), context.sources.text(migration.file.up.span));
    if super::gives_a_reason(down) || super::is_marked_irreversible(up) {
        return None;
    }
    let name = files::title(context, migration);
    let (stays, severity) = match legacy {
        Legacy::Schema => ("the schema stays as it is", None),
        Legacy::Rows => ("the rows it inserted stay", Some(Severity::Info)),
    };
    let message = format!("the rollback of `{name}` does nothing: it succeeds, and {stays}");
    let finding = Finding::new(files::first_line(context.sources, part), message)
        .because(files::first_line(context.sources, migration.file.up), "what it should undo")
        .object(name)
        .help("undo the migration, or say in a comment why there is nothing to undo");
    Some(match severity {
        Some(severity) => finding.severity(severity),
        None => finding,
    })
}

/// Rows that were updated or deleted are no legacy: nobody knows any more what they were.
fn legacy(statement: &Statement, before: &Schema, idle: &HashSet<Span>) -> Option<Legacy> {
    match &statement.body {
        Body::Data(data) => (data.kind == DataKind::Insert).then_some(Legacy::Rows),
        _ => statement
            .changes()
            .into_iter()
            .any(|change| !idle.contains(&change.span) && is_undone(change, before))
            .then_some(Legacy::Schema),
    }
}

/// Whether a rollback is expected to undo a change. PostgreSQL has no way to take an enum's value back, and what
/// other migrations share or no session keeps stays out of it.
fn is_undone(change: &Change, before: &Schema) -> bool {
    match &change.kind {
        ChangeKind::AddEnumValue { .. } | ChangeKind::CreateExtension { .. } | ChangeKind::SetSearchPath { .. } => false,
        ChangeKind::ValidateConstraint { .. } | ChangeKind::Comment { .. } | ChangeKind::Truncate { .. } => false,
        ChangeKind::CreateFunction { function, .. } => function.key.name.schema != TEMPORARY,
        ChangeKind::SetNullable { table, column, nullable, .. } => !was_so(before, table, column, *nullable),
        _ => true,
    }
}

/// Whether a column took NULL, or refused it, already.
fn was_so(before: &Schema, table: &QualifiedName, column: &str, nullable: bool) -> bool {
    let written = (!table.schema.is_empty()).then_some(&table.schema);
    let found = before.resolve(written, &table.name, |name| before.table(name).is_some());
    found.and_then(|name| before.column(&name, column)).is_some_and(|column| column.nullable.value == nullable)
}

fn has_effect(statement: &Statement) -> bool {
    match &statement.body {
        Body::Transaction(_) | Body::Setting { .. } => false,
        // `SELECT 1` is how one writes nothing; a function that is called may do anything.
        Body::Data(data) => data.kind != DataKind::Select || !data.functions.is_empty(),
        _ => true,
    }
}
