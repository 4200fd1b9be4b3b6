//! A CHECK whose rows are all checked while the table is locked.

use super::{BESIDE, as_added, changes, finding, is_mysql, not_valid_first, validated_later};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::ConstraintKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddConstraint { table, constraint, .. } = change else { return None };
        let ConstraintKind::Check { .. } = &constraint.kind else { return None };
        let (table, lock) = step.working_lock(table)?;
        if is_mysql(step) {
            return Some(finding(step, lock, "adding this check").object(&table.name).help(BESIDE));
        }
        let (after, added) = as_added(&step.moment.after, &table.name, constraint)?;
        let object = format!("{}.{}", table.name, added.name);
        let found = finding(step, lock, "adding this check").object(object).help(not_valid_first(after, added));
        Some(found.fix(validated_later(step, after, added)))
    });
    found.collect()
}
