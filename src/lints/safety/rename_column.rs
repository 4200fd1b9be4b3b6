//! A column renamed under programs that still use its old name.

use super::changes;
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::RenameColumn { table, column, to, .. } = change else { return None };
        let table = step.table(table)?;
        let column = table.column(column).filter(|column| !step.is_new(column.span))?;
        let message = format!("renaming `{}.{}` to `{to}` breaks programs that still use the old name", table.name.name, column.name);
        let help = "add a column of the new name, write to both until no program uses the old one, and drop that then";
        Some(Finding::new(step.moment.span, message).object(format!("{}.{}", table.name, column.name)).help(help))
    });
    found.collect()
}
