//! The one comment.

use migralint::diagnostic::Severity;
use migralint::github::comment::When;
use migralint::github::delivery::Wishes;
use migralint::github::marker::Key;
use migralint::report::finding::Finding;
use serde_json::json;

use super::desk::{Time, deliver, deliver_as, deliver_wished, error, finding};
use super::mock::{Action, BOT, Mock};
use super::runner::Runner;

/// A later push.
fn push(mock: &Mock, digit: &str) {
    mock.state().head = digit.repeat(40);
}

#[test]
fn nothing_is_said_where_there_is_nothing_to_say() {
    let mock = Mock::start();
    let delivered = deliver(&mock, &[]);
    assert_eq!((mock.writes(), delivered.places), (Vec::<String>::new(), vec!["summary"]));
    let wishes = Wishes { key: Key::new("default").expect("a key"), comment: When::Always, review: true };
    deliver_wished(&Runner::for_pull_request(&mock), &[], &Time::default(), &wishes);
    assert_eq!(mock.comments().len(), 1, "unless that is wished");
    mock.assert_sound();
}

#[test]
fn a_second_identical_run_writes_nothing() {
    let mock = Mock::start();
    let delivered = deliver(&mock, &[error(1), finding(2, Severity::Info, 1)]);
    assert_eq!(delivered.places, ["summary", "comment"]);
    assert!(delivered.comment_url.is_some_and(|url| url.contains("#issuecomment-")));
    mock.forget();
    deliver(&mock, &[error(1), finding(2, Severity::Info, 1)]);
    let later = Runner::for_pull_request(&mock).with("GITHUB_RUN_ID", "99999");
    deliver_as(&later, &[error(1), finding(2, Severity::Info, 1)], &Time::default());
    assert_eq!(mock.writes(), [""; 0]);
    mock.assert_sound();
}

#[test]
fn our_comment_is_found_behind_a_hundred_and_twenty_others() {
    let mock = Mock::start();
    (0..120).for_each(|number| _ = mock.state().say("somebody", &format!("comment {number}")));
    deliver(&mock, &[error(1)]);
    (0..120).for_each(|number| _ = mock.state().say("somebody", &format!("further comment {number}")));
    mock.forget();
    deliver(&mock, &[error(1)]);
    assert_eq!(mock.writes(), [""; 0]);
    push(&mock, "3");
    deliver(&mock, &[]);
    assert_eq!(mock.writes().len(), 1, "it is edited, not written again");
    assert_eq!(mock.comments().len(), 241);
}

#[test]
fn it_is_edited_where_things_stay_or_get_better_and_written_anew_where_they_get_worse() {
    let mock = Mock::start();
    deliver(&mock, &[error(1), error(2)]);
    mock.forget();
    push(&mock, "3");
    deliver(&mock, &[error(2)]);
    assert_eq!(mock.writes().iter().map(|write| &write[..6]).collect::<Vec<_>>(), ["PATCH "], "nobody is disturbed");
    assert!(mock.comments()[0].contains("since the last push: 0 new, 1 fixed"), "{}", mock.comments()[0]);
    mock.forget();
    push(&mock, "4");
    deliver(&mock, &[error(2), error(3)]);
    assert_eq!(mock.writes().iter().map(|write| &write[..6]).collect::<Vec<_>>(), ["POST /", "DELETE"], "never without a comment");
    assert_eq!(mock.comments().len(), 1);
    assert!(mock.comments()[0].contains("since the last push: 1 new, 0 fixed"));
    mock.assert_sound();
}

#[test]
fn when_everything_is_fixed_the_comment_says_so() {
    let mock = Mock::start();
    deliver(&mock, &[error(1), error(2)]);
    push(&mock, "3");
    deliver(&mock, &[]);
    let [comment] = &mock.comments()[..] else { panic!("one comment") };
    assert!(comment.contains("no findings") && comment.contains("since the last push: 0 new, 2 fixed"), "{comment}");
    mock.forget();
    deliver(&mock, &[]);
    assert_eq!(mock.writes(), [""; 0]);
}

#[test]
fn what_looks_like_ours_and_is_somebody_elses_is_left_alone() {
    let mock = Mock::start();
    deliver(&mock, &[error(1)]);
    let ours = mock.comments().remove(0);
    let mock = Mock::start();
    let theirs = mock.state().say("somebody", &ours);
    push(&mock, "3");
    deliver(&mock, &[error(2)]);
    assert_eq!(mock.comments().len(), 2, "ours is written beside it");
    assert!(mock.state().comments.iter().any(|comment| comment.id == theirs && comment.body == ours));
}

#[test]
fn comments_of_apps_and_people_whose_token_it_is_are_found_again() {
    for (viewer, author) in [("robot[bot]", "robot[bot]"), ("robot", "robot[bot]"), ("alice", "alice")] {
        let mock = Mock::start();
        mock.state().viewer = Some(author.to_owned());
        deliver(&mock, &[error(1)]);
        mock.state().viewer = Some(viewer.to_owned());
        mock.forget();
        deliver(&mock, &[error(1)]);
        assert_eq!(mock.writes(), [""; 0], "{viewer} wrote as {author}");
    }
}

#[test]
fn two_of_ours_become_one() {
    let mock = Mock::start();
    deliver(&mock, &[error(1)]);
    let body = mock.comments().remove(0);
    mock.state().say(BOT, &body);
    mock.forget();
    deliver(&mock, &[error(1)]);
    assert_eq!(mock.writes().iter().map(|write| &write[..6]).collect::<Vec<_>>(), ["DELETE"]);
    assert_eq!(mock.comments().len(), 1);
}

#[test]
fn runs_with_other_keys_have_comments_of_their_own() {
    let mock = Mock::start();
    for key in ["orders", "users", "orders"] {
        let wishes = Wishes { key: Key::new(key).expect("a key"), comment: When::OnFindings, review: true };
        deliver_wished(&Runner::for_pull_request(&mock), &[error(1)], &Time::default(), &wishes);
    }
    assert_eq!(mock.comments().len(), 2);
}

#[test]
fn a_comment_too_long_for_the_api_is_shortened_and_leads_to_the_whole() {
    let mock = Mock::start();
    let notes = |number| (0..5).map(|note| format!("{number} {note} {}", "why ".repeat(200))).collect();
    let long = |number| Finding { notes: notes(number), ..finding(number, Severity::Error, 1) };
    let findings: Vec<Finding> = (0..200).map(long).collect();
    let refusal = json!({ "message": "Validation Failed", "errors": [{ "field": "data", "message": "Body is too long (maximum is 65536 characters)" }] });
    mock.rule("POST", "/comments", 1, Action::Reply { status: 422, headers: Vec::new(), body: refusal });
    let runner = Runner::for_pull_request(&mock);
    deliver_as(&runner, &findings, &Time::default());
    let [comment] = &mock.comments()[..] else { panic!("one comment") };
    assert!(comment.len() <= 65_536 && comment.contains("200 errors"));
    assert!(comment.contains("Shortened to fit:") && comment.contains("https://github.com/o/r/actions/runs/12345"), "{comment}");
    assert!(runner.summary().len() > comment.len(), "the summary has more room");
    assert_eq!(comment.matches("migralint:review v1 key=default").count(), 1);
    mock.assert_sound();
}

#[test]
fn a_comment_whose_reply_was_lost_is_not_written_twice() {
    for action in [Action::LoseReply, Action::LoseRequest] {
        let mock = Mock::start();
        mock.rule("POST", "/issues/", 1, action.clone());
        let delivered = deliver(&mock, &[error(1)]);
        assert_eq!(mock.comments().len(), 1, "{action:?}");
        assert_eq!(delivered.places, ["summary", "comment"], "{action:?}: {:?}", delivered.notices);
    }
}
