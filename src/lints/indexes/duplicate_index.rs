//! Two indexes that are the same but for their names.

use std::cmp::Ordering;

use super::{drop_index, indexed_tables, is_chosen, keys_of, same_keys, same_rows};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{later, path};
use crate::schema::{Index, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let duplicates = |(table, indexes): (&Table, Vec<&Index>)| {
        let superfluous = indexes.iter().filter_map(|index| Some((*index, original(table, &indexes, index)?)));
        superfluous.map(|(index, original)| finding(context, table, index, original)).collect::<Vec<_>>()
    };
    indexed_tables(context.schema).flat_map(duplicates).collect()
}

/// The index that does all this one does and stays when it goes.
fn original<'a>(table: &Table, indexes: &[&'a Index], index: &Index) -> Option<&'a Index> {
    // The primary key's are `repeats-primary-key`'s, and an exclusion constraint's index compares in ways of its own.
    let excludes = |index: &Index| index.from_constraint && !index.unique;
    if index.primary || is_chosen(table, index) || excludes(index) {
        return None;
    }
    indexes.iter().copied().find(|other| other.name != index.name && is_same(table, index, other) && stays(table, index, other))
}

fn is_same(table: &Table, index: &Index, other: &Index) -> bool {
    let includes = |index: &Index, other: &Index| index.include.iter().all(|column| other.include.contains(column));
    let deferrable = |index: &Index| index.from_constraint && table.constraint(&index.name).is_some_and(|constraint| constraint.deferrable);
    let same_keys = index.keys.len() == other.keys.len() && same_keys(index, other, index.keys.len()) && !other.primary;
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

fn finding(context: &SchemaContext, table: &Table, index: &Index, original: &Index) -> Finding {
    let (name, keys) = (&table.name.name, keys_of(index));
    let message = format!("`{}` is the same index on `{name}` {keys} as `{}`: every write maintains both", index.name, original.name);
    // Where the one to keep came later, that is what made the other superfluous.
    let blamed = later(context.history.history, index.span, original.span);
    let other = if blamed == index.span { (original.span, original) } else { (index.span, index) };
    Finding::new(blamed, message)
        .object(path(table, &index.name))
        .because(other.0, format!("`{}` is made here", other.1.name))
        .help(drop_index(table, index))
}
