//! A primary key whose index is built while nobody can read.

use super::{as_added, changes, finding, is_mysql, using_index};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::ConstraintKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        if let ChangeKind::DropConstraint { table, .. } = change
            && is_mysql(step)
        {
            let (table, lock) = step.working_lock(table)?;
            let help = "add the new key in the same statement: MySQL writes the table anew then while rows are written";
            return Some(finding(step, lock, "dropping the primary key without adding another").object(&table.name).help(help));
        }
        let ChangeKind::AddConstraint { table, constraint, using_index: None, .. } = change else { return None };
        if constraint.kind != ConstraintKind::PrimaryKey {
            return None;
        }
        let (table, lock) = step.working_lock(table)?;
        if is_mysql(step) {
            let help = "leave ALGORITHM and LOCK out: MySQL writes the table anew then while rows are written";
            return Some(finding(step, lock, "adding this primary key").object(&table.name).help(help));
        }
        let (after, added) = as_added(&step.moment.after, &table.name, constraint)?;
        let finding = finding(step, lock, "adding this primary key").object(format!("{}.{}", table.name, added.name));
        // An index of a partitioned table cannot be made a constraint.
        Some(if table.partition_by.is_some() { finding } else { finding.help(using_index(after, added, "PRIMARY KEY")) })
    });
    found.collect()
}
