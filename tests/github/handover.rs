//! The second stage, which delivers for forks what their own runs may not.

use migralint::diagnostic::Severity;
use serde_json::{Value, json};

use super::common::stdout;
use super::desk::{document, error, finding};
use super::mock::{HEAD, Mock};
use super::runner::Runner;

/// A run that follows the one for the fork's pull request.
fn after(mock: &Mock) -> Runner {
    let run = json!({ "head_sha": HEAD, "head_branch": "fix", "event": "pull_request", "head_repository": { "owner": { "login": "stranger" } }, "pull_requests": [] });
    Runner::new(mock, "workflow_run", &json!({ "workflow_run": run }))
}

fn report() -> Value {
    serde_json::to_value(document(&[error(1), finding(2, Severity::Warning, 1)])).expect("JSON")
}

fn deliver(runner: &Runner, report: &Value) -> std::process::Output {
    let path = runner.write("review.json", &report.to_string());
    runner.run(runner.folder(), &["github", "--fail-on", "never", "--from", &path.to_string_lossy()])
}

#[test]
fn the_pull_request_is_found_by_the_commit() {
    for (key, way) in [(HEAD, "by its commit"), ("stranger:fix", "by its branch")] {
        let mock = Mock::start();
        let request = mock.state().pull_request();
        mock.state().found_by.insert(key.to_owned(), vec![request]);
        let output = deliver(&after(&mock), &report());
        assert_eq!(output.status.code(), Some(0), "{way}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(mock.comments().len(), 1, "{way}");
        assert!(mock.comments()[0].contains("`table_1` has no primary key"));
        mock.assert_sound();
    }
}

#[test]
fn no_other_pull_request_is_written_to() {
    let change = |path: &str, value: Value| {
        let mock = Mock::start();
        let mut request = mock.state().pull_request();
        *request.pointer_mut(path).expect("a place") = value;
        mock.state().found_by.insert(HEAD.to_owned(), vec![request]);
        let runner = after(&mock);
        let output = deliver(&runner, &report());
        assert_eq!(mock.writes(), [""; 0], "{path}");
        assert!(stdout(&output).contains("::notice title=migralint::nothing is commented"), "{path}");
        assert!(runner.summary().contains("1 error"));
    };
    change("/head/sha", "3".repeat(40).into());
    change("/state", "closed".into());
    change("/base/repo/full_name", "another/r".into());
}

#[test]
fn what_a_stranger_may_have_written_is_checked() {
    let long = "a".repeat(5000);
    for (place, value) in [
        ("/schema_version", json!(2)),
        ("/base/fork", json!("main")),
        ("/folder", json!("../")),
        ("/folder", json!("/etc/")),
        ("/folder", json!("a")),
        ("/findings/0/path", json!("../../etc/passwd")),
        ("/findings/0/path", json!("/etc/passwd")),
        ("/findings/0/path", json!("a\n::error::x")),
        ("/findings/0/path", json!(long)),
        ("/findings/0/line", json!(0)),
        ("/findings/0/line", json!(-1)),
        ("/findings/0/lint", json!("x --> y")),
        ("/findings/0/fingerprint", json!("abc --> <!-- x")),
        ("/findings/0/severity", json!("fatal")),
        ("/findings", json!("none")),
        ("/directories", json!(7)),
    ] {
        let mock = Mock::start();
        let request = mock.state().pull_request();
        mock.state().found_by.insert(HEAD.to_owned(), vec![request]);
        let mut report = report();
        *report.pointer_mut(place).expect("a place") = value.clone();
        let output = deliver(&after(&mock), &report);
        assert_eq!(output.status.code(), Some(2), "{place}: {value}");
        assert_eq!(mock.state().log.len(), 0, "{place}: {value}");
    }
}

#[test]
fn nobody_is_made_to_click_on_what_a_stranger_wrote() {
    let mock = Mock::start();
    let request = mock.state().pull_request();
    mock.state().found_by.insert(HEAD.to_owned(), vec![request]);
    super::desk::add_file(&mock, 3);
    let mut report = report();
    let edit = json!({ "path": "db/002.sql", "line": 1, "column": 1, "end_line": 1, "end_column": 2, "text": "DROP TABLE users;" });
    report["findings"][0]["fix"] = json!({ "title": "x", "applicability": "certain", "edits": [edit] });
    deliver(&after(&mock), &report);
    assert_eq!(mock.at_lines().len(), 2);
    assert!(mock.at_lines().iter().all(|comment| !comment.body.contains("DROP TABLE")));
}

#[test]
fn documents_without_an_end_are_not_read() {
    let mock = Mock::start();
    let runner = after(&mock);
    let large = runner.write("large.json", &" ".repeat((8 << 20) + 1));
    let deep = runner.write("deep.json", &"[".repeat(1_000_000));
    for path in [large, deep, runner.folder().join("none.json")] {
        let output = runner.run(runner.folder(), &["github", "--from", &path.to_string_lossy()]);
        assert_eq!(output.status.code(), Some(2), "{}", path.display());
    }
}
