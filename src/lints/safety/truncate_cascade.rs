//! Tables emptied because they reference another one.

use super::changes;
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::Truncate { table, cascade: true } = change else { return None };
        let table = step.table(table)?;
        let others: Vec<String> =
            step.strong_locks().filter(|lock| lock.relation != table.name).map(|lock| format!("`{}`", lock.relation.name)).collect();
        let along = if others.is_empty() { String::new() } else { format!(", and of {}, which reference it", others.join(", ")) };
        let message = format!("`TRUNCATE … CASCADE` loses all rows of `{}`{along}", table.name.name);
        Some(
            Finding::new(step.moment.span, message)
                .object(&table.name)
                .help("name every table that is to be emptied, and leave CASCADE out"),
        )
    });
    found.collect()
}
