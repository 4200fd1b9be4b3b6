//! An index dropped while nobody can read its table.

use super::changes;
use crate::change::{ChangeKind, ObjectReference};
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::Drop { object: ObjectReference::Index(index), concurrently: false, cascade, .. } = change else { return None };
        let name = step.resolve(index)?;
        let (table, index) = step.moment.before.index(&name)?;
        // PostgreSQL cannot drop the index of a partitioned table concurrently.
        if step.is_new(index.span) || *cascade || table.partition_by.is_some() || !step.is_in_use(table) {
            return None;
        }
        let lock = step.lock(&table.name)?;
        let help = format!("drop it outside of a transaction, while the table is used:\nDROP INDEX CONCURRENTLY {};", name.to_sql());
        Some(super::finding(step, lock, "dropping this index").object(&name).help(help))
    });
    found.collect()
}
