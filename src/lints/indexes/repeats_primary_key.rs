//! An index on exactly the columns of the primary key.

use super::{drop_index, indexed_tables, is_chosen, keys_of, same_keys, same_rows};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::path;
use crate::lints::places::{Place, slips_or_habit};
use crate::schema::{Index, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let mut keys = 0;
    let repeating = |(table, indexes): (&Table, Vec<&Index>)| {
        let primary = indexes.iter().find(|index| index.primary);
        keys += usize::from(primary.is_some());
        let repeats = indexes.iter().filter_map(|index| primary.filter(|primary| repeats(table, primary, index)).map(|_| *index));
        repeats.map(|index| place(table, index)).collect::<Vec<_>>()
    };
    let places: Vec<Place> = indexed_tables(context.schema).flat_map(repeating).collect();
    let otherwise = keys.saturating_sub(places.len());
    slips_or_habit(context, places, otherwise, "index", ": every write maintains both")
}

/// Columns that the index carries along are a reason to have it.
pub(super) fn repeats(table: &Table, primary: &Index, index: &Index) -> bool {
    let same = index.keys.len() == primary.keys.len() && same_keys(index, primary, primary.keys.len()) && same_rows(index, primary);
    let carries = |column| primary.include.contains(column);
    // An exclusion constraint compares in ways of its own, and a deferrable key waits for the end of the transaction.
    let excludes = index.from_constraint && !index.unique;
    let deferrable = |index: &Index| table.constraint(&index.name).is_some_and(|constraint| constraint.deferrable);
    !index.primary
        && same
        && !is_chosen(table, index)
        && !excludes
        && deferrable(index) == deferrable(primary)
        && index.include.iter().all(carries)
}

fn place(table: &Table, index: &Index) -> Place {
    let kind = if index.from_constraint { "constraint" } else { "index" };
    Place {
        span: index.span,
        object: path(table, &index.name),
        label: format!("the {kind} `{}` repeats the primary key of `{}` {}", index.name, table.name.name, keys_of(index)),
        sql: drop_index(table, index),
    }
}
