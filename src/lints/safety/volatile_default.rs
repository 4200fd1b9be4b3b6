//! A default that differs from row to row, so that every row is written again.

use super::{Step, changes, finding};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::locks::is_volatile;
use crate::schema::Column;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddColumn { table, column, .. } = change else { return None };
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
