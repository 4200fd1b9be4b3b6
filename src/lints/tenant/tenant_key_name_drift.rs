//! The same reference to the tenant under different names.

use std::collections::BTreeMap;

use super::{Place, alter, established, newest_first, path};
use crate::lint::tenancy::{KeyKind, TenantKey};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Name, Schema};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, root)) = established(context) else { return Vec::new() };
    // Two keys in one table are two roles, which need two names.
    let single = tenancy.keys().filter(|key| key.kind == KeyKind::Reference && tenancy.keys_of(&key.table).len() == 1);
    let mut by_name: BTreeMap<&Name, Vec<&TenantKey>> = BTreeMap::new();
    for key in single {
        by_name.entry(&key.column).or_default().push(key);
    }
    let Some(most) = by_name.values().map(Vec::len).max() else { return Vec::new() };
    let mut leading = by_name.iter().filter(|(_, keys)| keys.len() == most);
    let (Some((usual, precedents)), None) = (leading.next(), leading.next()) else { return Vec::new() };
    let odd = by_name.iter().filter(|(name, _)| *name != usual).flat_map(|(_, keys)| keys);
    let places = odd.filter_map(|key| place(context.schema, key, usual)).collect();
    let finding = newest_first(context.history.history, places).and_then(|group| {
        let first = group.places.first()?;
        let message = format!(
            "`{}` references `{}` under another name than the `{usual}` of {most} tables{}: queries and policies cannot be written alike",
            first.object,
            root.table.name,
            group.more("tenant key")
        );
        let finding = group.finding(message)?;
        Some(match precedents.first() {
            Some(key) => finding.because(key.span, format!("`{}` calls it `{usual}`", key.table.name)),
            None => finding,
        })
    });
    finding.into_iter().collect()
}

fn place(schema: &Schema, key: &TenantKey, usual: &Name) -> Option<Place> {
    let table = schema.table(&key.table)?;
    Some(Place {
        span: key.span,
        object: path(table, &key.column),
        label: format!("`{}` calls it `{}`", table.name, key.column),
        sql: format!("{} RENAME COLUMN {} TO {};", alter(table), key.column.to_sql(), usual.to_sql()),
    })
}
