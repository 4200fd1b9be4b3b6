//! An index on nothing but a column of a few values.

use super::indexed_tables;
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::path;
use crate::lints::places::{Place, per_migration};
use crate::schema::{Column, Dialect, Index, Name, Schema, Table, TypeKind};

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
        &format!(": a value that many rows have is found as fast without it{}", rare(context.schema.dialect)),
    )
}

/// How to find a value that few rows have.
fn rare(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => ", a rare one better by a partial index",
        Dialect::SqlServer => ", a rare one better by a filtered index",
        Dialect::MySql => "",
    }
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
    if is_boolean(schema.dialect, column) {
        return Some("true or false".to_owned());
    }
    if data_type.is("enum") && data_type.modifiers.len() <= FEW {
        return Some(data_type.modifiers.iter().map(Name::to_string).collect::<Vec<_>>().join(" or "));
    }
    match &schema.types.get(&data_type.name)?.kind {
        TypeKind::Enum { labels } if labels.len() <= FEW && !data_type.array && !schema.is_uncertain(&data_type.name) => {
            Some(labels.iter().map(|label| format!("'{}'", label.value)).collect::<Vec<_>>().join(" or "))
        }
        _ => None,
    }
}

/// MySQL has TINYINT(1) for BOOLEAN, and SQL Server BIT; to SQLite it is a word.
fn is_boolean(dialect: Dialect, column: &Column) -> bool {
    let data_type = &column.data_type.value;
    match dialect {
        Dialect::Postgres => data_type.is("boolean"),
        Dialect::MySql => data_type.is("tinyint") && data_type.modifiers.iter().any(|width| *width == "1"),
        Dialect::Sqlite => data_type.is("boolean") || data_type.is("bool"),
        Dialect::SqlServer => data_type.is("bit"),
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
