//! Keys and references at the end of history.

mod cascade_reaches_far;
mod delete_rules_disagree;
mod duplicate_foreign_key;
mod foreign_key_type_mismatch;
mod foreign_key_without_index;
mod foreign_key_without_on_delete;
mod looks_like_foreign_key;
mod missing_primary_key;
mod narrow_primary_key;
mod never_validated;
mod nullable_composite_key;
mod set_default_without_default;
mod set_null_on_not_null;
pub(super) mod unknown_reference;

use crate::history::History;
use crate::lint::Check;
use crate::schema::{Action, Column, Constraint, ForeignKey, Name, Persistence, Schema, Table, Type, TypeKind};
use crate::source::Span;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("missing-primary-key", Check::Schema(missing_primary_key::check)),
    ("foreign-key-without-index", Check::Schema(foreign_key_without_index::check)),
    ("foreign-key-without-on-delete", Check::Schema(foreign_key_without_on_delete::check)),
    ("set-null-on-not-null", Check::Schema(set_null_on_not_null::check)),
    ("set-default-without-default", Check::Schema(set_default_without_default::check)),
    ("foreign-key-type-mismatch", Check::Schema(foreign_key_type_mismatch::check)),
    ("unknown-reference", Check::History(unknown_reference::check)),
    ("looks-like-foreign-key", Check::Schema(looks_like_foreign_key::check)),
    ("duplicate-foreign-key", Check::Schema(duplicate_foreign_key::check)),
    ("delete-rules-disagree", Check::Schema(delete_rules_disagree::check)),
    ("cascade-reaches-far", Check::Schema(cascade_reaches_far::check)),
    ("never-validated", Check::Schema(never_validated::check)),
    ("narrow-primary-key", Check::Schema(narrow_primary_key::check)),
    ("nullable-composite-key", Check::Schema(nullable_composite_key::check)),
];

/// Tables that outlive a session and whose definition replay is sure of.
pub(super) fn known_tables(schema: &Schema) -> impl Iterator<Item = &Table> {
    let known =
        |table: &&Table| table.persistence != Persistence::Temporary && !table.columns_uncertain && !schema.is_uncertain(&table.name);
    schema.tables.values().map(AsRef::as_ref).filter(known)
}

/// The foreign keys of [`known_tables`]. A partition repeats its parent's; those are left out.
fn known_foreign_keys(schema: &Schema) -> impl Iterator<Item = (&Table, &Constraint, &ForeignKey)> {
    known_tables(schema).flat_map(|table| {
        let own = table.foreign_keys().filter(|(constraint, _)| !constraint.inherited);
        own.map(move |(constraint, key)| (table, constraint, key))
    })
}

/// `schema.table.part`, as reports name objects.
pub(super) fn path(table: &Table, part: &str) -> String {
    format!("{}.{part}", table.name)
}

/// `table.a` or `table.(a, b)`, as messages name columns.
fn columns_of(table: &Table, columns: &[Name]) -> String {
    match columns {
        [column] => format!("{}.{column}", table.name.name),
        _ => format!("{}.({})", table.name.name, columns.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")),
    }
}

/// Columns as SQL lists them.
pub(super) fn sql_list(columns: &[Name]) -> String {
    columns.iter().map(Name::to_sql).collect::<Vec<_>>().join(", ")
}

/// The definition of a foreign key as SQL.
fn definition(constraint: &Constraint, key: &ForeignKey) -> String {
    let mut sql = format!("FOREIGN KEY ({}) REFERENCES {}", sql_list(&constraint.columns), key.references.to_sql());
    // The key of a table that no migration makes is unknown, and meant where no column is named.
    if !key.referenced_columns.is_empty() {
        sql += &format!(" ({})", sql_list(&key.referenced_columns));
    }
    sql += if key.match_full { " MATCH FULL" } else { "" };
    if let Some(action) = key.on_delete {
        sql += &format!(" ON DELETE {}", action.to_sql());
        if matches!(action, Action::SetNull | Action::SetDefault) && !key.delete_set_columns.is_empty() {
            sql += &format!(" ({})", sql_list(&key.delete_set_columns));
        }
    }
    if let Some(action) = key.on_update.filter(|action| *action != Action::NoAction) {
        sql += &format!(" ON UPDATE {}", action.to_sql());
    }
    sql += if constraint.deferrable { " DEFERRABLE" } else { "" };
    sql += if constraint.initially_deferred { " INITIALLY DEFERRED" } else { "" };
    sql
}

/// The statement that puts `key` in the place of a table's foreign key.
fn replacement(table: &Table, constraint: &Constraint, key: &ForeignKey) -> String {
    let (name, definition) = (constraint.name.to_sql(), definition(constraint, key));
    format!("ALTER TABLE {}\n    DROP CONSTRAINT {name},\n    ADD CONSTRAINT {name} {definition};", table.name.to_sql())
}

/// The foreign key with another rule for `DELETE` or `UPDATE`.
fn with_rule(key: &ForeignKey, event: &str, action: Action) -> ForeignKey {
    let mut key = key.clone();
    if event == "DELETE" {
        key.on_delete = Some(action);
    } else {
        key.on_update = Some(action);
    }
    key
}

/// Whether all columns of a constraint belong to the primary key of its table, as those of a row that links two others do.
fn is_part_of_key(table: &Table, constraint: &Constraint) -> bool {
    table.primary_key().is_some_and(|primary| constraint.columns.iter().all(|column| primary.columns.contains(column)))
}

/// The columns of a constraint that are known, in its order.
fn columns_in<'a>(table: &'a Table, names: &'a [Name]) -> impl Iterator<Item = &'a Column> {
    names.iter().filter_map(|name| table.column(name))
}

/// A column's type, or the type under it where it is a domain.
pub(super) fn base_type<'a>(schema: &'a Schema, data_type: &'a Type) -> &'a Type {
    let mut data_type = data_type;
    // Domains over domains are finite; a bound keeps a broken model from looping.
    for _ in 0..16 {
        match schema.types.get(&data_type.name).map(|definition| &definition.kind) {
            Some(TypeKind::Domain { base, .. }) if !data_type.array => data_type = base,
            _ => break,
        }
    }
    data_type
}

/// Whichever of two places a later migration wrote, or stands lower in the same one.
pub(super) fn later(history: &History, first: Span, second: Span) -> Span {
    let place = |span: Span| (history.migration_of(span), span);
    if place(second) > place(first) { second } else { first }
}
