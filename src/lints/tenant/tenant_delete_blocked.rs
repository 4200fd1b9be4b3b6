//! What stands in the way of deleting a tenant, where the schema means tenants to be deletable.

use std::collections::{BTreeMap, BTreeSet};

use super::{Place, all_together, established, path};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Action, Constraint, ForeignKey, QualifiedName, Schema, Table};

type Reference<'a> = (&'a Table, &'a Constraint, &'a ForeignKey);

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((_, root)) = established(context) else { return Vec::new() };
    let references = references(context.schema);
    let deleted = closure(&references, &root.table);
    // Where nothing goes with the tenant, tenants are not meant to be deleted.
    if deleted.len() < 2 {
        return Vec::new();
    }
    let into_deleted = deleted.iter().flat_map(|parent| references.get(parent).into_iter().flatten());
    let blocking = into_deleted.filter(|(table, _, key)| refuses(key.on_delete) && !deleted.contains(&table.name));
    let places = blocking.filter(|(table, _, _)| !context.schema.is_uncertain(&table.name)).map(place).collect();
    let ending = format!(": deleting from `{}` fails while they hold a row", root.table.name);
    all_together(context, places, "reference", &ending)
}

fn references(schema: &Schema) -> BTreeMap<&QualifiedName, Vec<Reference<'_>>> {
    let mut references: BTreeMap<&QualifiedName, Vec<Reference>> = BTreeMap::new();
    for (table, constraint, key) in schema.foreign_keys().filter(|(_, constraint, _)| !constraint.inherited) {
        references.entry(&key.references).or_default().push((table, constraint, key));
    }
    references
}

/// The tables whose rows go when a row of `root` does.
fn closure<'a>(references: &BTreeMap<&'a QualifiedName, Vec<Reference<'a>>>, root: &'a QualifiedName) -> BTreeSet<&'a QualifiedName> {
    let mut deleted = BTreeSet::from([root]);
    let mut pending = vec![root];
    while let Some(parent) = pending.pop() {
        for (table, _, key) in references.get(parent).into_iter().flatten() {
            if key.on_delete == Some(Action::Cascade) && deleted.insert(&table.name) {
                pending.push(&table.name);
            }
        }
    }
    deleted
}

fn refuses(action: Option<Action>) -> bool {
    matches!(action, None | Some(Action::NoAction | Action::Restrict))
}

fn place((table, constraint, key): &Reference) -> Place {
    let columns = constraint.columns.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(", ");
    Place {
        span: constraint.span,
        object: path(table, &constraint.name),
        label: format!(
            "`{}.{columns}` references `{}` with {}",
            table.name.name,
            key.references.name,
            key.on_delete.map_or("no ON DELETE", Action::to_sql)
        ),
        sql: String::new(),
    }
}
