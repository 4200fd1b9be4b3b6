//! The same reference to the tenant under different names.

use std::collections::BTreeMap;

use super::{Place, all_together, alter, established, path, title};
use crate::lint::tenancy::{KeyKind, Root, TenantKey};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Name, Schema};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, root)) = established(context) else { return Vec::new() };
    // Two keys in one table are two roles, which need two names.
    let single = tenancy.keys().filter(|key| proper(key) && tenancy.keys_of(&key.table).len() == 1);
    let mut by_name: BTreeMap<&Name, Vec<&TenantKey>> = BTreeMap::new();
    for key in single {
        by_name.entry(&key.column).or_default().push(key);
    }
    let Some(most) = by_name.values().map(Vec::len).max() else { return Vec::new() };
    let mut leading = by_name.iter().filter(|(_, keys)| keys.len() == most);
    let (Some((usual, precedents)), None) = (leading.next(), leading.next()) else { return Vec::new() };
    let odd: Vec<_> = by_name.iter().filter(|(name, _)| *name != usual).flat_map(|(_, keys)| keys).collect();
    // Where a third goes by another name, the schema has two habits rather than a slip.
    if odd.len() * 2 > most {
        return Vec::new();
    }
    let odd = odd.into_iter().filter(|key| key.kind == KeyKind::Reference);
    let places = odd.filter_map(|key| place(context.schema, root, key, usual)).collect();
    let ending = format!(": {most} tables call it `{usual}`, and queries and policies cannot be written alike");
    let findings = all_together(context, places, "tenant key", &ending).into_iter();
    let precedent = precedents.first();
    findings
        .map(|finding| {
            precedent.iter().fold(finding, |finding, key| finding.because(key.span, format!("`{}` calls it `{usual}`", key.table.name)))
        })
        .collect()
}

fn proper(key: &TenantKey) -> bool {
    matches!(key.kind, KeyKind::Reference | KeyKind::Unreferenced)
}

fn place(schema: &Schema, root: &Root, key: &TenantKey, usual: &Name) -> Option<Place> {
    let table = schema.table(&key.table)?;
    Some(Place {
        span: key.span,
        object: path(table, &key.column),
        label: format!("`{}` references `{}` under a name of its own", title(table, &key.column), root.table.name),
        sql: format!("{} RENAME COLUMN {} TO {};", alter(table), key.column.to_sql(), usual.to_sql()),
    })
}
