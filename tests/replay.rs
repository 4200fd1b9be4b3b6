//! Replays `testdata/replay/*.sql` and compares with what a PostgreSQL 15 server did with the same statements.
//!
//! Each line is a statement; `-- refused: condition` behind it is the server's error (one condition
//! stands for the several of an invalid definition). Below `-- leaves:` stands the catalog at the end, without `public`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use migralint::change::{Refusal, Rows};
use migralint::schema::{ConstraintKind, QualifiedName, Schema, Table, TypeKind};
use migralint::source::SourceMap;
use migralint::sql::{self, Body, Dialect};

#[test]
fn replay_leaves_the_catalog_that_postgresql_leaves() {
    for path in cases() {
        let case = std::fs::read_to_string(&path).expect("the case is readable");
        let (statements, catalog) = case.split_once("-- leaves:\n").expect("the case says what it leaves");
        let schema = replay(&path, statements);
        let expected: BTreeSet<String> = catalog.lines().map(|line| line.trim_start_matches("-- ").to_owned()).collect();
        let found: BTreeSet<String> = facts(&schema).into_iter().map(|fact| fact.replace("public.", "").replace('"', "")).collect();
        let difference: Vec<_> = expected.symmetric_difference(&found).collect();
        assert!(difference.is_empty(), "{}: {difference:#?}", path.display());
    }
}

#[test]
fn foreign_keys_are_found_by_the_name_of_the_table_they_reference() {
    for path in cases() {
        let case = std::fs::read_to_string(&path).expect("the case is readable");
        let schema = replay(&path, case.split_once("-- leaves:\n").expect("the case says what it leaves").0);
        for table in schema.tables.keys() {
            let all: Vec<_> = schema.foreign_keys().filter(|(_, _, key)| key.references == *table).collect();
            let found: Vec<_> = schema.references_to(table).collect();
            assert_eq!(found, all, "{}: {table}", path.display());
        }
    }
}

fn cases() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/replay");
    let entries = std::fs::read_dir(directory).expect("the cases are there");
    entries.map(|entry| entry.expect("the entry is readable").path()).collect()
}

fn replay(path: &Path, statements: &str) -> Schema {
    let mut schema = Schema::default();
    for line in statements.lines().filter(|line| !line.is_empty()) {
        let (statement, expected) = line.split_once(" -- refused: ").map_or((line, None), |(statement, error)| (statement, Some(error)));
        let refused = run(&mut schema, statement).err();
        let condition = refused.as_ref().map(|refusal| refusal.error.condition());
        assert_eq!(condition, expected, "{}: {statement}: {refused:?}", path.display());
    }
    schema
}

/// A statement is carried out as a whole or not at all.
fn run(schema: &mut Schema, statement: &str) -> Result<(), Refusal> {
    let mut sources = SourceMap::default();
    let file = sources.add("case.sql", statement);
    let mut after = schema.clone();
    for parsed in sql::parse(&sources, file, 0..statement.len(), Dialect::Postgres) {
        match &parsed.body {
            Body::Changes(changes) => changes.iter().try_for_each(|change| after.apply(change).map(drop))?,
            Body::Data(data) => {
                let target = data.table.as_ref().map(|table| (table, data.columns.as_slice()));
                after.check_rows(Rows { target, level: data.level.as_deref() })?;
            }
            // It concerns what the model does not hold: casts, operators.
            Body::Other => {}
            other => panic!("no change: {statement}: {other:?}"),
        }
    }
    *schema = after;
    Ok(())
}

fn facts(schema: &Schema) -> Vec<String> {
    let mut facts: Vec<String> = schema.tables.values().flat_map(|table| table_facts(table)).collect();
    for view in schema.views.values() {
        facts.push(format!("view {}({})", view.name, join(view.columns.iter())));
        facts.extend(view.indexes.iter().map(|index| index_fact(&view.name, index)));
    }
    for sequence in schema.sequences.values() {
        let owner = sequence.owned_by.as_ref().map(|(table, column)| format!(" of {table}.{column}"));
        facts.push(format!("sequence {}{}", sequence.name, owner.unwrap_or_default()));
    }
    for definition in schema.types.values() {
        match &definition.kind {
            TypeKind::Enum { labels } => {
                facts.push(format!("type {} ({})", definition.name, join(labels.iter().map(|label| &label.value))))
            }
            TypeKind::Domain { .. } => facts.push(format!("type {}", definition.name)),
            _ => {}
        }
    }
    facts.extend(schema.statistics.values().map(|it| format!("statistics {} on {}", it.name, it.relation)));
    facts.extend(schema.functions.keys().map(|key| format!("function {}", key.name)));
    facts.extend(schema.namespaces.keys().filter(|name| **name != "public").map(|name| format!("schema {name}")));
    facts
}

fn table_facts(table: &Table) -> Vec<String> {
    let name = &table.name;
    let columns = table.columns.iter().map(|column| {
        let not_null = if column.nullable.value { "" } else { " not null" };
        let default = if column.default.is_some() { " default" } else { "" };
        format!("{} {}{not_null}{default}", column.name, column.data_type.value)
    });
    let mut facts = vec![format!("table {name}({})", join(columns))];
    for constraint in &table.constraints {
        let kind = match &constraint.kind {
            ConstraintKind::PrimaryKey => "p".to_owned(),
            ConstraintKind::Unique => "u".to_owned(),
            ConstraintKind::Check { .. } => "c".to_owned(),
            ConstraintKind::Exclude { .. } => "x".to_owned(),
            ConstraintKind::ForeignKey(key) => format!("f -> {}", key.references),
        };
        facts.push(format!("constraint {name}.{} {kind}", constraint.name));
    }
    facts.extend(table.indexes.iter().map(|index| index_fact(name, index)));
    facts.extend(table.triggers.iter().map(|trigger| format!("trigger {} on {name}", trigger.name)));
    facts.extend(table.policies.iter().map(|policy| format!("policy {} on {name}", policy.name)));
    facts
}

fn index_fact(relation: &QualifiedName, index: &migralint::schema::Index) -> String {
    let unique = if index.unique { " unique" } else { "" };
    format!("index {}.{} on {}{unique}", relation.schema, index.name, relation.name)
}

fn join(parts: impl Iterator<Item = impl ToString>) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(", ")
}
