//! A column that is computed for every row when it is added.

use super::{changes, finding, is_mysql};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddColumn { table, column, .. } = change else { return None };
        if !column.generated.as_ref().is_some_and(|generated| generated.value.stored) {
            return None;
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
