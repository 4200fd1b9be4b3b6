//! Input nobody should have written. Each is reported at its place, and everything else is still checked.

mod common;

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

/// A directory of migrations.
fn directory(files: &[(&str, &[u8])]) -> TempDir {
    let directory = TempDir::new().expect("a scratch directory");
    for (name, text) in files {
        let path = directory.path().join("migrations").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    directory
}

/// Exit status and findings as `file:line lint`.
fn lint(root: &Path) -> (i32, Vec<String>) {
    let output = common::migralint(root, &["lint", "--format", "json", "--fail-on", "never", "migrations"]);
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let line = |finding: &Value| {
        let path = finding["path"].as_str().expect("a path").trim_start_matches("migrations/").to_owned();
        format!("{path}:{} {}", finding["line"], finding["lint"].as_str().expect("a lint"))
    };
    (output.status.code().expect("no signal"), report["findings"].as_array().expect("findings").iter().map(line).collect())
}

/// A table with a fault that must still be found: it has no primary key.
const FAULTY: &[u8] = b"CREATE TABLE faulty (a int);\n";

#[test]
fn a_statement_that_does_not_parse_hides_no_other() {
    let root =
        directory(&[("001_a.sql", b"SELECT 1;\nselec 2;\nCREATE TABLE faulty (a int);\n"), ("002_b.sql", b"CREATE TABLE b (a int);\n")]);
    let (status, findings) = lint(root.path());
    assert_eq!(status, 2, "a file that does not parse means that the job was not wholly done");
    for expected in ["001_a.sql:2 syntax-error", "001_a.sql:3 missing-primary-key", "002_b.sql:1 missing-primary-key"] {
        assert!(findings.iter().any(|finding| finding == expected), "{expected} in {findings:?}");
    }
}

#[test]
fn nul_bytes_are_reported_and_the_rest_is_checked() {
    let root = directory(&[("001_a.sql", b"SELECT 1;\nCREATE TABLE t (a int);\0\n"), ("002_b.sql", FAULTY)]);
    let (status, findings) = lint(root.path());
    assert_eq!(status, 2);
    assert!(findings.contains(&"001_a.sql:2 syntax-error".to_owned()), "{findings:?}");
    assert!(findings.contains(&"001_a.sql:2 missing-primary-key".to_owned()), "the file itself is checked: {findings:?}");
    assert!(findings.contains(&"002_b.sql:1 missing-primary-key".to_owned()), "{findings:?}");
}

#[test]
fn invalid_utf8_is_reported_at_its_line_and_the_rest_is_checked() {
    let root = directory(&[("001_a.sql", b"SELECT 1;\n-- caf\xe9\nCREATE TABLE faulty (a int);\n")]);
    let (status, findings) = lint(root.path());
    assert_eq!(status, 2, "PostgreSQL refuses the file");
    assert!(findings.contains(&"001_a.sql:2 syntax-error".to_owned()), "{findings:?}");
    assert!(findings.contains(&"001_a.sql:3 missing-primary-key".to_owned()), "{findings:?}");
}

#[test]
fn windows_line_endings_and_a_byte_order_mark_change_no_position() {
    let root = directory(&[("001_a.sql", b"\xef\xbb\xbf-- a\r\n\r\nCREATE TABLE faulty (a int);\r\n")]);
    assert_eq!(lint(root.path()), (0, vec!["001_a.sql:1 missing-rollback".to_owned(), "001_a.sql:3 missing-primary-key".to_owned()]));
}

#[test]
fn empty_files_and_files_of_comments_are_no_mistake() {
    let root = directory(&[("001_a.sql", b""), ("002_b.sql", b"-- nothing yet\n"), ("003_c.sql", b"\n\n;;\n")]);
    let (status, findings) = lint(root.path());
    assert_eq!((status, findings.iter().filter(|finding| finding.contains("syntax-error")).count()), (0, 0), "{findings:?}");
}

#[test]
fn deep_nesting_ends_neither_in_a_crash_nor_in_a_hang() {
    let cases = [
        ("parentheses", format!("SELECT {}1{};\n", "(".repeat(100_000), ")".repeat(100_000))),
        ("blocks", format!("DO $$ {} {} $$;\n", "BEGIN ".repeat(20_000), "END; ".repeat(20_000))),
        ("a chain of conditions", format!("SELECT {}true;\n", "a > 0 AND ".repeat(50_000))),
        ("a chain of operators", format!("SELECT 'a'{};\n", " || 'a'".repeat(50_000))),
        ("comments", format!("{} {}\n", "/*".repeat(100_000), "*/".repeat(100_000))),
        ("subqueries", format!("SELECT {}1{};\n", "(SELECT ".repeat(5_000), ")".repeat(5_000))),
        ("open brackets", format!("SELECT {}\n;\n", "[".repeat(100_000))),
    ];
    for (name, text) in cases {
        let root = directory(&[("001_deep.sql", text.as_bytes()), ("002_b.sql", b"CREATE TABLE;\n")]);
        let (_, findings) = lint(root.path());
        assert!(findings.contains(&"002_b.sql:1 syntax-error".to_owned()), "behind {name}: {findings:?}");
    }
}

#[test]
fn a_file_of_fifty_megabytes_is_read() {
    let row = "INSERT INTO faulty VALUES (1, 'some text that fills the file to its size, as seeds and dumps do');\n";
    let mut text = FAULTY.to_vec();
    while text.len() < 50 << 20 {
        text.extend_from_slice(row.as_bytes());
    }
    let (status, findings) = lint(directory(&[("001_a.sql", &text)]).path());
    assert_eq!(status, 0);
    assert!(findings.contains(&"001_a.sql:1 missing-primary-key".to_owned()), "{findings:?}");
}

#[cfg(unix)]
#[test]
fn a_symlink_loop_is_walked_once() {
    let root = directory(&[("001_a.sql", FAULTY)]);
    let migrations = root.path().join("migrations");
    std::os::unix::fs::symlink(&migrations, migrations.join("again")).expect("a link");
    std::os::unix::fs::symlink("nowhere.sql", migrations.join("002_dangling.sql")).expect("a link");
    let (_, findings) = lint(root.path());
    assert_eq!(findings.iter().filter(|finding| finding.contains("missing-primary-key")).count(), 1, "{findings:?}");
}

#[test]
fn names_in_any_script_and_with_quotes_are_reported_as_they_are() {
    let root = directory(&[("001_größe.sql", "CREATE TABLE \"naïve \"\"table\"\"\" (\"spalte ü\" int);\n".as_bytes())]);
    let report = common::json(root.path(), &["migrations"]);
    let finding =
        report["findings"].as_array().expect("findings").iter().find(|finding| finding["lint"] == "missing-primary-key").expect("found");
    assert_eq!(finding["object"], "public.naïve \"table\"");
    assert_eq!(finding["path"], "migrations/001_größe.sql");
    assert_eq!((&finding["line"], &finding["column"]), (&Value::from(1), &Value::from(14)));
}

#[test]
fn numbers_beyond_every_integer_are_versions_like_others() {
    let largest = u128::MAX.to_string();
    let beyond = "9".repeat(45);
    let names = [format!("{largest}_a.sql"), format!("{largest}_b.sql"), format!("{beyond}_c.sql")];
    let files = [("001_a.sql", FAULTY), ("002_b.sql", FAULTY), (&names[0], FAULTY), (&names[1], FAULTY), (&names[2], FAULTY)];
    let (status, findings) = lint(directory(&files).path());
    assert_eq!(status, 0);
    assert!(findings.iter().any(|finding| finding.ends_with("duplicate-version")), "{findings:?}");
}
