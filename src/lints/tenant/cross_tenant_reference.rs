//! A foreign key between scoped tables that does not carry the tenant key.

use super::{Place, carries_key, established, newest_first, scoped_references};
use crate::lint::{Finding, SchemaContext};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let plain = scoped_references(context.schema, tenancy)
        .filter(|(table, constraint, key, _)| !carries_key(tenancy, &table.name, constraint, key));
    let places = plain
        .map(|(table, constraint, key, _)| Place {
            span: constraint.span,
            object: format!("{}.{}", table.name, constraint.name),
            label: format!("`{}` may reference a row of `{}` that is another tenant's", table.name, key.references),
            sql: String::new(),
        })
        .collect();
    let finding = newest_first(context.history.history, places).and_then(|group| {
        let first = group.places.first()?;
        let message = format!("{}{}: foreign key checks ignore row-level security", first.label, group.more("foreign key"));
        group.finding(message)
    });
    finding.into_iter().collect()
}
