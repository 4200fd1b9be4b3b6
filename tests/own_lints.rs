//! Lints of the user's own: found, configured, suppressed and tested like any other, and told where they are wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{json, migralint, root, stdout};

const SQL: &str = "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (a_id int REFERENCES a (id), \"userName\" text);\n";

fn card(on: &str, when: &str, message: &str) -> String {
    format!("title: t\ncheck:\n  on: {on}\n  when: {}\n  message: {}\n", serde_json::json!(when), serde_json::json!(message))
}

fn folder(cards: &[(&str, &str)], sql: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for directory in ["own", "db"] {
        fs::create_dir(folder.path().join(directory)).unwrap();
    }
    cards.iter().for_each(|(name, text)| fs::write(folder.path().join("own").join(name), text).unwrap());
    fs::write(folder.path().join("db/001_a.sql"), sql).unwrap();
    fs::write(folder.path().join("migralint.yaml"), "own-lints: own\n").unwrap();
    folder
}

/// `line severity message` of what own lints find.
fn found(directory: &Path) -> Vec<String> {
    let report = json(directory, &["--only", "own", "db"]);
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| format!("{} {} {}", it["line"], it["severity"].as_str().unwrap(), it["message"].as_str().unwrap())).collect()
}

#[test]
fn each_kind_of_object_is_asked_about_with_its_own_names() {
    let sql = "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (a_id int REFERENCES a (id), CHECK (a_id > 0));\n\
               CREATE INDEX b_a ON b (a_id);\nCREATE POLICY p ON b USING (true);\nGRANT SELECT ON a TO PUBLIC;\n";
    let cases: [(&str, &str, &str, &[&str]); 9] = [
        ("table", "table.primary_key.size() == 0", "{table.schema}.{table.name}", &["2 warning public.b"]),
        ("column", "column.nullable", "{column.name} {column.type}", &["2 warning a_id integer"]),
        ("foreign-key", "foreign_key.references.table == 'a'", "{foreign_key.columns}", &["2 warning a_id"]),
        ("constraint", "constraint.kind == 'check'", "{constraint.expression}", &["2 warning a_id > 0"]),
        ("index", "!index.unique", "{index.name} {index.keys[0].column}", &["3 warning b_a a_id"]),
        ("policy", "policy.command == 'all'", "{policy.name} {policy.using}", &["4 warning p true"]),
        (
            "statement",
            "statement.kind == 'GRANT SELECT'",
            "{statement.text} {statement.line}",
            &["5 warning GRANT SELECT ON a TO PUBLIC 5"],
        ),
        ("migration", "migration.unapplied && !migration.has_rollback", "{migration.version} {migration.statements}", &["1 warning 001 5"]),
        ("table", "schema.tables.exists(other, other.name > table.name)", "{{{table.name}}}", &["1 warning {a}"]),
    ];
    for (on, when, message, expected) in cases {
        assert_eq!(found(folder(&[("mine.yml", &card(on, when, message))], sql).path()), expected, "{on} {when}");
    }
}

#[test]
fn it_is_configured_suppressed_listed_and_explained_like_any_other() {
    let text = card("column", "!column.name.matches('^[a-z_]*$')", "`{column.name}`");
    let root = folder(&[("mine.yml", &text)], SQL);
    let configure = |text: &str| fs::write(root.path().join("migralint.yaml"), format!("own-lints: own\n{text}")).unwrap();
    assert_eq!(found(root.path()), ["2 warning `userName`"]);
    configure("lints: { mine: error }\n");
    assert_eq!(found(root.path()), ["2 error `userName`"]);
    configure("lints: { mine: off }\n");
    assert_eq!(found(root.path()), Vec::<String>::new());
    configure("");
    let allowed = SQL.replacen("CREATE TABLE b", "-- migralint: allow(mine) it is what the other side sends\nCREATE TABLE b", 1);
    fs::write(root.path().join("db/001_a.sql"), allowed).unwrap();
    assert_eq!(found(root.path()), Vec::<String>::new());
    assert!(stdout(&migralint(root.path(), &["lints"])).contains("mine"));
    assert!(stdout(&migralint(root.path(), &["explain", "mine"])).starts_with("mine (own, warning)\nt\n"));
    let sarif = stdout(&migralint(root.path(), &["lint", "--format", "sarif", "db"]));
    assert!(!sarif.contains("keeps migralint from doing its work"), "{sarif}");
}

#[test]
fn its_options_are_seen_by_the_expression_and_set_by_the_configuration() {
    let text = card("column", "column.name in options.names", "{column.name}") + "options: [{ name: names, default: [id], what: w }]\n";
    let root = folder(&[("mine.yml", &text)], SQL);
    assert_eq!(found(root.path()), ["1 warning id"]);
    fs::write(root.path().join("migralint.yaml"), "own-lints: own\nlints: { mine: { names: [userName] } }\n").unwrap();
    assert_eq!(found(root.path()), ["2 warning userName"]);
}

#[test]
fn a_mistake_in_a_card_is_shown_at_its_line_and_column() {
    let check = |when: &str| format!("title: t\ncheck:\n  on: column\n  when: {when}\n  message: m\n");
    let cases = [
        (check("colum.nullable"), "4:9", "there is no variable `colum`", "did you mean `column`?"),
        (check("column.nullabel"), "4:", "there is no field `nullabel`", "did you mean `nullable`?"),
        (check("column.name.startWith('x')"), "4:", "there is no function `startWith`", "did you mean `startsWith`?"),
        (check("table.columns.exists(c, c.nam == '')"), "4:", "there is no field `nam`", "did you mean `name`?"),
        (check(">\n    column.nullable &&\n      table.nam == 'x'"), "6:", "there is no field `nam`", "did you mean `name`?"),
        (check("column.name =="), "4:", "this is no expression", ""),
        (check("options.x == 1"), "4:", "nothing has the name `x` here", ""),
        (card("column", "true", "a {column.name"), "5:", "this brace has no other half", "write `{{`"),
        (card("column", "true", "a {colum.name}"), "5:16", "there is no variable `colum`", "did you mean `column`?"),
        (card("colum", "true", "m"), "3:7", "`on` is", "did you mean `column`?"),
        ("title: t\nchek: {}\n".to_owned(), "2:1", "there is no `chek` in a card", "did you mean `check`?"),
        ("title: t\n".to_owned(), "1:1", "this card has no `check`", ""),
    ];
    for (text, place, message, help) in cases {
        let root = folder(&[("mine.yml", &text)], SQL);
        let output = migralint(root.path(), &["lint", "db"]);
        let shown = stdout(&output);
        assert_eq!(output.status.code(), Some(2), "{text}\n{shown}");
        for wanted in [&format!("own/mine.yml:{place}"), message, help] {
            assert!(shown.contains(wanted), "{text}\n{wanted}\n{shown}");
        }
    }
}

#[test]
fn what_goes_wrong_while_it_runs_is_an_error_that_is_found() {
    let cases = [
        ("table.partition_of.bound == ''", "cannot be answered for `public.a`"),
        ("table.columns[7].name == ''", "cannot be answered for `public.a`"),
        ("table.name", "`when` gives a text, neither true nor false"),
    ];
    for (when, message) in cases {
        let found = found(folder(&[("mine.yml", &card("table", when, "m"))], SQL).path());
        assert!(found.iter().all(|found| found.contains(" error ")) && found[0].contains(message), "{when}: {found:?}");
    }
}

#[test]
fn hostile_expressions_end_soon_and_are_told() {
    let ten = "[1,2,3,4,5,6,7,8,9,10]";
    let nested = (0..7).fold("true".to_owned(), |inner, depth| format!("{ten}.all(x{depth}, {inner})"));
    let grown = (0..9).fold("[table.name]".to_owned(), |inner, _| format!("{inner}.map(x, x+x+x+x+x+x+x+x+x+x)"));
    let cases = [
        nested.clone(),
        format!("{nested} || true"),
        format!("{grown} == []"),
        format!("{}true{}", "(".repeat(1500), ")".repeat(1500)),
        format!("{}true", "!".repeat(3000)),
        format!("true{}", " && true".repeat(450)),
        format!("1{} > 0", "+1".repeat(1800)),
        format!("table{}", ".x".repeat(1500)),
        "[".repeat(3000),
        "{".repeat(3000),
        "a.".repeat(1900),
        "'\\u{110000}' == ''".to_owned(),
        "9".repeat(3000),
        "\u{0}\u{202e}\u{feff}".to_owned(),
        "x".repeat(5000),
    ];
    for when in cases {
        let root = folder(&[("mine.yml", &card("table", &when, "m"))], SQL);
        let begun = Instant::now();
        let output = migralint(root.path(), &["lint", "--only", "own", "db"]);
        let shown: String = when.chars().take(60).collect();
        assert!(begun.elapsed() < Duration::from_secs(20), "{shown} took {:?}", begun.elapsed());
        assert!(matches!(output.status.code(), Some(0..=2)), "{shown}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn examples_are_run_and_failures_named() {
    let text = card("table", "table.name == 'a'", "m")
        + "examples:\n- { name: Right., sql: \"CREATE TABLE a ();\\n-- ^ mine\\n\" }\n- { name: Wrong., sql: \"CREATE TABLE b ();\\n-- ^ mine\\n\" }\n";
    let root = folder(&[("mine.yml", &text)], SQL);
    let output = migralint(root.path(), &["lints", "test", "own"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "mine: Wrong.: marked 001_example.sql:1, reported nothing\nmine: 1 of 2 examples pass\n");
}

#[test]
fn the_cards_in_the_documentation_pass_their_examples() {
    let document = fs::read_to_string(root().join("docs/own-lints.md")).unwrap();
    let blocks = document.split("```yaml\n# lints/").skip(1).map(|block| block.split("\n```").next().unwrap());
    let cards: Vec<(&str, &str)> = blocks.map(|block| block.split_once('\n').unwrap()).collect();
    assert_eq!(cards.len(), 4);
    let root = folder(&cards, SQL);
    let output = migralint(root.path(), &["lints", "test", "own"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!(stdout(&output).matches("2 of 2 examples pass").count(), 4, "{}", stdout(&output));
}
