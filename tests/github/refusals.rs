//! Tokens that may not, limits, failures: told once, and failing nothing.

use std::time::Duration;

use migralint::diagnostic::Severity;
use serde_json::json;

use super::desk::{Time, add_file, deliver, deliver_as, error, finding};
use super::mock::{Action, BOT, Mock};
use super::runner::{Runner, TOKEN};

fn reply(status: u16, headers: &[(&str, &str)], message: &str) -> Action {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Action::Reply { status, headers, body: json!({ "message": message }) }
}

#[test]
fn a_token_that_may_only_read_leaves_the_summary_and_one_notice_with_the_cause() {
    for (repository, actor, cause) in [
        ("stranger/r", "stranger", "from a fork"),
        ("o/r", "dependabot[bot]", "Dependabot"),
        ("o/r", "alice", "the job needs `permissions: pull-requests: write`"),
    ] {
        let mock = Mock::start();
        add_file(&mock, 5);
        mock.state().head_repository = repository.to_owned();
        mock.refuse_writes("pull_requests=write");
        let runner = Runner::for_pull_request(&mock).with("GITHUB_ACTOR", actor);
        let delivered = deliver_as(&runner, &[error(1), finding(2, Severity::Error, 9)], &Time::default());
        assert_eq!(delivered.places, ["summary"], "{cause}");
        let [notice] = &delivered.notices[..] else { panic!("one notice: {:?}", delivered.notices) };
        assert!(notice.contains(cause) && notice.contains("pull_requests=write"), "{notice}");
        assert!(delivered.at_lines.is_empty(), "what was not told is told elsewhere");
        assert!(runner.summary().contains("`table_1` has no primary key"));
    }
}

#[test]
fn limits_are_waited_for_as_long_as_they_say() {
    let reset = (1_800_000_000 + 40u64).to_string();
    for (action, expected) in [
        (reply(403, &[("retry-after", "7")], "You have exceeded a secondary rate limit."), 7),
        (reply(429, &[("Retry-After", "3")], "slow down"), 3),
        (reply(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)], "API rate limit exceeded"), 41),
        (reply(403, &[], "You have exceeded a secondary rate limit."), 60),
    ] {
        let mock = Mock::start();
        mock.rule("POST", "/issues/", 1, action.clone());
        let time = Time::default();
        let delivered = deliver_as(&Runner::for_pull_request(&mock), &[error(1)], &time);
        assert_eq!((delivered.places, time.waited()), (vec!["summary", "comment"], Duration::from_secs(expected)), "{action:?}");
    }
}

#[test]
fn nobody_waits_for_an_hour() {
    for retry in ["3600", "18446744073709551615"] {
        let mock = Mock::start();
        mock.rule("POST", "/issues/", usize::MAX, reply(403, &[("retry-after", retry)], "rate limit"));
        let time = Time::default();
        let delivered = deliver_as(&Runner::for_pull_request(&mock), &[error(1)], &time);
        assert!(time.waited() <= Duration::from_secs(120), "{:?}", time.waited());
        assert_eq!(delivered.places, ["summary"]);
        assert!(delivered.notices[0].contains("too many requests"), "{:?}", delivered.notices);
    }
    let mock = Mock::start();
    mock.rule("POST", "/issues/", usize::MAX, reply(429, &[("retry-after", "20")], "rate limit"));
    let time = Time::default();
    deliver_as(&Runner::for_pull_request(&mock), &[error(1)], &time);
    assert!(time.waited() <= Duration::from_secs(120), "not by small steps either: {:?}", time.waited());
}

#[test]
fn a_limit_that_says_to_come_back_at_once_is_not_asked_for_ever() {
    let mock = Mock::start();
    mock.rule("POST", "/issues/", usize::MAX, reply(429, &[("retry-after", "0")], "rate limit"));
    let time = Time::default();
    let delivered = deliver_as(&Runner::for_pull_request(&mock), &[error(1)], &time);
    assert_eq!(delivered.places, ["summary"]);
    assert!((1..=120).contains(&time.waited().as_secs()), "{:?}", time.waited());
}

#[test]
fn a_server_in_trouble_is_asked_again_and_given_up_in_the_end() {
    for action in [reply(502, &[], "Bad Gateway"), Action::LoseRequest] {
        let mock = Mock::start();
        mock.rule("GET", "/comments", 2, action.clone());
        assert_eq!(deliver(&mock, &[error(1)]).places, ["summary", "comment"], "{action:?}");
        let mock = Mock::start();
        mock.rule("GET", "/", usize::MAX, action.clone());
        let delivered = deliver(&mock, &[error(1)]);
        assert_eq!((delivered.places, delivered.notices.len()), (vec!["summary"], 1), "{action:?}");
    }
}

#[test]
fn changes_are_repeated_and_what_is_gone_already_is_removed() {
    let mock = Mock::start();
    deliver(&mock, &[error(1)]);
    mock.state().head = "3".repeat(40);
    mock.rule("PATCH", "/issues/", 1, Action::LoseReply);
    assert_eq!(deliver(&mock, &[]).notices, [""; 0]);
    mock.state().head = "4".repeat(40);
    mock.rule("DELETE", "/issues/", 1, Action::LoseReply);
    assert_eq!(deliver(&mock, &[error(2)]).notices, [""; 0]);
    assert_eq!(mock.comments().len(), 1);
}

#[test]
fn writes_are_a_second_apart() {
    let mock = Mock::start();
    add_file(&mock, 5);
    let time = Time::default();
    deliver_as(&Runner::for_pull_request(&mock), &[error(1)], &time);
    assert_eq!((mock.writes().len(), time.waited()), (2, Duration::from_secs(1)));
}

#[test]
fn a_token_is_sent_to_nobody_who_should_not_have_it() {
    let mock = Mock::start();
    let runner = Runner::for_pull_request(&mock).with("GITHUB_API_URL", "http://api.example.com");
    let delivered = deliver_as(&runner, &[error(1)], &Time::default());
    assert!(delivered.notices[0].contains("only sent over https"), "{:?}", delivered.notices);
    let elsewhere = Mock::start();
    let link = format!("<{}/repos/o/r/issues/7/comments?page=2>; rel=\"next\"", elsewhere.address());
    let next = Action::Reply { status: 200, headers: vec![("Link".to_owned(), link)], body: json!([]) };
    mock.rule("GET", "/issues/7/comments", 1, next);
    let moved = reply(302, &[("Location", &format!("{}/repos/o/r/pulls/7/files", elsewhere.address()))], "moved");
    mock.rule("GET", "/files", 1, moved);
    deliver(&mock, &[error(1)]);
    assert_eq!(elsewhere.state().log.len(), 0, "not to another host that a reply names");
}

#[test]
fn a_repository_that_was_renamed_is_followed() {
    let mock = Mock::start();
    let place = format!("{}/repos/o/r/pulls/7", mock.address());
    mock.rule("GET", "/pulls/7", 1, reply(301, &[("Location", &place)], "Moved Permanently"));
    assert_eq!(deliver(&mock, &[error(1)]).places, ["summary", "comment"]);
}

#[test]
fn what_the_server_says_of_the_token_is_not_repeated() {
    let mock = Mock::start();
    mock.rule("GET", "/", usize::MAX, reply(401, &[], &format!("bad credentials {TOKEN}")));
    // The helper looks for the token in all that comes back.
    assert!(deliver(&mock, &[error(1)]).notices[0].contains("bad credentials ***"));
}

#[test]
fn a_companys_own_server_is_spoken_with_at_its_own_address() {
    let mock = Mock::start();
    let runner = Runner::for_pull_request(&mock)
        .with("GITHUB_API_URL", &format!("{}/api/v3", mock.address()))
        .with("GITHUB_GRAPHQL_URL", &format!("{}/api/graphql", mock.address()))
        .with("GITHUB_SERVER_URL", "https://git.example.com");
    deliver_as(&runner, &[error(1)], &Time::default());
    deliver_as(&runner, &[error(1)], &Time::default());
    assert!(mock.state().log.iter().all(|logged| logged.path.starts_with("/api/")), "nothing is asked elsewhere");
    assert_eq!(mock.comments().len(), 1);
    assert!(mock.comments()[0].contains("(https://git.example.com/o/r/blob/1111111111111111111111111111111111111111/db/002.sql#L1)"));
}

#[test]
fn an_old_run_does_not_overwrite_what_a_newer_one_said() {
    let mock = Mock::start();
    let old = Runner::for_pull_request(&mock);
    mock.state().head = "3".repeat(40);
    let delivered = deliver_as(&old, &[error(1)], &Time::default());
    assert_eq!((delivered.places, mock.writes().len()), (vec!["summary"], 0));
    assert!(delivered.notices[0].contains("newer commit"));
}

#[test]
fn queues_pushes_and_runs_without_a_token_get_the_summary() {
    let mock = Mock::start();
    for name in ["merge_group", "push", "schedule"] {
        let runner = Runner::new(&mock, name, &json!({}));
        assert_eq!(deliver_as(&runner, &[error(1)], &Time::default()).places, ["summary"], "{name}");
        assert!(runner.summary().contains("1 error"));
    }
    let runner = Runner::for_pull_request(&mock).with("GITHUB_TOKEN", "");
    let delivered = deliver_as(&runner, &[error(1)], &Time::default());
    assert!(delivered.notices[0].contains("`GITHUB_TOKEN` is not set"));
    assert_eq!(mock.state().log.len(), 0);
}

#[test]
fn whose_token_it_is_need_not_be_told() {
    let mock = Mock::start();
    mock.state().viewer = None;
    deliver(&mock, &[error(1)]);
    mock.forget();
    deliver(&mock, &[error(1)]);
    assert_eq!(mock.writes(), [""; 0], "the runner's own token is taken for granted: {BOT}");
}
