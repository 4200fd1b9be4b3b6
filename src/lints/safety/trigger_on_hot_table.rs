//! A trigger on a table that the configuration calls busy.

use super::{changes, finding};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let hot = context.options.strings("tables");
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::CreateTrigger { table, .. } = change else { return None };
        let table = step.table(table)?;
        let is_hot = hot.is_empty() || hot.iter().any(|name| *name == table.name.name.as_str() || *name == table.name.to_string());
        let lock = step.lock(&table.name).filter(|_| is_hot)?;
        Some(finding(step, lock, "every write will run this trigger, and making it"))
    });
    found.collect()
}
