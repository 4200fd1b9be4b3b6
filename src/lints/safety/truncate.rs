//! A table emptied as a whole.

use super::changes;
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::Truncate { table, cascade: false } = change else { return None };
        let table = step.table(table)?;
        let message = format!("`TRUNCATE` loses all rows of `{}`, and nobody can read it until the transaction ends", table.name.name);
        Some(Finding::new(step.moment.span, message).object(&table.name).help("delete in batches what is not needed, if not everything"))
    });
    found.collect()
}
