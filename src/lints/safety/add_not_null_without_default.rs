//! A required column that the rows there are have no value for.

use super::{Step, changes, steps};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::{Column, QualifiedName, TypeKind};
use crate::sql::{Body, DataKind};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddColumn { table, column, .. } = change else { return None };
        let table = step.table(table)?;
        if !lacks_value(column) || has_domain(&step, &table.name, column) || is_emptied(context, &step, &table.name) {
            return None;
        }
        let message = format!("`{}` is NOT NULL without a default: the statement fails unless `{}` is empty", column.name, table.name.name);
        let (name, column_name) = (table.name.to_sql(), column.name.to_sql());
        let help = format!(
            "give it a default, or add it nullable, fill it, and require it then:\n\
             ALTER TABLE {name} ADD COLUMN {column_name} {};\nUPDATE {name} SET {column_name} = …;\n\
             ALTER TABLE {name} ALTER COLUMN {column_name} SET NOT NULL;",
            column.data_type.value
        );
        Some(Finding::new(step.moment.span, message).object(format!("{}.{}", table.name, column.name)).help(help))
    });
    found.collect()
}

fn lacks_value(column: &Column) -> bool {
    let has_value = column.default.is_some() || column.identity.is_some() || column.generated.is_some() || column.serial;
    !column.nullable.value && !has_value
}

/// A domain may bring a default of its own.
fn has_domain(step: &Step, table: &QualifiedName, column: &Column) -> bool {
    let schema = &step.moment.after;
    let data_type = schema.column(table, &column.name).map(|column| &column.data_type.value.name);
    let definition = data_type.and_then(|name| schema.types.get(name));
    definition.is_some_and(|definition| matches!(definition.kind, TypeKind::Domain { .. }))
}

/// Whether an earlier step of the migrations to come empties the table.
fn is_emptied(context: &HistoryContext, step: &Step, table: &QualifiedName) -> bool {
    let earlier = steps(context).take_while(|earlier| !std::ptr::eq(earlier.moment, step.moment));
    let empties = |earlier: Step| match (earlier.moment.change().map(|change| &change.kind), earlier.moment.body()) {
        (Some(ChangeKind::Truncate { .. }), _) => earlier.lock(table).is_some(),
        (_, Some(Body::Data(data))) => data.kind == DataKind::Delete && !data.has_where && earlier.lock(table).is_some(),
        _ => false,
    };
    earlier.into_iter().any(empties)
}
