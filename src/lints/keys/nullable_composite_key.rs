//! A composite foreign key that half-filled rows escape.

use super::{columns_in, columns_of, known_foreign_keys, path, replacement, sql_list};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Constraint, ForeignKey, Name, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    known_foreign_keys(context.schema).filter_map(|(table, constraint, key)| finding(context, table, constraint, key)).collect()
}

fn finding(context: &SchemaContext, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Option<Finding> {
    let nullable: Vec<&Column> = columns_in(table, &constraint.columns).filter(|column| column.nullable.value).collect();
    let tenancy = &context.history.facts.tenancy;
    let tenant_key = nullable.iter().any(|column| tenancy.key(&table.name, &column.name).is_some());
    // One nullable column means "no reference" when it is NULL; a nullable tenant key has a lint of its own.
    if nullable.len() < 2 || key.match_full || tenant_key || is_guarded(table, &nullable) || shares_columns(table, constraint) {
        return None;
    }
    let columns = columns_of(table, &constraint.columns);
    let message = format!("`{columns}` is not checked against `{}` in rows where only some of its columns are NULL", key.references.name);
    let finding = Finding::new(constraint.span, message).object(path(table, &constraint.name));
    let finding = nullable.iter().fold(finding, |finding, column| finding.because(column.span, format!("`{}` may be NULL", column.name)));
    let strict = ForeignKey { match_full: true, ..key.clone() };
    let names: Vec<Name> = nullable.iter().map(|column| column.name.clone()).collect();
    let check = format!("ALTER TABLE {} ADD CHECK (num_nulls({}) IN (0, {}));", table.name.to_sql(), sql_list(&names), names.len());
    Some(finding.help(format!("{}\n-- or\n{check}", replacement(table, constraint, &strict))))
}

/// Whether a CHECK says something about two of the columns together; it is taken to say that they go together.
fn is_guarded(table: &Table, nullable: &[&Column]) -> bool {
    table.checks().any(|(_, expression)| {
        let mentioned = expression.tree.columns();
        nullable.iter().filter(|column| mentioned.contains(&&column.name)).count() > 1
    })
}

/// Whether another foreign key uses some of the columns: then each is NULL or not for reasons of its own.
fn shares_columns(table: &Table, constraint: &Constraint) -> bool {
    let others = table.foreign_keys().filter(|(other, _)| other.name != constraint.name && other.columns.len() > 1);
    let mut shared = others.flat_map(|(other, _)| &other.columns);
    shared.any(|column| constraint.columns.contains(column))
}
