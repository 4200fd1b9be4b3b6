//! What `ALTER TABLE` refuses, beside the real SQLite.

use migralint::schema::{Dialect, Schema};
use migralint::source::SourceMap;
use migralint::sql::{self, Body, Statement};
use rusqlite::Connection;

const SETUP: &str = "
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE t (
    id INTEGER PRIMARY KEY, a TEXT, b TEXT UNIQUE, c INTEGER REFERENCES p (id), d INTEGER CHECK (d > 0), e INTEGER, f INTEGER, g TEXT,
    h TEXT, i INTEGER, j INTEGER AS (i * 2) VIRTUAL, k INTEGER, l INTEGER, m INTEGER, UNIQUE (g, h), FOREIGN KEY (l, m) REFERENCES q (x, y)
);
CREATE TABLE q (x INTEGER, y INTEGER, UNIQUE (x, y));
CREATE INDEX of_a ON t (a);
CREATE INDEX of_e ON t (f) WHERE e > 3;
CREATE INDEX of_k ON t (abs(k));
";

/// Forms that some version has and others have not are left out.
const STATEMENTS: &[&str] = &[
    "ALTER TABLE t DROP COLUMN id",
    "ALTER TABLE t DROP COLUMN a",
    "ALTER TABLE t DROP COLUMN b",
    "ALTER TABLE t DROP COLUMN c",
    "ALTER TABLE t DROP COLUMN d",
    "ALTER TABLE t DROP COLUMN e",
    "ALTER TABLE t DROP COLUMN g",
    "ALTER TABLE t DROP COLUMN i",
    "ALTER TABLE t DROP COLUMN j",
    "ALTER TABLE t DROP COLUMN k",
    "ALTER TABLE t DROP COLUMN l",
    "ALTER TABLE t ADD COLUMN n TEXT",
    "ALTER TABLE t ADD n TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE t ADD COLUMN n TEXT UNIQUE",
    "ALTER TABLE t ADD COLUMN n INTEGER PRIMARY KEY",
    "ALTER TABLE t ADD COLUMN n INTEGER REFERENCES p (id)",
    "ALTER TABLE t ADD COLUMN n INTEGER CHECK (n > 0)",
    "ALTER TABLE t ADD COLUMN n INTEGER, ADD COLUMN o INTEGER",
    "ALTER TABLE t ADD COLUMN n DECIMAL(10, 2)",
    "ALTER TABLE t ADD CONSTRAINT x UNIQUE (e)",
    "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (e) REFERENCES p (id)",
    "ALTER TABLE t ADD PRIMARY KEY (e)",
    "ALTER TABLE t ALTER COLUMN e TYPE TEXT",
    "ALTER TABLE t ALTER COLUMN e SET DEFAULT 1",
    "ALTER TABLE t ALTER COLUMN e DROP DEFAULT",
    "ALTER TABLE t MODIFY e TEXT",
    "ALTER TABLE t RENAME COLUMN a TO z",
    "ALTER TABLE t RENAME TO u",
];

#[test]
fn alter_table_refuses_what_sqlite_refuses() {
    for statement in STATEMENTS {
        let database = Connection::open_in_memory().expect("a database in memory");
        database.execute_batch(SETUP).expect("the tables");
        let theirs = database.execute_batch(statement);
        assert_eq!(model(statement), theirs.is_ok(), "{statement}: {theirs:?}");
    }
}

/// Whether the model takes a statement.
fn model(statement: &str) -> bool {
    let text = format!("{SETUP}{statement};");
    let mut sources = SourceMap::default();
    let file = sources.add("001_a.sql", text.as_str());
    let statements = sql::parse(&sources, file, 0..text.len(), Dialect::Sqlite);
    let parsed = !statements.iter().any(|statement| matches!(statement.body, Body::Unparsed(_) | Body::Opaque { .. }));
    let mut schema = Schema::empty(Dialect::Sqlite);
    parsed && statements.iter().flat_map(Statement::changes).all(|change| schema.apply(change).is_ok())
}
