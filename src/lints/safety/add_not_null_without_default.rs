//! A required column that the rows there are have no value for.

use super::{Step, Touched, changes, grouped, lacks_value};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::{Column, QualifiedName, TypeKind};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddColumn { table, column, .. } = change else { return None };
        let table = step.table(table)?;
        let truncates = |change: &ChangeKind| matches!(change, ChangeKind::Truncate { .. });
        let fails = lacks_value(column) && !has_domain(&step, &table.name, column) && !step.is_emptied(&table.name, truncates);
        fails.then(|| Touched { step, table, column: column.name.clone(), because: None })
    });
    grouped(found, |span, table, columns| {
        let (name, shown) = (table.name.to_sql(), &table.name.name);
        let message = format!("{columns} without a default is NOT NULL: the statement fails unless `{shown}` is empty");
        let help = format!(
            "give it a default, or add it nullable, fill it, and require it then:\n\
             ALTER TABLE {name} ADD COLUMN …;\nUPDATE {name} SET …;\nALTER TABLE {name} ALTER COLUMN … SET NOT NULL;"
        );
        Finding::new(span, message).help(help)
    })
}

/// A domain may bring a default of its own.
fn has_domain(step: &Step, table: &QualifiedName, column: &Column) -> bool {
    let schema = &step.moment.after;
    let data_type = schema.column(table, &column.name).map(|column| &column.data_type.value.name);
    let definition = data_type.and_then(|name| schema.types.get(name));
    definition.is_some_and(|definition| matches!(definition.kind, TypeKind::Domain { .. }))
}
