//! Columns that may be NULL from now on, which programs that read them do not expect.

use super::{Touched, changes, end, grouped};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::SetNullable { table, column, nullable: true, .. } = change else { return None };
        let table = step.table(table)?;
        let column = table.column(column).filter(|column| !column.nullable.value && !step.is_new(column.span))?;
        // A migration may lift it for a while, or drop the column next.
        let stays = end(context).column(&table.name, &column.name).is_some_and(|column| column.nullable.value);
        stays.then(|| Touched { step, table, column: column.name.clone(), because: Some(column.nullable.span) })
    });
    grouped(found, |span, _, columns| {
        Finding::new(span, format!("{columns} may be NULL from now on: programs that read this may not expect that"))
    })
}
