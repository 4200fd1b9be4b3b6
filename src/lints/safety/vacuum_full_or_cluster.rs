//! A table written anew to make it smaller or sorted.

use super::{BESIDE, Step, changes, finding, maintenance};
use crate::change::{ChangeKind, Keeping};
use crate::lint::{Finding, HistoryContext};
use crate::schema::QualifiedName;
use crate::sql::{Maintenance, MaintenanceKind};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let acts = maintenance(context).filter_map(|(step, act)| of_act(step, act));
    let rebuilt = changes(context).filter_map(|(step, change)| match change {
        ChangeKind::Keep { table, keeping: Keeping::Rebuild } => in_mysql(step, table, "writing the table anew"),
        ChangeKind::Keep { table, keeping: Keeping::Engine(engine) } if engine.eq_ignore_ascii_case("innodb") => {
            in_mysql(step, table, "writing the table anew")
        }
        _ => None,
    });
    acts.chain(rebuilt).collect()
}

fn of_act(step: Step, act: &Maintenance) -> Option<Finding> {
    let what = match act.kind {
        MaintenanceKind::Vacuum { full: true } => "`VACUUM FULL`",
        MaintenanceKind::Cluster => "`CLUSTER`",
        MaintenanceKind::Optimize => {
            return Some(Finding { span: act.span, ..in_mysql(step, act.relation.as_ref()?, "`OPTIMIZE TABLE`")? });
        }
        _ => return None,
    };
    let lock = step.strong_locks().next()?;
    let help = "plain VACUUM makes room for new rows without a lock; the extension pg_repack gives space back while the table is used";
    Some(Finding { span: act.span, ..finding(step, lock, what).help(help) })
}

/// InnoDB writes a table anew while others write, unless it has a full-text index.
fn in_mysql(step: Step, table: &QualifiedName, what: &str) -> Option<Finding> {
    let (_, lock) = step.working_lock(table)?;
    Some(finding(step, lock, what).help(BESIDE))
}
