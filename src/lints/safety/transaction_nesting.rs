//! `BEGIN` within a transaction.

use crate::history::Migration;
use crate::layout::Kind;
use crate::lint::{Finding, HistoryContext};
use crate::sql::{Body, TransactionControl};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let kind = context.history.directory.kind;
    context.history.migrations.iter().filter_map(|migration| of_migration(migration, kind)).collect()
}

fn of_migration(migration: &Migration, kind: Kind) -> Option<Finding> {
    let mut open = None;
    let is_wrapped = migration.file.in_transaction && wraps(kind);
    for statement in &migration.up {
        let Body::Transaction(control) = &statement.body else { continue };
        match control {
            TransactionControl::Begin if is_wrapped => {
                let tool = kind.label();
                let message =
                    format!("the transaction of {tool} is open: this BEGIN does nothing, and the COMMIT after it ends that of {tool}");
                let help = "leave BEGIN and COMMIT out, or tell the tool to open no transaction";
                return Some(Finding::new(statement.span, message).help(help));
            }
            TransactionControl::Begin => match open {
                Some(begin) => {
                    let message = "the transaction is open already: this BEGIN does nothing, and the next COMMIT ends the first one";
                    return Some(Finding::new(statement.span, message).because(begin, "it began here"));
                }
                None => open = Some(statement.span),
            },
            TransactionControl::Commit | TransactionControl::Rollback => open = None,
            TransactionControl::Savepoint => {}
        }
    }
    None
}

/// Whether the tool opens a transaction of its own, rather than send the file as one.
fn wraps(kind: Kind) -> bool {
    !matches!(kind, Kind::GolangMigrate | Kind::Prisma | Kind::Supabase | Kind::HandNumbered | Kind::Timestamped)
}
