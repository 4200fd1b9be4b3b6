//! A scoped table that no foreign key can reference together with its tenant key.

use std::collections::BTreeMap;

use super::{Place, all_together, alter, carries_key, established, proper_key, scoped_references};
use crate::lint::tenancy::Tenancy;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Name, QualifiedName, Schema, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let plain = scoped_references(context.schema, tenancy)
        .filter(|(table, constraint, key, _)| !carries_key(tenancy, &table.name, constraint, key));
    let parents: BTreeMap<&QualifiedName, &Table> = plain.map(|(_, _, _, parent)| (&parent.name, parent)).collect();
    let places = parents.into_values().filter_map(|parent| place(context.schema, tenancy, parent)).collect();
    all_together(context, places, "table", "")
}

fn place(schema: &Schema, tenancy: &Tenancy, parent: &Table) -> Option<Place> {
    let key = proper_key(tenancy, &parent.name)?;
    let primary = parent.primary_key().map(|constraint| &constraint.columns)?;
    let mut wanted: Vec<&Name> = std::iter::once(&key.column).chain(primary.iter().filter(|name| **name != key.column)).collect();
    let columns = wanted.iter().map(|name| name.to_sql()).collect::<Vec<_>>().join(", ");
    wanted.sort();
    let exists = schema.referenceable_keys(parent).any(|mut unique| {
        unique.sort();
        unique.iter().eq(wanted.iter().copied())
    });
    (!exists).then(|| Place {
        span: parent.span,
        object: parent.name.to_string(),
        label: format!("`{}` has no unique constraint on ({columns}): no foreign key to it can carry the tenant", parent.name.name),
        sql: format!("{} ADD UNIQUE ({columns});", alter(parent)),
    })
}
