//! The whole way: a real repository, the action's steps, the real binary, and what can then be read on the pull request.

use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::common::repository::{Repository, run_git};
use super::common::root;
use super::composite::{Done, Job};
use super::mock::{HEAD, Mock, NUMBER};
use super::runner::Runner;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY);\n";
const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);\n";

/// A pull request's branch with one migration, whose base moved on and took its number, merged as GitHub does.
fn pull_request(mock: &Mock) -> Repository {
    let repository = Repository::with(&[("db/001_users.sql", USERS)]);
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    repository.write("db/002_orders.sql", ORDERS);
    let head = repository.commit("orders");
    let diff = repository.git(&["diff", "main...feature", "--", "db/002_orders.sql"]);
    let patch = diff.find("\n@@").map(|at| diff[at + 1..].to_owned());
    repository.git(&["switch", "--quiet", "main"]);
    repository.write("db/002_prices.sql", "CREATE TABLE prices (id bigint PRIMARY KEY);\n");
    repository.commit("prices");
    repository.git(&["switch", "--quiet", "--detach"]);
    repository.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "feature"]);
    repository.git(&["update-ref", &format!("refs/pull/{NUMBER}/merge"), "HEAD"]);
    repository.git(&["switch", "--quiet", "main"]);
    let mut state = mock.state();
    state.head = head;
    state.files = vec![("db/002_orders.sql".to_owned(), patch)];
    drop(state);
    repository
}

/// What `actions/checkout` makes of the pull request.
fn checkout(repository: &Repository, name: &str, options: &[&str]) -> PathBuf {
    let place = repository.root().with_file_name(name);
    std::fs::create_dir(&place).expect("a folder");
    run_git(&place, &["init", "--quiet"]);
    let url = format!("file://{}", repository.root().display());
    let merge = format!("+refs/pull/{NUMBER}/merge:refs/remotes/pull/{NUMBER}/merge");
    run_git(&place, &[&["fetch", "--quiet"], options, &[&url, &merge, "+refs/heads/*:refs/remotes/origin/*"]].concat());
    run_git(&place, &["checkout", "--quiet", "--detach", &format!("refs/remotes/pull/{NUMBER}/merge")]);
    place
}

/// Runs the action with the binary that was built for this test.
fn run(runner: &Runner, machine: &Path, workspace: &Path, inputs: &[(&str, &str)]) -> Done {
    let programs = machine.join("programs");
    std::fs::create_dir_all(&programs).expect("a folder");
    let _ = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_migralint"), programs.join("migralint"));
    // The token and its files are a step's own.
    let own = ["GITHUB_TOKEN", "GITHUB_OUTPUT", "RUNNER_TEMP"];
    let variables = runner.variables.iter().filter(|(name, _)| !own.contains(&name.as_str())).cloned().collect();
    let job =
        Job { action: root(), workspace: workspace.to_owned(), inputs: inputs.to_vec(), variables, programs: vec![programs], machine };
    job.run()
}

#[test]
fn a_pull_request_is_commented_once_and_a_second_run_writes_nothing() {
    for (name, options) in [("whole", &[][..]), ("two deep", &["--depth=2"])] {
        let (mock, machine) = (Mock::start(), TempDir::new().expect("a folder"));
        let repository = pull_request(&mock);
        let workspace = checkout(&repository, name, options);
        let runner = Runner::for_pull_request(&mock);
        let done = run(&runner, machine.path(), &workspace, &[("directories", "db\n")]);
        assert_eq!(done.steps, ["Find migralint", "Review the migrations"], "{name}: {}", done.log);
        assert!(!done.succeeded, "{name}: the number is taken: {}", done.log);
        let output = |name: &str| done.outputs[name].as_str();
        assert_eq!((output("conclusion"), output("delivery")), ("findings", "summary,review,comment"), "{name}");
        assert!(output("errors") == "1" && output("comment-url").contains("#issuecomment-"), "{name}: {:?}", done.outputs);
        assert!(Path::new(output("report-json")).exists(), "{name}");
        let comments = mock.comments();
        assert!(comments.len() == 1 && comments[0].contains("`version-taken`"), "{name}: {comments:?}");
        mock.assert_sound();

        mock.forget();
        let done = run(&Runner::for_pull_request(&mock), machine.path(), &workspace, &[("directories", "db\n")]);
        assert_eq!(mock.writes(), [""; 0], "{name}: {}", done.log);
        assert!(!mock.state().log.is_empty(), "{name}: it looked");
    }
}

#[test]
fn one_commit_of_a_branch_is_too_little_and_says_what_to_do() {
    let (mock, machine) = (Mock::start(), TempDir::new().expect("a folder"));
    let repository = pull_request(&mock);
    let clone = repository.clone_with(&["--depth=1", "--branch=feature"]);
    let runner = Runner::for_pull_request(&mock).with("GITHUB_REF", "refs/heads/feature");
    let done = run(&runner, machine.path(), &clone, &[]);
    assert!(!done.succeeded && done.log.contains("fetch-depth: 0"), "{}", done.log);
    assert_eq!(mock.state().log.len(), 0);
}

#[test]
fn a_token_that_can_only_read_fails_nothing() {
    let (mock, machine) = (Mock::start(), TempDir::new().expect("a folder"));
    let repository = pull_request(&mock);
    mock.refuse_writes("pull_requests=write");
    let workspace = checkout(&repository, "checkout", &[]);
    let done = run(&Runner::for_pull_request(&mock), machine.path(), &workspace, &[("fail-on", "never")]);
    assert!(done.succeeded && done.outputs["delivery"] == "summary", "{}", done.log);
    assert!(done.log.contains("::error file=db/002_orders.sql"), "{}", done.log);
}

#[test]
fn the_second_stage_delivers_what_the_first_one_kept() {
    let (mock, machine) = (Mock::start(), TempDir::new().expect("a folder"));
    let repository = pull_request(&mock);
    let workspace = checkout(&repository, "checkout", &[]);
    let first = run(&Runner::for_pull_request(&mock), machine.path(), &workspace, &[("comment", "never"), ("review", "never")]);
    assert_eq!(mock.writes(), [""; 0], "{}", first.log);

    // The second stage has the report and nothing else.
    let empty = machine.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    std::fs::copy(&first.outputs["report-json"], empty.join("migralint-review.json")).expect("a report");
    let head = mock.state().head.clone();
    assert_ne!(head, HEAD, "the mock knows the branch");
    let found = mock.state().pull_request();
    mock.state().found_by.insert(head.clone(), vec![found]);
    let event = json!({ "action": "completed", "workflow_run": {
        "event": "pull_request", "head_sha": head, "head_branch": "feature", "pull_requests": [],
        "head_repository": { "full_name": "o/r", "owner": { "login": "o" } },
    } });
    let runner = Runner::new(&mock, "workflow_run", &event);
    let done = run(&runner, machine.path(), &empty, &[("from", "migralint-review.json"), ("fail-on", "never")]);
    assert!(done.succeeded, "{}", done.log);
    assert!(mock.comments().len() == 1 && mock.comments()[0].contains("`version-taken`"), "{}", done.log);
    mock.assert_sound();
}
