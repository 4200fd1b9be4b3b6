//! A table dropped that programs may still use.

use super::{changes, end};
use crate::change::{ChangeKind, ObjectReference};
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::Drop { object: ObjectReference::Table(table), .. } = change else { return None };
        let table = step.table(table)?;
        // What is made again under its name was replaced.
        if end(context).tables.contains_key(&table.name) {
            return None;
        }
        let message = format!("dropping `{}` loses its rows, and breaks programs that still use it", table.name.name);
        let finding = Finding::new(step.moment.span, message).object(&table.name).because(table.span, "the table was made here");
        Some(finding.help("stop using it first, and drop it in a later release"))
    });
    found.collect()
}
