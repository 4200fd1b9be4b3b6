//! Columns that nobody described.

use super::{designed_tables, path};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::schema::{Column, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let spared = context.history.options.strings("except");
    let columns = designed_tables(context.schema).flat_map(|table| table.columns.iter().map(move |column| (table, column.as_ref())));
    let bare = columns.filter(|(_, column)| column.comment.is_none() && !spared.contains(&column.name.as_str()));
    let places = bare.map(|(table, column)| place(table, column)).collect();
    per_migration(context, places, "column", ": what it holds is known only to who made it")
}

fn place(table: &Table, column: &Column) -> Place {
    Place {
        span: column.span,
        object: path(table, &column.name),
        label: format!("the column `{}.{}` has no comment", table.name.name, column.name),
        sql: format!("COMMENT ON COLUMN {}.{} IS '…';", table.name.to_sql(), column.name.to_sql()),
    }
}
