//! A materialized view that nobody can read while it is computed.

use super::changes;
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::View;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::RefreshView { view, concurrently: false, .. } = change else { return None };
        let name = step.resolve(view)?;
        let view = step.moment.before.views.get(&name).filter(|view| !step.is_new(view.span))?;
        let lock = step.lock(&name)?;
        let message = format!("`REFRESH` locks `{}` in {} mode: nobody can read it until it is computed", name.name, lock.mode.to_sql());
        Some(Finding::new(step.moment.span, message).object(&name).help(help(view)))
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
