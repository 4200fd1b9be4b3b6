//! `lint --fix`: what is certain is repaired where nobody has run it, means the same, and is no longer found.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::repository::Repository;
use common::{json, migralint, stdout};

const BASE: &str = "-- +goose Up\nCREATE TABLE users (id bigint PRIMARY KEY, name text);\nCREATE TABLE notes (id bigint PRIMARY KEY, user_id bigint);\n\n-- +goose Down\nDROP TABLE notes;\nDROP TABLE users;\n";
const ALONE: &str = "-- +goose NO TRANSACTION\n-- +goose Up\n";
const DOWN: &str = "\n-- +goose Down\nSELECT 1;\n";

fn folder(new: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("db")).unwrap();
    fs::write(folder.path().join("db/001_base.sql"), BASE).unwrap();
    fs::write(folder.path().join("db/002_new.sql"), new).unwrap();
    folder
}

fn text(root: &Path) -> String {
    fs::read_to_string(root.join("db/002_new.sql")).unwrap()
}

fn lints(root: &Path) -> Vec<String> {
    let report = json(root, &["db"]);
    report["findings"].as_array().unwrap().iter().map(|found| found["lint"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_certain_is_repaired_and_no_longer_found() {
    let cases = [
        (
            "index-not-concurrent",
            format!("{ALONE}CREATE INDEX notes_user ON notes (user_id);\n{DOWN}"),
            format!("{ALONE}CREATE INDEX CONCURRENTLY notes_user ON notes (user_id);\n{DOWN}"),
        ),
        (
            "foreign-key-not-valid-first",
            format!(
                "{ALONE}ALTER TABLE notes ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;\n{DOWN}"
            ),
            format!(
                "{ALONE}ALTER TABLE notes ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;\n\n\
                 ALTER TABLE public.notes VALIDATE CONSTRAINT of_user;\n{DOWN}"
            ),
        ),
        (
            "check-not-valid-first",
            format!("{ALONE}ALTER TABLE notes ADD CONSTRAINT positive CHECK (user_id > 0);\n{DOWN}"),
            format!(
                "{ALONE}ALTER TABLE notes ADD CONSTRAINT positive CHECK (user_id > 0) NOT VALID;\n\n\
                 ALTER TABLE public.notes VALIDATE CONSTRAINT positive;\n{DOWN}"
            ),
        ),
        (
            "unused-suppression",
            format!("{ALONE}  -- migralint: allow(gap) for no reason\nCREATE TABLE more (id bigint PRIMARY KEY);\n{DOWN}"),
            format!("{ALONE}CREATE TABLE more (id bigint PRIMARY KEY);\n{DOWN}"),
        ),
        (
            "unused-suppression",
            format!("{ALONE}CREATE TABLE more (id bigint); -- migralint: allow(gap, missing-primary-key) few rows\n{DOWN}"),
            format!("{ALONE}CREATE TABLE more (id bigint); -- migralint: allow(missing-primary-key) few rows\n{DOWN}"),
        ),
    ];
    for (lint, before, after) in cases {
        let root = folder(&before);
        assert!(lints(root.path()).contains(&lint.to_owned()), "{lint}: {:?}", lints(root.path()));
        let output = migralint(root.path(), &["lint", "--fix", "db"]);
        let after = after.replace("public.notes", "notes");
        assert_eq!(text(root.path()).replace("public.notes", "notes"), after, "{lint}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!lints(root.path()).contains(&lint.to_owned()), "{lint}");
    }
}

#[test]
fn what_runs_in_a_transaction_is_left_alone() {
    let new = format!("-- +goose Up\nCREATE INDEX notes_user ON notes (user_id);\n{DOWN}");
    let root = folder(&new);
    migralint(root.path(), &["lint", "--fix", "db"]);
    assert_eq!(text(root.path()), new);
}

#[test]
fn line_ends_and_a_byte_order_mark_stay() {
    let new = format!("\u{feff}{ALONE}ALTER TABLE notes ADD CONSTRAINT positive CHECK (user_id > 0);\n{DOWN}").replace('\n', "\r\n");
    let root = folder(&new);
    migralint(root.path(), &["lint", "--fix", "db"]);
    let fixed = text(root.path());
    assert!(fixed.starts_with('\u{feff}') && fixed.contains("NOT VALID;\r\n\r\nALTER TABLE"), "{fixed:?}");
    assert_eq!(fixed.matches('\n').count(), fixed.matches("\r\n").count(), "{fixed:?}");
}

#[test]
fn a_patch_is_printed_that_git_applies_and_nothing_is_written() {
    let new = format!("{ALONE}CREATE INDEX notes_user ON notes (user_id);\n{DOWN}");
    let repository = Repository::with(&[("db/001_base.sql", BASE)]);
    repository.write("db/002_new.sql", &new);
    let output = migralint(repository.root(), &["lint", "--fix", "--diff", "db"]);
    assert_eq!(text(repository.root()), new);
    fs::write(repository.root().join("fix.patch"), &output.stdout).unwrap();
    let applied = Command::new("git").current_dir(repository.root()).args(["apply", "fix.patch"]).output().unwrap();
    assert!(applied.status.success(), "{}\n{}", String::from_utf8_lossy(&applied.stderr), stdout(&output));
    assert!(text(repository.root()).contains("CREATE INDEX CONCURRENTLY"));
}

#[test]
fn a_patch_names_files_from_the_root_wherever_it_is_printed() {
    let new = format!("{ALONE}CREATE INDEX notes_user ON notes (user_id);\n{DOWN}");
    let repository = Repository::with(&[("db/001_base.sql", BASE), ("beside/file", "")]);
    repository.write("db/002_new.sql", &new);
    let output = migralint(&repository.root().join("beside"), &["lint", "--fix", "--diff", "../db"]);
    assert!(stdout(&output).starts_with("diff --git a/db/002_new.sql b/db/002_new.sql\n"), "{}", stdout(&output));
    fs::write(repository.root().join("fix.patch"), &output.stdout).unwrap();
    let applied = Command::new("git").current_dir(repository.root()).args(["apply", "fix.patch"]).output().unwrap();
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    assert!(text(repository.root()).contains("CREATE INDEX CONCURRENTLY"));
}

#[test]
fn outside_of_git_there_is_a_patch_only_of_what_lies_below() {
    let root = folder(&format!("{ALONE}CREATE INDEX notes_user ON notes (user_id);\n{DOWN}"));
    let output = migralint(&root.path().join("db"), &["lint", "--fix", "--diff", "."]);
    assert!(stdout(&output).starts_with("diff --git a/002_new.sql b/002_new.sql\n"), "{}", stdout(&output));
    fs::create_dir(root.path().join("beside")).unwrap();
    let output = migralint(&root.path().join("beside"), &["lint", "--fix", "--diff", "../db"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""), "{told}");
    assert!(told.contains("outside of this folder"), "{told}");
}

#[test]
fn printing_a_patch_ends_as_lint_does_and_says_where_there_is_none() {
    let root = folder(&format!("{ALONE}CREATE TABLE more (id bigint PRIMARY KEY);\n{DOWN}"));
    for fail_on in ["info", "never"] {
        let expected = migralint(root.path(), &["lint", "--fail-on", fail_on, "db"]).status.code();
        let output = migralint(root.path(), &["lint", "--fix", "--diff", "--fail-on", fail_on, "db"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), stdout(&output).as_str()), (expected, ""), "{fail_on}: {told}");
        assert!(told.contains("there is no patch"), "{told}");
    }
}

#[test]
fn nothing_is_written_where_the_configuration_or_the_version_is_wrong() {
    let new = format!("{ALONE}CREATE INDEX notes_user ON notes (user_id);\n{DOWN}");
    for (configuration, arguments, told) in [
        ("presett: strict\n", &["lint", "--fix", "db"][..], "migralint.yaml:1: "),
        ("", &["lint", "--fix", "--since", "nowhere", "db"], "there is no version `nowhere`"),
    ] {
        let root = folder(&new);
        fs::write(root.path().join("migralint.yaml"), configuration).unwrap();
        let output = migralint(root.path(), arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(told), "{error}");
        assert_eq!(text(root.path()), new, "{error}");
    }
}

#[test]
fn a_version_may_be_named_by_its_file() {
    let root = folder(&format!("{ALONE}CREATE INDEX notes_user ON notes (user_id);\n{DOWN}"));
    let output = migralint(root.path(), &["lint", "--fix", "--since", "002_new", "db"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("repaired 1 finding in 1 file"), "{told}");
    assert!(text(root.path()).contains("CREATE INDEX CONCURRENTLY"), "{told}");
}

#[test]
fn only_what_was_written_is_counted() {
    let index = |name: &str| format!("{ALONE}CREATE INDEX {name} ON notes (user_id, id);\n{DOWN}");
    let root = folder(&index("one").replace("CREATE INDEX", "CREATE UNIQUE INDEX"));
    let other = root.path().join("db/003_latin.sql");
    let latin = [format!("{}-- caf", index("two")).as_bytes(), b"\xe9\n"].concat();
    fs::write(&other, &latin).unwrap();
    let output = migralint(root.path(), &["lint", "--fix", "--since", "002", "db"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("003_latin.sql` is not repaired: it is not text"), "{told}");
    assert!(told.contains("repaired 1 finding in 1 file"), "{told}");
    assert_eq!(fs::read(other).unwrap(), latin);
}

#[cfg(unix)]
#[test]
fn a_repaired_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let root = folder(&format!("{ALONE}CREATE INDEX notes_user ON notes (user_id);\n{DOWN}"));
    let path = root.path().join("db/002_new.sql");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    migralint(root.path(), &["lint", "--fix", "db"]);
    assert!(text(root.path()).contains("CREATE INDEX CONCURRENTLY"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o664);
    assert_eq!(fs::read_dir(root.path().join("db")).unwrap().count(), 2, "nothing is left beside it");
}

#[test]
fn what_the_base_has_is_never_touched() {
    let old = format!("{ALONE}CREATE INDEX notes_user ON notes (user_id);\n{DOWN}");
    let repository = Repository::with(&[("db/001_base.sql", BASE), ("db/002_new.sql", &old)]);
    migralint(repository.root(), &["lint", "--fix", "db"]);
    assert_eq!(text(repository.root()), old);
    let output = migralint(repository.root(), &["lint", "--fix", "--diff", "db"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("the base has all of these migrations"), "{told}");
}

#[test]
fn a_repair_that_would_lead_to_another_schema_is_refused_with_the_reason() {
    // As it stands, goose's section for rollbacks is not seen, and its statements would run going forward.
    let new = "-- +goose Up\nCREATE TABLE more (id bigint PRIMARY KEY);\n -- +goose Down\nDROP TABLE more;\n";
    let root = folder(new);
    assert!(lints(root.path()).contains(&"misplaced-directive".to_owned()));
    let output = migralint(root.path(), &["lint", "--fix", "db"]);
    assert_eq!(text(root.path()), new);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("`misplaced-directive` is not repaired: it would lead to another schema"), "{told}");
}

const MADE: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";
const ADDED: &str = "ALTER TABLE users ADD COLUMN email text;\nCREATE INDEX users_email ON users (email);\n";

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join("db").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// How many rollbacks lead where.
fn rollbacks(root: &Path) -> serde_json::Value {
    json(root, &["db"])["directories"][0]["rollbacks"].clone()
}

/// The files of a directory, the one that holds the rollback afterwards, and what that says.
type WrittenRollback<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn a_missing_rollback_is_written_where_the_tool_looks_for_it() {
    let undone = "ALTER TABLE users DROP COLUMN email;\n";
    let goose_made = format!("-- +goose Up\n{MADE}\n-- +goose Down\nDROP TABLE users;\n");
    let goose_added = format!("-- +goose Up\n{ADDED}");
    let goose_undone = format!("{}\n\n-- +goose Down\n{undone}", goose_added.trim_end());
    let liquibase = "--liquibase formatted sql\n\n--changeset ann:1\nCREATE TABLE users (id bigint PRIMARY KEY);\n--rollback DROP TABLE users;\n\n--changeset ann:2\nALTER TABLE users ADD COLUMN email text;\n";
    let liquibase_undone = format!("{}\n\n--rollback {undone}", liquibase.trim_end());
    let cases: &[WrittenRollback] = &[
        (&[("1_a.up.sql", MADE), ("1_a.down.sql", "DROP TABLE users;"), ("2_b.up.sql", ADDED)], "2_b.down.sql", undone),
        (&[("001_a.sql", MADE), ("rollback/001_a.sql", "DROP TABLE users;"), ("002_b.sql", ADDED)], "rollback/002_b.sql", undone),
        (&[("001_a.sql", MADE), ("001_a_rollback.sql", "DROP TABLE users;"), ("002_b.sql", ADDED)], "002_b_rollback.sql", undone),
        (
            &[
                ("2024-01-31-120000_a/up.sql", MADE),
                ("2024-01-31-120000_a/down.sql", "DROP TABLE users;"),
                ("2024-02-01-120000_b/up.sql", ADDED),
            ],
            "2024-02-01-120000_b/down.sql",
            undone,
        ),
        (&[("00001_a.sql", &goose_made), ("00002_b.sql", &goose_added)], "00002_b.sql", &goose_undone),
        (&[("changes.sql", liquibase)], "changes.sql", &liquibase_undone),
        (&[("001_a.sql", MADE)], "001_a.down.sql", "DROP TABLE users;\n"),
    ];
    for (files, path, expected) in cases {
        let root = directory(files);
        let output = migralint(root.path(), &["lint", "--fix", "db"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let written = fs::read_to_string(root.path().join("db").join(path)).unwrap_or_else(|error| panic!("{path}: {error}: {told}"));
        assert_eq!(written.replace("public.", ""), *expected, "{path}");
        assert!(!lints(root.path()).contains(&"missing-rollback".to_owned()), "{path}");
        let rollbacks = rollbacks(root.path());
        assert_eq!((&rollbacks["differ"], &rollbacks["fail"], &rollbacks["unknown"]), (&0.into(), &0.into(), &0.into()), "{path}");
    }
}

#[test]
fn no_rollback_is_written_where_rows_are_changed_or_lost_or_the_base_has_the_migration() {
    let first = [("1_a.up.sql", MADE), ("1_a.down.sql", "DROP TABLE users;")];
    for second in
        ["UPDATE users SET name = lower(name);\nALTER TABLE users ADD COLUMN email text;\n", "ALTER TABLE users DROP COLUMN name;\n"]
    {
        let root = directory(&[first[0], first[1], ("2_b.up.sql", second)]);
        migralint(root.path(), &["lint", "--fix", "db"]);
        assert!(!root.path().join("db/2_b.down.sql").exists(), "{second}");
    }
    let repository = Repository::with(&[("db/1_a.up.sql", MADE), ("db/1_a.down.sql", "DROP TABLE users;"), ("db/2_b.up.sql", ADDED)]);
    migralint(repository.root(), &["lint", "--fix", "db"]);
    assert!(!repository.root().join("db/2_b.down.sql").exists());
}

#[test]
fn all_rollbacks_of_a_new_directory_are_written() {
    let repository = Repository::with(&[("README.md", "")]);
    repository.write("db/1_a.up.sql", MADE);
    repository.write("db/2_b.up.sql", ADDED);
    let output = migralint(repository.root(), &["lint", "--fix", "db"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("repaired 1 finding in 2 files"), "{told}");
    assert_eq!(rollbacks(repository.root())["restore"], 2);
}

#[test]
fn a_rollback_that_stops_short_is_completed() {
    let cases = [
        ("DROP INDEX users_email;\n", "DROP INDEX users_email;\nALTER TABLE users DROP COLUMN email;\n"),
        ("DROP INDEX users_email", "DROP INDEX users_email;\nALTER TABLE users DROP COLUMN email;\n"),
        (
            "BEGIN;\nDROP INDEX users_email;\nCOMMIT;\n",
            "BEGIN;\nDROP INDEX users_email;\nALTER TABLE users DROP COLUMN email;\n\nCOMMIT;\n",
        ),
    ];
    for (before, after) in cases {
        let root =
            directory(&[("1_a.up.sql", MADE), ("1_a.down.sql", "DROP TABLE users;"), ("2_b.up.sql", ADDED), ("2_b.down.sql", before)]);
        assert!(lints(root.path()).contains(&"rollback-incomplete".to_owned()), "{before}");
        let output = migralint(root.path(), &["lint", "--fix", "db"]);
        let written = fs::read_to_string(root.path().join("db/2_b.down.sql")).unwrap();
        assert_eq!(written.replace("public.", ""), after, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(rollbacks(root.path())["restore"], 2, "{before}");
    }
}

#[test]
fn a_patch_makes_the_files_that_are_missing() {
    let repository = Repository::with(&[("db/1_a.up.sql", MADE), ("db/1_a.down.sql", "DROP TABLE users;")]);
    repository.write("db/2_b.up.sql", ADDED);
    let output = migralint(repository.root(), &["lint", "--fix", "--diff", "db"]);
    assert!(!repository.root().join("db/2_b.down.sql").exists());
    fs::write(repository.root().join("fix.patch"), &output.stdout).unwrap();
    let applied = Command::new("git").current_dir(repository.root()).args(["apply", "fix.patch"]).output().unwrap();
    assert!(applied.status.success(), "{}\n{}", String::from_utf8_lossy(&applied.stderr), stdout(&output));
    assert_eq!(rollbacks(repository.root())["restore"], 2);
}
