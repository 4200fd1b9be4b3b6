//! Files as people write them for psql, and as templates: commands, variables, included files, placeholders.

use migralint::change::ChangeKind;
use migralint::source::SourceMap;
use migralint::sql::{self, Body, Dialect, Statement, Step, Values};

fn read(sql: &str, values: &[(&str, &str)]) -> (SourceMap, Vec<Statement>) {
    let mut sources = SourceMap::default();
    sources.add("db/shared/tables.sql", "CREATE TABLE shared (id bigint);");
    let file = sources.add("db/migrations/001_main.sql", sql);
    let values: Values = values.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let statements = sql::parse_with(&sources, file, 0..sql.len(), Dialect::Postgres, &values);
    (sources, statements)
}

/// What each statement does, in a word or two, where it does anything.
fn kinds(statements: &[Statement]) -> Vec<String> {
    let of_step = |step: &Step| match step {
        Step::If { then, .. } => format!("if {}", then.len()),
        _ => "step".to_owned(),
    };
    let describe = |statement: &Statement| match &statement.body {
        Body::Changes(changes) => match &changes[0].kind {
            ChangeKind::CreateTable { table, .. } => table.name.to_string(),
            _ => "change".to_owned(),
        },
        Body::Data(data) => format!("data {}", data.table.as_ref().map_or_else(String::new, ToString::to_string)),
        Body::Block(steps) => steps.iter().map(of_step).collect::<Vec<_>>().join(", "),
        Body::Opaque { .. } => "opaque".to_owned(),
        Body::Unparsed(error) => format!("unparsed {}", error.placeholder.as_deref().unwrap_or(&error.message)),
        _ => String::new(),
    };
    statements.iter().map(describe).filter(|description| !description.is_empty()).collect()
}

#[test]
fn commands_of_psql_are_carried_out_or_named() {
    let cases: &[(&str, &[&str])] = &[
        ("\\set name books\nCREATE TABLE :name (id int);", &["books"]),
        ("\\set name 'two words'\nCREATE TABLE :\"name\" (id int);", &["two words"]),
        ("\\set a library\n\\set b :a .books\nCREATE TABLE :b (id int);", &["library.books"]),
        ("\\set name `date`\nCREATE TABLE :name (id int);", &["_name"]),
        ("\\set name books\n\\unset name\nCREATE TABLE :name (id int);", &["_name"]),
        ("\\set ON_ERROR_STOP on\n\\echo 'hello; world'\n\\timing\nCREATE TABLE a (id int);", &["a"]),
        ("\\copy a from 'a.csv' with csv header\nCREATE TABLE b (id int);", &["data a", "b"]),
        ("\\copy a (b) from stdin;\n1;drop\t'\n\\.\nCREATE TABLE b (id int);", &["data a", "b"]),
        ("COPY a FROM stdin;\n1;drop\t'\n\\.\nCREATE TABLE b (id int);", &["data a", "b"]),
        ("\\if true\nCREATE TABLE a (id int);\n\\else\nCREATE TABLE b (id int);\n\\endif", &["a"]),
        ("\\if false\nCREATE TABLE a (id int);\n\\elif on\nCREATE TABLE b (id int);\n\\else\nnonsense\n\\endif", &["b"]),
        ("\\if :x\nCREATE TABLE a (id int);\n\\else\nSELECT 1;\n\\endif\nSELECT 2;", &["if 1, if 1", "data "]),
        ("\\if :x\nCREATE TABLE a (id int);\n\\elif true\nSELECT 1;\n\\else\nSELECT 1;\n\\endif", &["if 1, if 1, if 1"]),
        ("\\set x 1\n\\if :{?x}\nCREATE TABLE a (id int);\n\\endif", &["a"]),
        ("\\if false\n\\if :y\nCREATE TABLE a (id int);\n\\endif\n\\endif\nCREATE TABLE b (id int);", &["b"]),
        ("\\if :x\nCREATE TABLE a (id int);", &["if 1"]),
        ("\\else\n\\endif\nCREATE TABLE a (id int);", &["a"]),
        ("\\i shared/tables.sql\nCREATE TABLE a (id int);", &["shared", "a"]),
        ("\\ir ../shared/tables.sql", &["shared"]),
        ("\\i elsewhere.sql", &["opaque"]),
        ("\\i 001_main.sql\nCREATE TABLE a (id int);", &["opaque", "a"]),
        ("CREATE DATABASE library;\n\\c library\nCREATE TABLE a (id int);", &["a"]),
        ("CREATE TABLE a (id int);\n\\connect other", &["a", "opaque"]),
        ("CREATE TABLE a (id int);\n\\c - editor", &["a"]),
        ("SELECT 'CREATE DATABASE library' WHERE true\\gexec\n", &["data "]),
        ("SELECT 'DROP TABLE ' || t FROM tables\\gexec\n", &["data ", "opaque"]),
        ("\\nonsense\nCREATE TABLE a (id int);", &["unparsed `\\nonsense` is no psql command", "a"]),
    ];
    for (sql, expected) in cases {
        assert_eq!(kinds(&read(sql, &[]).1), *expected, "{sql}");
    }
}

#[test]
fn placeholders_are_filled_from_the_configuration() {
    let values = [("schema", "library"), ("prefix", "app_"), ("index .Options \"Namespace\"", "auth"), ("name", "it's")];
    let cases: &[(&str, &[&str])] = &[
        ("CREATE TABLE ${schema}.books (id int);", &["library.books"]),
        ("CREATE TABLE \"${schema}\".\"books\" (id int);", &["library.books"]),
        ("CREATE TABLE {{ .prefix }}books (id int);", &["app_books"]),
        ("CREATE TABLE {{prefix}}books (id int);", &["app_books"]),
        ("CREATE TABLE {{ index .Options \"Namespace\" }}.users (id int);", &["auth.users"]),
        ("CREATE TABLE :schema.books (id int default :'name');", &["library.books"]),
        ("CREATE TABLE ${other}.books (id int);", &["books"]),
        ("SELECT a::schema FROM ${schema}.b;", &["data "]),
        ("SELECT ${schema", &["unparsed ${schema"]),
    ];
    for (sql, expected) in cases {
        let found = kinds(&read(sql, &values).1);
        assert_eq!(found.len(), expected.len(), "{sql}");
        assert!(
            found.iter().zip(*expected).all(|(found, expected)| found == expected || found.starts_with("unparsed")),
            "{sql}: {found:?}"
        );
    }
}

#[test]
fn places_stay_right_where_a_value_is_longer_than_its_placeholder() {
    let sql = "CREATE TABLE ${s}.books (title ${t} NOT NULL, pages int);\nDO $$ BEGIN CREATE TABLE ${s}.loans (due date); END $$;";
    let (sources, statements) = read(sql, &[("s", "the_library"), ("t", "x")]);
    assert_eq!(sources.text(statements[0].span), sql.split(';').next().unwrap_or_default());
    let columns = |statement: &Statement| {
        let changes = statement.changes();
        let Some(ChangeKind::CreateTable { table, .. }) = changes.first().map(|change| &change.kind) else { panic!("{statements:?}") };
        table.columns.iter().map(|column| sources.text(column.span).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(columns(&statements[0]), ["title", "pages"]);
    assert_eq!(columns(&statements[1]), ["due"]);
}
