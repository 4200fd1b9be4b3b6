//! Two indexes that are the same but for their names.

use std::cmp::Ordering;

use super::repeats_primary_key::repeats;
use super::{Superfluous, is_chosen, keys_of, report, same_keys, same_rows, superfluous};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Index, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let describe = |found: &Superfluous| {
        let (table, index, other) = (&found.table.name.name, &found.index.name, &found.other.name);
        format!("`{index}` on `{table}` {} is the same index as `{other}`", keys_of(found.index))
    };
    report(context, superfluous(context.schema, original), describe, ": every write maintains both")
}

/// The index that does all this one does and stays when it goes.
fn original<'a>(table: &Table, indexes: &[&'a Index], index: &Index) -> Option<&'a Index> {
    // The primary key's are `repeats-primary-key`'s, and an exclusion constraint's index compares in ways of its own.
    let excludes = |index: &Index| index.from_constraint && !index.unique;
    let is_key = indexes.iter().any(|primary| primary.primary && repeats(table, primary, index));
    if index.primary || is_key || is_chosen(table, index) || excludes(index) {
        return None;
    }
    indexes.iter().copied().find(|other| other.name != index.name && is_same(table, index, other) && stays(table, index, other))
}

fn is_same(table: &Table, index: &Index, other: &Index) -> bool {
    let includes = |index: &Index, other: &Index| index.include.iter().all(|column| other.include.contains(column));
    let deferrable = |index: &Index| index.from_constraint && table.constraint(&index.name).is_some_and(|constraint| constraint.deferrable);
    let same_keys = index.keys.len() == other.keys.len() && same_keys(index, other, index.keys.len());
    same_keys && same_rows(index, other) && includes(index, other) && includes(other, index) && deferrable(index) == deferrable(other)
}

/// Whether the other index is the one to keep: it enforces more, belongs to a constraint, or was there first.
fn stays(table: &Table, index: &Index, other: &Index) -> bool {
    let worth = |index: &Index| (index.unique, index.unique && index.nulls_not_distinct, is_chosen(table, index), index.from_constraint);
    let position = |index: &Index| table.indexes.iter().position(|other| other.name == index.name);
    match worth(other).cmp(&worth(index)) {
        Ordering::Equal => position(other) < position(index),
        order => order.is_gt(),
    }
}
