//! A table without a primary key.

use super::{known_tables, sql_list};
use crate::change::ChangeKind;
use crate::diagnostic::Severity;
use crate::history::History;
use crate::lint::tenancy::keeps_records;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Dialect, Index, Name, QualifiedName, Schema, Table};
use crate::source::Span;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let bare = known_tables(context.schema).filter(|table| table.primary_key().is_none() && needs_key(context.schema, table));
    bare.map(|table| finding(context.history.history, context.schema.dialect, table)).collect()
}

/// A partition has its parent's key, or its parent is reported; a child by INHERITS likewise. A foreign table cannot have one.
fn needs_key(schema: &Schema, table: &Table) -> bool {
    let has_bare_parent = || table.inherits.iter().filter_map(|parent| schema.table(parent)).any(|parent| parent.primary_key().is_none());
    !table.foreign && table.partition_of.is_none() && !table.columns.is_empty() && !has_bare_parent()
}

fn finding(history: &History, dialect: Dialect, table: &Table) -> Finding {
    let name = &table.name.name;
    let (takers, without) = match dialect {
        Dialect::Sqlite => ("tools do", "the number SQLite gives it changes with VACUUM"),
        _ => ("replication and other tools do", "replication cannot update or delete"),
    };
    let unique = unique_key(table);
    let lost = lost_at(history, table);
    let message = match (&unique, table.inherits.first()) {
        (Some((index, _)), _) => {
            format!("`{name}` has no primary key, only the unique `{}`: {takers} not take that for its identity", index.name)
        }
        (None, Some(parent)) => {
            format!("`{name}` has no primary key, it does not inherit that of `{}`: the same key can be in both", parent.name)
        }
        (None, None) => {
            format!("`{name}` has no primary key: one row cannot be told from its copy, and {without}")
        }
    };
    let finding = Finding::new(lost.unwrap_or(table.span), message).object(&table.name).help(help(table, unique.as_ref()));
    let finding = match (&unique, lost) {
        (Some((index, _)), _) => finding.because(index.span, "this could be the primary key"),
        (None, Some(_)) => finding.because(table.span, format!("`{name}` was made here, with a primary key")),
        (None, None) => finding,
    };
    // A log is only ever appended to, and a unique key does most of a primary key's work.
    if unique.is_some() || keeps_records(name) { finding.severity(Severity::Info) } else { finding }
}

/// A unique index without predicate or expressions over columns that are all NOT NULL.
fn unique_key(table: &Table) -> Option<(&Index, Vec<Name>)> {
    let usable = table.indexes.iter().filter(|index| index.unique && index.predicate.is_none() && index.valid);
    usable.map(AsRef::as_ref).find_map(|index| {
        let columns: Vec<Name> = index.key_columns().map(|column| column.cloned()).collect::<Option<_>>()?;
        let required = columns.iter().all(|name| table.column(name).is_some_and(|column| !column.nullable.value));
        required.then_some((index, columns))
    })
}

fn help(table: &Table, unique: Option<&(&Index, Vec<Name>)>) -> String {
    let sql_name = table.name.to_sql();
    match unique {
        Some((index, columns)) if index.from_constraint => format!("ALTER TABLE {sql_name} ADD PRIMARY KEY ({});", sql_list(columns)),
        Some((index, _)) => format!("ALTER TABLE {sql_name} ADD PRIMARY KEY USING INDEX {};", index.name.to_sql()),
        None => match natural_key(table) {
            Some(columns) => format!("ALTER TABLE {sql_name} ADD PRIMARY KEY ({});", sql_list(&columns)),
            None if table.partition_by.is_some() => {
                format!("-- the key of a partitioned table must include its partition key\nALTER TABLE {sql_name} ADD PRIMARY KEY (…);")
            }
            None => format!("ALTER TABLE {sql_name} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;"),
        },
    }
}

/// A column `id`, or for a table that only links others, its foreign keys.
fn natural_key(table: &Table) -> Option<Vec<Name>> {
    if table.partition_by.is_some() {
        return None;
    }
    if let Some(column) = table.column("id") {
        return Some(vec![column.name.clone()]);
    }
    let referencing: Vec<&Column> =
        table.columns.iter().map(AsRef::as_ref).filter(|column| table.foreign_keys_of(&column.name).next().is_some()).collect();
    // Where some may be NULL and others not, those may well be: a primary key allows it for none.
    let alike = referencing.iter().all(|column| column.nullable.value) || referencing.iter().all(|column| !column.nullable.value);
    let links = alike && referencing.len() >= 2 && referencing.len() + 2 >= table.columns.len();
    links.then(|| referencing.into_iter().map(|column| column.name.clone()).collect())
}

/// The statement that took the primary key away, where the table had one under its present name.
fn lost_at(history: &History, table: &Table) -> Option<Span> {
    let has_key = |schema: &Schema| schema.table(&table.name).and_then(Table::primary_key).is_some();
    let migration = history.migrations.iter().rev().find(|migration| has_key(&migration.before) && !has_key(&migration.after))?;
    let changes = migration.up.iter().flat_map(|statement| statement.changes());
    let names_table = |written: &QualifiedName| written.name == table.name.name;
    let mut drops = changes.filter(|change| match &change.kind {
        ChangeKind::DropConstraint { table, .. } | ChangeKind::DropColumn { table, .. } => names_table(table),
        _ => false,
    });
    drops.next_back().map(|change| change.span)
}
