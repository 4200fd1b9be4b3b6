//! An index on exactly the columns of the primary key.

use super::{drop_index, indexed_tables, is_chosen, keys_of, same_keys, same_rows};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::path;
use crate::schema::{Index, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let repeating = |(table, indexes): (&Table, Vec<&Index>)| {
        let Some(primary) = indexes.iter().copied().find(|index| index.primary) else { return Vec::new() };
        let repeats = indexes.iter().filter(|index| repeats(table, primary, index));
        repeats.map(|index| finding(table, primary, index)).collect::<Vec<_>>()
    };
    indexed_tables(context.schema).flat_map(repeating).collect()
}

/// Columns that the index carries along are a reason to have it.
fn repeats(table: &Table, primary: &Index, index: &Index) -> bool {
    let same = index.keys.len() == primary.keys.len() && same_keys(index, primary, primary.keys.len()) && same_rows(index, primary);
    let carries = |column| primary.include.contains(column);
    // An exclusion constraint compares in ways of its own, and a deferrable key waits for the end of the transaction.
    let excludes = index.from_constraint && !index.unique;
    let deferrable = |index: &Index| table.constraint(&index.name).is_some_and(|constraint| constraint.deferrable);
    !index.primary && same && !is_chosen(table, index) && !excludes && deferrable(index) == deferrable(primary) && index.include.iter().all(carries)
}

fn finding(table: &Table, primary: &Index, index: &Index) -> Finding {
    let kind = if index.from_constraint { "constraint" } else { "index" };
    let message = format!("the {kind} `{}` repeats the primary key of `{}` {}: every write maintains both", index.name, table.name.name, keys_of(primary));
    Finding::new(index.span, message)
        .object(path(table, &index.name))
        .because(primary.span, "the primary key has its own unique index")
        .help(drop_index(table, index))
}
