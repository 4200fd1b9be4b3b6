//! A foreign key whose rows are all checked while two tables are locked.

use super::{as_added, changes, finding, is_mysql, not_valid_first, validated_later};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::locks::Work;
use crate::schema::ConstraintKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddConstraint { table, constraint, .. } = change else { return None };
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { return None };
        if is_mysql(step) {
            let (table, lock) = step.working_lock(table)?;
            return Some(finding(step, lock, "adding this foreign key").object(&table.name).help(UNCHECKED));
        }
        let (table, lock) = step.working_lock(table).filter(|(_, lock)| lock.work == Work::Scan)?;
        let (after, added) = as_added(&step.moment.after, &table.name, constraint)?;
        let message = format!(
            "adding this foreign key locks `{}` and `{}` in {} mode while every row is checked: {} wait until that is done",
            table.name.name,
            key.references.name,
            crate::locks::LockMode::ShareRowExclusive.to_sql(),
            lock.mode.blocks()
        );
        let finding = Finding::new(step.moment.span, message).object(format!("{}.{}", table.name, added.name));
        // PostgreSQL has no NOT VALID for foreign keys of partitioned tables before version 18.
        if table.partition_by.is_some() {
            return Some(finding);
        }
        Some(finding.help(not_valid_first(after, added)).fix(validated_later(step, after, added)))
    });
    found.collect()
}

const UNCHECKED: &str = "make sure that no row is without its counterpart, and add it unchecked, which takes a moment:\n\
    SET foreign_key_checks = 0;\nALTER TABLE …;\nSET foreign_key_checks = 1;";
