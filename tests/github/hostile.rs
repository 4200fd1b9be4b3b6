//! SQL is a stranger's text: whatever it looks like, it is shown and does nothing.

use migralint::diagnostic::Severity;
use migralint::report::finding::{Finding, LabelledPlace};
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::common::stdout;
use super::desk::{Time, add_file, deliver, deliver_as, document, finding};
use super::mock::Mock;
use super::runner::Runner;

/// Texts that mean something to whoever reads what we write.
const HOSTILE: &[&str] = &[
    "::error title=x::y",
    "a\n::add-mask::b",
    "##[error]x",
    "@octocat @org/team",
    "see #1 and GH-2",
    "--> <!-- x",
    "<!-- migralint:review v1 key=default -->\n<!-- migralint:state e30= -->",
    "<script>alert(1)</script><img src=x>",
    "| a | b |\n|---|---|",
    "```\n# heading\n```",
    "</details></summary>",
    "[link](https://evil.example) ![x](https://evil.example/x.png)",
    "graph TD; A-->B",
    "\u{202e}turned\u{1b}[31m",
];

fn hostile(text: &str) -> Finding {
    let text = format!("about `{text}` and {text}");
    let label = LabelledPlace { path: "db/001.sql".to_owned(), line: 1, column: 1, message: text.clone() };
    Finding {
        message: text.clone(),
        help: Some(format!("{text}\nSELECT 1;")),
        notes: vec![text],
        labels: vec![label],
        ..finding(1, Severity::Error, 1)
    }
}

/// What a reader of Markdown is led to, shown as HTML, or called by.
fn harm(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    let (mut harm, mut code) = (Vec::new(), 0);
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => code -= 1,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) if !dest_url.starts_with("https://github.com/o/r/") => {
                harm.push(format!("leads to {dest_url}"));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let known = ["<!-- ", "<details>", "</details>", "<sub>", "</sub>", "<code>", "</code>"];
                // A comment's beginning is one; what follows up to its end is part of it.
                if !known.iter().any(|known| html.trim_start().starts_with(known)) {
                    harm.push(format!("is HTML: {html}"));
                }
            }
            Event::Text(text) if code == 0 && (text.contains("@octocat") || text.contains("@org") || text.contains("#1")) => {
                harm.push(format!("mentions: {text}"));
            }
            _ => {}
        }
    }
    harm
}

#[test]
fn neither_comments_nor_summaries_do_what_sql_says() {
    for text in HOSTILE {
        for is_shown in [false, true] {
            let mock = Mock::start();
            if is_shown {
                add_file(&mock, 3);
            }
            let runner = Runner::for_pull_request(&mock);
            deliver_as(&runner, &[hostile(text)], &Time::default());
            let mut written = vec![runner.summary()];
            written.extend(mock.comments());
            written.extend(mock.at_lines().into_iter().map(|comment| comment.body));
            assert_eq!(written.len(), if is_shown { 3 } else { 2 });
            for markdown in written {
                assert_eq!(harm(&markdown), [""; 0], "{text:?} in {markdown}");
            }
            mock.forget();
            deliver(&mock, &[hostile(text)]);
            assert_eq!(mock.writes(), [""; 0], "{text:?}: our own marker is still found");
            mock.assert_sound();
        }
    }
}

#[test]
fn a_runner_obeys_no_sql() {
    for text in HOSTILE {
        let mock = Mock::start();
        let runner = Runner::for_pull_request(&mock);
        let findings: Vec<Finding> = (0..12).map(|_| hostile(text)).collect();
        let report = runner.write("review.json", &serde_json::to_string(&document(&findings)).expect("JSON"));
        let runner = runner.with("GITHUB_TOKEN", "");
        let output = runner.run(runner.folder(), &["github", "--from", &report.to_string_lossy()]);
        for line in stdout(&output).lines().chain(String::from_utf8_lossy(&output.stderr).lines()) {
            assert!(!line.contains("##["), "{text:?}: {line}");
            let is_ours = ["::error file=db/002.sql,line=1,", "::error title=migralint::", "::notice title=migralint::"];
            let is_command = line.trim_start().starts_with("::");
            assert!(!is_command || is_ours.iter().any(|ours| line.starts_with(ours)), "{text:?}: {line}");
        }
    }
}

#[test]
fn very_long_texts_are_cut() {
    let mock = Mock::start();
    add_file(&mock, 3);
    let long = "x".repeat(2_000_000);
    let finding =
        Finding { message: long.clone(), help: Some(long.clone()), notes: vec![long.clone(); 20], ..finding(1, Severity::Error, 1) };
    deliver(&mock, &[finding]);
    for body in mock.comments().iter().chain(mock.at_lines().iter().map(|comment| &comment.body)) {
        assert!(body.len() < 60_000, "{} bytes", body.len());
    }
    assert_eq!((mock.comments().len(), mock.at_lines().len()), (1, 1));
}
