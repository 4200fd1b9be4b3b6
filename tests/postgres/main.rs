//! The model beside a real PostgreSQL: the same files, applied to an empty database, must give the same catalog.
//!
//! `script/postgres start DIR` makes a server and `MIGRALINT_POSTGRES=DIR cargo test --test postgres` uses it; without
//! one the tests say that they are skipped. `MIGRALINT_HISTORIES=DIR:DIR…` adds directories of migrations to compare.

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use migralint::history::History;
use migralint::layout::{self, DiscoverOptions};
use migralint::lint::{self, Settings};
use migralint::lints;
use migralint::schema::{ConstraintKind, Name, Schema, Table};
use migralint::source::SourceMap;

/// Tables and columns, constraints, indexes, one line each; objects of extensions left out.
const CATALOG: &str = "
SET search_path = '';
CREATE TEMPORARY VIEW mine AS
    SELECT c.oid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e');
SELECT 'table ' || name FROM mine
UNION ALL
SELECT 'column ' || name || '.' || attname || ' ' || replace(format_type(atttypid, atttypmod), 'public.', '')
       || CASE WHEN attnotnull THEN ' not null' ELSE '' END
FROM mine JOIN pg_attribute ON attrelid = oid WHERE attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'constraint ' || name || '.' || conname || ' ' || contype::text
       || CASE WHEN contype = 'c' THEN '' ELSE
          ' (' || (SELECT string_agg(attname, ', ' ORDER BY position) FROM unnest(conkey) WITH ORDINALITY AS key (number, position)
                   JOIN pg_attribute ON attrelid = conrelid AND attnum = number) || ')' END
       || CASE WHEN contype = 'f' THEN ' ' || confdeltype::text ELSE '' END
FROM mine JOIN pg_constraint ON conrelid = mine.oid WHERE contype IN ('p', 'u', 'f', 'c', 'x') AND conparentid = 0
UNION ALL
SELECT 'index ' || name || '.' || (SELECT relname FROM pg_class WHERE oid = indexrelid)
       || CASE WHEN indisunique THEN ' unique' ELSE '' END
FROM mine JOIN pg_index ON indrelid = mine.oid WHERE NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = indexrelid);
";

/// Foreign keys that no index serves: valid, B-tree or hash, leading columns those of the key in any order, no predicate
/// but `IS NOT NULL` of the key's own columns.
const UNCOVERED: &str = "
SELECT n.nspname || '.' || c.relname || '.' || f.conname
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE f.contype = 'f' AND f.conparentid = 0 AND NOT EXISTS (
    SELECT FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
    WHERE i.indrelid = f.conrelid AND i.indisvalid AND am.amname IN ('btree', 'hash') AND i.indnkeyatts >= cardinality(f.conkey)
      AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
      AND (i.indpred IS NULL OR NOT EXISTS (
          SELECT FROM unnest(string_to_array(replace(replace(pg_get_expr(i.indpred, i.indrelid), '(', ''), ')', ''), ' AND ')) AS part
          WHERE part NOT IN (SELECT quote_ident(attname) || ' IS NOT NULL' FROM pg_attribute
                             WHERE attrelid = f.conrelid AND attnum = ANY (f.conkey)))));
";

#[test]
fn the_model_and_the_uncovered_keys_are_the_catalogs() {
    let Ok(server) = std::env::var("MIGRALINT_POSTGRES") else {
        println!("skipped: no server; `script/postgres start DIR` and MIGRALINT_POSTGRES=DIR");
        return;
    };
    let differing: Vec<String> = histories().iter().enumerate().filter_map(|(index, path)| compare(&server, index, path)).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// The five cases, and what the environment names.
fn histories() -> Vec<PathBuf> {
    let cases = common::root().join("testdata/cases");
    let others = std::env::var("MIGRALINT_HISTORIES").unwrap_or_default();
    common::CASES.iter().map(|case| cases.join(case)).chain(others.split(':').filter(|path| !path.is_empty()).map(PathBuf::from)).collect()
}

/// What differs between model and catalog, if anything does.
fn compare(server: &str, index: usize, path: &Path) -> Option<String> {
    let mut sources = SourceMap::default();
    let directory = layout::discover(path, &mut sources, &DiscoverOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    let history = History::load(directory, &sources);
    let database = format!("migralint_{index}");
    psql(server, "postgres", &format!("DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database};"));
    for migration in &history.migrations {
        // Tools end the transaction that a file leaves open.
        psql(server, &database, &format!("{}\n;COMMIT;", sources.text(migration.file.up.span)));
    }
    let found = lint::run(lints::builtin(), &history, &sources, &Settings::only(["foreign-key-without-index"]));
    let found: BTreeSet<String> = found.into_iter().filter_map(|diagnostic| diagnostic.object).collect();
    let pairs = [
        ("catalog", model(history.end()), psql(server, &database, CATALOG)),
        ("foreign keys without an index", found, psql(server, &database, UNCOVERED)),
    ];
    psql(server, "postgres", &format!("DROP DATABASE {database};"));
    let differences = pairs.into_iter().filter_map(|(what, ours, theirs)| difference(what, &ours, &theirs));
    let differences = differences.collect::<Vec<_>>().join("\n");
    (!differences.is_empty()).then(|| format!("{}:\n{differences}", path.display()))
}

fn difference(what: &str, ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> Option<String> {
    let only_ours = ours.difference(theirs).map(|line| format!("  only in the model: {line}"));
    let only_theirs = theirs.difference(ours).map(|line| format!("  only in PostgreSQL: {line}"));
    let lines: Vec<String> = only_ours.chain(only_theirs).collect();
    (!lines.is_empty()).then(|| format!(" {what}\n{}", lines.join("\n")))
}

/// Runs a script in one session and returns the lines it prints.
fn psql(server: &str, database: &str, script: &str) -> BTreeSet<String> {
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h", server, "-d", database, "-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql starts");
    child.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("psql reads");
    let output = child.wait_with_output().expect("psql ends");
    assert!(output.status.success(), "{database}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn model(schema: &Schema) -> BTreeSet<String> {
    schema.tables.values().filter(|table| !table.foreign).flat_map(|table| lines(table)).collect()
}

fn lines(table: &Table) -> Vec<String> {
    let name = &table.name;
    let columns = table.columns.iter().map(|column| {
        let not_null = if column.nullable.value { "" } else { " not null" };
        format!("column {name}.{} {}{not_null}", column.name, column.data_type.value)
    });
    let constraints = table.constraints.iter().filter(|constraint| !constraint.inherited).map(|constraint| {
        let columns = format!(" ({})", constraint.columns.iter().map(Name::as_str).collect::<Vec<_>>().join(", "));
        let (kind, details) = match &constraint.kind {
            ConstraintKind::PrimaryKey => ("p", columns),
            ConstraintKind::Unique => ("u", columns),
            ConstraintKind::Exclude { .. } => ("x", columns),
            ConstraintKind::Check { .. } => ("c", String::new()),
            ConstraintKind::ForeignKey(key) => {
                use migralint::schema::Action::{Cascade, NoAction, Restrict, SetDefault, SetNull};
                let action = match key.on_delete.unwrap_or(NoAction) {
                    NoAction => "a",
                    Restrict => "r",
                    Cascade => "c",
                    SetNull => "n",
                    SetDefault => "d",
                };
                ("f", format!("{columns} {action}"))
            }
        };
        format!("constraint {name}.{} {kind}{details}", constraint.name)
    });
    let indexes = table.indexes.iter().filter(|index| !index.inherited).map(|index| {
        let unique = if index.unique { " unique" } else { "" };
        format!("index {name}.{}{unique}", index.name)
    });
    std::iter::once(format!("table {name}")).chain(columns).chain(constraints).chain(indexes).collect()
}
