//! The whole way, from a real repository to what can be read on the pull request.

use std::path::Path;

use serde_json::json;

use super::common::repository::{Repository, run_git};
use super::common::stdout;
use super::mock::{Mock, NUMBER};
use super::runner::Runner;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY);\n";
const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);\n";
/// What these tests are about; other lints have things to say about the same SQL.
const ONLY: &str = "foreign-key-without-index,version-taken";

const CARTS: &str = "CREATE TABLE carts (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);\n";

/// A repository whose branch `feature` adds a migration with two findings.
fn repository() -> Repository {
    let repository = Repository::with(&[("db/001_users.sql", USERS)]);
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    repository.write("db/002_orders.sql", &format!("{ORDERS}{CARTS}"));
    repository.commit("orders");
    repository
}

/// Tells the mock what the branch looks like.
fn publish(repository: &Repository, mock: &Mock) {
    let mut state = mock.state();
    state.head = repository.git(&["rev-parse", "feature"]);
    let names = repository.git(&["diff", "--name-only", "main...feature"]);
    let patch = |name: &str| {
        let diff = run_git(repository.root(), &["diff", "main...feature", "--", name]);
        diff.find("\n@@").map(|at| diff[at + 1..].to_owned())
    };
    state.files = names.lines().map(|name| (name.to_owned(), patch(name))).collect();
}

fn deliver(runner: &Runner, folder: &Path, arguments: &[&str]) -> std::process::Output {
    runner.run(folder, &[&["github", "--only", ONLY], arguments].concat())
}

#[test]
fn a_pull_request_is_reviewed_put_right_and_left_alone() {
    let (repository, mock) = (repository(), Mock::start());
    publish(&repository, &mock);
    let runner = Runner::for_pull_request(&mock);
    let output = deliver(&runner, repository.root(), &["--fail-on", "warning"]);
    assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), String::from_utf8_lossy(&output.stderr));
    assert_eq!(mock.writes(), [format!("POST /repos/o/r/pulls/{NUMBER}/reviews"), format!("POST /repos/o/r/issues/{NUMBER}/comments")]);
    assert_eq!(mock.at_lines().iter().map(|comment| comment.line).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert!(!stdout(&output).contains("::warning"), "what stands at its line is no annotation: {}", stdout(&output));
    for (name, value) in [("conclusion", "findings"), ("findings", "2"), ("errors", "0"), ("delivery", "summary,review,comment")] {
        assert_eq!(runner.output(name).as_deref(), Some(value), "{name}");
    }
    assert!(runner.summary().contains("002_orders.sql"));
    let json = std::fs::read_to_string(runner.output("report-json").expect("a path")).expect("a report");
    assert!(json.contains("foreign-key-without-index"));

    mock.forget();
    deliver(&runner, repository.root(), &[]);
    assert_eq!(mock.writes(), [""; 0], "a second identical run");

    let indexes = "CREATE INDEX ON orders (user_id);\nCREATE INDEX ON carts (user_id);\n";
    repository.write("db/002_orders.sql", &format!("{ORDERS}{CARTS}{indexes}"));
    repository.commit("fixed");
    publish(&repository, &mock);
    let runner = Runner::for_pull_request(&mock);
    let output = deliver(&runner, repository.root(), &["--fail-on", "warning"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(mock.comments()[0].contains("no findings") && mock.comments()[0].contains("0 new, 2 fixed"), "{}", mock.comments()[0]);
    assert!(mock.at_lines().iter().all(|comment| comment.body.contains("Fixed in")));
    mock.assert_sound();
}

#[test]
fn the_merge_commit_that_github_checks_out_is_reviewed_as_the_branch() {
    for depth in ["--depth=2", "--no-local"] {
        let (repository, mock) = (repository(), Mock::start());
        publish(&repository, &mock);
        repository.git(&["switch", "--quiet", "main"]);
        repository.write("db/002_prices.sql", "CREATE TABLE prices (id bigint PRIMARY KEY);\n");
        repository.commit("prices");
        repository.git(&["switch", "--quiet", "--create", "merged"]);
        repository.git(&["merge", "--quiet", "--no-edit", "feature"]);
        let clone = repository.clone_with(&[depth, "--branch=merged", "--single-branch"]);
        let runner = Runner::for_pull_request(&mock).with("GITHUB_SHA", &run_git(&clone, &["rev-parse", "HEAD"]));
        let output = deliver(&runner, &clone, &[]);
        let comment = mock.comments().join("");
        assert!(comment.contains("002_orders.sql"), "{depth}: {}{}", stdout(&output), String::from_utf8_lossy(&output.stderr));
        assert!(comment.contains("`version-taken`"), "{depth}: the base moved on");
        let head = mock.state().head.clone();
        assert!(comment.contains(&format!("/o/r/blob/{head}/db/002_orders.sql")), "{depth}: links lead to the branch");
    }
}

#[test]
fn a_base_that_is_not_there_is_a_failure_and_never_no_changes() {
    let (repository, mock) = (repository(), Mock::start());
    publish(&repository, &mock);
    let clone = repository.clone_with(&["--depth=1", "--branch=feature"]);
    let runner = Runner::for_pull_request(&mock).with("GITHUB_REF", "refs/heads/feature");
    let output = deliver(&runner, &clone, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("fetch-depth: 0"));
    assert!(stdout(&output).contains("::error title=migralint::"), "and the run says so where people look");
    assert_eq!(mock.state().log.len(), 0, "nothing is said on the pull request");
}

#[test]
fn a_folder_below_the_root_is_named_from_the_root() {
    let mock = Mock::start();
    let repository = Repository::with(&[("shop/db/001_users.sql", USERS)]);
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    repository.write("shop/db/002_orders, new.sql", ORDERS);
    repository.commit("orders");
    publish(&repository, &mock);
    let folder = repository.root().join("shop");
    let told_at_lines = Runner::for_pull_request(&mock);
    deliver(&told_at_lines, &folder, &[]);
    assert_eq!(mock.at_lines()[0].path.as_deref(), Some("shop/db/002_orders, new.sql"));
    let output = deliver(&told_at_lines, &folder, &["--review", "never", "--comment", "never"]);
    let expected = "::warning file=shop/db/002_orders%2C new.sql,line=1,endLine=1,col=";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
}

#[test]
fn the_comment_holds_no_file_and_is_told_apart_by_no_words_in_it() {
    let (repository, mock) = (repository(), Mock::start());
    repository
        .write("db/003_quiet.sql", "-- Nothing to find here.\nCREATE TABLE quiet_table (id bigint PRIMARY KEY, note_of_nobody text);\n");
    repository.commit("quiet");
    publish(&repository, &mock);
    mock.state().say("github-actions[bot]", "## Migration review: 7 errors\n\nquoted by another workflow");
    deliver(&Runner::for_pull_request(&mock), repository.root(), &[]);
    let comments = mock.comments();
    assert_eq!(comments.len(), 2, "the other workflow's comment is not ours");
    assert!(!comments[1].contains("Nothing to find here") && !comments[1].contains('\u{1b}'), "{}", comments[1]);
}

#[test]
fn only_findings_decide_how_the_run_ends() {
    let (repository, mock) = (repository(), Mock::start());
    publish(&repository, &mock);
    mock.refuse_writes("pull_requests=write");
    let runner = Runner::for_pull_request(&mock);
    let output = deliver(&runner, repository.root(), &["--fail-on", "error"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(runner.output("delivery").as_deref(), Some("summary"));
    let text = stdout(&output);
    let told: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(told.iter().filter(|line| line.starts_with("::warning file=db/002_orders.sql")).count(), 2, "{text}");
    assert_eq!(told.iter().filter(|line| line.starts_with("::notice title=migralint::")).count(), 1, "{text}");
    assert_eq!(deliver(&runner, repository.root(), &["--fail-on", "warning"]).status.code(), Some(1));
}

#[test]
fn more_than_ten_annotations_of_a_kind_end_in_their_number() {
    let mock = Mock::start();
    let repository = Repository::with(&[("db/001_users.sql", USERS)]);
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    let tables: String = (0..25).map(|number| CARTS.replace("carts", &format!("carts_{number}"))).collect();
    repository.write("db/002_carts.sql", &tables);
    repository.commit("carts");
    mock.state().head = repository.git(&["rev-parse", "feature"]);
    mock.refuse_writes("pull_requests=write");
    let output = deliver(&Runner::for_pull_request(&mock), repository.root(), &[]);
    let text = stdout(&output);
    for (level, most) in [("::error", 10), ("::warning", 10), ("::notice", 10)] {
        assert!(text.lines().filter(|line| line.starts_with(level)).count() <= most, "{text}");
    }
    assert!(text.contains("16 more findings in the log of this step"), "{text}");
}

#[test]
fn the_queue_reviews_what_it_would_merge() {
    let (repository, mock) = (repository(), Mock::start());
    let event = json!({ "merge_group": { "base_sha": repository.git(&["rev-parse", "main"]), "head_sha": repository.git(&["rev-parse", "feature"]) } });
    let runner = Runner::new(&mock, "merge_group", &event);
    let output = deliver(&runner, repository.root(), &[]);
    assert!(stdout(&output).contains("::warning file=db/002_orders.sql"), "{}", stdout(&output));
    assert_eq!((mock.state().log.len(), runner.output("delivery").as_deref()), (0, Some("summary")));
}
