//! A table attached as a partition, all of whose rows are checked first.

use super::{changes, finding};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::locks::Work;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AttachPartition { partition, bound, .. } = change else { return None };
        let attached = step.resolve(partition)?;
        let lock = step.strong_locks().filter(|lock| lock.work > Work::None).max_by_key(|lock| (lock.relation == attached, lock.work))?;
        let help = if lock.relation == attached {
            format!(
                "a check that says what the bound says (`{bound}`) spares the scan, and indexes like the parent's the building:\n\
                 ALTER TABLE {0} ADD CONSTRAINT bound CHECK (…) NOT VALID;\nALTER TABLE {0} VALIDATE CONSTRAINT bound;",
                attached.to_sql()
            )
        } else {
            format!("a check on the default partition `{}` that excludes these rows spares the scan", lock.relation.name)
        };
        Some(finding(step, lock, "attaching this partition").help(help))
    });
    found.collect()
}
