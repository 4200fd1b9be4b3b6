//! A table that reaches the tenant over several parents which nothing forces to agree.

use std::collections::BTreeMap;

use super::{Place, all_together, carries_key, established, scoped_references};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Constraint, QualifiedName, Table};

/// Foreign keys of one table, with the tables they lead to.
type Paths<'a> = Vec<(&'a Constraint, &'a QualifiedName)>;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let mut parents: BTreeMap<&QualifiedName, (&Table, Paths)> = BTreeMap::new();
    for (table, constraint, key, parent) in scoped_references(context.schema, tenancy) {
        if parent.name != table.name && !carries_key(tenancy, &table.name, constraint, key) {
            parents.entry(&table.name).or_insert((table, Vec::new())).1.push((constraint, &key.references));
        }
    }
    let places = parents.into_values().filter_map(|(table, paths)| place(table, &paths)).collect();
    all_together(context, places, "table", ": nothing makes them belong to the same tenant")
}

fn place(table: &Table, paths: &[(&Constraint, &QualifiedName)]) -> Option<Place> {
    let (last, _) = paths.last()?;
    let mut names: Vec<String> = paths.iter().map(|(_, parent)| format!("`{}`", parent.name)).collect();
    names.sort();
    names.dedup();
    (names.len() >= 2).then(|| Place {
        span: last.span,
        object: table.name.to_string(),
        label: format!("a row of `{}` has a tenant of its own and through each of {}", table.name.name, names.join(", ")),
        sql: String::new(),
    })
}
