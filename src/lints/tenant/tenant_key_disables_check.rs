//! A composite foreign key that an empty tenant key switches off.

use super::{Place, alter, path, per_migration};
use crate::lint::tenancy::Tenancy;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Constraint, ForeignKey, Schema, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let tenancy = &context.history.facts.tenancy;
    let keys = context.schema.foreign_keys();
    let places = keys.filter_map(|(table, constraint, key)| place(context.schema, tenancy, table, constraint, key)).collect();
    per_migration(context, places, "foreign key", "")
}

fn place(schema: &Schema, tenancy: &Tenancy, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Option<Place> {
    let own = constraint.columns.len() > 1 && !key.match_full && !constraint.inherited && !schema.is_uncertain(&table.name);
    let tenant = constraint.columns.iter().find(|column| tenancy.key(&table.name, column).is_some()).filter(|_| own)?;
    let nullable = |column| table.column(column).is_some_and(|column| column.nullable.value);
    // The optional half decides by itself whether the reference is there; only the tenant key must not.
    let required = constraint.columns.iter().filter(|column| *column != tenant).all(|column| !nullable(column));
    (nullable(tenant) && required).then(|| Place {
        span: constraint.span,
        object: path(table, &constraint.name),
        label: format!(
            "the foreign key to `{}` is not checked for rows of `{}` whose tenant key `{tenant}` is NULL",
            key.references.name, table.name.name
        ),
        sql: format!("{} ALTER COLUMN {} SET NOT NULL;", alter(table), tenant.to_sql()),
    })
}
