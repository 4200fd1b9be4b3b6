//! Tables and columns named by a word that SQL keeps for itself.

use super::{designed_tables, path};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::schema::{Schema, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    if quotes_everything(context.schema) {
        return Vec::new();
    }
    let places = designed_tables(context.schema).flat_map(reserved).collect();
    per_migration(context, places, "name", ": every statement has to quote it, and one that forgets fails or means something else")
}

/// Whether most names need quotes for their capitals: then whoever writes queries quotes anyway.
fn quotes_everything(schema: &Schema) -> bool {
    let names = || designed_tables(schema).flat_map(|table| table.columns.iter().map(|column| &column.name).chain([&table.name.name]));
    let quoted = names().filter(|name| name.chars().any(char::is_uppercase)).count();
    let plain = names().filter(|name| name.contains('_')).count();
    quoted > plain
}

fn reserved(table: &Table) -> Vec<Place> {
    let name = &table.name.name;
    let own = name.is_reserved().then(|| Place {
        span: table.span,
        object: table.name.to_string(),
        label: format!("the table `{name}` has the name of a reserved word"),
        sql: String::new(),
    });
    let columns = table.columns.iter().filter(|column| column.name.is_reserved()).map(|column| Place {
        span: column.span,
        object: path(table, &column.name),
        label: format!("the column `{name}.{}` has the name of a reserved word", column.name),
        sql: String::new(),
    });
    own.into_iter().chain(columns).collect()
}
