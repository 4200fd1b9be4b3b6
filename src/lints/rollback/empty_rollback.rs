//! Rollbacks that do nothing.

use std::collections::BTreeSet;

use crate::diagnostic::Severity;
use crate::difference;
use crate::history::{Group, Migration};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::sql::{Body, DataKind, Statement};

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let in_groups = context.rollbacks().iter().filter(|rollback| rollback.group != Group::Alone);
    let in_groups: BTreeSet<usize> = in_groups.map(|rollback| rollback.migration).collect();
    let others = context.history.migrations.iter().enumerate().filter(|(index, _)| !in_groups.contains(index));
    others.filter_map(|(_, migration)| judge(context, migration)).collect()
}

/// What a migration leaves behind that a rollback could take away.
enum Legacy {
    /// Rows it inserted.
    Rows,
    /// Another schema.
    Schema,
}

fn judge(context: &HistoryContext, migration: &Migration) -> Option<Finding> {
    let (part, statements) = (migration.file.down?, migration.down.as_ref()?);
    if statements.iter().any(super::has_effect) {
        return None;
    }
    let legacy = legacy(migration)?;
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
fn legacy(migration: &Migration) -> Option<Legacy> {
    if difference::between(&migration.before, &migration.after).iter().any(super::is_expected_back) {
        return Some(Legacy::Schema);
    }
    let inserts = |statement: &Statement| matches!(&statement.body, Body::Data(data) if data.kind == DataKind::Insert);
    migration.up.iter().any(inserts).then_some(Legacy::Rows)
}
