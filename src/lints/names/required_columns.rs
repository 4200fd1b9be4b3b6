//! Columns that the configuration wants in every table.

use super::{designed_tables, path};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Dialect, Name, Table, Type};
use crate::sql::types;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let options = context.history.options;
    let (wanted, spared) = (options.strings("columns"), options.strings("except"));
    let tables = designed_tables(context.schema).filter(|table| !spared.contains(&table.name.name.as_str()));
    tables.flat_map(|table| wanted.iter().filter_map(|wanted| finding(table, wanted)).collect::<Vec<_>>()).collect()
}

/// What is wrong about a wanted column, written as in SQL: its name, and perhaps its type.
fn finding(table: &Table, wanted: &str) -> Option<Finding> {
    let (name, data_type) = wanted.trim().split_once(char::is_whitespace).unwrap_or((wanted.trim(), ""));
    let data_type = data_type.trim();
    match table.column(name) {
        None => Some(missing(table, name, data_type)),
        Some(column) if !data_type.is_empty() && !is_type(&column.data_type.value, data_type) => {
            Some(of_another_type(table, column, data_type))
        }
        Some(_) => None,
    }
}

/// Whether a type is the written one. Without modifiers in the writing, any will do.
fn is_type(data_type: &Type, written: &str) -> bool {
    let written = written.to_lowercase();
    let (name, modifiers) = written.split_once('(').map_or((written.as_str(), None), |(name, rest)| (name.trim(), Some(rest)));
    let plain = Type { modifiers: Vec::new(), ..data_type.clone() };
    let wanted = types::canonical(name);
    // Under PostgreSQL's name, or as the database itself calls it.
    let is_called = |data_type: &Type, wanted: &str| {
        let of_postgres = Type { dialect: Dialect::Postgres, ..data_type.clone() };
        [data_type, &of_postgres].iter().any(|data_type| data_type.to_string().replace(' ', "") == wanted.replace(' ', ""))
    };
    match modifiers {
        None => is_called(&plain, wanted) || is_called(&plain, name),
        Some(modifiers) => is_called(data_type, &format!("{wanted}({modifiers}")) || is_called(data_type, &written),
    }
}

fn missing(table: &Table, name: &str, data_type: &str) -> Finding {
    let message = format!("`{}` has no column `{name}`, which every table is to have", table.name.name);
    let finding = Finding::new(table.span, message).object(path(table, name));
    match data_type {
        "" => finding,
        _ => finding.help(format!("ALTER TABLE {} ADD COLUMN {} {data_type};", table.name.to_sql(), Name::from(name).to_sql())),
    }
}

fn of_another_type(table: &Table, column: &Column, wanted: &str) -> Finding {
    let message = format!("`{}.{}` is {}, and is to be {wanted} in every table", table.name.name, column.name, column.data_type.value);
    Finding::new(column.data_type.span, message).object(path(table, &column.name))
}
