//! A tenant key with a constant default.

use super::{Place, alter, established, key_columns, path, per_migration, title};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, ExpressionTree, Literal, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let places: Vec<Place> = key_columns(context.schema, tenancy).filter_map(|(_, table, column)| place(table, column)).collect();
    // Where nearly every key has one, a default tenant is how this schema works.
    if places.len() * 4 > tenancy.keys().count() * 3 && places.len() > 2 {
        return Vec::new();
    }
    per_migration(context, places, "tenant key", ": a row inserted without a tenant silently becomes that tenant's")
}

fn place(table: &Table, column: &Column) -> Option<Place> {
    let default = column.default.as_ref()?;
    let constant = matches!(default.value.tree.without_casts(), ExpressionTree::Literal(Literal::String(_) | Literal::Number(_)));
    constant.then(|| Place {
        span: default.span,
        object: path(table, &column.name),
        label: format!("the tenant key `{}` defaults to `{}`", title(table, &column.name), default.value.text),
        sql: format!("{} ALTER COLUMN {} DROP DEFAULT;", alter(table), column.name.to_sql()),
    })
}
