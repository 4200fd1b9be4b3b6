//! Columns of MySQL, SQLite and SQL Server.

use super::words::{Words, literal};
use crate::schema::{Column, Constraint, ConstraintKind, Dialect, Expression, ExpressionTree, Table};

/// The column as `CREATE TABLE` has it.
pub fn definition(dialect: Dialect, table: &Table, column: &Column) -> String {
    let mut written = Words(dialect).name(&column.name);
    let data_type = column.data_type.value.to_string();
    // SQLite's columns need no type, and SQL Server's computed ones have that of their value.
    let is_untyped = data_type.is_empty() || dialect == Dialect::SqlServer && column.generated.is_some();
    if !is_untyped {
        written.push_str(&format!(" {data_type}"));
    }
    if let Some(charset) = stored(column, "character set") {
        written.push_str(&format!(" CHARACTER SET {charset}"));
    }
    if let Some(collation) = &column.collation {
        written.push_str(&format!(" COLLATE {}", collation.name));
    }
    if let Some(generated) = &column.generated {
        let kept = match (dialect, generated.value.stored) {
            (Dialect::SqlServer, stored) => {
                return format!("{written} AS ({}){}", generated.value.expression.text, if stored { " PERSISTED" } else { "" });
            }
            (_, true) => "STORED",
            (_, false) => "VIRTUAL",
        };
        written.push_str(&format!(" GENERATED ALWAYS AS ({}) {kept}", generated.value.expression.text));
    }
    written + &rest(dialect, table, column)
}

/// What may be NULL, what stands there by itself, and what is said about it.
fn rest(dialect: Dialect, table: &Table, column: &Column) -> String {
    let key = table
        .constraints
        .iter()
        .find(|constraint| numbers_itself(dialect, table, constraint) && constraint.columns == [column.name.clone()]);
    let mut written = String::new();
    if key.is_some() {
        written.push_str(" PRIMARY KEY AUTOINCREMENT");
    } else if !column.nullable.value {
        written.push_str(" NOT NULL");
    } else if dialect == Dialect::MySql && column.data_type.value.is("timestamp") {
        // Where nothing is said, some versions take NOT NULL.
        written.push_str(" NULL");
    }
    if let Some(default) = &column.default {
        written.push_str(&format!(" DEFAULT {}", value(&default.value)));
    }
    if let Some(value) = stored(column, "on update") {
        written.push_str(&format!(" ON UPDATE {value}"));
    }
    written.push_str(match (dialect, &column.identity) {
        (Dialect::MySql, Some(_)) => " AUTO_INCREMENT",
        (Dialect::SqlServer, Some(_)) => " IDENTITY",
        _ => "",
    });
    written
        .extend(column.comment.iter().filter(|_| dialect == Dialect::MySql).map(|comment| format!(" COMMENT {}", literal(&comment.value))));
    written
}

fn stored<'a>(column: &'a Column, option: &str) -> Option<&'a str> {
    column.storage.as_ref()?.options.get(option)
}

/// Whether a key stands on its column in SQLite, which only there can count by itself.
pub fn numbers_itself(dialect: Dialect, table: &Table, constraint: &Constraint) -> bool {
    let counts = || constraint.columns.iter().all(|name| table.column(name).is_some_and(|column| column.identity.is_some()));
    dialect == Dialect::Sqlite && matches!(constraint.kind, ConstraintKind::PrimaryKey) && counts()
}

/// A default: constants and the time of day as they are, other expressions between parentheses.
fn value(default: &Expression) -> String {
    let text = default.text.as_ref();
    let is_constant = match &default.tree {
        ExpressionTree::Literal(_) => true,
        ExpressionTree::Function { name, .. } => {
            name.name.starts_with("current_") || name.name == "now" || name.name.starts_with("localtime")
        }
        _ => {
            text.starts_with(['\'', '"'])
                || text.starts_with(|first: char| first.is_ascii_digit())
                || text.contains("'") && !text.contains('(')
        }
    };
    if is_constant { text.to_owned() } else { format!("({text})") }
}
