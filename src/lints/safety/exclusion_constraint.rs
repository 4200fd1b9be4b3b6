//! An exclusion constraint whose index is built while nobody can read.

use super::{changes, finding};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::ConstraintKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddConstraint { table, constraint, .. } = change else { return None };
        let ConstraintKind::Exclude { .. } = &constraint.kind else { return None };
        let (_, lock) = step.working_lock(table)?;
        let help = "there is no way to build it beside the table's work: add it while the table is small or not used";
        Some(finding(step, lock, "adding this exclusion constraint").help(help))
    });
    found.collect()
}
