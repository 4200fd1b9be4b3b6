//! An index built again while nobody can use it.

use super::{finding, maintenance};
use crate::lint::{Finding, HistoryContext};
use crate::sql::MaintenanceKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = maintenance(context).filter_map(|(step, act)| {
        let MaintenanceKind::Reindex { index, concurrently: false } = act.kind else { return None };
        let lock = step.strong_locks().next()?;
        let what = if index { "INDEX" } else { "TABLE" };
        let help =
            act.relation.as_ref().map(|relation| format!("outside of a transaction:\nREINDEX {what} CONCURRENTLY {};", relation.to_sql()));
        let found = finding(step, lock, "`REINDEX` locks the indexes against every query that might use them, and");
        Some(Finding { span: act.span, help, ..found })
    });
    found.collect()
}
