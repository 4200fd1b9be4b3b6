//! Migrations of rows: what they change, for how long, and whether anybody can undo or repeat it.
//!
//! Most of these judge the migrations that are yet to run, and only what they do to tables that are in use.

mod backfill_never_finished;
mod backfill_with_ddl;
mod delete_without_where;
mod destructive_without_backup;
mod leftover_backup_table;
mod missing_validation;
mod not_rerunnable;
mod unbatched_backfill;
mod update_without_where;

use std::collections::HashSet;

use super::safety::{Step, steps};
use crate::history::{History, Migration};
use crate::layout::{SourcePart, is_rollback_folder};
use crate::lint::tenancy::words;
use crate::lint::{Check, HistoryContext};
use crate::schema::{BinaryOperator, Dialect, ExpressionTree, Literal, Name, Schema, Table};
use crate::source::Span;
use crate::sql::{Body, DataKind, DataStatement, RowChange, Statement};

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("update-without-where", Check::History(update_without_where::check)),
    ("delete-without-where", Check::History(delete_without_where::check)),
    ("unbatched-backfill", Check::History(unbatched_backfill::check)),
    ("backfill-with-ddl", Check::History(backfill_with_ddl::check)),
    ("destructive-without-backup", Check::History(destructive_without_backup::check)),
    ("leftover-backup-table", Check::Schema(leftover_backup_table::check)),
    ("not-rerunnable", Check::History(not_rerunnable::check)),
    ("missing-validation", Check::History(missing_validation::check)),
    ("backfill-never-finished", Check::Schema(backfill_never_finished::check)),
];

/// A statement of a migration that is yet to run, and the table in use whose rows it writes.
struct Work<'a> {
    step: Step<'a>,
    /// Its place among all steps.
    position: usize,
    data: &'a DataStatement,
    table: &'a Table,
}

/// All of them, in order.
fn work<'a>(context: &'a HistoryContext<'a>) -> impl Iterator<Item = Work<'a>> {
    steps(context).enumerate().filter_map(|(position, step)| {
        let Some(Body::Data(data)) = step.moment.body() else { return None };
        let table = step.table(data.table.as_ref()?).filter(|table| !table.foreign)?;
        Some(Work { step, position, data, table })
    })
}

/// A statement of a rollback that goes with migrations which are yet to run, and the schema it meets.
struct Undo<'a> {
    statement: Statement,
    schema: &'a Schema,
}

/// The statements of these rollbacks, with those of scripts that lie beside the migrations and which no tool runs.
fn undoing<'a>(context: &'a HistoryContext<'a>) -> Vec<Undo<'a>> {
    let pending = || context.facts.pending.scripts.iter().filter_map(|script| context.history.migrations.get(script.migration));
    let downs = pending().flat_map(|migration| {
        let statements = migration.down.iter().flatten().cloned();
        statements.map(|statement| Undo { statement, schema: &migration.after })
    });
    let beside = companions(context).into_iter().flat_map(|part| {
        let statements = crate::sql::parse(context.sources, part.file, part.span.range(), context.history.directory.dialect);
        statements.into_iter().map(|statement| Undo { statement, schema: context.history.end() })
    });
    downs.chain(beside).collect()
}

/// Scripts called rollbacks beside a migration that is yet to run, or in a folder without a migration.
fn companions(context: &HistoryContext) -> Vec<SourcePart> {
    let folder = |part: SourcePart| context.sources.path(part.file).rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let is_pending = |migration: &Migration| context.facts.pending.wrote(context.history, migration.file.up.span);
    let applied: HashSet<_> =
        context.history.migrations.iter().filter(|migration| !is_pending(migration)).map(|migration| folder(migration.file.up)).collect();
    let undoes = |part: &&SourcePart| {
        let path = context.sources.path(part.file);
        let name = path.rsplit('/').next().unwrap_or(path);
        path.ends_with(".sql") && words(name.trim_end_matches(".sql")).iter().any(|word| is_rollback_folder(word))
    };
    let companions = context.history.directory.companions.iter().filter(undoes);
    companions.copied().filter(|part| !applied.contains(&folder(*part))).collect()
}

/// Whether a statement is about most rows of a table, as far as its text tells: it has no condition, or only such that a
/// backfill has, which look for what is not filled in yet.
fn is_broad(data: &DataStatement) -> bool {
    match data.rows.as_deref() {
        None | Some(RowChange { limited: true, .. }) => false,
        Some(RowChange { condition: None, .. }) => true,
        Some(RowChange { condition: Some(condition), .. }) => !picks(condition),
    }
}

/// Whether a condition compares something with a constant, and so picks some rows.
fn picks(condition: &ExpressionTree) -> bool {
    use ExpressionTree as E;
    let is_constant = |tree: &E| matches!(tree.without_casts(), E::Literal(_));
    let is_empty = |tree: &E| matches!(tree.without_casts(), E::Literal(Literal::String(text)) if text.is_empty());
    match condition {
        E::And(parts) => parts.iter().any(picks),
        E::Or(parts) => parts.iter().all(picks),
        E::IsNull { .. } => false,
        E::Binary { operator: BinaryOperator::NotEqual, .. } => false,
        E::Binary { left, right, .. } => (is_constant(left) || is_constant(right)) && !is_empty(left) && !is_empty(right),
        E::Column { .. } => false,
        E::Not(inner) => !matches!(inner.as_ref(), E::Column { .. }),
        _ => true,
    }
}

/// Whether a table holds settings or versions: a row or a few.
fn is_small(table: &Table) -> bool {
    const FEW: [&str; 8] = ["version", "versions", "config", "configuration", "setting", "settings", "meta", "metadata"];
    words(&table.name.name).iter().any(|word| FEW.contains(&word.as_str()))
}

/// Names of tables that migrations themselves fill with rows they spell out: lists of roles, kinds, countries.
fn seeded(history: &History) -> HashSet<&Name> {
    let statements = history.migrations.iter().flat_map(|migration| &migration.up);
    let filled = statements.filter_map(|statement| match &statement.body {
        Body::Data(data) if data.kind == DataKind::Insert && data.reads.is_empty() => data.table.as_ref().map(|table| &table.name),
        _ => None,
    });
    filled.collect()
}

/// What to do about a statement that names no rows.
fn name_the_rows(context: &HistoryContext) -> String {
    let all = if context.history.directory.dialect == Dialect::SqlServer { "WHERE 1 = 1" } else { "WHERE true" };
    format!("name the rows with WHERE; where all are meant, say so with `{all}`")
}

/// One finding for all places of a migration: the first, and labels for the others.
fn grouped(context: &HistoryContext, places: Vec<(Span, crate::lint::Finding)>, label: &str) -> Vec<crate::lint::Finding> {
    let mut findings: Vec<(Option<usize>, crate::lint::Finding)> = Vec::new();
    for (span, finding) in places {
        let migration = context.history.migration_of(span);
        match findings.last_mut().filter(|(of, _)| *of == migration) {
            Some((_, first)) if first.labels.len() < super::places::LABELS => {
                first.labels.push(crate::diagnostic::Label { span, message: label.to_owned(), at_fault: false });
            }
            Some(_) => {}
            None => findings.push((migration, finding)),
        }
    }
    findings.into_iter().map(|(_, finding)| finding).collect()
}
