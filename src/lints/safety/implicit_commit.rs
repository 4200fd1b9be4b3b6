//! A transaction that MySQL ends at the first change of the schema.

use crate::change::{Change, ChangeKind};
use crate::history::Migration;
use crate::layout::Transaction;
use crate::lint::{Finding, HistoryContext};
use crate::schema::Persistence;
use crate::source::Span;
use crate::sql::{Body, Statement, TransactionControl};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let pending = &context.facts.pending.scripts;
    let found = pending.iter().filter_map(|script| of_migration(context, context.history.migrations.get(script.migration)?));
    let mut found = found.collect::<Vec<_>>().into_iter();
    let Some(mut first) = found.next() else { return Vec::new() };
    match found.count() {
        0 => {}
        1 => first.message += ", here and in another migration",
        others => first.message += &format!(", here and in {others} other migrations"),
    }
    vec![first]
}

fn of_migration(context: &HistoryContext, migration: &Migration) -> Option<Finding> {
    let begin = migration.up.iter().position(|statement| matches!(statement.body, Body::Transaction(TransactionControl::Begin)));
    if let Some(begin) = begin {
        return of_file(migration.up.get(begin)?.span, migration.up.get(begin + 1..)?);
    }
    let kind = context.history.directory.kind;
    if !migration.file.in_transaction || kind.facts().transaction != Transaction::Opened {
        return None;
    }
    let mut changes = migration.up.iter().filter(|statement| commits(statement));
    let (first, second) = (changes.next()?, changes.next()?);
    let tool = kind.label();
    let message = format!("what stands before this is committed: when this fails, {tool} can neither undo the migration nor run it again");
    Some(
        Finding::new(second.span, message).because(first.span, "this ends the transaction").help("make each change a migration of its own"),
    )
}

/// A transaction of the file's own, which holds a change of the schema and something else.
fn of_file(begin: Span, behind: &[Statement]) -> Option<Finding> {
    let is_end =
        |statement: &&Statement| matches!(statement.body, Body::Transaction(TransactionControl::Commit | TransactionControl::Rollback));
    let within: Vec<&Statement> = behind.iter().take_while(|statement| !is_end(statement)).collect();
    let change = within.iter().find(|statement| commits(statement))?;
    let matters = within.iter().filter(|statement| commits(statement) || matches!(statement.body, Body::Data(_))).count() > 1;
    let message =
        "this transaction ends at the first change of the schema in it: when a later statement fails, nothing before it is undone";
    matters.then(|| Finding::new(begin, message).because(change.span, "it ends here").help("make each change a migration of its own"))
}

/// Whether MySQL commits before and after this.
fn commits(statement: &Statement) -> bool {
    let is_temporary =
        |change: &Change| matches!(&change.kind, ChangeKind::CreateTable { table, .. } if table.persistence == Persistence::Temporary);
    matches!(&statement.body, Body::Changes(changes) if !changes.iter().all(is_temporary))
}
