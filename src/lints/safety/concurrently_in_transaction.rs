//! A statement that PostgreSQL refuses within a transaction.

use crate::change::ChangeKind;
use crate::diagnostic::Severity;
use crate::history::Migration;
use crate::layout::{Kind, Transaction};
use crate::lint::{Finding, HistoryContext};
use crate::locks::transactions;
use crate::source::Span;
use crate::sql::{Body, MaintenanceKind, Statement};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.migrations.iter().flat_map(|migration| of_migration(context, migration)).collect()
}

fn of_migration(context: &HistoryContext, migration: &Migration) -> Vec<Finding> {
    // Hardly any migration has one of these, so nothing else is asked before.
    if !migration.up.iter().any(|statement| refused(statement).is_some()) {
        return Vec::new();
    }
    let kind = context.history.directory.kind;
    let alone_or_refused = migration.file.in_transaction && is_one_query(kind);
    let in_transaction = migration.up.iter().zip(transactions(migration));
    let opened = migration.up.iter().find(|statement| matches!(statement.body, Body::Transaction(_)));
    let found = in_transaction.filter_map(|(statement, transaction)| Some((refused(statement)?, transaction))).filter_map(
        |((span, what), transaction)| {
            let message = match transaction {
                Some(_) => format!("`{what}` cannot run in a transaction, {}", cause(migration, kind)),
                None if alone_or_refused => format!(
                    "`{what}` must be sent alone, and {} sends all statements of a file at once: no COMMIT before it helps",
                    kind.label()
                ),
                None => return None,
            };
            let finding = Finding::new(span, message);
            let finding = match opened.filter(|_| !migration.file.in_transaction) {
                Some(begin) => finding.because(begin.span, "the transaction begins here"),
                None => finding,
            };
            Some(judged(finding.help(help(kind, migration)), migration, kind))
        },
    );
    found.collect()
}

/// What the statement is, where PostgreSQL wants it outside of a transaction.
fn refused(statement: &Statement) -> Option<(Span, &'static str)> {
    if let Body::Maintenance(acts) = &statement.body {
        return acts.iter().find_map(|act| match act.kind {
            MaintenanceKind::Vacuum { .. } => Some((act.span, "VACUUM")),
            MaintenanceKind::Reindex { concurrently: true, .. } => Some((act.span, "REINDEX CONCURRENTLY")),
            _ => None,
        });
    }
    let Body::Changes(changes) = &statement.body else { return None };
    changes.iter().find_map(|change| match change.kind {
        ChangeKind::CreateIndex { concurrently: true, .. } => Some((change.span, "CREATE INDEX CONCURRENTLY")),
        ChangeKind::Drop { concurrently: true, .. } => Some((change.span, "DROP INDEX CONCURRENTLY")),
        ChangeKind::DetachPartition { concurrently: true, .. } => Some((change.span, "DETACH PARTITION CONCURRENTLY")),
        _ => None,
    })
}

fn cause(migration: &Migration, kind: Kind) -> String {
    match (migration.file.in_transaction, kind.tool()) {
        (true, Some(tool)) if runs_together(kind) => format!("and {tool} sends all statements of a file at once, which makes them one"),
        (true, Some(tool)) => format!("and {tool} runs the file in one"),
        _ => "and this file has opened one".to_owned(),
    }
}

/// Whether the tool opens no transaction, but sends the file as a whole.
fn runs_together(kind: Kind) -> bool {
    kind.facts().transaction == Transaction::Implied
}

/// Whether a file is one query of the simple protocol. PostgreSQL takes several statements in it for a transaction even
/// behind a COMMIT, where only the statement itself would begin one.
fn is_one_query(kind: Kind) -> bool {
    matches!(kind, Kind::GolangMigrate | Kind::Prisma)
}

fn help(kind: Kind, migration: &Migration) -> &'static str {
    if !migration.file.in_transaction {
        return "end the transaction before it";
    }
    kind.facts().without_transaction.unwrap_or("give it a migration of its own")
}

/// Newer releases of some tools run such statements by themselves.
fn judged(finding: Finding, migration: &Migration, kind: Kind) -> Finding {
    let depends = migration.file.in_transaction && kind.facts().copes_without_transaction;
    if depends { finding.severity(Severity::Warning) } else { finding }
}
