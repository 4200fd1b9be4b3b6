//! A table of no tenant that references a tenant's rows.

use std::collections::BTreeSet;

use super::{Place, established, path, per_migration};
use crate::lint::tenancy::{Role, Tenancy, is_person, keeps_records, table_noun, takes_part};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{QualifiedName, Schema};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, root)) = established(context) else { return Vec::new() };
    let shared = shared_tables(context.schema, tenancy, &root.table);
    let references = context.schema.foreign_keys().filter(|(table, constraint, key)| {
        let to_person = is_person(&table_noun(&key.references.name));
        shared.contains(&table.name) && !constraint.inherited && tenancy.is_scoped(&key.references) && !to_person
    });
    let places = references.map(|(table, constraint, key)| Place {
        span: constraint.span,
        object: path(table, &constraint.name),
        label: format!("`{}`, which all tenants share, references `{}`, whose rows are one tenant's", table.name.name, key.references.name),
        sql: String::new(),
    });
    per_migration(context, places.collect(), "reference", ": the others can see that row, or cannot use this one")
}

/// Tables without a tenant that rows of several tenants refer to: not people, not records, not the root.
fn shared_tables<'a>(schema: &'a Schema, tenancy: &Tenancy, root: &QualifiedName) -> BTreeSet<&'a QualifiedName> {
    let users = schema.foreign_keys().filter(|(table, _, _)| tenancy.is_scoped(&table.name) || table.name == *root);
    let parents = users.filter_map(|(table, _, key)| (key.references != table.name).then_some(schema.table(&key.references)?));
    parents
        .filter(|table| {
            let shared = tenancy.role(&table.name) == Some(&Role::Global) && takes_part(schema, table);
            shared && !is_person(&table_noun(&table.name.name)) && !keeps_records(&table.name.name)
        })
        .map(|table| &table.name)
        .collect()
}
