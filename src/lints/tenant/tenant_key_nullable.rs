//! A tenant key that may be empty without a reason to be seen.

use super::superseded_tenant_key::generations;
use super::{Place, added_later, alter, established, key_columns, may_be_empty, order, path, per_migration, title};
use crate::lint::tenancy::{KeyKind, TenantKey};
use crate::lint::{Finding, SchemaContext};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let order = order(context.history.history);
    let replaced = generations(context);
    let required = key_columns(context.schema, tenancy).filter(|(_, _, column)| !column.nullable.value).count();
    let proper = |key: &TenantKey| matches!(key.kind, KeyKind::Reference | KeyKind::Unreferenced);
    let empty = key_columns(context.schema, tenancy).filter(|(key, table, column)| {
        let in_transition = added_later(&order, table, column).is_some() || replaced.iter().any(|pair| pair.table.name == table.name);
        // In a composite foreign key that is worse, and `tenant-key-disables-check`'s.
        let in_composite = table.foreign_keys_of(&column.name).any(|(constraint, _)| constraint.columns.len() > 1);
        proper(key) && column.nullable.value && !in_transition && !in_composite && !may_be_empty(table, column)
    });
    let places: Vec<Place> = empty
        .map(|(_, table, column)| Place {
            span: column.nullable.span,
            object: path(table, &column.name),
            label: format!("the tenant key `{}` may be NULL", title(table, &column.name)),
            sql: format!("{} ALTER COLUMN {} SET NOT NULL;", alter(table), column.name.to_sql()),
        })
        .collect();
    // Where most keys may be empty, that is how this schema works.
    if places.len() > required {
        return Vec::new();
    }
    let ending = ": such a row belongs to nobody, and passes unique constraints and composite foreign keys unchecked";
    per_migration(context, places, "tenant key", ending)
}
