//! A column that may be NULL from now on, which programs that read it do not expect.

use super::changes;
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let end = context.history.end();
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::SetNullable { table, column, nullable: true, .. } = change else { return None };
        let table = step.table(table)?;
        let column = table.column(column).filter(|column| !column.nullable.value && !step.is_new(column.span))?;
        // A migration may lift it for a while, or drop the column next.
        if end.column(&table.name, &column.name).is_none_or(|column| !column.nullable.value) {
            return None;
        }
        let message = format!("`{}.{}` may be NULL from now on: programs that read it may not expect that", table.name.name, column.name);
        Some(
            Finding::new(step.moment.span, message)
                .object(format!("{}.{}", table.name, column.name))
                .because(column.nullable.span, "it was required here"),
        )
    });
    found.collect()
}
