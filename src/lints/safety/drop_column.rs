//! A column dropped that programs may still use.

use super::changes;
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::DropColumn { table, column, .. } = change else { return None };
        let table = step.table(table)?;
        let column = table.column(column).filter(|column| !step.is_new(column.span))?;
        let is_made_again = context.history.end().column(&table.name, &column.name).is_some();
        let consequence = if is_made_again { "loses its values" } else { "loses its values, and breaks programs that still use it" };
        let message = format!("dropping `{}.{}` {consequence}", table.name.name, column.name);
        let finding = Finding::new(step.moment.span, message).object(format!("{}.{}", table.name, column.name));
        Some(finding.because(column.span, "the column was made here").help("stop using it first, and drop it in a later release"))
    });
    found.collect()
}
