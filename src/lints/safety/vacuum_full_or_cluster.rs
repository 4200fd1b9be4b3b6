//! A table written anew to make it smaller or sorted.

use super::{finding, maintenance};
use crate::lint::{Finding, HistoryContext};
use crate::sql::MaintenanceKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = maintenance(context).filter_map(|(step, act)| {
        let what = match act.kind {
            MaintenanceKind::Vacuum { full: true } => "`VACUUM FULL`",
            MaintenanceKind::Cluster => "`CLUSTER`",
            _ => return None,
        };
        let lock = step.strong_locks().next()?;
        let help = "plain VACUUM makes room for new rows without a lock; the extension pg_repack gives space back while the table is used";
        Some(Finding { span: act.span, ..finding(step, lock, what).help(help) })
    });
    found.collect()
}
