//! `SET NULL` on a column that cannot be NULL.

use super::{columns_of, known_foreign_keys, later, path, replacement, with_rule};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Action, Column, Constraint, ForeignKey, Name, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let keys = known_foreign_keys(context.schema);
    keys.filter_map(|(table, constraint, key)| finding(context, table, constraint, key)).collect()
}

fn finding(context: &SchemaContext, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Option<Finding> {
    let cleared = if key.delete_set_columns.is_empty() { &constraint.columns } else { &key.delete_set_columns };
    let of_delete = Some(Action::SetNull).filter(|rule| key.on_delete == Some(*rule)).and_then(|_| not_null(table, cleared));
    let of_update = Some(Action::SetNull).filter(|rule| key.on_update == Some(*rule)).and_then(|_| not_null(table, &constraint.columns));
    let (column, event, deed) = match (of_delete, of_update) {
        (Some(column), _) => (column, "DELETE", "delete of a referenced row of"),
        (None, Some(column)) => (column, "UPDATE", "change of a referenced key in"),
        (None, None) => return None,
    };
    // A tenant key that the rule would clear has a lint of its own.
    let is_tenant_key = context.history.facts.tenancy.key(&table.name, &column.name).is_some();
    if constraint.columns.len() > 1 && is_tenant_key {
        return None;
    }
    let span = later(context.history.history, constraint.span, column.nullable.span);
    let columns = columns_of(table, &constraint.columns);
    let message =
        format!("every {deed} `{}` fails: `{columns}` is ON {event} SET NULL, and `{}` is NOT NULL", key.references.name, column.name);
    let label = if span == constraint.span { "the column is NOT NULL since here" } else { "the rule is set here" };
    let other = if span == constraint.span { column.nullable.span } else { constraint.span };
    let help = format!(
        "-- if the row may lose its reference\nALTER TABLE {} ALTER COLUMN {} DROP NOT NULL;\n-- if it cannot be without\n{}",
        table.name.to_sql(),
        column.name.to_sql(),
        replacement(table, constraint, &with_rule(key, event, Action::Cascade))
    );
    Some(Finding::new(span, message).object(path(table, &constraint.name)).because(other, label).help(help))
}

fn not_null<'a>(table: &'a Table, columns: &'a [Name]) -> Option<&'a Column> {
    super::columns_in(table, columns).find(|column| !column.nullable.value)
}
