//! A foreign key between scoped tables that does not carry the tenant key.

use super::{Place, all_together, carries_key, established, path, scoped_references};
use crate::lint::{Finding, SchemaContext};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let references = scoped_references(context.schema, tenancy);
    let plain = references.filter(|(table, constraint, key, _)| !carries_key(tenancy, &table.name, constraint, key));
    let places = plain.map(|(table, constraint, key, _)| Place {
        span: constraint.span,
        object: path(table, &constraint.name),
        label: format!("`{}` may reference a row of `{}` that is another tenant's", table.name.name, key.references.name),
        sql: String::new(),
    });
    all_together(context, places.collect(), "foreign key", ": foreign key checks ignore row-level security")
}
