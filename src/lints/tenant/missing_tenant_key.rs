//! A table that belongs to a tenant only through another, beside siblings that carry the key.

use std::collections::{BTreeMap, BTreeSet};

use super::{Place, all_together, established, proper_key};
use crate::lint::tenancy::{Role, Tenancy, keeps_records, root_weight, table_noun, takes_part};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{QualifiedName, Schema, Table};

/// Tables with the key, below which it is no habit.
const HABIT: usize = 3;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, root)) = established(context) else { return Vec::new() };
    let scoped: BTreeSet<_> = tenancy.keys().map(|key| &key.table).collect();
    if scoped.len() < HABIT {
        return Vec::new();
    }
    let siblings = scoped_children(context.schema, tenancy);
    let places = context.schema.tables.values().filter_map(|table| place(context.schema, tenancy, &siblings, table)).collect();
    let ending = format!(": row-level security, indexes and unique constraints per {} need a join", root.noun);
    all_together(context, places, "table", &ending)
}

/// For every table, one that references it and carries the key. Below a table that has none itself only a mandatory
/// key counts: an optional one is for rows that belong to no such parent.
fn scoped_children<'a>(schema: &'a Schema, tenancy: &Tenancy) -> BTreeMap<&'a QualifiedName, &'a QualifiedName> {
    let mandatory = |table: &Table| {
        let mut keys = tenancy.keys_of(&table.name).iter().filter_map(|key| table.column(&key.column));
        keys.any(|column| !column.nullable.value)
    };
    let scoped = schema
        .foreign_keys()
        .filter(|(table, _, key)| tenancy.is_scoped(&table.name) && (tenancy.is_scoped(&key.references) || mandatory(table)));
    scoped.map(|(table, _, key)| (&key.references, &table.name)).collect()
}

fn place(schema: &Schema, tenancy: &Tenancy, siblings: &BTreeMap<&QualifiedName, &QualifiedName>, table: &Table) -> Option<Place> {
    let Some(Role::Derived(parent)) = tenancy.role(&table.name) else { return None };
    let sibling = siblings.get(parent)?;
    let key = proper_key(tenancy, parent).or_else(|| proper_key(tenancy, sibling))?;
    // A parent that is a smaller tenant of its own gives its children a key of their own.
    let smaller = root_weight(&table_noun(&parent.name)).is_some();
    let keep_out = smaller || is_link(table) || keeps_records(&table.name.name) || !takes_part(schema, table);
    (!keep_out).then(|| Place {
        span: table.span,
        object: table.name.to_string(),
        label: format!(
            "`{}` belongs to a tenant only through `{}`, while `{}` carries `{}`",
            table.name.name, parent.name, sibling.name, key.column
        ),
        sql: String::new(),
    })
}

/// Whether the table only links others: nearly all its columns are keys.
fn is_link(table: &Table) -> bool {
    let keys: BTreeSet<_> = table.foreign_keys().flat_map(|(constraint, _)| &constraint.columns).collect();
    keys.len() >= 2 && table.columns.len() <= keys.len() + 2
}
