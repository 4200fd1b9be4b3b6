//! A default that differs from row to row, so that every row is written again.

use super::{Step, changes, finding, leaves_no_rows};
use crate::change::ChangeKind;
use crate::diagnostic::Severity;
use crate::lint::{Finding, HistoryContext};
use crate::locks::is_volatile;
use crate::schema::{Column, Dialect, ExpressionTree, QualifiedName};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddColumn { table, column, .. } = change else { return None };
        if step.moment.before.dialect == Dialect::Sqlite {
            return in_sqlite(step, table, column);
        }
        let default = column.default.as_ref().filter(|_| is_computed(&step, column))?;
        let (table, lock) = step.working_lock(table)?;
        let (name, column) = (table.name.to_sql(), &column.name);
        let help = format!(
            "add it without a default, set the default for new rows, and fill the others in batches:\n\
             ALTER TABLE {name} ADD COLUMN {0} …;\nALTER TABLE {name} ALTER COLUMN {0} SET DEFAULT {1};",
            column.to_sql(),
            default.value.text
        );
        let what = format!("`{}` has another value for every row: adding `{column}`", default.value.text);
        Some(finding(step, lock, &what).object(format!("{}.{column}", table.name)).help(help))
    });
    found.collect()
}

fn is_computed(step: &Step, column: &Column) -> bool {
    let default = column.default.as_ref().map(|default| &default.value.tree);
    !column.serial && default.is_some_and(|default| is_volatile(&step.moment.before, default))
}

/// SQLite computes nothing for rows that are there.
fn in_sqlite(step: Step, table: &QualifiedName, column: &Column) -> Option<Finding> {
    let is_computed = |tree: &ExpressionTree| matches!(tree, ExpressionTree::Function { .. } | ExpressionTree::Binary { .. });
    let default = column.default.as_ref().filter(|default| is_computed(&default.value.tree))?;
    let table = step.table(table).filter(|table| !step.is_emptied(&table.name, leaves_no_rows))?;
    let (shown, default) = (&table.name.name, &default.value.text);
    let message = format!("`{default}` is no constant: adding `{}` with this default fails unless `{shown}` is empty", column.name);
    let help = "add it with a constant default and fill it, or make the table anew";
    let finding = Finding::new(step.moment.span, message).object(format!("{}.{}", table.name, column.name));
    Some(finding.severity(Severity::Error).help(help))
}
