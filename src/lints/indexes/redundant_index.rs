//! An index whose keys another index begins with.

use super::{drop_index, indexed_tables, is_chosen, keys_of, same_keys, same_rows};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{later, path};
use crate::schema::{Index, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let redundant = |(table, indexes): (&Table, Vec<&Index>)| {
        let redundant = indexes.iter().filter(|index| !is_chosen(table, index) && !index.unique && !index.from_constraint && index.method == "btree");
        let pairs = redundant.filter_map(|index| Some((*index, wider(&indexes, index)?)));
        pairs.map(|(index, wider)| finding(context, table, index, wider)).collect::<Vec<_>>()
    };
    indexed_tables(context.schema).flat_map(redundant).collect()
}

/// An index that begins with all keys of this one and goes on. What this one carries along, the other must hold as well.
fn wider<'a>(indexes: &[&'a Index], index: &Index) -> Option<&'a Index> {
    let holds = |other: &Index| index.include.iter().all(|column| other.include.contains(column) || other.key_columns().flatten().any(|key| key == column));
    let begins = |other: &&Index| other.keys.len() > index.keys.len() && same_keys(index, other, index.keys.len());
    indexes.iter().copied().filter(begins).filter(|other| same_rows(index, other) && holds(other)).min_by_key(|other| other.keys.len())
}

fn finding(context: &SchemaContext, table: &Table, index: &Index, wider: &Index) -> Finding {
    let message = format!(
        "`{}` on `{}` {} is the beginning of `{}` {}, which answers the same queries",
        index.name,
        table.name.name,
        keys_of(index),
        wider.name,
        keys_of(wider)
    );
    let blamed = later(context.history.history, index.span, wider.span);
    let (span, other) = if blamed == index.span { (wider.span, wider) } else { (index.span, index) };
    Finding::new(blamed, message)
        .object(path(table, &index.name))
        .because(span, format!("`{}` is made here", other.name))
        .help(drop_index(table, index))
}
