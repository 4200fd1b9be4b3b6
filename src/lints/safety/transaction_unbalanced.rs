//! A transaction that is opened and not ended, or ended and not opened.

use crate::history::Migration;
use crate::lint::{Finding, HistoryContext};
use crate::source::Span;
use crate::sql::{Body, TransactionControl};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.migrations.iter().filter_map(of_migration).collect()
}

fn of_migration(migration: &Migration) -> Option<Finding> {
    let mut open: Option<Span> = None;
    for statement in &migration.up {
        match &statement.body {
            Body::Transaction(TransactionControl::Begin) => open = open.or(Some(statement.span)),
            Body::Transaction(TransactionControl::Commit | TransactionControl::Rollback) => match open.take() {
                Some(_) => {}
                None if migration.file.in_transaction => {
                    let message = "this ends the transaction of the tool that runs the file: what follows is not undone when it fails";
                    return Some(Finding::new(statement.span, message));
                }
                None => return Some(Finding::new(statement.span, "no transaction is open here that this could end")),
            },
            // What replay cannot read may hold either.
            Body::Unparsed(_) | Body::Opaque { .. } => return None,
            _ => {}
        }
    }
    let message = "this transaction is not ended in this file: what it did is lost, or stays locked, unless the runner ends it";
    Some(Finding::new(open?, message).help("COMMIT;"))
}
