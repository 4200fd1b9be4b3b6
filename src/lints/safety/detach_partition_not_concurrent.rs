//! A partition detached while nobody can read the partitioned table.

use super::{changes, finding};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    if !context.facts.pending.version.is_at_least(14) {
        return Vec::new();
    }
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::DetachPartition { table, partition, concurrently: false } = change else { return None };
        let table = step.table(table)?;
        let lock = step.lock(&table.name)?;
        // PostgreSQL does not detach concurrently where there is a default partition.
        let is_default = |lock: &&crate::locks::Lock| {
            let partition = step.moment.before.table(&lock.relation).and_then(|table| table.partition_of.as_ref());
            partition.is_some_and(|partition| partition.bound.eq_ignore_ascii_case("default"))
        };
        if step.moment.locks.iter().any(|lock| is_default(&lock)) {
            return None;
        }
        let (table, partition) = (table.name.to_sql(), partition.to_sql());
        let help = format!("outside of a transaction:\nALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY;");
        Some(finding(step, lock, "detaching this partition").help(help))
    });
    found.collect()
}
