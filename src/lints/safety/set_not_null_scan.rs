//! SET NOT NULL that has to look at every row.

use super::{changes, finding};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::SetNullable { table, column, nullable: false, .. } = change else { return None };
        let (table, lock) = step.working_lock(table)?;
        // Nothing is in a column that is as new as this.
        if table.column(column).is_some_and(|column| step.is_new(column.span) && column.default.is_some()) {
            return None;
        }
        let (name, column, check) = (table.name.to_sql(), column.to_sql(), format!("{column}_not_null"));
        let help = format!(
            "prove it by a check first, each statement in a transaction of its own:\n\
             ALTER TABLE {name} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID;\n\
             ALTER TABLE {name} VALIDATE CONSTRAINT {check};\n\
             ALTER TABLE {name} ALTER COLUMN {column} SET NOT NULL;\nALTER TABLE {name} DROP CONSTRAINT {check};"
        );
        Some(finding(step, lock, "`SET NOT NULL`").object(format!("{}.{column}", table.name)).help(help))
    });
    found.collect()
}
