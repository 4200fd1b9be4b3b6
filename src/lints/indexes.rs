//! Indexes at the end of history: those that others make superfluous, and those that do not do what they seem to.

mod concurrently_if_not_exists;
mod duplicate_index;
mod low_selectivity;
mod redundant_index;
mod repeats_primary_key;
mod too_many_indexes;
mod unique_over_nullable;

use super::keys::{known_tables, later, path};
use super::places::{Place, per_migration};
use crate::lint::{Check, Finding, SchemaContext};
use crate::schema::{Index, KeyPart, QualifiedName, ReplicaIdentity, Schema, Table};

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("duplicate-index", Check::Schema(duplicate_index::check)),
    ("redundant-index", Check::Schema(redundant_index::check)),
    ("repeats-primary-key", Check::Schema(repeats_primary_key::check)),
    ("unique-over-nullable", Check::Schema(unique_over_nullable::check)),
    ("low-selectivity", Check::Schema(low_selectivity::check)),
    ("concurrently-if-not-exists", Check::Schema(concurrently_if_not_exists::check)),
    ("too-many-indexes", Check::Schema(too_many_indexes::check)),
];

/// Every known table with its own indexes. A partition repeats its parent's; those are left out, as are indexes whose
/// name a statement that could not be followed may have dropped.
fn indexed_tables(schema: &Schema) -> impl Iterator<Item = (&Table, Vec<&Index>)> {
    known_tables(schema).map(move |table| {
        let certain = |index: &&Index| !schema.is_uncertain(&QualifiedName::new(table.name.schema.clone(), index.name.clone()));
        let own = table.indexes.iter().map(AsRef::as_ref).filter(|index: &&Index| !index.inherited && index.valid);
        (table, own.filter(certain).collect())
    })
}

/// Whether two indexes hold the same rows in the same kind of structure.
fn same_rows(left: &Index, right: &Index) -> bool {
    let predicate = |index: &Index| index.predicate.as_ref().map(|predicate| predicate.text.clone());
    left.method == right.method && predicate(left) == predicate(right)
}

/// Whether two indexes begin with the same `keys` keys: columns or expressions, collation, operator class and order.
/// A collation or operator class that is written out and is the default counts as another one.
fn same_keys(left: &Index, right: &Index, keys: usize) -> bool {
    left.keys.len() >= keys && right.keys.len() >= keys && left.keys.iter().zip(&right.keys).take(keys).all(|(left, right)| left == right)
}

/// Whether the table's rows are ordered by the index, or told apart by it for subscribers.
fn is_chosen(table: &Table, index: &Index) -> bool {
    index.clustered || table.replica_identity == ReplicaIdentity::Index(index.name.clone())
}

/// An index that another makes superfluous.
struct Superfluous<'a> {
    table: &'a Table,
    index: &'a Index,
    other: &'a Index,
}

/// The indexes for which `original` finds one to keep among those of the same table.
fn superfluous<'a>(schema: &'a Schema, original: impl Fn(&'a Table, &[&'a Index], &'a Index) -> Option<&'a Index>) -> Vec<Superfluous<'a>> {
    let mut found = Vec::new();
    for (table, indexes) in indexed_tables(schema) {
        for index in &indexes {
            found.extend(original(table, &indexes, index).map(|other| Superfluous { table, index, other }));
        }
    }
    found
}

/// One finding for what each migration made superfluous. Where the index to keep came later, that is what is blamed.
fn report(context: &SchemaContext, found: Vec<Superfluous>, describe: impl Fn(&Superfluous) -> String, ending: &str) -> Vec<Finding> {
    let history = context.history.history;
    let place = |found: &Superfluous| Place {
        span: later(history, found.index.span, found.other.span),
        object: path(found.table, &found.index.name),
        label: describe(found),
        sql: drop_index(found.table, found.index),
    };
    let places = found.iter().map(place).collect();
    let findings = per_migration(context, places, "index", ending).into_iter();
    findings.map(|finding| name_the_other(finding, &found)).collect()
}

/// Shows where the other index is made, or the superfluous one where the other is blamed.
fn name_the_other(finding: Finding, found: &[Superfluous]) -> Finding {
    let is_meant = |found: &&Superfluous| finding.object.as_ref().is_some_and(|object| *object == path(found.table, &found.index.name));
    let Some(found) = found.iter().find(is_meant) else { return finding };
    let shown = if finding.span == found.index.span { found.other } else { found.index };
    finding.because(shown.span, format!("`{}` is made here", shown.name))
}

/// The statement that drops an index of a table, or the constraint it belongs to.
fn drop_index(table: &Table, index: &Index) -> String {
    if index.from_constraint {
        return format!("ALTER TABLE {} DROP CONSTRAINT {};", table.name.to_sql(), index.name.to_sql());
    }
    // Indexes of partitioned tables cannot be dropped that way.
    let concurrently = if table.partition_by.is_some() { "" } else { "CONCURRENTLY " };
    format!("DROP INDEX {concurrently}{};", QualifiedName::new(table.name.schema.clone(), index.name.clone()).to_sql())
}

/// `(a, lower(b))`, as messages name what an index sorts by.
fn keys_of(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| match &key.part {
        KeyPart::Column(column) => column.to_string(),
        KeyPart::Expression(expression) => expression.text.to_string(),
    });
    format!("({})", keys.collect::<Vec<_>>().join(", "))
}
