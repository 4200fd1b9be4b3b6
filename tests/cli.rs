//! What a user types and what they get.

mod common;

use std::collections::BTreeSet;
use std::fs;

use tempfile::TempDir;

fn scratch(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().expect("a scratch directory");
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    directory
}

const CLEAN: &str = "CREATE TABLE t (id bigint PRIMARY KEY);\n";
const WARNING: &str = "CREATE TABLE t (id bigint);\n";
const ERROR: &str = "CREATE TABLE t (id bigint PRIMARY KEY, kind varchar(2) NOT NULL CHECK (kind IN ('abc')));\n";

#[test]
fn the_exit_status_follows_the_gravest_finding_and_fail_on() {
    let cases = [
        (CLEAN, "error", 0),
        (WARNING, "error", 0),
        (WARNING, "warning", 1),
        (ERROR, "error", 1),
        (ERROR, "never", 0),
        ("CREATE TABLE;\n", "never", 2),
    ];
    for (sql, fail_on, expected) in cases {
        let root = scratch(&[("m/001_a.sql", sql), ("m/001_a.down.sql", "DROP TABLE t;\n")]);
        let output = common::migralint(root.path(), &["lint", "--fail-on", fail_on, "m"]);
        assert_eq!(output.status.code(), Some(expected), "{sql} --fail-on {fail_on}: {}", common::stdout(&output));
    }
}

/// Exit status and standard error.
fn refusal(root: &TempDir, arguments: &[&str]) -> (Option<i32>, String) {
    let output = common::migralint(root.path(), arguments);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_cannot_be_reviewed_is_named_with_the_reason() {
    let root = scratch(&[("db/001_a.sql", CLEAN), ("notes/notes.sql", CLEAN), ("notes/README.txt", ""), ("other/misc/001_a.sql", CLEAN)]);
    for (path, expected) in [
        ("nowhere", "there is no file or directory `nowhere`"),
        ("db/002_b.sql", "there is no file or directory `db/002_b.sql`"),
        ("-", "--stdin-filename"),
        ("notes", "no migrations in `notes`"),
        ("notes/notes.sql", "`notes/notes.sql` is no migration"),
        ("other", "`other/misc`"),
    ] {
        let (status, error) = refusal(&root, &["lint", path]);
        assert_eq!(status, Some(2), "{path}: {error}");
        assert!(error.contains(expected), "{path}: {error}");
    }
}

#[test]
fn a_directory_named_twice_is_reviewed_once() {
    let root = scratch(&[("db/001_a.sql", WARNING)]);
    let report = common::json(root.path(), &["db", "./db/", "db/../db"]);
    assert_eq!(report["directories"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_directory_without_a_file_that_counts_was_not_reviewed() {
    let root = scratch(&[("db/001_a.sql", CLEAN), ("all/001_a.sql", CLEAN), ("all/migralint.yaml", "ignore: ['**']\n")]);
    for arguments in [&["lint", "--layout", "Flyway", "--fail-on", "never", "db"][..], &["lint", "all"]] {
        assert_eq!(common::migralint(root.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_run_that_read_nothing_says_why_it_fails() {
    let root = scratch(&[("db/001_a.sql", CLEAN)]);
    let (status, error) = refusal(&root, &["lint", "--layout", "flyway", "db"]);
    assert_eq!(status, Some(2));
    assert!(error.contains("no file of `db` is a migration of Flyway"), "{error}");
}

#[test]
fn a_table_of_tenants_that_is_not_there_is_named() {
    let configuration = |table: &str| format!("tenant: {{ table: {table} }}\n");
    let teams = "CREATE TABLE teams (id bigint PRIMARY KEY);\n";
    let root = scratch(&[("one/001_a.sql", teams), ("one/002_b.sql", "DROP TABLE teams;\n"), ("two/001_a.sql", CLEAN)]);
    for (table, directories, expected) in [
        ("t", &["two"][..], None),
        ("public.t", &["two"], None),
        ("t", &["one", "two"], None),
        ("tt", &["one", "two"], Some("`tt`, exists at no version of `one`")),
        ("tt", &["two"], Some("exists at no version of `two`: lints about tenants take no table for it; did you mean `t`?")),
        ("teams", &["one"], Some("`teams`, is gone from version 002 on of `one`")),
    ] {
        fs::write(root.path().join("migralint.yaml"), configuration(table)).expect("a file");
        let (_, error) = refusal(&root, &[&["lint"], directories].concat());
        assert_eq!(error.contains("table of tenants"), expected.is_some(), "{table} {directories:?}: {error}");
        assert!(error.contains(expected.unwrap_or_default()), "{table} {directories:?}: {error}");
    }
}

#[test]
fn a_group_turns_on_nothing_that_is_off_by_default() {
    let root = scratch(&[("migralint.yaml", "lints: { names: error }\n")]);
    let output = common::migralint(root.path(), &["config", "--format", "json"]);
    let config: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let lints = config[0]["lints"].as_array().cloned().unwrap_or_default();
    let level = |id: &str| lints.iter().find(|lint| lint["lint"] == id).map(|lint| lint["level"].clone()).unwrap_or_default();
    assert_eq!(
        (level("reserved-word"), level("missing-table-comment"), level("money")),
        ("error".into(), "off".into(), "warning".into()),
        "{lints:?}"
    );
}

#[test]
fn a_group_is_explained_by_its_lints() {
    let root = scratch(&[]);
    let output = common::migralint(root.path(), &["explain", "numbering"]);
    let text = common::stdout(&output);
    assert_eq!(output.status.code(), Some(0));
    assert!(text.starts_with("numbering\n") && text.contains("duplicate-version") && text.contains("lints: { numbering: off }"), "{text}");
    assert!(!text.contains("missing-rollback"), "{text}");
}

#[test]
fn an_unknown_layout_is_refused_with_those_there_are() {
    let (status, error) = refusal(&scratch(&[]), &["lint", "--layout", "flywy", "."]);
    assert_eq!(status, Some(2));
    assert!(error.contains("flyway") && error.contains("golang-migrate"), "{error}");
}

#[test]
fn mistakes_in_the_configuration_are_shown_where_they_are() {
    for (text, line, expected) in [
        ("fail_on: warning\n", 1, "fail_on"),
        ("lints:\n  gapp: off\n", 2, "gapp"),
        ("lints:\n  gap: warn\n", 2, "`warn`"),
        ("lints: [a\n", 2, "not YAML"),
        ("tenant: yes\n", 1, "`yes`"),
        ("- a\n", 1, "a list"),
        ("layout: flywy\n", 1, "`flywy`"),
        ("down-directory: nowhere\n", 1, "nowhere"),
    ] {
        let root = scratch(&[("db/001_a.sql", CLEAN), ("migralint.yaml", text)]);
        let report = common::json(root.path(), &["--only", "gap", "db"]);
        let finding = &report["findings"][0];
        assert_eq!(
            (finding["lint"].as_str(), finding["path"].as_str(), finding["line"].as_u64()),
            (Some("config"), Some("migralint.yaml"), Some(line)),
            "{text}"
        );
        assert!(finding["message"].as_str().is_some_and(|message| message.contains(expected)), "{text}: {finding}");
    }
}

#[test]
fn the_first_line_says_what_was_recognised_and_the_last_what_was_found() {
    let root = scratch(&[("db/001_a.sql", WARNING), ("db/001_a.down.sql", "DROP TABLE t;\n")]);
    let output = common::stdout(&common::migralint(root.path(), &["lint", "db"]));
    assert_eq!(output.lines().next(), Some("db: 1 migration, hand-numbered, PostgreSQL"));
    assert_eq!(output.lines().last(), Some("1 warning; 1 statement modelled"));
}

#[test]
fn standard_input_stands_for_a_migration_that_is_not_saved() {
    let root = scratch(&[("db/001_a.sql", CLEAN), ("db/002_b.sql", CLEAN)]);
    for (file, text, expected) in [
        ("db/003_c.sql", "DROP TABLE nowhere;", vec![("would-fail", "db/003_c.sql", 1)]),
        ("db/002_b.sql", "-- edited\nDROP TABLE nowhere;", vec![("would-fail", "db/002_b.sql", 2)]),
        ("./db/../db/002_c.sql", "SELECT 1;", vec![("duplicate-version", "db/002_c.sql", 1)]),
        ("elsewhere.sql", "DROP TABLE nowhere;", vec![]),
    ] {
        let arguments = ["lint", "--format", "json", "--only", "would-fail,duplicate-version", "--stdin-filename", file];
        let output = common::migralint_reading(root.path(), &arguments, text);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        let found: Vec<_> =
            findings.iter().map(|finding| (finding["lint"].as_str(), finding["path"].as_str(), finding["line"].as_u64())).collect();
        let expected: Vec<_> = expected.into_iter().map(|(lint, path, line)| (Some(lint), Some(path), Some(line))).collect();
        assert_eq!(found, expected, "{file}");
        assert_eq!(output.status.code(), Some(if expected.is_empty() { 2 } else { 1 }), "{file}");
    }
}

#[test]
fn no_colour_is_written_into_a_pipe() {
    let root = scratch(&[("db/001_a.sql", WARNING)]);
    assert!(!common::stdout(&common::migralint(root.path(), &["lint", "db"])).contains('\u{1b}'));
    assert!(common::stdout(&common::migralint(root.path(), &["lint", "--color", "always", "db"])).contains('\u{1b}'));
}

#[test]
fn paths_are_relative_to_where_the_user_stands() {
    let root = scratch(&[("db/migrations/001_a.sql", WARNING), ("elsewhere/x", "")]);
    for (stand, argument, expected) in [
        (".", "db/migrations", "db/migrations/001_a.sql"),
        ("db", "migrations", "migrations/001_a.sql"),
        ("db/migrations", ".", "001_a.sql"),
        ("elsewhere", "../db/migrations", "../db/migrations/001_a.sql"),
    ] {
        let report = common::json(&root.path().join(stand), &[argument]);
        assert_eq!(report["findings"][0]["path"], expected, "standing in {stand}");
    }
}

#[test]
fn either_of_two_files_with_one_number_is_told_so() {
    let root = scratch(&[("m/001_a.sql", CLEAN), ("m/002_b.sql", "SELECT 1;\n"), ("m/002_c.sql", "SELECT 2;\n")]);
    for file in ["m/002_b.sql", "m/002_c.sql"] {
        let output = common::migralint(root.path(), &["lint", "--only", "duplicate-version", file]);
        assert_eq!(output.status.code(), Some(1), "{file}: {}", common::stdout(&output));
    }
}

#[test]
fn one_file_shows_only_its_own_findings_in_the_light_of_the_whole_history() {
    let root = scratch(&[
        ("db/001_a.sql", "CREATE TABLE a (id bigint);\n"),
        ("db/002_b.sql", "CREATE TABLE b (id bigint);\nALTER TABLE a ADD PRIMARY KEY (id);\n"),
    ]);
    let report = common::json(root.path(), &["--only", "missing-primary-key", "db/002_b.sql"]);
    let paths: Vec<_> = report["findings"].as_array().expect("findings").iter().map(|finding| finding["path"].clone()).collect();
    assert_eq!(paths, ["db/002_b.sql"]);
}

#[test]
fn only_and_skip_choose_lints_and_unknown_ids_are_refused_with_the_nearest() {
    let root = scratch(&[("db/001_a.sql", WARNING)]);
    let lints = |arguments: &[&str]| -> Vec<String> {
        let report = common::json(root.path(), &[arguments, &["db"]].concat());
        report["findings"].as_array().expect("findings").iter().map(|finding| finding["lint"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(lints(&["--only", "missing-primary-key"]), ["missing-primary-key"]);
    assert_eq!(lints(&["--skip", "missing-primary-key,missing-rollback"]), [""; 0]);
    let output = common::migralint(root.path(), &["lint", "--only", "missing-primary-keys", "db"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`missing-primary-key`"), "the nearest id is named");
}

#[test]
fn explain_says_what_why_and_how_and_refuses_unknown_ids_with_the_nearest() {
    let root = scratch(&[]);
    let text = common::stdout(&common::migralint(root.path(), &["explain", "foreign-key-without-index"]));
    assert!(text.contains("foreign-key-without-index") && text.contains("CREATE INDEX"), "{text}");
    let output = common::migralint(root.path(), &["explain", "foreign-key-without-indx"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`foreign-key-without-index`"));
}

#[test]
fn every_lint_is_listed_and_every_shell_gets_completions() {
    let root = scratch(&[]);
    let listed = common::stdout(&common::migralint(root.path(), &["lints"]));
    for lint in migralint::lints::builtin() {
        assert!(listed.contains(&lint.card.id), "{}", lint.card.id);
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(common::stdout(&common::migralint(root.path(), &["completions", shell])).contains("migralint"), "{shell}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    use std::process::{Command, Stdio};
    let root = scratch(&[("db/001_a.sql", CLEAN)]);
    for arguments in [&["lint", "db"][..], &["lints"], &["explain", "gap"], &["completions", "bash"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
        let mut command = Command::new(env!("CARGO_BIN_EXE_migralint"));
        let output = command.current_dir(root.path()).args(arguments).stdout(full).stderr(Stdio::piped()).output().expect("starts");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the output"), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_migralint")).arg("lints").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Messages of `would-fail` for a directory of migrations.
fn refused(files: &[(&str, &str)]) -> Vec<String> {
    let root = scratch(files);
    let report = common::json(root.path(), &["--only", "would-fail", "db"]);
    report["findings"].as_array().expect("findings").iter().map(|finding| finding["path"].as_str().expect("a path").to_owned()).collect()
}

#[test]
fn a_mistyped_table_would_fail_but_a_history_may_begin_on_an_existing_database() {
    let made = ("db/001_a.sql", "CREATE TABLE users (id bigint PRIMARY KEY);\n");
    let mistyped = ("db/002_b.sql", "ALTER TABLE usres ADD COLUMN name text;\n");
    assert_eq!(refused(&[made, mistyped]), ["db/002_b.sql"]);
    let delta = ["accounts", "orders", "items"].map(|table| format!("ALTER TABLE {table} ADD COLUMN note text;\n")).concat();
    assert_eq!(refused(&[("db/001_a.sql", &delta), ("db/002_b.sql", "CREATE INDEX ON accounts (note);\n")]), ["db/001_a.sql"], "said once");
}

#[test]
fn a_folder_above_stands_for_all_directories_of_migrations_below_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, CLEAN).unwrap();
    };
    for path in [
        "one/db/migrations/001_a.sql",
        "one/db/migrations/002_b.sql",
        "two/prisma/migrations/20240131120000_a/migration.sql",
        "three/migrations/0.1/00__a.sql",
        "three/migrations/0.2/00__b.sql",
        "four/tests/migrations/001_a.sql",
        "five/migrations/mysql/001_a.sql",
        "five/migrations/oracle/001_a.sql",
        "five/supabase/schemas/01_a.sql",
        "seven/db/common/V1__a.sql",
        "seven/db/mariadb/V2__b.sql",
        "seven/db/postgresql/V2__b.sql",
        "eight/db/V1__a.sql",
        "eight/db/sqlite/V2__b.sql",
        "eight/db/h2/V2__b.sql",
        "eight/db/later/V3__c.sql",
        "node_modules/six/migrations/001_a.sql",
        "src/001.sql",
    ] {
        write(path);
    }
    let report = common::json(folder.path(), &[]);
    let directories: Vec<_> =
        report["directories"].as_array().unwrap().iter().map(|directory| directory["path"].as_str().unwrap()).collect();
    let expected = [
        "eight/db",
        "eight/db/sqlite",
        "five/migrations/mysql",
        "one/db/migrations",
        "seven/db/common",
        "seven/db/mariadb",
        "seven/db/postgresql",
        "three/migrations",
        "two/prisma/migrations",
    ];
    assert_eq!(directories, expected);
}

#[test]
fn a_since_that_no_migration_reaches_is_told() {
    let root = scratch(&[("db/001_a.sql", CLEAN)]);
    let (_, error) = refusal(&root, &["lint", "--since", "002", "db"]);
    assert_eq!(error, "migralint: `db` has no migration from `002` on: lints about locks, drops and renames report nothing\n");
    let (_, error) = refusal(&root, &["lint", "--since", "001", "db"]);
    assert_eq!(error, "");
}

#[test]
fn layout_refuses_a_configuration_with_mistakes() {
    let root = scratch(&[("db/001_a.sql", CLEAN), ("migralint.yaml", "layuot: flyway\n")]);
    let (status, error) = refusal(&root, &["layout", "db"]);
    assert_eq!(status, Some(2));
    assert!(error.contains("migralint.yaml:1: ") && error.contains("layuot"), "{error}");
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_neither_ends_a_line_nor_commands_a_terminal() {
    let root = scratch(&[("db/001_a\n\u{1b}[2J.sql", WARNING)]);
    for command in ["lint", "layout"] {
        let text = common::stdout(&common::migralint(root.path(), &[command, "db"]));
        assert!(text.contains("001_a??[2J.sql") && !text.contains('\u{1b}'), "{command}: {text}");
    }
}

#[test]
fn a_directory_that_several_paths_lead_to_is_reviewed_once() {
    let root = scratch(&[
        ("db/migrations/001_a.sql", WARNING),
        ("db/migrations/002_b.sql", ERROR),
        ("db/migrations/003_c.sql", "CREATE TABLE u (id bigint);\n"),
    ]);
    let (first, third) = ("db/migrations/001_a.sql", "db/migrations/003_c.sql");
    for (paths, files) in [
        (&[first, third][..], &[first, third][..]),
        (&[first, "db/migrations"], &[first, "db/migrations/002_b.sql", third]),
        (&["db/migrations", first], &[first, "db/migrations/002_b.sql", third]),
        (&["db/migrations", "."], &[first, "db/migrations/002_b.sql", third]),
    ] {
        let report = common::json(root.path(), paths);
        assert_eq!(report["directories"].as_array().map(Vec::len), Some(1), "{paths:?}");
        let findings = report["findings"].as_array().expect("findings");
        let named: BTreeSet<&str> = findings.iter().filter_map(|finding| finding["path"].as_str()).collect();
        assert_eq!(named.into_iter().collect::<Vec<_>>(), files, "{paths:?}");
    }
}

#[test]
fn a_hook_passes_over_files_that_are_no_migrations_and_says_so() {
    let folder = scratch(&[
        ("db/migrations/001_a.sql", "CREATE TABLE a (id bigint PRIMARY KEY);"),
        ("db/migrations/002_b.sql", "ALTER TABLE a ADD COLUMN id bigint;"),
        ("queries/1.sql", "SELECT 1;"),
        ("queries/2.sql", "SELECT 2;"),
        ("report.sql", "SELECT 3;"),
    ]);
    let hook = |files: &[&str]| common::migralint(folder.path(), &[&["lint", "--skip-others"], files].concat());
    for (files, status, passed_over) in [
        (&["report.sql", "queries/1.sql"][..], 0, "passed over: `report.sql`, `queries/1.sql`"),
        (&["report.sql", "db/migrations/001_a.sql"], 0, "passed over: `report.sql`"),
        (&["report.sql", "db/migrations/002_b.sql"], 1, "passed over: `report.sql`"),
        (&["gone.sql"], 2, "there is no file or directory `gone.sql`"),
    ] {
        let output = hook(files);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{files:?}: {said}{}", common::stdout(&output));
        assert!(said.contains(passed_over), "{files:?}: {said}");
    }
    let output = common::migralint(folder.path(), &["lint", "report.sql"]);
    assert_eq!(output.status.code(), Some(2), "who names a file by hand wants it checked");
}
