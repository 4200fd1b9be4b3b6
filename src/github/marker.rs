//! How our comments are found again, and what they remember. Both stand in HTML comments at the end of a comment's text;
//! anybody who may edit it can write anything there, so that nothing in it is believed that is not of the right form.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Severity;
use crate::report::finding::Finding;
use crate::report::review::markdown::Since;

/// What tells comments of several runs on one pull request apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

/// Findings that are remembered; the gravest first.
const REMEMBERED: usize = 200;

/// How much of a fingerprint is remembered: enough to tell a few thousand apart.
const SHORT: usize = 12;

/// More than we ever write is nothing of ours.
const LONGEST_STATE: usize = 8192;

impl Key {
    /// A key; nothing for a text that could end an HTML comment or a word.
    pub fn new(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._/".contains(&byte) || byte == b'-';
        let is_key = !text.is_empty() && text.len() <= 64 && text.bytes().all(fits) && !text.contains("--");
        is_key.then(|| Self(text.to_owned()))
    }

    fn line(&self) -> String {
        format!("<!-- migralint:review v1 key={} -->", self.0)
    }

    fn of_finding(&self, word: &str, fingerprint: &str) -> String {
        format!("<!-- migralint:{word} {fingerprint} key={} -->", self.0)
    }
}

/// What a comment remembers of the push it was written for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The commit.
    pub head: String,
    /// Findings by the beginnings of their fingerprints.
    pub findings: BTreeMap<String, Severity>,
    /// How many more there were.
    pub more: usize,
    /// What the comment said about the push before that.
    pub since: Option<Since>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    v: u32,
    head: String,
    /// Beginnings of fingerprints one after the other, by severity.
    error: String,
    warning: String,
    info: String,
    more: usize,
    since: Option<(usize, usize)>,
}

impl State {
    /// What is to be remembered of these findings.
    pub fn of(head: &str, findings: &[Finding]) -> Self {
        let mut by_severity: Vec<&Finding> = findings.iter().collect();
        by_severity.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let short = |finding: &&Finding| finding.fingerprint.get(..SHORT).map(|short| (short.to_owned(), finding.severity));
        let remembered = by_severity.iter().take(REMEMBERED).filter_map(short).rev().collect();
        Self { head: head.to_owned(), findings: remembered, more: findings.len().saturating_sub(REMEMBERED), since: None }
    }

    /// What has become of the findings since an earlier state; nothing where not all of either were remembered.
    pub fn since(&self, earlier: &State) -> Option<Since> {
        if self.head == earlier.head && self.findings == earlier.findings && self.more == earlier.more {
            return earlier.since;
        }
        let without = |one: &State, other: &State| one.findings.keys().filter(|known| !other.findings.contains_key(*known)).count();
        (self.more == 0 && earlier.more == 0).then(|| Since { new: without(self, earlier), fixed: without(earlier, self) })
    }

    /// Whether a push since made things worse: an error is new, or the worst is graver than before.
    pub fn is_worse_than(&self, earlier: &State) -> bool {
        let worst = |state: &State| state.findings.values().max().copied().filter(|worst| *worst > Severity::Info);
        let is_new_error =
            |(known, severity): (&String, &Severity)| *severity == Severity::Error && earlier.findings.get(known) != Some(&Severity::Error);
        self.head != earlier.head && (worst(self) > worst(earlier) || self.findings.iter().any(is_new_error))
    }

    fn line(&self) -> String {
        let of =
            |severity: Severity| self.findings.iter().filter(|(_, known)| **known == severity).map(|(short, _)| short.as_str()).collect();
        let written = Written {
            v: 1,
            head: self.head.clone(),
            error: of(Severity::Error),
            warning: of(Severity::Warning),
            info: of(Severity::Info),
            more: self.more,
            since: self.since.map(|since| (since.new, since.fixed)),
        };
        format!("<!-- migralint:state {} -->", STANDARD.encode(serde_json::to_string(&written).unwrap_or_default()))
    }

    fn parse(line: &str) -> Option<Self> {
        let encoded = line.strip_prefix("<!-- migralint:state ")?.strip_suffix(" -->").filter(|text| text.len() <= LONGEST_STATE)?;
        let written: Written = serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok().filter(|written: &Written| written.v == 1)?;
        let mut findings = BTreeMap::new();
        for (text, severity) in [(written.error, Severity::Error), (written.warning, Severity::Warning), (written.info, Severity::Info)] {
            if !text.len().is_multiple_of(SHORT) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            findings.extend((0..text.len()).step_by(SHORT).filter_map(|at| Some((text.get(at..at + SHORT)?.to_owned(), severity))));
        }
        let since = written.since.map(|(new, fixed)| Since { new, fixed });
        Some(Self { head: written.head, findings, more: written.more, since })
    }
}

/// A comment's text with what finds it again and what it remembers.
pub fn with_state(text: &str, key: &Key, state: &State) -> String {
    format!("{}\n{}\n{}\n", text.trim_end(), key.line(), state.line())
}

/// What a comment remembers, if it is one of ours with this key; nothing is remembered where that was spoilt.
pub fn state_of(body: &str, key: &Key) -> Option<State> {
    let (above, last) = last_line(body)?;
    let (_, line) = last_line(above)?;
    (line == key.line() && last.starts_with("<!-- migralint:state ")).then(|| State::parse(last).unwrap_or_default())
}

/// A text about a finding with what finds it again.
pub fn with_finding(text: &str, key: &Key, fingerprint: &str) -> String {
    format!("{}\n\n{}\n", text.trim_end(), key.of_finding("finding", fingerprint))
}

/// A text about a finding that is gone.
pub fn with_fixed(text: &str, key: &Key, fingerprint: &str) -> String {
    format!("{}\n\n{}\n", text.trim_end(), key.of_finding("fixed", fingerprint))
}

/// The fingerprint of the finding that a comment of ours with this key is about.
pub fn finding_of<'a>(body: &'a str, key: &Key) -> Option<&'a str> {
    let (_, last) = last_line(body)?;
    let fingerprint = last.strip_prefix("<!-- migralint:finding ")?.split(' ').next()?;
    (last == key.of_finding("finding", fingerprint)).then_some(fingerprint)
}

/// The last line that is not blank, and what is above it.
fn last_line(body: &str) -> Option<(&str, &str)> {
    let body = body.trim_end();
    let (above, last) = body.rsplit_once('\n').unwrap_or(("", body));
    (!last.is_empty()).then(|| (above, last.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(number: usize, severity: Severity) -> Finding {
        Finding {
            lint: "money".into(),
            severity,
            message: String::new(),
            path: String::new(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            object: None,
            help: None,
            notes: Vec::new(),
            fingerprint: format!("{number:032x}").chars().rev().collect(),
            labels: Vec::new(),
            fix: None,
        }
    }

    fn state(head: &str, findings: &[(usize, Severity)]) -> State {
        State::of(head, &findings.iter().map(|(number, severity)| finding(*number, *severity)).collect::<Vec<_>>())
    }

    fn key() -> Key {
        Key::new("default").expect("a key")
    }

    #[test]
    fn a_comment_remembers_its_findings() {
        let state = State { since: Some(Since { new: 1, fixed: 2 }), ..state("abc", &[(1, Severity::Error), (2, Severity::Info)]) };
        let body = with_state("text", &key(), &state);
        assert_eq!(state_of(&body, &key()), Some(state.clone()));
        assert_eq!(state_of(&body.replace('\n', "\r\n"), &key()), Some(state), "however lines end");
        assert_eq!(state_of(&body, &Key::new("other").expect("a key")), None, "of another run");
    }

    #[test]
    fn what_is_remembered_stays_small() {
        let many: Vec<Finding> =
            (0..5000).map(|number| finding(number, Severity::Warning)).chain([finding(9000, Severity::Error)]).collect();
        let state = State::of("a".repeat(40).as_str(), &many);
        assert!(with_state("", &key(), &state).len() <= 4096);
        assert!(state.findings.values().any(|severity| *severity == Severity::Error), "the gravest are kept");
        assert_eq!(state.since(&State { head: "b".into(), ..state.clone() }), None, "nothing is claimed of what was not remembered");
    }

    #[test]
    fn what_strangers_write_is_not_believed() {
        for body in [
            "",
            "text",
            "<!-- migralint:review v1 key=default -->",
            "<!-- migralint:state e30= -->",
            "<!-- migralint:review v1 key=default -->\n<!-- migralint:state e30= -->\nquoted by somebody",
            "`<!-- migralint:review v1 key=default -->`\n<!-- migralint:state e30= -->",
        ] {
            assert_eq!(state_of(body, &key()), None, "{body}");
        }
        let spoilt = "<!-- migralint:review v1 key=default -->\n<!-- migralint:state !!! -->";
        assert_eq!(state_of(spoilt, &key()), Some(State::default()), "found, and nothing is known of what was said");
        for text in ["", "a b", "-->", "a--b", "a\nb"] {
            assert_eq!(Key::new(text), None, "{text}");
        }
    }

    #[test]
    fn a_push_makes_things_worse_by_errors_and_graver_findings() {
        let (error, warning, info) = (Severity::Error, Severity::Warning, Severity::Info);
        for (before, now, expected) in [
            (&[][..], &[(1, error)][..], true),
            (&[], &[(1, warning)], true),
            (&[], &[(1, info)], false),
            (&[(1, warning)], &[(1, warning), (2, warning)], false),
            (&[(1, error)], &[(2, error)], true),
            (&[(1, warning), (2, error)], &[(1, error), (2, error)], true),
            (&[(1, error), (2, error)], &[(2, error)], false),
            (&[(1, error)], &[(1, error), (2, warning)], false),
        ] {
            assert_eq!(state("new", now).is_worse_than(&state("old", before)), expected, "{before:?} to {now:?}");
            assert!(!state("same", now).is_worse_than(&state("same", before)), "no push, {before:?} to {now:?}");
        }
    }

    #[test]
    fn what_was_said_of_the_last_push_is_said_again_until_the_next() {
        let before = State { since: Some(Since { new: 1, fixed: 0 }), ..state("a", &[(1, Severity::Error)]) };
        assert_eq!(state("a", &[(1, Severity::Error)]).since(&before), before.since);
        assert_eq!(state("b", &[(1, Severity::Error)]).since(&before), Some(Since { new: 0, fixed: 0 }));
        assert_eq!(state("b", &[(2, Severity::Info)]).since(&before), Some(Since { new: 1, fixed: 1 }));
    }
}
