//! A table with more indexes than configured.

use super::indexed_tables;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Index, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let most = context.history.options.integer("most");
    indexed_tables(context.schema).filter_map(|(table, indexes)| finding(table, indexes, most)).collect()
}

/// Blames the newest index: it is one too many.
fn finding(table: &Table, indexes: Vec<&Index>, most: usize) -> Option<Finding> {
    let newest = indexes.last().filter(|_| indexes.len() > most)?;
    let message = format!("`{}` has {} indexes: every insert maintains all of them", table.name.name, indexes.len());
    Some(Finding::new(newest.span, message).object(&table.name))
}
