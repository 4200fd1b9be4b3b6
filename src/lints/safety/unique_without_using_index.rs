//! A unique constraint whose index is built while nobody can read.

use super::{as_added, changes, finding, using_index};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::ConstraintKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddConstraint { table, constraint, using_index: None, .. } = change else { return None };
        if constraint.kind != ConstraintKind::Unique {
            return None;
        }
        let (table, lock) = step.working_lock(table)?;
        let (after, added) = as_added(&step.moment.after, &table.name, constraint)?;
        let finding = finding(step, lock, "adding this unique constraint").object(format!("{}.{}", table.name, added.name));
        // An index of a partitioned table cannot be made a constraint.
        Some(if table.partition_by.is_some() { finding } else { finding.help(using_index(after, added, "UNIQUE")) })
    });
    found.collect()
}
