//! The baseline: what was known is not shown again, what is new is, and what is gone is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::path::Path;

use common::repository::Repository;
use common::{json, migralint, stdout};

const FIRST: &str = "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (a_id int REFERENCES a (id) ON DELETE CASCADE);\n";
const SECOND: &str = "CREATE TABLE c (x int);\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// `lint path:line` of what is found.
fn found(directory: &Path, arguments: &[&str]) -> Vec<String> {
    let report = json(directory, arguments);
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|found| format!("{} {}:{}", found["lint"].as_str().unwrap(), found["path"].as_str().unwrap(), found["line"])).collect()
}

fn write_baseline(directory: &Path, arguments: &[&str]) -> String {
    let output = migralint(directory, &[&["baseline"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    stdout(&output)
}

#[test]
fn what_was_known_is_hidden_and_counted_and_what_is_new_is_shown() {
    let root = folder(&[("migralint.yaml", ""), ("db/001_a.sql", FIRST), ("db/002_c.sql", SECOND)]);
    let before = found(root.path(), &["db"]);
    assert!(before.contains(&"missing-primary-key db/001_a.sql:2".to_owned()) && before.len() >= 3, "{before:?}");
    assert_eq!(write_baseline(root.path(), &["db"]), format!("migralint-baseline.yaml: {} findings\n", before.len()));
    assert_eq!(found(root.path(), &["db"]), Vec::<String>::new());
    let report = json(root.path(), &["db"]);
    assert_eq!(report["directories"][0]["hidden"]["by_baseline"], before.len());
    let text = stdout(&migralint(root.path(), &["lint", "db"]));
    assert!(text.contains(&format!("no findings; {} findings of the baseline not shown", before.len())), "{text}");
    fs::write(root.path().join("db/003_d.sql"), "CREATE TABLE d (y int);\n").unwrap();
    assert_eq!(found(root.path(), &["db"]), ["missing-primary-key db/003_d.sql:1"]);
}

#[test]
fn neither_lines_above_nor_where_the_user_stands_bring_a_finding_back() {
    let root = folder(&[("migralint.yaml", ""), ("db/001_a.sql", FIRST), ("db/003_c.sql", SECOND)]);
    write_baseline(root.path(), &["db"]);
    fs::write(root.path().join("db/001_a.sql"), format!("-- What a is for.\n\n{FIRST}")).unwrap();
    assert_eq!(found(&root.path().join("db"), &["."]), Vec::<String>::new(), "a gap belongs to a file, which has another path from here");
}

#[test]
fn an_entry_that_nothing_needs_is_told_at_its_line_and_dropped_by_the_next_baseline() {
    let root = folder(&[("migralint.yaml", ""), ("db/001_a.sql", FIRST), ("db/002_c.sql", SECOND)]);
    write_baseline(root.path(), &["db"]);
    let text = fs::read_to_string(root.path().join("migralint-baseline.yaml")).unwrap();
    let line = 2 + text.lines().position(|line| line.starts_with("    db/002_c.sql:")).unwrap();
    fs::write(root.path().join("db/002_c.sql"), "CREATE TABLE c (x int PRIMARY KEY);\n").unwrap();
    let stale = format!("baseline migralint-baseline.yaml:{line}");
    assert!(found(root.path(), &["db"]).contains(&stale), "{stale}: {:?}\n{text}", found(root.path(), &["db"]));
    assert!(!found(root.path(), &["--skip", "missing-primary-key", "db"]).contains(&stale), "what did not run says nothing");
    assert!(write_baseline(root.path(), &["db"]).contains("1 entry dropped as no longer needed"));
    assert!(found(root.path(), &["db"]).iter().all(|found| !found.starts_with("baseline")));
}

#[test]
fn a_baseline_of_one_directory_leaves_the_entries_of_another() {
    let root = folder(&[("migralint.yaml", ""), ("one/001_a.sql", SECOND), ("two/001_a.sql", SECOND)]);
    write_baseline(root.path(), &["one", "two"]);
    write_baseline(root.path(), &["one"]);
    assert_eq!(found(root.path(), &["one", "two"]), Vec::<String>::new());
}

#[test]
fn a_baseline_reads_as_groups_with_counts_in_an_order_of_their_own() {
    let root = folder(&[("migralint.yaml", ""), ("db/001_a.sql", "CREATE TABLE z (x int);\nCREATE TABLE b (x int);\n")]);
    write_baseline(root.path(), &["--only", "missing-primary-key", "db"]);
    let text = fs::read_to_string(root.path().join("migralint-baseline.yaml")).unwrap();
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(lines[..4], ["version: 1", "findings:", "  missing-primary-key: # 2 findings", "    db/001_a.sql: # 2"]);
    assert!(lines[4].contains("`b`") && lines[5].contains("`z`"), "{text}");
}

#[test]
fn a_broken_baseline_is_a_mistake_at_its_line_and_the_job_is_not_done() {
    let cases = [
        ("version: 2\n", "migralint-baseline.yaml:1", "`version` is `1`, not `2`"),
        ("version: 1\nfinding: {}\n", "migralint-baseline.yaml:2", "there is no `finding` in the baseline"),
        (
            "version: 1\nfindings:\n  gap:\n    db/a.sql:\n      \"12\": x\n",
            "migralint-baseline.yaml:5",
            "`12` is no fingerprint of a finding",
        ),
        ("version: 1\nfindings:\n  gap: [a]\n", "migralint-baseline.yaml:3", "`gap` is a mapping of keys to values, not a list"),
        ("version: 1\n<<<<<<< HEAD\nfindings: {}\n", "migralint-baseline.yaml:", "this is not YAML"),
    ];
    for (text, place, message) in cases {
        let root = folder(&[("migralint.yaml", ""), ("migralint-baseline.yaml", text), ("db/001_a.sql", SECOND)]);
        let output = migralint(root.path(), &["lint", "db"]);
        let shown = stdout(&output);
        assert_eq!(output.status.code(), Some(2), "{text}: {shown}");
        assert!(shown.contains(place) && shown.contains(message), "{text}: {shown}");
    }
}

#[test]
fn a_baseline_that_is_named_and_missing_is_a_mistake_until_it_is_written() {
    let root = folder(&[("migralint.yaml", "fail-on: never\nbaseline: known.yaml\n"), ("db/001_a.sql", SECOND)]);
    let output = migralint(root.path(), &["lint", "db"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("migralint.yaml:2") && stdout(&output).contains("`migralint baseline` writes it"));
    assert!(write_baseline(root.path(), &["db"]).starts_with("known.yaml: "));
    assert_eq!(migralint(root.path(), &["lint", "db"]).status.code(), Some(0));
}

#[test]
fn a_file_that_does_not_parse_is_never_hidden() {
    let root = folder(&[("migralint.yaml", ""), ("db/001_a.sql", "CREATE TABEL a (x int);\n")]);
    write_baseline(root.path(), &["db"]);
    assert!(found(root.path(), &["db"]).contains(&"syntax-error db/001_a.sql:1".to_owned()));
    assert_eq!(migralint(root.path(), &["lint", "db"]).status.code(), Some(2));
}

#[test]
fn a_review_hides_what_the_baseline_names() {
    let repository = Repository::with(&[("db/001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n")]);
    repository.write("db/002_c.sql", SECOND);
    let review = |wanted: &str| {
        let text = stdout(&migralint(repository.root(), &["review", "--base", "main"]));
        assert!(text.contains(wanted), "{wanted}: {text}");
    };
    review("missing-primary-key");
    write_baseline(repository.root(), &["db"]);
    review("not shown");
    let text = stdout(&migralint(repository.root(), &["review", "--base", "main"]));
    assert!(!text.contains("missing-primary-key"), "{text}");
}

#[test]
fn since_hides_what_is_found_about_older_migrations_whatever_finds_it() {
    let root = folder(&[("db/001_a.sql", FIRST), ("db/002_c.sql", SECOND)]);
    assert_eq!(found(root.path(), &["--skip", "missing-rollback", "--since", "002", "db"]), ["missing-primary-key db/002_c.sql:1"]);
    let configured = folder(&[
        ("migralint.yaml", "since: '002'\nlints: { missing-rollback: off }\n"),
        ("db/001_a.sql", FIRST),
        ("db/002_c.sql", SECOND),
    ]);
    assert_eq!(found(configured.path(), &["db"]), ["missing-primary-key db/002_c.sql:1"]);
    let report = json(root.path(), &["--skip", "missing-rollback", "--since", "002", "db"]);
    assert!(report["directories"][0]["hidden"]["by_since"].as_u64().unwrap() >= 2);
}

#[test]
fn since_a_version_that_is_none_is_a_mistake() {
    let root = folder(&[("db/001_a.sql", FIRST), ("db/002_c.sql", SECOND)]);
    let output = migralint(root.path(), &["lint", "--since", "nope", "db"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no version `nope`"));
    fs::write(root.path().join("migralint.yaml"), "fail-on: never\nsince: nope\n").unwrap();
    let output = migralint(root.path(), &["lint", "db"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("migralint.yaml:2"), "{}", stdout(&output));
}

#[test]
fn a_baseline_that_cannot_be_read_is_not_written_over() {
    let root = folder(&[("migralint.yaml", ""), ("db/001_a.sql", FIRST), ("migralint-baseline.yaml/kept", "")]);
    let output = migralint(root.path(), &["baseline", "db"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("migralint-baseline.yaml` cannot be read"), "{told}");
}
