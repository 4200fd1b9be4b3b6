//! `BEGIN` within a transaction.

use crate::history::Migration;
use crate::layout::{Kind, Transaction};
use crate::lint::{Finding, HistoryContext};
use crate::source::Span;
use crate::sql::{Body, TransactionControl};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let kind = context.history.directory.kind;
    context.history.migrations.iter().filter_map(|migration| of_migration(migration, kind)).collect()
}

/// Who has opened the transaction that is open.
#[derive(Clone, Copy)]
enum Open {
    Tool,
    File(Span),
}

fn of_migration(migration: &Migration, kind: Kind) -> Option<Finding> {
    let mut open = (migration.file.in_transaction && wraps(kind)).then_some(Open::Tool);
    for statement in &migration.up {
        let Body::Transaction(control) = &statement.body else { continue };
        match (control, open) {
            (TransactionControl::Begin, Some(open)) => return Some(finding(statement.span, open, kind)),
            (TransactionControl::Begin, None) => open = Some(Open::File(statement.span)),
            (TransactionControl::Commit | TransactionControl::Rollback, _) => open = None,
            (TransactionControl::Savepoint, _) => {}
        }
    }
    None
}

fn finding(span: Span, open: Open, kind: Kind) -> Finding {
    match open {
        Open::Tool => {
            let tool = kind.label();
            let message =
                format!("the transaction of {tool} is open: this BEGIN does nothing, and the COMMIT after it ends that of {tool}");
            Finding::new(span, message).help("leave BEGIN and COMMIT out, or tell the tool to open no transaction")
        }
        Open::File(begin) => {
            let message = "the transaction is open already: this BEGIN does nothing, and the next COMMIT ends the first one";
            Finding::new(span, message).because(begin, "it began here")
        }
    }
}

/// Whether the tool opens a transaction of its own, rather than send the file as one.
fn wraps(kind: Kind) -> bool {
    kind.facts().transaction == Transaction::Opened
}
