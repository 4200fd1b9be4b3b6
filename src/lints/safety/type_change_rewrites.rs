//! A change of a column's type that touches every row.

use super::{BESIDE, changes, finding, is_mysql};
use crate::change::{ChangeKind, Keeping};
use crate::lint::{Finding, HistoryContext};
use crate::locks::Work;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        if let ChangeKind::Keep { table, keeping: Keeping::Convert(charset) } = change {
            let (_, lock) = step.working_lock(table)?;
            return Some(finding(step, lock, &format!("storing its texts as `{charset}`")).help(BESIDE));
        }
        let ChangeKind::SetType { table, column, data_type, .. } = change else { return None };
        let (table, lock) = step.working_lock(table)?;
        let there = table.column(column)?;
        // A new column holds nothing yet that would have to be converted.
        if step.is_new(there.span) {
            return None;
        }
        let what = format!("changing `{column}` from `{}` to `{data_type}`", there.data_type.value);
        let help = match lock.work {
            _ if is_mysql(step) && table.primary_key().is_some_and(|key| key.columns.contains(column)) => BESIDE,
            Work::Scan => "the checks over the column are verified again: drop them before, and add them again NOT VALID",
            Work::IndexBuild => "indexes over the column are built again: drop those before, and build them again CONCURRENTLY",
            _ => {
                "add a column of the new type, write to both, fill it in batches, and let programs read the new one before the old one goes"
            }
        };
        Some(finding(step, lock, &what).object(format!("{}.{column}", table.name)).help(help))
    });
    found.collect()
}
