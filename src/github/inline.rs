//! Comments at the lines of a pull request: all new ones in one review, so that people are told once; none that is there
//! already; and those about what is gone say so.

use std::collections::{BTreeMap, BTreeSet};

use super::api::{Api, NewComment, ReviewComment};
use super::client::{ApiError, Problem};
use super::hunks::{Hunks, Place};
use super::marker::{Key, finding_of, with_finding, with_fixed};
use super::suggestion::{self, Suggestion};
use crate::diagnostic::Severity;
use crate::report::finding::Finding;
use crate::report::plural;

/// Findings that get a comment at their lines; GitHub takes more for abuse, and people for noise.
const MOST: usize = 30;

/// Reviews that are tried until the comments that GitHub does not take are found.
const TRIES: usize = 8;

/// What the comments are about.
pub struct Subject<'a> {
    /// Number of the pull request.
    pub number: u64,
    /// Its newest commit.
    pub head: &'a str,
    /// What was found.
    pub findings: &'a [Finding],
    /// Where paths of findings start from, seen from the repository's root.
    pub folder: &'a str,
    /// What finds the comments again.
    pub key: &'a Key,
    /// Writes the text about one finding.
    pub text: &'a dyn Fn(&Finding) -> String,
}

/// A finding with the comment it is to have.
struct Wanted<'a> {
    finding: &'a Finding,
    place: Place,
    comment: NewComment,
}

/// Brings the comments up to date. `placed` takes up the fingerprints of findings that are told at their lines, also where
/// something fails in the end.
///
/// # Errors
/// When the API refuses.
pub fn deliver(api: &Api, subject: &Subject, placed: &mut BTreeSet<String>) -> Result<(), ApiError> {
    let wanted = wanted(subject, &Hunks::of(&api.files(subject.number)?));
    let all = api.review_comments(subject.number)?;
    let answered: BTreeSet<u64> = all.iter().filter_map(|comment| comment.in_reply_to_id).collect();
    let ours = ours(api, subject, &all);
    // What is still found has its comment already, unless that fell behind: its line is not shown any more.
    let is_left_behind = |comment: &&&ReviewComment| comment.line.is_none() && !answered.contains(&comment.id);
    placed.extend(
        ours.iter().filter(|(_, comments)| comments.iter().any(|comment| !is_left_behind(&comment))).map(|(known, _)| (*known).to_owned()),
    );
    placed.retain(|known| subject.findings.iter().any(|finding| finding.fingerprint == *known));
    let new: Vec<&Wanted> = wanted.iter().filter(|wanted| !placed.contains(&wanted.finding.fingerprint)).collect();
    let posted = post(api, subject, new, placed);
    tidy_up(api, subject, &ours, &wanted, placed, &answered)?;
    posted
}

/// What is to be told at its line: the gravest, as far as their lines are shown. Notes would be noise there.
fn wanted<'a>(subject: &Subject<'a>, hunks: &Hunks) -> Vec<Wanted<'a>> {
    let mut findings: Vec<&Finding> = subject.findings.iter().filter(|finding| finding.severity > Severity::Info).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut suggested = BTreeSet::new();
    let wanted = findings.into_iter().filter_map(|finding| {
        let path = format!("{}{}", subject.folder, finding.path);
        let place = hunks.place(&path, finding.line, finding.end_line)?;
        let mut text = (subject.text)(finding);
        // No line can be replaced twice.
        let is_free = |suggestion: &Suggestion| suggestion.lines.clone().all(|line| suggested.insert((path.clone(), line)));
        let suggestion = suggestion::of(finding, &path, hunks).filter(is_free);
        let place = suggestion.as_ref().and_then(|found| hunks.place(&path, *found.lines.start(), *found.lines.end())).unwrap_or(place);
        if let Some(suggestion) = suggestion {
            text = format!("{}\n\n{}", text.trim_end(), suggestion.text);
        }
        let body = with_finding(&text, subject.key, &finding.fingerprint);
        let start_side = place.start.map(|_| "RIGHT");
        let comment = NewComment { path, body, line: place.line, side: "RIGHT", start_line: place.start, start_side };
        Some(Wanted { finding, place, comment })
    });
    wanted.take(MOST).collect()
}

/// Our comments by the findings they are about, the oldest first.
fn ours<'a>(api: &Api, subject: &Subject, all: &'a [ReviewComment]) -> BTreeMap<&'a str, Vec<&'a ReviewComment>> {
    let mut ours: BTreeMap<&str, Vec<&ReviewComment>> = BTreeMap::new();
    for comment in all {
        let Some(fingerprint) = comment.body.as_deref().and_then(|body| finding_of(body, subject.key)) else { continue };
        if api.is_ours(comment.user.as_ref()) {
            ours.entry(fingerprint).or_default().push(comment);
        }
    }
    ours
}

/// Writes comments in one review. What GitHub does not take is found by halving, and left out.
fn post(api: &Api, subject: &Subject, new: Vec<&Wanted>, placed: &mut BTreeSet<String>) -> Result<(), ApiError> {
    let mut batches = vec![new];
    for _ in 0..TRIES {
        let Some(batch) = batches.pop() else { return Ok(()) };
        if batch.is_empty() {
            continue;
        }
        match post_once(api, subject, &batch) {
            Ok(()) => placed.extend(batch.iter().map(|wanted| wanted.finding.fingerprint.clone())),
            Err(ApiError::Invalid { problems }) if problems.iter().any(is_about_a_comment) => batches.extend(smaller(batch)),
            Err(ApiError::Invalid { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// First those about which there is no doubt, then halves.
fn smaller<'a, 'b>(batch: Vec<&'a Wanted<'b>>) -> Vec<Vec<&'a Wanted<'b>>> {
    if batch.len() < 2 {
        return Vec::new();
    }
    let (certain, doubtful): (Vec<&Wanted>, Vec<&Wanted>) = batch.iter().partition(|wanted| wanted.place.is_certain);
    if !certain.is_empty() && !doubtful.is_empty() {
        return vec![doubtful, certain];
    }
    let (one, other) = batch.split_at(batch.len() / 2);
    vec![other.to_vec(), one.to_vec()]
}

/// Whether a comment is what GitHub does not take; anything else would be wrong with fewer comments too.
fn is_about_a_comment(problem: &Problem) -> bool {
    let text = format!("{} {}", problem.field, problem.message).to_ascii_lowercase();
    ["pull_request_review_thread", "pull request review thread", "part of the diff", "start line", "path could not be resolved"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Writes a review; once, even where the reply is lost.
fn post_once(api: &Api, subject: &Subject, batch: &[&Wanted]) -> Result<(), ApiError> {
    let comments: Vec<&NewComment> = batch.iter().map(|wanted| &wanted.comment).collect();
    let body = format!("migralint: {} at lines of this pull request.", plural(comments.len(), "finding"));
    let write = || api.create_review(subject.number, subject.head, &body, &comments);
    match write() {
        Err(ApiError::Lost(_)) => {
            let all = api.review_comments(subject.number)?;
            let there = ours(api, subject, &all);
            let is_there = batch.iter().any(|wanted| {
                there.get(&*wanted.finding.fingerprint).is_some_and(|found| found.iter().any(|comment| comment.line.is_some()))
            });
            if is_there { Ok(()) } else { write() }
        }
        other => other,
    }
}

/// Puts earlier comments right: those about what is gone say so, those that fell behind and were written anew go, and
/// those that would be worded otherwise now are.
fn tidy_up(
    api: &Api,
    subject: &Subject,
    ours: &BTreeMap<&str, Vec<&ReviewComment>>,
    wanted: &[Wanted],
    placed: &BTreeSet<String>,
    answered: &BTreeSet<u64>,
) -> Result<(), ApiError> {
    for (fingerprint, comments) in ours {
        let is_found = subject.findings.iter().any(|finding| finding.fingerprint == **fingerprint);
        let now = wanted.iter().find(|wanted| wanted.finding.fingerprint == **fingerprint);
        for comment in comments {
            let body = comment.body.as_deref().unwrap_or_default();
            match now {
                _ if !is_found => api.update_review_comment(comment.id, &fixed(body, subject, fingerprint))?,
                Some(_) if comment.line.is_none() && placed.contains(*fingerprint) && !answered.contains(&comment.id) => {
                    api.delete_review_comment(comment.id)?;
                }
                Some(now) if body.replace("\r\n", "\n").trim_end() != now.comment.body.trim_end() => {
                    api.update_review_comment(comment.id, &now.comment.body)?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// A comment about what is gone: what it was, struck out.
fn fixed(body: &str, subject: &Subject, fingerprint: &str) -> String {
    let first = body.lines().next().unwrap_or_default().trim();
    let head = subject.head.get(..10).unwrap_or(subject.head);
    with_fixed(&format!("~~{first}~~\n\nFixed in {head}."), subject.key, fingerprint)
}
