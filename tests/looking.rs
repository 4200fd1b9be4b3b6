//! Looking at the schema: `schema`, `diff` and `history` as a user types them.

mod common;

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

fn history(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().expect("a scratch directory");
    for (name, text) in files {
        let path = directory.path().join("db").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    directory
}

/// Standard output of a run that ends well.
fn shown(root: &TempDir, arguments: &[&str]) -> String {
    let output = common::migralint(root.path(), arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    common::stdout(&output)
}

/// Standard error of a run that is refused.
fn refused(root: &TempDir, arguments: &[&str]) -> String {
    let output = common::migralint(root.path(), arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", common::stdout(&output));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON ({error}): {text}"))
}

const SHOP: &[(&str, &str)] = &[
    ("001_users.sql", "CREATE TABLE users (\n    id bigint PRIMARY KEY,\n    mail text NOT NULL UNIQUE\n);\nCREATE SCHEMA billing;\n"),
    (
        "002_invoices.sql",
        "CREATE TABLE billing.invoices (\n    id bigint PRIMARY KEY,\n    \"userId\" bigint NOT NULL REFERENCES users (id),\n    paid_by bigint REFERENCES users (id),\n    amount integer\n);\n",
    ),
    (
        "003_widen.sql",
        "ALTER TABLE billing.invoices ALTER COLUMN amount TYPE bigint;\nCREATE INDEX ON billing.invoices (\"userId\");\n\
         CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users (id));\nCREATE VIEW mails AS SELECT mail FROM users;\n",
    ),
    (
        "004_rename.sql",
        "ALTER TABLE users RENAME COLUMN mail TO email;\nALTER TABLE users RENAME TO people;\n\
         UPDATE people SET email = lower(email) WHERE email <> lower(email);\nDROP TABLE profiles;\n",
    ),
];

#[test]
fn the_schema_is_printed_as_it_was_at_any_version() {
    let root = history(SHOP);
    for (version, present, absent) in [
        ("1", "CREATE TABLE users", "invoices"),
        ("002", "amount integer", "CREATE INDEX"),
        ("003_widen", "amount bigint", "people"),
        ("004_rename.sql", "CREATE TABLE people", "CREATE TABLE users"),
        ("db/004_rename.sql", "email text NOT NULL", "profiles"),
    ] {
        let sql = shown(&root, &["schema", "--at", version, "db"]);
        assert!(sql.contains(present) && !sql.contains(absent), "{version}: {sql}");
    }
    assert_eq!(shown(&root, &["schema", "db/002_invoices.sql"]), shown(&root, &["schema", "--at", "2", "db"]), "a file is its version");
    assert_eq!(shown(&root, &["schema", "db"]), shown(&root, &["schema", "--at", "4", "db"]), "the last is the default");
}

#[test]
fn the_only_directory_below_a_root_is_meant_and_one_of_several_must_be_named() {
    let root = history(SHOP);
    assert_eq!(shown(&root, &["schema"]), shown(&root, &["schema", "db"]));
    let other = root.path().join("other/migrations");
    fs::create_dir_all(&other).expect("a folder");
    fs::write(other.join("001_a.sql"), "CREATE TABLE a (id bigint PRIMARY KEY);\n").expect("a file");
    let message = refused(&root, &["schema"]);
    assert!(message.contains("`db`") && message.contains("`other/migrations`"), "{message}");
}

#[test]
fn an_unknown_version_gets_the_nearest_and_an_ambiguous_one_all_it_may_be() {
    let root = history(&[SHOP, &[("004_again.sql", "SELECT 1;\n")]].concat());
    for (version, expected) in [
        ("004", "`004_again`, `004_rename`"),
        ("00", "`001_users`, `002_invoices`, `003_widen`, `004_again` and 1 more"),
        ("003_wden", "did you mean `003_widen`?"),
        ("2024", "the first is `001_users` and the last `004_rename`"),
    ] {
        let error = refused(&root, &["schema", "--at", version, "db"]);
        assert!(error.contains(expected), "{version}: {error}");
    }
    let timestamps =
        history(&[("20240131120000_a.sql", "CREATE TABLE a (id int);\n"), ("20240301080000_b.sql", "CREATE TABLE b (id int);\n")]);
    assert!(!shown(&timestamps, &["schema", "--at", "202401", "db"]).contains("TABLE b"), "a unique prefix is enough");
}

#[test]
fn tables_and_schemas_are_chosen_by_name_quoted_or_not() {
    let root = history(SHOP);
    for (arguments, present, absent) in [
        (&["--table", "people"][..], "TABLE people", "invoices"),
        (&["--table", "BILLING.Invoices"], "TABLE billing.invoices", "TABLE people"),
        (&["--table", "\"billing\".\"invoices\""], "TABLE billing.invoices", "TABLE people"),
        (&["--table", "mails"], "VIEW mails", "TABLE"),
        (&["--schema", "billing"], "TABLE billing.invoices", "TABLE people"),
        (&["--schema", "billing", "--table", "invoices"], "TABLE billing.invoices", "TABLE people"),
    ] {
        let sql = shown(&root, &[&["schema"], arguments, &["db"]].concat());
        assert!(sql.contains(present) && !sql.contains(absent), "{arguments:?}: {sql}");
    }
    for (arguments, expected) in [
        (["--table", "peeple"], "there is no table or view `peeple`; did you mean `people`?"),
        (["--table", "\"People\""], "there is no table or view `\"People\"`; did you mean `people`?"),
        (["--table", "users"], "there is no table or view `users`"),
        (["--schema", "biling"], "there is no schema `biling`; did you mean `billing`?"),
        (["--table", "a..b"], "`a..b` is not a name"),
    ] {
        let error = refused(&root, &[&["schema"], &arguments[..], &["db"]].concat());
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
}

#[test]
fn origins_name_the_line_that_made_each_part_and_the_line_that_changed_it_last() {
    let root = history(SHOP);
    let sql = shown(&root, &["schema", "--origins", "db"]);
    for line in [
        "-- db/001_users.sql:1, changed in db/004_rename.sql:2",
        "    id bigint NOT NULL, -- db/001_users.sql:2",
        "    email text NOT NULL, -- db/001_users.sql:3, changed in db/004_rename.sql:1",
        "    amount bigint, -- db/002_invoices.sql:5, changed in db/003_widen.sql:1",
        "    CONSTRAINT invoices_pkey PRIMARY KEY (id) -- db/002_invoices.sql:2",
        "-- db/003_widen.sql:2",
    ] {
        assert!(sql.lines().any(|shown| shown == line), "{line}\n{sql}");
    }
    let without: Vec<&str> = sql.lines().filter(|line| !line.starts_with("-- ")).collect();
    let without = without.iter().map(|line| line.split(" -- db/").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    assert_eq!(without.trim(), shown(&root, &["schema", "db"]).trim(), "comments are all that is added");
    let document = json(&shown(&root, &["schema", "--origins", "--format", "json", "--table", "people", "db"]));
    let origin = &document["tables"][0]["columns"][1]["origin"];
    assert_eq!((&origin["made"]["line"], &origin["changed"]["path"]), (&Value::from(3), &Value::from("db/004_rename.sql")));
}

#[test]
fn json_names_what_scripts_ask_for() {
    let root = history(SHOP);
    let document = json(&shown(&root, &["schema", "--format", "json", "db"]));
    let invoices =
        document["tables"].as_array().and_then(|tables| tables.iter().find(|table| table["name"] == "invoices")).expect("a table");
    for (place, expected) in [
        ("/schema", Value::from("billing")),
        ("/primary_key/0", Value::from("id")),
        ("/columns/1/name", Value::from("userId")),
        ("/columns/1/nullable", Value::from(false)),
        ("/columns/3/type", Value::from("bigint")),
        ("/constraints/1/kind", Value::from("foreign_key")),
        ("/constraints/1/references/table", Value::from("people")),
        ("/constraints/1/references/on_delete", Value::from("no_action")),
        ("/indexes/1/keys/0/column", Value::from("userId")),
    ] {
        assert_eq!(invoices.pointer(place), Some(&expected), "{place}: {invoices:#}");
    }
    assert_eq!(document["version"], "004");
}

/// A history whose names are as hostile as PostgreSQL lets them be.
fn hostile() -> TempDir {
    let long = "n".repeat(63);
    let sql = format!(
        "CREATE TABLE \"a \"\"quoted\"\" name\" (\"1st\" bigint PRIMARY KEY, \"PK\" \"char\", \"two words\" timestamp(3) with time zone[],\n\
         \"é%\\{{}}|<b>;\" interval day to second, \"\n\" text, \"日本\" numeric(10,2), \"erDiagram\" int);\n\
         CREATE TYPE \"odd \"\"type\" AS ENUM ('a');\n\
         CREATE TABLE \"user\" (\"{long}\" \"odd \"\"type\"[] UNIQUE, \"order\" bigint REFERENCES \"a \"\"quoted\"\" name\");\n\
         CREATE TABLE \"--> ##[error]\" (\"]]>\" bigint PRIMARY KEY REFERENCES \"a \"\"quoted\"\" name\", \"%%\" bigint NOT NULL REFERENCES \"a \"\"quoted\"\" name\");\n\
         CREATE TABLE \"{long}\" ();\nCREATE TABLE \"\\\" (x int);\n"
    );
    history(&[("001_hostile.sql", &sql)])
}

/// What is wrong with a Mermaid entity-relationship diagram. The rules are those that Mermaid 11 was seen to keep.
fn mistakes_in_mermaid(text: &str) -> Vec<String> {
    let quoted = |text: &str| {
        text.len() > 2 && !text[1..text.len() - 1].contains(['"', '%', '\\', '\n']) && text.starts_with('"') && text.ends_with('"')
    };
    let word = |text: &str, more: &str| {
        text.starts_with(char::is_alphabetic)
            && text.chars().all(|character| character.is_alphanumeric() || character == '_' || more.contains(character))
    };
    let is_attribute = |line: &str| {
        let (line, comment) = line.split_once(" \"").map_or((line, None), |(line, comment)| (line, Some(format!("\"{comment}"))));
        let mut words = line.split_whitespace();
        let named = words.next().is_some_and(|kind| word(kind, "()[],"))
            && words.next().is_some_and(|name| word(name, "") && !["PK", "FK", "UK"].contains(&name.to_uppercase().as_str()));
        named && words.all(|key| ["PK", "FK", "UK"].contains(&key.trim_end_matches(','))) && comment.is_none_or(|comment| quoted(&comment))
    };
    let is_relation = |line: &str| {
        let parts: Vec<&str> = line.split('"').collect();
        parts.len() == 7
            && [1, 3, 5].iter().all(|index| quoted(&format!("\"{}\"", parts[*index])))
            && parts[4] == " : "
            && parts[2].len() == 8
    };
    let is_known = |line: &&str| {
        *line == "erDiagram"
            || line.trim() == "}"
            || line.trim().strip_suffix(" {").is_some_and(quoted)
            || is_attribute(line.trim())
            || is_relation(line)
    };
    text.lines().filter(|line| !is_known(line)).map(str::to_owned).collect()
}

#[test]
fn diagrams_are_sound_whatever_the_names() {
    let root = hostile();
    let mermaid = shown(&root, &["schema", "--format", "mermaid", "db"]);
    assert_eq!(mistakes_in_mermaid(&mermaid), [""; 0], "{mermaid}");
    assert!(mermaid.contains("#quot;quoted#quot;") && mermaid.contains("日本"), "{mermaid}");
    let dot = shown(&root, &["schema", "--format", "dot", "db"]);
    let mut graphviz = match std::process::Command::new("dot")
        .arg("-Tplain")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
    {
        Ok(graphviz) => graphviz,
        Err(error) => {
            println!("skipped: Graphviz cannot be asked whether the diagram is sound ({error})");
            return;
        }
    };
    std::io::Write::write_all(&mut graphviz.stdin.take().expect("a pipe"), dot.as_bytes()).expect("written");
    let output = graphviz.wait_with_output().expect("ends");
    let drawn = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{dot}");
    assert_eq!(drawn.lines().filter(|line| line.starts_with("node ")).count(), 5, "{drawn}");
}

#[test]
fn relations_have_the_cardinality_of_their_keys() {
    let root = history(&[(
        "001_a.sql",
        "CREATE TABLE p (id bigint PRIMARY KEY);\n\
         CREATE TABLE many (id bigint PRIMARY KEY, required bigint NOT NULL REFERENCES p, optional bigint REFERENCES p);\n\
         CREATE TABLE one (id bigint PRIMARY KEY, required bigint NOT NULL UNIQUE REFERENCES p, optional bigint UNIQUE REFERENCES p);\n\
         CREATE TABLE part (p_id bigint PRIMARY KEY REFERENCES p);\n\
         CREATE TABLE item (p_id bigint REFERENCES p, number int, PRIMARY KEY (p_id, number));\n",
    )]);
    let mermaid = shown(&root, &["schema", "--format", "mermaid", "db"]);
    for line in [
        "    \"p\" ||..o{ \"many\" : \"required\"",
        "    \"p\" |o..o{ \"many\" : \"optional\"",
        "    \"p\" ||..o| \"one\" : \"required\"",
        "    \"p\" |o..o| \"one\" : \"optional\"",
        "    \"p\" ||--o| \"part\" : \"p_id\"",
        "    \"p\" ||--o{ \"item\" : \"p_id\"",
        "        bigint id PK",
        "        bigint p_id PK, FK",
        "        bigint optional FK, UK",
    ] {
        assert!(mermaid.lines().any(|shown| shown == line), "{line}\n{mermaid}");
    }
}

#[test]
fn a_diagram_too_large_to_be_drawn_shows_less_and_says_so() {
    let tables = |columns: usize, count: usize| -> String {
        let columns: String = (0..columns).map(|column| format!(", column_{column} text")).collect();
        (0..count)
            .map(|table| format!("CREATE TABLE table_{table} (id bigint PRIMARY KEY{columns}, parent bigint REFERENCES table_0);\n"))
            .collect()
    };
    for (columns, count, note) in [(1, 40, None), (30, 150, Some("keys only")), (1, 1500, Some("tables, those with the most relations"))] {
        let root = history(&[("001_a.sql", &tables(columns, count))]);
        let mermaid = shown(&root, &["schema", "--format", "mermaid", "db"]);
        assert!(mermaid.chars().count() < 50_000 && mermaid.matches(" : \"").count() <= 500, "{count} tables");
        assert_eq!(note.is_some(), mermaid.starts_with("---\ntitle: "), "{count} tables: {}", &mermaid[..80]);
        assert!(
            note.is_none_or(|note| mermaid.lines().nth(1).is_some_and(|title| title.contains(note))),
            "{count} tables: {}",
            &mermaid[..120]
        );
    }
}

#[test]
fn diff_lists_objects_and_both_versions_sql() {
    let root = history(SHOP);
    let text = shown(&root, &["diff", "002", "004", "db"]);
    for line in [
        "+ index billing.invoices_userId_idx  (db/003_widen.sql:2)",
        "~ column billing.invoices.amount: type from integer to bigint  (db/003_widen.sql:1)",
        "+ view public.mails  (db/003_widen.sql:4)",
        "--- 002",
        "+++ 004",
        "-    amount integer,",
        "+    amount bigint,",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "no colour in a pipe");
    assert!(shown(&root, &["diff", "--color", "always", "002", "004", "db"]).contains("\u{1b}[32m+ view"));
    assert_eq!(shown(&root, &["diff", "2", "002", "db"]), "002 and 002 have the same schema\n");
    let document = json(&shown(&root, &["diff", "--format", "json", "002", "003", "db"]));
    let amount = document["differences"].as_array().and_then(|all| all.iter().find(|it| it["object"] == "billing.invoices.amount"));
    assert_eq!(amount.map(|amount| (&amount["change"], &amount["from"])), Some((&Value::from("altered"), &Value::from("integer"))));
}

/// The lines of a history that say where and what: `003 data updated rows`.
fn deeds(root: &TempDir, object: &str) -> Vec<String> {
    let document = json(&shown(root, &["history", "--format", "json", object, "db"]));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = document["entries"].as_array().cloned().unwrap_or_default();
    let did = |entry: &Value| entry["did"].as_array().map(|did| did.iter().map(text).collect::<Vec<_>>().join(", ")).unwrap_or_default();
    entries.iter().map(|entry| format!("{} {} {}", text(&entry["version"]), text(&entry["kind"]), did(entry))).collect()
}

#[test]
fn history_follows_renames_and_shows_rows_as_data() {
    let root = history(SHOP);
    let people = [
        "001 schema created table public.users",
        "004 schema renamed column mail to email",
        "004 schema renamed table public.users to public.people",
        "004 data updated rows",
    ];
    for object in ["people", "users", "public.people"] {
        assert_eq!(deeds(&root, object), people, "{object}");
    }
    for object in ["people.email", "users.mail", "public.people.EMAIL"] {
        assert_eq!(deeds(&root, object), people, "{object}");
    }
    assert_eq!(deeds(&root, "people.id"), [people[0], people[2]]);
    assert_eq!(
        deeds(&root, "billing.invoices.\"userId\""),
        ["002 schema created table billing.invoices, added constraint invoices_userId_fkey", "003 schema added index invoices_userId_idx"]
            .map(|line| line.replace(", added constraint invoices_userId_fkey", ""))
    );
    let text = shown(&root, &["history", "people", "db"]);
    assert!(text.contains("004  db/004_rename.sql:3\n     data: updated rows\n       UPDATE people SET email = lower(email)"), "{text}");
}

#[test]
fn history_shows_every_table_that_had_the_name() {
    let root = history(&[
        ("001_a.sql", "CREATE TABLE t (id bigint);\nINSERT INTO t VALUES (1);\n"),
        ("002_b.sql", "DROP TABLE t;\n"),
        ("003_c.sql", "DO $$ BEGIN CREATE TABLE t (id bigint, note text); END $$;\nALTER TABLE IF EXISTS nothing ADD x int;\n"),
        ("004_d.sql", "TRUNCATE t;\nALTER TABLE t RENAME TO old_t;\nCREATE TABLE t (id uuid);\n"),
    ]);
    assert_eq!(deeds(&root, "t"), ["004 schema created table public.t"], "the older one goes by another name now");
    assert_eq!(
        deeds(&root, "old_t"),
        [
            "001 schema created table public.t",
            "001 data inserted rows",
            "002 schema dropped table public.t",
            "003 schema created table public.t",
            "004 data removed all rows",
            "004 schema renamed table public.t to public.old_t",
        ]
    );
    let error = refused(&root, &["history", "old_t.nte", "db"]);
    assert!(error.contains("did you mean `note`?"), "{error}");
    assert!(refused(&root, &["history", "old_x", "db"]).contains("did you mean `old_t`?"));
}

#[test]
fn json_keeps_to_the_published_schemas() {
    let cases = common::root().join("testdata/cases");
    let check = |name: &str, arguments: &[&str]| {
        let output = common::migralint(&cases, arguments);
        assert_eq!(common::mistakes(name, &json(&common::stdout(&output))), [""; 0], "{arguments:?}");
    };
    for case in common::CASES {
        check("schema.schema.json", &["schema", "--format", "json", case]);
        check("schema.schema.json", &["schema", "--format", "json", "--origins", case]);
        check("tenants.schema.json", &["tenants", "--format", "json", case]);
    }
    check("diff.schema.json", &["diff", "--format", "json", "000", "021", "insights/database/migration"]);
    check("history.schema.json", &["history", "--format", "json", "Submissions", "insights/database/migration"]);
    let document = json(&shown(&hostile(), &["schema", "--format", "json", "db"]));
    assert_eq!(common::mistakes("schema.schema.json", &document), [""; 0]);
}

#[test]
fn what_is_missing_in_the_schema_is_told() {
    let root = history(&[
        ("001_a.sql", "CREATE TABLE t (id bigint);\n"),
        ("002_b.sql", "DO $$ BEGIN EXECUTE pg_read_file('x'); END $$;\n"),
        ("003_c.sql", "CREATE TABLE [;\n"),
    ]);
    for (version, status, told) in [
        ("001", 0, ""),
        ("002", 0, "migralint: 1 statement could not be followed or would fail: `migralint lint db` says why\n"),
        ("003", 2, "db/003_c.sql:1: the statement does not parse and is left out\n"),
    ] {
        for arguments in [&["schema", "--at", version, "db"][..], &["diff", "001", version, "db"]] {
            let output = common::migralint(root.path(), arguments);
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(status), "{arguments:?}: {error}");
            assert!(error.ends_with(told) && told.is_empty() == error.is_empty(), "{arguments:?}: {error}");
            assert!(!output.stdout.is_empty(), "{arguments:?}: what is known is shown");
        }
    }
}

#[test]
fn a_table_without_its_refused_foreign_key_has_a_history() {
    let root = history(&[("001_a.sql", "CREATE TABLE t (id bigint PRIMARY KEY REFERENCES missing (id));\n")]);
    for object in ["t", "t.id"] {
        let text = shown(&root, &["history", object, "db"]);
        assert!(text.contains(": 1 statement\n") && text.contains("db/001_a.sql:1\n"), "{object}: {text}");
    }
}

#[test]
fn a_column_that_never_was_is_named_without_its_table() {
    let root = history(SHOP);
    let error = refused(&root, &["history", "people.nickname", "db"]);
    assert_eq!(error, "migralint: `public.people` never had a column `nickname`\n");
}

#[test]
fn a_file_that_cannot_be_read_means_the_schema_is_not_whole() {
    let root = history(SHOP);
    fs::write(root.path().join("db/005_latin.sql"), b"CREATE TABLE caf\xe9 (id bigint PRIMARY KEY);\n").expect("a file");
    for arguments in [&["schema", "db"][..], &["diff", "1", "2", "db"], &["history", "people", "db"]] {
        let error = refused(&root, arguments);
        assert!(error.contains("db/005_latin.sql: ") && error.contains("UTF-8"), "{arguments:?}: {error}");
    }
}

#[test]
fn what_is_said_about_tenants_names_the_table_the_keys_and_the_evidence() {
    let cases = common::root().join("testdata/cases");
    let told = |case: &str| common::stdout(&common::migralint(&cases, &["tenants", case]));
    for (case, lines) in [
        (
            "dual-write/supabase/migrations",
            [
                "tenants: `public.organizations`, key `id` (uuid), \
                 dual-write/supabase/migrations/20251001090000_customers_and_organizations.sql:8",
                "    +1  `public.organization_members` lists who belongs to it",
                "  `public.domains.organization_id`: a foreign key, dual-write/supabase/migrations/20251001090500_domains.sql:3",
                "  `public.woocommerce_orders` through `public.domains`",
                "    keys: [\"organization_id\"]",
            ]
            .as_slice(),
        ),
        ("log-and-backups/migrations", &["no tenants: no table looks like one that holds tenants"]),
        (
            "backfill-companions/prisma/migrations",
            &["no tenants: no table has enough evidence for being the table of tenants", "    +0.5  it is named `customer`"],
        ),
    ] {
        let text = told(case);
        for line in lines {
            assert!(text.lines().any(|told| told == *line), "{case}: {line}\n{text}");
        }
    }
}
