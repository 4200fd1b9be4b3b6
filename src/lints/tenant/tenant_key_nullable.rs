//! A tenant key that may be empty without a reason to be seen.

use super::superseded_tenant_key::generations;
use super::{Place, added_later, alter, by_file, established, key_columns, may_be_empty, order, path};
use crate::lint::tenancy::KeyKind;
use crate::lint::{Finding, SchemaContext};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let history = context.history.history;
    let order = order(history);
    let replaced = generations(context);
    let required = key_columns(context.schema, tenancy).filter(|(_, _, column)| !column.nullable.value).count();
    let proper = key_columns(context.schema, tenancy).filter(|(key, _, _)| matches!(key.kind, KeyKind::Reference | KeyKind::Unreferenced));
    let empty = proper.filter(|(_, table, column)| {
        let in_transition = added_later(&order, table, column).is_some() || replaced.iter().any(|pair| pair.table.name == table.name);
        column.nullable.value && !in_transition && !may_be_empty(table, column)
    });
    let places: Vec<Place> = empty
        .map(|(_, table, column)| Place {
            span: column.nullable.span,
            object: path(table, &column.name),
            label: format!("`{}` may be empty too", path(table, &column.name)),
            sql: format!("{} ALTER COLUMN {} SET NOT NULL;", alter(table), column.name.to_sql()),
        })
        .collect();
    // Where most keys may be empty, that is how this schema works.
    if places.len() > required {
        return Vec::new();
    }
    let groups = by_file(history, places).into_iter();
    let finding = |group: super::Group| {
        let first = group.places.first().map(|place| place.object.clone())?;
        let message = format!(
            "the tenant key `{first}` may be NULL{}: such a row belongs to nobody, and passes unique constraints and composite foreign keys unchecked",
            group.more("tenant key")
        );
        group.finding(message)
    };
    groups.filter_map(finding).collect()
}
