//! A table renamed under programs that still use its old name.

use super::{changes, end};
use crate::change::{ChangeKind, ObjectReference};
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let end = end(context);
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::Rename { object: ObjectReference::Table(table), to, .. } = change else { return None };
        let table = step.table(table)?;
        // A view or another table of the old name serves the programs there are.
        if end.relation(&table.name).is_some() {
            return None;
        }
        let message = format!("renaming `{}` to `{to}` breaks programs that still use the old name", table.name.name);
        let view = format!(
            "a view of the old name serves them until they are gone:\nCREATE VIEW {} AS SELECT * FROM {};",
            table.name.to_sql(),
            crate::schema::QualifiedName::new(table.name.schema.clone(), to.clone()).to_sql()
        );
        Some(Finding::new(step.moment.span, message).object(&table.name).help(view))
    });
    found.collect()
}
