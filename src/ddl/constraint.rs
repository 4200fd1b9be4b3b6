//! Constraints of tables.

use super::index::index_key;
use super::{join, list, with_options};
use crate::schema::{Constraint, ConstraintKind, ForeignKey, Index, Name, Table};

/// `ALTER TABLE … ADD CONSTRAINT …`
pub fn add_constraint(table: &Table, constraint: &Constraint) -> String {
    format!("ALTER TABLE {} ADD {}", table.name.to_sql(), constraint_definition(table, constraint))
}

/// `CONSTRAINT name …`, as `CREATE TABLE` and `ADD` take it. The table tells what the index behind it looks like.
pub fn constraint_definition(table: &Table, constraint: &Constraint) -> String {
    let index = table.index(&constraint.name);
    let mut written = match &constraint.kind {
        ConstraintKind::PrimaryKey => key("PRIMARY KEY", constraint, index),
        ConstraintKind::Unique if index.is_some_and(|index| index.nulls_not_distinct) => {
            key("UNIQUE NULLS NOT DISTINCT", constraint, index)
        }
        ConstraintKind::Unique => key("UNIQUE", constraint, index),
        ConstraintKind::ForeignKey(key) => foreign_key(&constraint.columns, key),
        ConstraintKind::Check { expression, no_inherit } => {
            format!("CHECK ({}){}", expression.text, if *no_inherit { " NO INHERIT" } else { "" })
        }
        ConstraintKind::Exclude { operators } => index.map(|index| exclusion(index, operators)).unwrap_or_default(),
    };
    if constraint.deferrable {
        written.push_str(" DEFERRABLE");
    }
    if constraint.initially_deferred {
        written.push_str(" INITIALLY DEFERRED");
    }
    if !constraint.validated.value {
        written.push_str(" NOT VALID");
    }
    format!("CONSTRAINT {} {written}", constraint.name.to_sql())
}

fn key(keyword: &str, constraint: &Constraint, index: Option<&Index>) -> String {
    let (include, options) = index.map(|index| (include(&index.include), with_options(&index.options))).unwrap_or_default();
    format!("{keyword} {}{include}{options}", list(&constraint.columns))
}

fn include(columns: &[Name]) -> String {
    if columns.is_empty() { String::new() } else { format!(" INCLUDE {}", list(columns)) }
}

fn exclusion(index: &Index, operators: &[std::sync::Arc<str>]) -> String {
    let elements = index.keys.iter().zip(operators).map(|(key, operator)| format!("{} WITH {operator}", index_key(key)));
    let predicate = index.predicate.as_ref().map(|predicate| format!(" WHERE ({})", predicate.text)).unwrap_or_default();
    let (include, options) = (include(&index.include), with_options(&index.options));
    format!("EXCLUDE USING {} ({}){include}{options}{predicate}", index.method.to_sql(), join(elements))
}

fn foreign_key(columns: &[Name], key: &ForeignKey) -> String {
    let mut written = format!("FOREIGN KEY {} REFERENCES {}", list(columns), key.references.to_sql());
    if !key.referenced_columns.is_empty() {
        written.push_str(&format!(" {}", list(&key.referenced_columns)));
    }
    if key.match_full {
        written.push_str(" MATCH FULL");
    }
    if let Some(action) = key.on_update {
        written.push_str(&format!(" ON UPDATE {}", action.to_sql()));
    }
    if let Some(action) = key.on_delete {
        written.push_str(&format!(" ON DELETE {}", action.to_sql()));
        if !key.delete_set_columns.is_empty() {
            written.push_str(&format!(" {}", list(&key.delete_set_columns)));
        }
    }
    written
}
