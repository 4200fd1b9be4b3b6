//! A tenant key with a constant default.

use super::{Place, alter, by_file, established, key_columns, path};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, ExpressionTree, Literal};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let defaulted = key_columns(context.schema, tenancy).filter(|(_, _, column)| has_constant_default(column));
    let places: Vec<Place> = defaulted
        .filter_map(|(_, table, column)| {
            let default = column.default.as_ref()?;
            Some(Place {
                span: default.span,
                object: path(table, &column.name),
                label: format!("the tenant key `{}` defaults to `{}`", path(table, &column.name), default.value.text),
                sql: format!("{} ALTER COLUMN {} DROP DEFAULT;", alter(table), column.name.to_sql()),
            })
        })
        .collect();
    // Where nearly every key has one, a default tenant is how this schema works.
    if places.len() * 4 > tenancy.keys().count() * 3 && places.len() > 2 {
        return Vec::new();
    }
    let groups = by_file(context.history.history, places).into_iter();
    let finding = |group: super::Group| {
        let first = group.places.first()?;
        let message =
            format!("{}{}: a row inserted without a tenant silently becomes that tenant's", first.label, group.more("tenant key"));
        group.finding(message)
    };
    groups.filter_map(finding).collect()
}

fn has_constant_default(column: &Column) -> bool {
    let Some(default) = &column.default else { return false };
    matches!(default.value.tree.without_casts(), ExpressionTree::Literal(Literal::String(_) | Literal::Number(_)))
}
