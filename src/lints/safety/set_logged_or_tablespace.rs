//! Statements that copy a table as a whole.

use super::{Step, changes, finding, maintenance};
use crate::change::{ChangeKind, Keeping};
use crate::lint::{Finding, HistoryContext};
use crate::schema::QualifiedName;
use crate::sql::{MaintenanceKind, TableOption};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let logged = changes(context).filter_map(|(step, change)| match change {
        ChangeKind::SetLogged { table, logged } => found(step, table, if *logged { "`SET LOGGED`" } else { "`SET UNLOGGED`" }),
        ChangeKind::Keep { table, keeping: Keeping::Engine(engine) } if !engine.eq_ignore_ascii_case("innodb") => {
            found(step, table, "changing the storage engine")
        }
        ChangeKind::Keep { table, keeping: Keeping::Repartition | Keeping::RewritePartitions } => {
            found(step, table, "dividing it into other partitions")
        }
        _ => None,
    });
    let moved = maintenance(context).filter_map(|(step, act)| {
        let what = match act.kind {
            MaintenanceKind::Alter(TableOption::Tablespace) => "`SET TABLESPACE`",
            MaintenanceKind::Alter(TableOption::AccessMethod) => "`SET ACCESS METHOD`",
            _ => return None,
        };
        Some(Finding { span: act.span, ..found(step, act.relation.as_ref()?, what)? })
    });
    logged.chain(moved).collect()
}

fn found(step: Step, table: &QualifiedName, what: &str) -> Option<Finding> {
    let (_, lock) = step.working_lock(table)?;
    Some(finding(step, lock, what).help("do it while the table is small or not used"))
}
