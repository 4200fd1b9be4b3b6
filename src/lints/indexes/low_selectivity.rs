//! An index on nothing but a column of a few values.

use super::indexed_tables;
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::path;
use crate::lints::places::{Place, per_migration};
use crate::schema::{Column, Index, Name, Schema, Table, TypeKind};

/// An enum of more labels than this may well have rare ones.
const FEW: usize = 3;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let lone = |(table, indexes): (&Table, Vec<&Index>)| {
        let lone = indexes.iter().filter_map(|index| Some((*index, lone_column(table, index)?)));
        lone.filter_map(|(index, column)| place(context.schema, table, index, column)).collect::<Vec<_>>()
    };
    let places = indexed_tables(context.schema).flat_map(lone).collect();
    per_migration(
        context,
        places,
        "index",
        ": a value that many rows have is found as fast without it, a rare one better by a partial index",
    )
}

/// The column of an index that has no other, covers all rows and refuses nothing.
fn lone_column<'a>(table: &'a Table, index: &'a Index) -> Option<&'a Column> {
    let plain = index.method == "btree" && !index.unique && index.predicate.is_none() && index.include.is_empty();
    let names: Vec<Option<&Name>> = index.key_columns().collect();
    let [Some(name)] = names.as_slice() else { return None };
    table.column(name).filter(|_| plain)
}

/// What the column's few values are, in words.
fn few_values(schema: &Schema, column: &Column) -> Option<String> {
    let data_type = &column.data_type.value;
    if data_type.is("boolean") {
        return Some("true or false".to_owned());
    }
    match &schema.types.get(&data_type.name)?.kind {
        TypeKind::Enum { labels } if labels.len() <= FEW && !data_type.array && !schema.is_uncertain(&data_type.name) => {
            Some(labels.iter().map(|label| format!("'{}'", label.value)).collect::<Vec<_>>().join(" or "))
        }
        _ => None,
    }
}

fn place(schema: &Schema, table: &Table, index: &Index, column: &Column) -> Option<Place> {
    let values = few_values(schema, column)?;
    Some(Place {
        span: index.span,
        object: path(table, &index.name),
        label: format!("`{}` indexes `{}.{}`, which is {values}", index.name, table.name.name, column.name),
        sql: String::new(),
    })
}
