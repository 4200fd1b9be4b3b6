//! An index whose keys another index begins with.

use super::{Superfluous, is_chosen, keys_of, report, same_keys, same_rows, superfluous};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Index, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let describe = |found: &Superfluous| {
        let (table, index, other) = (&found.table.name.name, found.index, found.other);
        format!("`{}` on `{table}` {} is the beginning of `{}` {}", index.name, keys_of(index), other.name, keys_of(other))
    };
    report(context, superfluous(context.schema, wider), describe, ": the longer index answers the same queries")
}

/// An index that begins with all keys of this one and goes on. What this one carries along, the other must hold as well.
fn wider<'a>(table: &Table, indexes: &[&'a Index], index: &Index) -> Option<&'a Index> {
    if index.unique || index.from_constraint || index.method != "btree" || is_chosen(table, index) {
        return None;
    }
    let holds = |other: &Index| {
        index.include.iter().all(|column| other.include.contains(column) || other.key_columns().flatten().any(|key| key == column))
    };
    let begins = |other: &&Index| other.keys.len() > index.keys.len() && same_keys(index, other, index.keys.len());
    indexes.iter().copied().filter(begins).filter(|other| same_rows(index, other) && holds(other)).min_by_key(|other| other.keys.len())
}
