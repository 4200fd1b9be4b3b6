//! The model beside the real SQLite: the same files, run in process in an empty database, must give the same catalog,
//! and so must the schema as it is printed.
//!
//! `MIGRALINT_SQLITE=DIR:DIR…` adds directories of migrations to those in `testdata`.

#![expect(clippy::print_stdout, reason = "whoever runs it wants to know what does not run")]

mod refusals;

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use migralint::ddl;
use migralint::history::History;
use migralint::layout::{self, DiscoverOptions};
use migralint::schema::{ConstraintKind, Dialect, Index, KeyPart, Name, Table};
use migralint::source::SourceMap;
use rusqlite::Connection;

#[test]
fn the_model_is_what_sqlite_s_catalog_says() {
    let own = common::root().join("testdata/dialects/sqlite");
    let others = std::env::var("MIGRALINT_SQLITE").unwrap_or_default();
    let others = others.split(':').filter(|path| !path.is_empty()).map(PathBuf::from);
    let differing: Vec<String> = std::iter::once(own).chain(others).filter_map(|directory| compare(&directory)).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

fn compare(directory: &Path) -> Option<String> {
    let mut sources = SourceMap::default();
    let options = DiscoverOptions { dialect: Some(Dialect::Sqlite), ..DiscoverOptions::default() };
    let found = layout::discover(directory, &mut sources, &options).unwrap_or_else(|error| panic!("{error}"));
    let history = History::load(found, &sources);
    let database = Connection::open_in_memory().expect("a database in memory");
    database.execute_batch("PRAGMA foreign_keys = OFF").expect("a setting");
    let mut differences = Vec::new();
    for migration in &history.migrations {
        let text = sources.text(migration.file.up.span);
        // In a transaction, as tools do; what ends it itself does so once more alone.
        let in_transaction = database.execute_batch(&format!("BEGIN;\n{text}\n;COMMIT;"));
        if let Err(error) = in_transaction.or_else(|_| {
            let _ = database.execute_batch("ROLLBACK");
            database.execute_batch(text)
        }) {
            println!("{} does not run: {error}", sources.path(migration.file.up.file));
            let _ = database.execute_batch("COMMIT");
        }
    }
    let theirs = catalog(&database);
    let ours: BTreeSet<String> = history.end().tables.values().flat_map(|table| lines(table)).collect();
    differences.extend(ours.difference(&theirs).map(|line| format!("  only ours: {line}")));
    differences.extend(theirs.difference(&ours).map(|line| format!("  only SQLite's: {line}")));
    let printed = Connection::open_in_memory().expect("a database in memory");
    for statement in ddl::statements(history.end()) {
        if let Err(error) = printed.execute_batch(&statement) {
            differences.push(format!("  what is printed does not run: {error}: {statement}"));
        }
    }
    let loaded = catalog(&printed);
    differences.extend(ours.symmetric_difference(&loaded).map(|line| format!("  lost or made by printing: {line}")));
    (!differences.is_empty()).then(|| format!("{}:\n{}", directory.display(), differences.join("\n")))
}

/// The catalog as lines.
fn catalog(database: &Connection) -> BTreeSet<String> {
    let tables = query(database, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", &[]);
    tables.iter().map(|row| &row[0]).flat_map(|table| table_of(database, table)).map(|line| line.to_lowercase()).collect()
}

fn table_of(database: &Connection, table: &str) -> Vec<String> {
    let columns = query(
        database,
        "SELECT name, type, \"notnull\" AND NOT pk, dflt_value IS NOT NULL AND upper(dflt_value) <> 'NULL', pk FROM pragma_table_info(?1) ORDER BY cid",
        &[table],
    );
    let mut key: Vec<(&str, &str)> = columns.iter().filter(|row| row[4] != "0").map(|row| (row[4].as_str(), row[0].as_str())).collect();
    key.sort_unstable();
    let key: Vec<&str> = key.into_iter().map(|(_, name)| name).collect();
    let mut lines = vec![format!("table {table}")];
    lines.extend(
        columns.iter().map(|row| format!("column {table}.{} {} not null {} default {}", row[0], row[1].replace(' ', ""), row[2], row[3])),
    );
    if !key.is_empty() {
        lines.push(format!("primary key {table} ({})", key.join(", ")));
    }
    let keys = query(
        database,
        "SELECT id, \"table\", group_concat(\"from\", ', '), coalesce(group_concat(\"to\", ', '), ''), on_delete, on_update FROM (SELECT * FROM pragma_foreign_key_list(?1) ORDER BY id, seq) GROUP BY id",
        &[table],
    );
    lines.extend(keys.iter().map(|row| format!("foreign key {table} ({}) {} delete {} update {}", row[2], row[1], row[4], row[5])));
    let indexes = query(database, "SELECT name, \"unique\", origin FROM pragma_index_list(?1)", &[table]);
    for index in indexes.iter().filter(|index| index[2] != "pk") {
        let of_index = query(database, "SELECT coalesce(name, '') FROM pragma_index_info(?1) ORDER BY seqno", &[&index[0]]);
        let columns: Vec<&str> = of_index.iter().map(|row| row[0].as_str()).collect();
        let name = if index[2] == "c" { &index[0] } else { "" };
        lines.push(format!("index {table} {name} unique {} ({})", index[1], columns.join(", ")));
    }
    lines
}

fn query(database: &Connection, sql: &str, arguments: &[&str]) -> Vec<Vec<String>> {
    let mut statement = database.prepare(sql).expect("a query of ours");
    let count = statement.column_count();
    let text = |value: rusqlite::types::Value| match value {
        rusqlite::types::Value::Text(text) => text,
        rusqlite::types::Value::Integer(number) => number.to_string(),
        _ => String::new(),
    };
    let rows = statement.query_map(rusqlite::params_from_iter(arguments), |row| (0..count).map(|index| row.get(index).map(text)).collect());
    rows.expect("rows").collect::<Result<_, _>>().expect("a row")
}

/// The same lines, from the model.
fn lines(table: &Table) -> Vec<String> {
    let name = &table.name.name;
    let key = table.primary_key().map(|key| key.columns.clone()).unwrap_or_default();
    let mut lines = vec![format!("table {name}")];
    lines.extend(table.columns.iter().filter(|column| column.generated.is_none()).map(|column| {
        let not_null = u8::from(!column.nullable.value && !key.contains(&column.name));
        let data_type = column.data_type.value.to_string().replace(' ', "");
        format!("column {name}.{} {data_type} not null {not_null} default {}", column.name, u8::from(column.default.is_some()))
    }));
    if !key.is_empty() {
        lines.push(format!("primary key {name} ({})", joined(&key)));
    }
    lines.extend(table.foreign_keys().map(|(constraint, key)| {
        let action = |action: Option<migralint::schema::Action>| action.map_or("NO ACTION", migralint::schema::Action::to_sql);
        let columns = joined(&constraint.columns);
        format!("foreign key {name} ({columns}) {} delete {} update {}", key.references.name, action(key.on_delete), action(key.on_update))
    }));
    let indexes = table.indexes.iter().filter(|index| !index.primary);
    lines.extend(indexes.map(|index| {
        let is_key = index.from_constraint
            && matches!(table.constraint(&index.name).map(|constraint| &constraint.kind), Some(ConstraintKind::Unique));
        let shown = if is_key { "" } else { index.name.as_str() };
        format!("index {name} {shown} unique {} ({})", u8::from(index.unique), keys(index))
    }));
    lines.into_iter().map(|line| line.to_lowercase()).collect()
}

fn keys(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| match &key.part {
        KeyPart::Column(column) => column.as_str(),
        KeyPart::Expression(_) => "",
    });
    keys.collect::<Vec<_>>().join(", ")
}

fn joined(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}
