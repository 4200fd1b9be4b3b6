//! Tables and columns named by a word that SQL keeps for itself.

use super::{designed_tables, path};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::schema::{Dialect, Name, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    if quotes_everything(context) {
        return Vec::new();
    }
    let places = designed_tables(context.schema).flat_map(|table| reserved(context.schema.dialect, table)).collect();
    per_migration(context, places, "name", ": every statement has to quote it, and one that forgets fails or means something else")
}

/// Whether whoever writes queries quotes anyway: most names need it in PostgreSQL for their capitals, or are quoted elsewhere.
fn quotes_everything(context: &SchemaContext) -> bool {
    let columns = || designed_tables(context.schema).flat_map(|table| &table.columns);
    if context.schema.dialect != Dialect::Postgres {
        let is_quoted = |text: &str| text.starts_with(['`', '"', '[']);
        let quoted = columns().filter(|column| is_quoted(context.history.sources.text(column.span))).count();
        return quoted * 2 > columns().count();
    }
    let names = || designed_tables(context.schema).map(|table| &table.name.name).chain(columns().map(|column| &column.name));
    let quoted = names().filter(|name| name.chars().any(char::is_uppercase)).count();
    let plain = names().filter(|name| name.contains('_')).count();
    quoted > plain
}

fn reserved(dialect: Dialect, table: &Table) -> Vec<Place> {
    // PostgreSQL's names keep their capitals, with which they are no words.
    let is_reserved = |name: &Name| match dialect {
        Dialect::Postgres => name.is_reserved(),
        _ => dialect.reserves(&name.to_ascii_lowercase()),
    };
    let name = &table.name.name;
    let own = is_reserved(name).then(|| Place {
        span: table.span,
        object: table.name.to_string(),
        label: format!("the table `{name}` has the name of a reserved word"),
        sql: String::new(),
    });
    let columns = table.columns.iter().filter(|column| is_reserved(&column.name)).map(|column| Place {
        span: column.span,
        object: path(table, &column.name),
        label: format!("the column `{name}.{}` has the name of a reserved word", column.name),
        sql: String::new(),
    });
    own.into_iter().chain(columns).collect()
}
