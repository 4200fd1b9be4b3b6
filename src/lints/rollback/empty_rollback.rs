//! Rollbacks that do nothing.

use crate::change::ChangeKind;
use crate::history::Migration;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::sql::{Body, DataKind, Statement};

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.migrations.iter().filter_map(|migration| judge(context, migration)).collect()
}

fn judge(context: &HistoryContext, migration: &Migration) -> Option<Finding> {
    let (part, statements) = (migration.file.down?, migration.down.as_ref()?);
    let reversible = migration.up.iter().any(needs_undoing);
    if !reversible || statements.iter().any(has_effect) {
        return None;
    }
    let (down, up) = (context.sources.text(part.span), context.sources.text(migration.file.up.span));
    if super::holds_marker(down) || super::is_marked_irreversible(up) {
        return None;
    }
    let name = files::title(context, migration);
    let message = format!("the rollback of `{name}` does nothing: it succeeds, and the schema stays as it is");
    let finding = Finding::new(files::first_line(context.sources, part), message)
        .because(files::first_line(context.sources, migration.file.up), "what it should undo");
    Some(finding.object(name).help("undo the migration, or say in a comment that it is irreversible"))
}

/// Whether there is something to undo; PostgreSQL has no way to take an enum's value back.
fn needs_undoing(statement: &Statement) -> bool {
    match &statement.body {
        Body::Changes(changes) => changes.iter().any(|change| !matches!(change.kind, ChangeKind::AddEnumValue { .. })),
        Body::Data(data) => data.kind != DataKind::Select,
        _ => false,
    }
}

fn has_effect(statement: &Statement) -> bool {
    match &statement.body {
        Body::Transaction(_) | Body::Setting { .. } => false,
        // `SELECT 1` is how one writes nothing; a function that is called may do anything.
        Body::Data(data) => data.kind != DataKind::Select || !data.functions.is_empty(),
        _ => true,
    }
}
