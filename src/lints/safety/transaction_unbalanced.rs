//! A transaction that is opened and not ended, or ended and not opened.

use crate::history::Migration;
use crate::lint::{Finding, HistoryContext};
use crate::source::Span;
use crate::sql::{Body, TransactionControl};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.migrations.iter().filter_map(of_migration).collect()
}

fn of_migration(migration: &Migration) -> Option<Finding> {
    // What replay cannot read may hold either half.
    if migration.up.iter().any(|statement| matches!(statement.body, Body::Unparsed(_) | Body::Opaque { .. })) {
        return None;
    }
    let mut open: Option<Span> = None;
    let mut ended: Option<Span> = None;
    for statement in &migration.up {
        match &statement.body {
            Body::Transaction(TransactionControl::Begin) => open = open.or(Some(statement.span)),
            Body::Transaction(TransactionControl::Commit | TransactionControl::Rollback) => {
                ended = ended.or(open.is_none().then_some(statement.span));
                open = None;
            }
            _ => {}
        }
    }
    finding(migration, open, ended)
}

/// Of a transaction that the file opens and leaves open, and of one that it ends and did not open.
fn finding(migration: &Migration, open: Option<Span>, ended: Option<Span>) -> Option<Finding> {
    match (open, ended) {
        // The tool's own transaction, ended for a while and opened again.
        (Some(_), Some(_)) if migration.file.in_transaction => None,
        (_, Some(ended)) if migration.file.in_transaction => {
            let message = "this ends the transaction of the tool that runs the file: what follows is not undone when it fails";
            Some(Finding::new(ended, message))
        }
        (_, Some(ended)) => Some(Finding::new(ended, "no transaction is open here that this could end")),
        (Some(open), None) => {
            let message = "this transaction is not ended in this file: what it did is lost, or stays locked, unless the runner ends it";
            Some(Finding::new(open, message).help("COMMIT;"))
        }
        (None, None) => None,
    }
}
