//! A materialized view that nobody can read while it is computed.

use super::maintenance;
use crate::lint::{Finding, HistoryContext};
use crate::schema::View;
use crate::sql::MaintenanceKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = maintenance(context).filter_map(|(step, act)| {
        let MaintenanceKind::Refresh { concurrently: false } = act.kind else { return None };
        let name = step.resolve(act.relation.as_ref()?)?;
        let view = step.moment.before.views.get(&name).filter(|view| !step.is_new(view.span))?;
        let lock = step.lock(&name)?;
        let message = format!("`REFRESH` locks `{}` in {} mode: nobody can read it until it is computed", name.name, lock.mode.to_sql());
        Some(Finding::new(act.span, message).object(&name).help(help(view)))
    });
    found.collect()
}

fn help(view: &View) -> String {
    let name = view.name.to_sql();
    let refresh = format!("REFRESH MATERIALIZED VIEW CONCURRENTLY {name};");
    let is_usable =
        view.indexes.iter().any(|index| index.unique && index.predicate.is_none() && index.key_columns().all(|key| key.is_some()));
    if is_usable {
        refresh
    } else {
        format!("it needs a unique index over plain columns:\nCREATE UNIQUE INDEX ON {name} (…);\n{refresh}")
    }
}
