//! A tenant key of the right type without a foreign key.

use super::{Place, alter, established, key_columns, path, per_migration, references, title};
use crate::lint::tenancy::{KeyKind, Root, keeps_records};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, root)) = established(context) else { return Vec::new() };
    let precedent = tenancy.keys().find(|key| key.kind == KeyKind::Reference);
    if precedent.is_none() && context.schema.foreign_keys().next().is_none() {
        return Vec::new();
    }
    let keys = key_columns(context.schema, tenancy)
        .filter(|(key, table, _)| key.kind == KeyKind::Unreferenced && table.partition_by.is_none() && !keeps_records(&table.name.name));
    let places = keys.map(|(_, table, column)| place(root, table, column)).collect();
    let ending = ": rows of a tenant that does not exist are accepted, and stay when theirs is deleted";
    let findings = per_migration(context, places, "tenant key", ending).into_iter();
    let because = |finding: Finding| match precedent {
        Some(key) => finding.because(key.span, format!("`{}.{}` has one", key.table.name, key.column)),
        None => finding,
    };
    findings.map(because).collect()
}

fn place(root: &Root, table: &Table, column: &Column) -> Place {
    let rule = if column.nullable.value { "SET NULL" } else { "CASCADE" };
    Place {
        span: column.span,
        object: path(table, &column.name),
        label: format!("`{}` has no foreign key to `{}`", title(table, &column.name), root.table.name),
        sql: format!("{} ADD FOREIGN KEY ({}) {} ON DELETE {rule};", alter(table), column.name.to_sql(), references(root)),
    }
}
