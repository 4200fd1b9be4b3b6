//! The model beside a real MariaDB: the same files, applied to an empty database, must give the same catalog, and so must the
//! schema as it is printed.
//!
//! `script/mariadb start DIR` makes a server and `MIGRALINT_MARIADB=DIR cargo test --test mariadb` uses it; without one
//! the test says that it is skipped. `MIGRALINT_MARIADB_HISTORIES=DIR:DIR…` adds directories of migrations to those in
//! `testdata`.

#![expect(clippy::print_stdout, reason = "whoever runs it wants to know what was skipped")]

mod locks;

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use migralint::ddl;
use migralint::history::{History, Migration};
use migralint::layout::{self, DiscoverOptions};
use migralint::schema::{Action, Dialect, KeyPart, Name, Table, Type};
use migralint::source::SourceMap;

/// Every fact of a database's catalog as a line.
const CATALOG: &str = "
SET SESSION group_concat_max_len = 100000;
SELECT CONCAT('table ', TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
UNION ALL
SELECT CONCAT('column ', TABLE_NAME, '.', COLUMN_NAME, ' ', COLUMN_TYPE, IF(IS_NULLABLE = 'NO', ' not null', ''),
       IF(COLUMN_DEFAULT IS NULL OR COLUMN_DEFAULT = 'NULL', '', ' default'), IF(EXTRA LIKE '%auto_increment%', ' counts', ''))
FROM information_schema.COLUMNS JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME)
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
UNION ALL
SELECT CONCAT('index ', TABLE_NAME, '.', INDEX_NAME, IF(NON_UNIQUE, '', ' unique'), ' (', GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX SEPARATOR ', '), ')')
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() GROUP BY TABLE_NAME, INDEX_NAME, NON_UNIQUE
UNION ALL
SELECT CONCAT('foreign key ', k.TABLE_NAME, '.', k.CONSTRAINT_NAME, ' (', GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ') ',
       k.REFERENCED_TABLE_NAME, ' (', GROUP_CONCAT(k.REFERENCED_COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ') ', r.DELETE_RULE, ' ', r.UPDATE_RULE)
FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
  ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
WHERE k.TABLE_SCHEMA = DATABASE() GROUP BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.REFERENCED_TABLE_NAME, r.DELETE_RULE, r.UPDATE_RULE;
";

#[test]
fn the_model_is_what_mariadb_s_catalog_says() {
    let Ok(socket) = std::env::var("MIGRALINT_MARIADB") else {
        println!("skipped: no server; `script/mariadb start DIR` and MIGRALINT_MARIADB=DIR");
        return;
    };
    let own = common::root().join("testdata/dialects/mysql");
    let others = std::env::var("MIGRALINT_MARIADB_HISTORIES").unwrap_or_default();
    let others = others.split(':').filter(|path| !path.is_empty()).map(PathBuf::from);
    let directories: Vec<PathBuf> = std::iter::once(own).chain(others).collect();
    let compare = |(number, directory): (usize, &PathBuf)| {
        Server { socket: socket.clone(), database: format!("migralint_{number}") }.compare(directory)
    };
    let differing: Vec<String> = directories.iter().enumerate().filter_map(compare).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// A server, by the directory of its socket, and a database of it.
struct Server {
    socket: String,
    database: String,
}

impl Server {
    fn compare(&self, directory: &Path) -> Option<String> {
        let mut sources = SourceMap::default();
        let options = DiscoverOptions { dialect: Some(Dialect::MySql), ..DiscoverOptions::default() };
        let found = layout::discover(directory, &mut sources, &options).unwrap_or_else(|error| panic!("{error}"));
        let history = History::load(found, &sources);
        let name = &self.database;
        self.run("", &format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4;")).expect("a new database");
        let mut differences = Vec::new();
        for migration in &history.migrations {
            // MariaDB lacks MySQL's newest collations.
            let text = script(migration, &sources).replace("utf8mb4_0900_ai_ci", "utf8mb4_general_ci");
            // What only MySQL understands does not run, and what that would have made is missing.
            if let Err(error) = self.run(name, &text) {
                println!("{} does not run: {}", sources.path(migration.file.up.file), error.trim());
            }
        }
        let theirs: BTreeSet<String> = self.run(name, CATALOG).expect("a query of ours").lines().map(normal).collect();
        let ours: BTreeSet<String> = history.end().tables.values().flat_map(|table| lines(table)).map(|line| normal(&line)).collect();
        differences.extend(ours.difference(&theirs).map(|line| format!("  only ours: {line}")));
        differences.extend(theirs.difference(&ours).map(|line| format!("  only MariaDB's: {line}")));
        self.run("", &format!("DROP DATABASE {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4;")).expect("a new database");
        let printed = ddl::create_schema(history.end()).replace("utf8mb4_0900_ai_ci", "utf8mb4_general_ci");
        if let Err(error) = self.run(name, &printed) {
            differences.push(format!("  what is printed does not run: {}", error.trim()));
        }
        let loaded: BTreeSet<String> = self.run(name, CATALOG).expect("a query of ours").lines().map(normal).collect();
        // Where a key lost its index, it has one again.
        let keys: Vec<String> =
            ours.iter().filter_map(|line| Some(format!("index {} ", line.strip_prefix("foreign key ")?.split_once(' ')?.0))).collect();
        let is_of_key = |line: &&String| keys.iter().any(|key| line.starts_with(key.as_str()));
        differences.extend(ours.difference(&loaded).map(|line| format!("  lost by printing: {line}")));
        differences.extend(loaded.difference(&ours).filter(|line| !is_of_key(line)).map(|line| format!("  made by printing: {line}")));
        self.run("", &format!("DROP DATABASE {name};")).expect("the database goes");
        (!differences.is_empty()).then(|| format!("{}:\n{}", directory.display(), differences.join("\n")))
    }

    fn run(&self, database: &str, script: &str) -> Result<String, String> {
        let socket = format!("--socket={}/socket", self.socket);
        let mut child = Command::new("mariadb")
            .args(["--no-defaults", "--batch", "--skip-column-names", "--raw", "--force", "--user=root", &socket, database])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let mut input = child.stdin.take().expect("a pipe");
        std::thread::scope(|scope| {
            // A script that prints much must not wait for its own input to be read.
            scope.spawn(move || input.write_all(script.as_bytes()));
            let output = child.wait_with_output().expect("the client ends");
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let errors = text(&output.stderr);
            if errors.is_empty() { Ok(text(&output.stdout)) } else { Err(errors) }
        })
    }
}

/// A migration as the client reads it, which ends statements at semicolons, within procedures too, unless it is told otherwise.
fn script(migration: &Migration, sources: &SourceMap) -> String {
    let text = sources.text(migration.file.up.span);
    let lower = text.to_lowercase();
    if !lower.contains("create procedure") || lower.contains("delimiter") {
        return text.to_owned();
    }
    let statements = migration.up.iter().map(|statement| format!("{}\n$$$$\n", sources.text(statement.span)));
    format!("DELIMITER $$$$\n{}", statements.collect::<String>())
}

/// A line in the spelling both share: no widths of integers, which mean nothing.
fn normal(line: &str) -> String {
    let mut line = line.to_lowercase();
    for integer in ["bigint", "mediumint", "smallint", "int", "tinyint"] {
        for width in 1..=20 {
            // TINYINT(1) is what BOOLEAN stands for.
            if integer != "tinyint" || width != 1 {
                line = line.replace(&format!(" {integer}({width})"), &format!(" {integer}"));
            }
        }
    }
    line.replace("no action", "restrict").replace("year(4)", "year").replace(", ", ",")
}

/// The lines of [`CATALOG`], from the model.
fn lines(table: &Table) -> Vec<String> {
    let name = &table.name.name;
    let mut lines = vec![format!("table {name}")];
    lines.extend(table.columns.iter().map(|column| {
        let not_null = if column.nullable.value { "" } else { " not null" };
        let default = if column.default.is_some() { " default" } else { "" };
        let counts = if column.identity.is_some() { " counts" } else { "" };
        format!("column {name}.{} {}{not_null}{default}{counts}", column.name, of_mysql(&column.data_type.value))
    }));
    lines.extend(table.indexes.iter().map(|index| {
        let keys = index.keys.iter().map(|key| match &key.part {
            KeyPart::Column(column) => column.as_str(),
            KeyPart::Expression(_) => "",
        });
        let unique = if index.unique { " unique" } else { "" };
        format!("index {name}.{}{unique} ({})", index.name, keys.collect::<Vec<_>>().join(", "))
    }));
    lines.extend(table.foreign_keys().map(|(constraint, key)| {
        let action = |action: Option<Action>| action.map_or("RESTRICT", Action::to_sql);
        format!(
            "foreign key {name}.{} ({}) {} ({}) {} {}",
            constraint.name,
            joined(&constraint.columns),
            key.references.name,
            joined(&key.referenced_columns),
            action(key.on_delete),
            action(key.on_update)
        )
    }));
    lines
}

fn joined(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// A type as MariaDB's catalog has it: with the lengths that go without saying.
fn of_mysql(data_type: &Type) -> String {
    let written = data_type.to_string();
    let (name, unsigned) = written.split_once(" unsigned").map_or((written.as_str(), ""), |(name, _)| (name, " unsigned"));
    let name = match name {
        "char" | "bit" | "binary" => format!("{name}(1)"),
        "decimal" => "decimal(10,0)".to_owned(),
        "json" => "longtext".to_owned(),
        name if name.starts_with("decimal(") && !name.contains(',') => name.replace(')', ",0)"),
        name => name.to_owned(),
    };
    name + unsigned
}
