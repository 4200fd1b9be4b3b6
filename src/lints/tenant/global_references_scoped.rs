//! A table of no tenant that references a tenant's rows.

use std::collections::BTreeSet;

use super::{Place, established, path, per_migration};
use crate::lint::tenancy::{Role, Tenancy, is_person, keeps_records, key_noun, table_noun, takes_part};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Name, QualifiedName, Schema, Table};

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

/// Tables without a tenant that rows of several tenants refer to: not people or what belongs to one, not records, and
/// not what a single row keeps apart from itself.
fn shared_tables<'a>(schema: &'a Schema, tenancy: &Tenancy, root: &QualifiedName) -> BTreeSet<&'a QualifiedName> {
    let used = schema
        .foreign_keys()
        .filter(|(table, constraint, _)| (tenancy.is_scoped(&table.name) || table.name == *root) && !is_unique(table, &constraint.columns));
    let scoped = schema.tables.keys().filter(|name| tenancy.is_scoped(name));
    let nouns: BTreeSet<String> = scoped.map(|name| table_noun(&name.name)).collect();
    // What is named after a tenant's row belongs to it, although no foreign key says so.
    let named_after = |table: &Table, column: &Name| {
        key_noun(column).is_some_and(|noun| nouns.contains(&noun)) && table.foreign_keys_of(column).next().is_none()
    };
    let parents = used.filter_map(|(table, _, key)| (key.references != table.name).then_some(schema.table(&key.references)?));
    parents
        .filter(|table| {
            let global = tenancy.role(&table.name) == Some(&Role::Global) && takes_part(schema, table);
            let personal = is_person(&table_noun(&table.name.name)) || table.columns.iter().any(|column| is_owner(&column.name));
            let part = table.columns.iter().any(|column| named_after(table, &column.name));
            global && !personal && !part && !keeps_records(&table.name.name)
        })
        .map(|table| &table.name)
        .collect()
}

fn is_owner(column: &Name) -> bool {
    key_noun(column).is_some_and(|noun| is_person(&noun))
}

/// Whether no two rows can refer to the same parent.
fn is_unique(table: &Table, columns: &[Name]) -> bool {
    table.indexes.iter().any(|index| index.unique && index.key_columns().all(|column| column.is_some_and(|name| columns.contains(name))))
}
