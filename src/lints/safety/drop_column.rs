//! Columns dropped that programs may still use.

use super::{Touched, changes, end, grouped};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::DropColumn { table, column, .. } = change else { return None };
        let table = step.table(table)?;
        let column = table.column(column).filter(|column| !step.is_new(column.span))?;
        // A column that is made again was retyped, which is another lint's.
        let is_made_again = end(context).column(&table.name, &column.name).is_some();
        (!is_made_again).then(|| Touched { step, table, column: column.name.clone(), because: Some(column.span) })
    });
    grouped(found, |span, _, columns| {
        let message = format!("dropping {columns} loses values, and breaks programs that still use them");
        Finding::new(span, message).help("stop using it first, and drop it in a later release")
    })
}
