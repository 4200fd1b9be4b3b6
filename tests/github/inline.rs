//! Comments at lines.

use migralint::diagnostic::{Applicability, Severity};
use migralint::report::finding::{Finding, Repair, RepairEdit};

use super::desk::{add_file, deliver, error, finding};
use super::mock::{Action, HEAD, Mock};

/// A warning in a line.
fn warning(number: usize, line: usize) -> Finding {
    finding(number, Severity::Warning, line)
}

/// The lines that comments stand at.
fn lines(mock: &Mock) -> Vec<Option<u64>> {
    mock.at_lines().iter().map(|comment| comment.line).collect()
}

#[test]
fn all_findings_in_shown_lines_are_told_there_at_once_and_each_once() {
    let mock = Mock::start();
    add_file(&mock, 10);
    let findings = [warning(1, 2), finding(2, Severity::Error, 5), warning(3, 40), finding(4, Severity::Info, 6)];
    let delivered = deliver(&mock, &findings);
    assert_eq!(mock.writes(), ["POST /repos/o/r/pulls/7/reviews", "POST /repos/o/r/issues/7/comments"]);
    assert_eq!(lines(&mock), [Some(5), Some(2)], "the gravest first; notes and lines nobody sees are told elsewhere");
    assert_eq!(delivered.at_lines.len(), 2);
    let comment = mock.comments().remove(0);
    assert_eq!(comment.matches("Rows cannot be told apart").count(), 2, "in full what is not told at its line: {comment}");
    assert!(comment.contains("`table_1` has no primary key"), "and a line for what is: {comment}");
    mock.forget();
    deliver(&mock, &findings);
    assert_eq!(mock.writes(), [""; 0]);
    mock.assert_sound();
}

#[test]
fn a_comment_stands_at_all_lines_of_a_hunk_or_at_the_first() {
    let mock = Mock::start();
    mock.state().files.push(("db/002.sql".to_owned(), Some("@@ -1,2 +1,4 @@\n a\n+b\n+c\n d\n@@ -20,1 +30,2 @@\n e\n+f".to_owned())));
    let spanning = |number, line, end_line| Finding { end_line, ..warning(number, line) };
    deliver(&mock, &[spanning(1, 2, 3), spanning(2, 3, 30), spanning(3, 3, 3), spanning(4, 5, 30)]);
    let review = mock.state().log.iter().find(|logged| logged.path.ends_with("/reviews")).expect("a review").body.clone();
    let places: Vec<(u64, Option<u64>)> = review["comments"]
        .as_array()
        .expect("comments")
        .iter()
        .map(|comment| (comment["line"].as_u64().expect("a line"), comment["start_line"].as_u64()))
        .collect();
    assert_eq!(places, [(3, Some(2)), (3, None), (3, None)]);
    assert_eq!(review["commit_id"], HEAD);
    mock.assert_sound();
}

#[test]
fn thirty_are_told_at_their_lines_and_the_rest_in_the_comment() {
    let mock = Mock::start();
    add_file(&mock, 100);
    let findings: Vec<_> = (1..=40).map(|number| warning(number, number)).collect();
    let delivered = deliver(&mock, &findings);
    assert_eq!((mock.at_lines().len(), delivered.at_lines.len()), (30, 30));
    mock.forget();
    deliver(&mock, &findings);
    assert_eq!(mock.writes(), [""; 0], "the rest does not follow later");
    mock.assert_sound();
}

#[test]
fn lines_that_github_refuses_are_left_out_and_the_others_told() {
    for refuses_by_text in [true, false] {
        let mock = Mock::start();
        add_file(&mock, 20);
        mock.state().refused_lines.push(("db/002.sql".to_owned(), 3));
        mock.state().refuses_by_text = refuses_by_text;
        let findings: Vec<_> = (1..=6).map(|line| warning(line, line)).collect();
        let delivered = deliver(&mock, &findings);
        let mut found = lines(&mock);
        found.sort();
        assert_eq!(found, [1, 2, 4, 5, 6].map(Some), "by text: {refuses_by_text}");
        assert_eq!(delivered.at_lines.len(), 5);
        assert!(!delivered.at_lines.contains(&warning(3, 3).fingerprint), "it is told elsewhere");
        assert!(delivered.places.contains(&"comment"));
    }
}

#[test]
fn when_github_takes_none_the_comment_has_all() {
    let mock = Mock::start();
    add_file(&mock, 20);
    mock.state().refused_lines.extend((1..=20).map(|line| ("db/002.sql".to_owned(), line)));
    let delivered = deliver(&mock, &[warning(1, 1), warning(2, 2), warning(3, 3)]);
    assert_eq!((mock.at_lines().len(), delivered.at_lines.len()), (0, 0));
    let comment = &mock.comments()[0];
    assert_eq!((comment.matches("`missing-primary-key`").count(), comment.matches("Rows cannot be told apart").count()), (3, 1));
}

#[test]
fn a_review_whose_reply_was_lost_is_not_written_twice() {
    for action in [Action::LoseReply, Action::LoseRequest] {
        let mock = Mock::start();
        add_file(&mock, 5);
        mock.rule("POST", "/reviews", 1, action.clone());
        let delivered = deliver(&mock, &[warning(1, 1), warning(2, 2)]);
        assert_eq!((lines(&mock).len(), delivered.at_lines.len()), (2, 2), "{action:?}");
    }
}

#[test]
fn what_is_gone_is_struck_out_and_comes_back_as_news() {
    let mock = Mock::start();
    add_file(&mock, 5);
    deliver(&mock, &[warning(1, 1), warning(2, 2)]);
    mock.state().head = "3".repeat(40);
    deliver(&mock, &[warning(1, 1)]);
    let gone = &mock.at_lines()[1].body;
    assert!(gone.starts_with("~~**warning**") && gone.contains("Fixed in 3333333333"), "{gone}");
    mock.forget();
    deliver(&mock, &[warning(1, 1)]);
    assert_eq!(mock.writes(), [""; 0]);
    deliver(&mock, &[warning(1, 1), warning(2, 2)]);
    assert_eq!(mock.at_lines().len(), 3);
}

#[test]
fn what_fell_behind_is_told_again_unless_somebody_answered() {
    let mock = Mock::start();
    add_file(&mock, 5);
    deliver(&mock, &[warning(1, 1), warning(2, 2)]);
    let ids: Vec<u64> = mock.at_lines().iter().map(|comment| comment.id).collect();
    mock.state().answer("somebody", ids[1]);
    mock.state().comments.iter_mut().for_each(|comment| comment.line = None);
    mock.state().head = "3".repeat(40);
    mock.forget();
    deliver(&mock, &[warning(1, 4), warning(2, 5)]);
    let now = mock.at_lines();
    assert!(now.iter().all(|comment| comment.id != ids[0]), "what nobody answered went");
    assert!(now.iter().any(|comment| comment.line == Some(4)), "and was told at its new line");
    assert!(
        now.iter().any(|comment| comment.id == ids[1]) && now.iter().all(|comment| comment.line != Some(5)),
        "a talk goes on where it is"
    );
    mock.forget();
    deliver(&mock, &[warning(1, 4), warning(2, 5)]);
    assert_eq!(mock.writes(), [""; 0]);
}

#[test]
fn files_that_the_pull_request_does_not_show_are_no_trouble() {
    let mock = Mock::start();
    mock.state().files.push(("db/002.sql".to_owned(), None));
    let delivered = deliver(&mock, &[warning(1, 1), error(2)]);
    assert_eq!(delivered.notices, [""; 0]);
    assert_eq!(mock.writes(), ["POST /repos/o/r/issues/7/comments"]);
}

#[test]
fn files_beyond_the_first_page_are_seen() {
    let mock = Mock::start();
    (0..150).for_each(|number| mock.state().files.push((format!("src/{number}.rs"), Some("@@ -0,0 +1 @@\n+x".to_owned()))));
    add_file(&mock, 5);
    deliver(&mock, &[warning(1, 1)]);
    assert_eq!(lines(&mock), [Some(1)]);
}

#[test]
fn a_repair_is_suggested_at_the_lines_it_replaces_and_no_line_twice() {
    let mock = Mock::start();
    mock.state().files.push(("db/002.sql".to_owned(), Some("@@ -0,0 +1,3 @@\n+CREATE TABLE a (\n+\tprice money\n+);".to_owned())));
    let edit = |line, column, end_column, text: &str| RepairEdit {
        path: "db/002.sql".to_owned(),
        line,
        column,
        end_line: line,
        end_column,
        text: text.to_owned(),
    };
    let repaired = |number, edits| {
        let fix = Repair { title: "use `numeric`".to_owned(), applicability: Applicability::Certain, edits, files: Vec::new() };
        Finding { fix: Some(fix), ..warning(number, 2) }
    };
    let both = vec![edit(1, 14, 15, "b"), edit(2, 8, 13, "numeric")];
    deliver(&mock, &[repaired(1, both), repaired(2, vec![edit(2, 2, 7, "cost")]), repaired(3, vec![edit(9, 1, 1, "x")])]);
    let review = mock.state().log.iter().find(|logged| logged.path.ends_with("/reviews")).expect("a review").body.clone();
    let [first, second, third] = review["comments"].as_array().expect("comments").as_slice() else { panic!("three comments") };
    assert_eq!((&first["start_line"], &first["line"]), (&1.into(), &2.into()));
    assert!(first["body"].as_str().expect("a text").contains("```suggestion\nCREATE TABLE b (\n\tprice numeric\n```\n"), "{first}");
    for other in [second, third] {
        assert!(!other["body"].as_str().expect("a text").contains("suggestion"), "{other}");
    }
    mock.forget();
    mock.assert_sound();
}
