//! A foreign key whose only index has the tenant key before it.

use super::{Place, all_together, established, path};
use crate::lint::tenancy::{Role, Tenancy, is_person, table_noun};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Constraint, ForeignKey, Name, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let keys = context.schema.foreign_keys().filter(|(table, constraint, _)| !table.is_child() && !constraint.inherited);
    let places = keys.filter_map(|(table, constraint, key)| place(tenancy, table, constraint, key)).collect();
    let ending = ": deleting from the parent scans the whole index, since that check knows no tenant";
    all_together(context, places, "foreign key", ending)
}

fn place(tenancy: &Tenancy, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Option<Place> {
    // Rows of tables that all tenants share, such as countries and roles, are hardly ever deleted.
    let shared = tenancy.role(&key.references) == Some(&Role::Global) && !is_person(&table_noun(&key.references.name));
    if shared || leads(table, constraint) {
        return None;
    }
    let index = tenancy.index_behind_key(table, constraint)?;
    let columns: Vec<String> = constraint.columns.iter().map(Name::to_sql).collect();
    Some(Place {
        span: constraint.span,
        object: path(table, &constraint.name),
        label: format!(
            "the only index for `{}` to `{}` is `{}`, behind the tenant key",
            columns.join(", "),
            key.references.name,
            index.name
        ),
        sql: format!("CREATE INDEX ON {} ({});", table.name.to_sql(), columns.join(", ")),
    })
}

/// Whether some index has the foreign key's columns first, in any order.
fn leads(table: &Table, constraint: &Constraint) -> bool {
    table.indexes.iter().any(|index| {
        let first: Vec<&Name> = index.key_columns().take(constraint.columns.len()).flatten().collect();
        index.predicate.is_none() && first.len() == constraint.columns.len() && first.iter().all(|name| constraint.columns.contains(name))
    })
}
