//! A column that is computed for every row when it is added.

use super::{Step, changes, finding, is_mysql, leaves_no_rows};
use crate::change::ChangeKind;
use crate::diagnostic::Severity;
use crate::lint::{Finding, HistoryContext};
use crate::schema::{Column, Dialect, QualifiedName};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddColumn { table, column, .. } = change else { return None };
        if !column.generated.as_ref().is_some_and(|generated| generated.value.stored) {
            return None;
        }
        if step.moment.before.dialect == Dialect::Sqlite {
            return in_sqlite(step, table, column);
        }
        let (table, lock) = step.working_lock(table)?;
        let help = match is_mysql(step) || context.facts.pending.version.is_at_least(18) {
            true => "a column that is `VIRTUAL` is computed when it is read, and costs nothing to add",
            false => "add an ordinary column, keep it up to date by a trigger, and fill the rows there are in batches",
        };
        let object = format!("{}.{}", table.name, column.name);
        Some(finding(step, lock, "adding a stored generated column").object(object).help(help))
    });
    found.collect()
}

/// SQLite computes nothing for rows that are there.
fn in_sqlite(step: Step, table: &QualifiedName, column: &Column) -> Option<Finding> {
    let table = step.table(table).filter(|table| !step.is_emptied(&table.name, leaves_no_rows))?;
    let message = format!("adding the stored generated column `{}` fails unless `{}` is empty", column.name, table.name.name);
    let finding = Finding::new(step.moment.span, message).object(format!("{}.{}", table.name, column.name));
    Some(finding.severity(Severity::Error).help("make it VIRTUAL, which is computed when it is read"))
}
