//! A tenant key that was added nullable for a transition, and never made NOT NULL.

use std::collections::HashMap;

use super::superseded_tenant_key::generations;
use super::{Place, added_later, alter, established, key_columns, may_be_empty, order, path, per_migration, title};
use crate::lint::tenancy::{KeyKind, TenantKey, says_not_null};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Table};
use crate::source::FileId;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let history = context.history.history;
    let patience = context.history.options.integer("after");
    let order = order(history);
    let replaced = generations(context);
    let proper = |key: &TenantKey| matches!(key.kind, KeyKind::Reference | KeyKind::Unreferenced);
    let keys: Vec<_> = key_columns(context.schema, tenancy).filter(|(key, _, _)| proper(key)).collect();
    // Nothing was ever tightened in a schema whose keys may all be empty.
    if keys.iter().all(|(_, _, column)| column.nullable.value) {
        return Vec::new();
    }
    let left = keys.into_iter().filter(|(_, table, _)| !replaced.iter().any(|pair| pair.table.name == table.name));
    let places = left.filter_map(|(_, table, column)| place(&order, history.migrations.len(), patience, table, column)).collect();
    per_migration(context, places, "tenant key", ": rows without a tenant are still accepted")
}

fn place(order: &HashMap<FileId, usize>, migrations: usize, patience: usize, table: &Table, column: &Column) -> Option<Place> {
    let later = migrations.saturating_sub(added_later(order, table, column)? + 1);
    let tightened = !column.nullable.value || table.checks().any(|(_, check)| says_not_null(&check.tree, &column.name));
    (later >= patience && !tightened && !may_be_empty(table, column)).then(|| Place {
        span: column.span,
        object: path(table, &column.name),
        label: format!("`{}` was added nullable and is so {later} migrations later", title(table, &column.name)),
        sql: format!("{} ALTER COLUMN {} SET NOT NULL;", alter(table), column.name.to_sql()),
    })
}
