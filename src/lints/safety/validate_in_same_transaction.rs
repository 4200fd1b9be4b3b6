//! A constraint added without a check of its rows, and checked before the lock for that is given back.

use super::{Step, changes};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::{Name, QualifiedName};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::ValidateConstraint { table, constraint } = change else { return None };
        let table = step.table(table)?;
        let added = adding(context, &step, &table.name, constraint)?;
        let mode = added.lock(&table.name)?.mode;
        let message = format!(
            "`{constraint}` is validated in the transaction that adds it, which still locks `{}` in {} mode: {} wait while all rows are read",
            table.name.name,
            mode.to_sql(),
            mode.blocks()
        );
        let finding = Finding::new(step.moment.span, message).object(format!("{}.{constraint}", table.name));
        Some(finding.because(added.moment.span, "it is added here").help("validate it in a later migration, or at least in a transaction of its own"))
    });
    found.collect()
}

/// The step of the same transaction that adds the constraint.
fn adding<'a>(context: &'a HistoryContext, step: &Step, table: &QualifiedName, name: &Name) -> Option<Step<'a>> {
    let transaction = step.moment.transaction?;
    let file = step.moment.whole.file;
    changes(context).map(|(earlier, _)| earlier).find(|earlier| {
        let adds = earlier.moment.change().is_some_and(|change| matches!(change.kind, ChangeKind::AddConstraint { .. }));
        let has = |schema: &crate::schema::Schema| schema.table(table).is_some_and(|table| table.constraint(name).is_some());
        let together = earlier.moment.whole.file == file && earlier.moment.transaction == Some(transaction);
        adds && together && !has(&earlier.moment.before) && has(&earlier.moment.after)
    })
}
