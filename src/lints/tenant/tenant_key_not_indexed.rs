//! A tenant key, not a foreign key, that no index leads with. Foreign keys are `foreign-key-without-index`'s.

use super::{Place, established, key_columns, path, per_migration, title};
use crate::lint::tenancy::{KeyKind, keeps_records, leads_an_index};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Name, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let keys = key_columns(context.schema, tenancy).filter(|(key, _, _)| key.kind == KeyKind::Unreferenced);
    let bare = keys.filter(|(_, table, column)| {
        let kept = table.partition_by.is_some() || keeps_records(&table.name.name);
        !kept && !leads_an_index(table, &column.name) && !is_served(table, column)
    });
    let places = bare.map(|(_, table, column)| Place {
        span: column.span,
        object: path(table, &column.name),
        label: format!("no index leads with the tenant key `{}`", title(table, &column.name)),
        sql: format!("CREATE INDEX ON {} ({});", table.name.to_sql(), column.name.to_sql()),
    });
    per_migration(context, places.collect(), "tenant key", ": every query of one tenant reads the rows of all")
}

/// Whether an index finds a tenant's rows all the same: a unique one, by which single rows are looked up, or one with
/// nothing but flags before the key.
fn is_served(table: &Table, column: &Column) -> bool {
    let is_flag = |name: &Name| table.column(name).is_some_and(|column| column.data_type.value.is("boolean"));
    table.indexes.iter().any(|index| {
        let columns: Vec<&Name> = index.key_columns().flatten().collect();
        let Some(place) = columns.iter().position(|name| **name == column.name) else { return false };
        index.unique || columns.iter().take(place).all(|name| is_flag(name))
    })
}
