//! The one comment on a pull request: found again, edited in place, and written anew only where a push made things worse,
//! because nobody is told of an edit.

use super::api::{Api, IssueComment};
use super::client::ApiError;
use super::marker::{Key, State, state_of, with_state};
use crate::report::finding::Finding;
use crate::report::review::markdown::{MAX_BYTES, Since};

/// When there is to be a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Whatever was found.
    Always,
    /// When something was found, or an earlier comment has to be put right.
    OnFindings,
    /// Never.
    Never,
}

/// What the comment is about.
pub struct Subject<'a> {
    /// Number of the pull request.
    pub number: u64,
    /// Its newest commit.
    pub head: &'a str,
    /// What was found.
    pub findings: &'a [Finding],
    /// What finds the comment again.
    pub key: &'a Key,
    /// Writes its text, no longer than some bytes.
    pub text: &'a dyn Fn(Option<Since>, usize) -> String,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    Create,
    Edit,
    /// Write it anew, then remove the old one.
    Replace,
}

/// Brings the comment up to date; its address where there is one.
///
/// # Errors
/// When the API refuses.
pub fn deliver(api: &Api, subject: &Subject, when: When) -> Result<Option<String>, ApiError> {
    let ours = find(api, subject)?;
    let newest = ours.last();
    let earlier = newest.and_then(|comment| state_of(comment.body.as_deref()?, subject.key));
    let mut state = State::of(subject.head, subject.findings);
    state.since = earlier.as_ref().filter(|earlier| !earlier.head.is_empty()).and_then(|earlier| state.since(earlier));
    let body = |limit: usize| with_state(&(subject.text)(state.since, limit), subject.key, &state);
    let text = body(MAX_BYTES);
    let is_worse = earlier.is_some_and(|earlier| state.is_worse_than(&earlier));
    let mut address = newest.map(|comment| comment.html_url.clone().unwrap_or_default());
    let step = step(newest, &text, is_worse, when == When::Always || !subject.findings.is_empty());
    match (step, newest) {
        (Step::Nothing, _) => {}
        (Step::Edit, Some(comment)) => shorter_if_too_long(&body, |text| api.update_comment(comment.id, text))?,
        (Step::Create | Step::Replace | Step::Edit, _) => {
            address = Some(shorter_if_too_long(&body, |text| create(api, subject, text, &ours))?.unwrap_or_default());
        }
    }
    // Two runs at once write two comments, and what is written anew leaves an old one.
    let kept = usize::from(step != Step::Replace);
    ours.iter().take(ours.len().saturating_sub(kept)).try_for_each(|comment| api.delete_comment(comment.id))?;
    Ok(address)
}

fn step(newest: Option<&IssueComment>, text: &str, is_worse: bool, has_something_to_say: bool) -> Step {
    match newest {
        None if has_something_to_say => Step::Create,
        None => Step::Nothing,
        Some(_) if is_worse => Step::Replace,
        Some(comment) if is_same(comment.body.as_deref().unwrap_or_default(), text) => Step::Nothing,
        Some(_) => Step::Edit,
    }
}

/// Our comments of this key, the oldest first.
fn find(api: &Api, subject: &Subject) -> Result<Vec<IssueComment>, ApiError> {
    let mut comments = api.comments(subject.number)?;
    comments.retain(|comment| comment.body.as_deref().is_some_and(|body| state_of(body, subject.key).is_some()));
    comments.retain(|comment| api.is_ours(comment.user.as_ref()));
    Ok(comments)
}

/// Writes a comment once, even where the reply is lost.
fn create(api: &Api, subject: &Subject, text: &str, known: &[IssueComment]) -> Result<Option<String>, ApiError> {
    match api.create_comment(subject.number, text) {
        Err(ApiError::Lost(_)) => {}
        other => return other,
    }
    let is_new = |comment: &IssueComment| known.iter().all(|other| other.id != comment.id);
    match find(api, subject)?.into_iter().rev().find(is_new) {
        Some(comment) => Ok(comment.html_url),
        None => api.create_comment(subject.number, text),
    }
}

/// Bytes are counted here, and nobody knows what is counted there.
fn shorter_if_too_long<T>(body: &dyn Fn(usize) -> String, write: impl Fn(&str) -> Result<T, ApiError>) -> Result<T, ApiError> {
    match write(&body(MAX_BYTES)) {
        Err(ApiError::Invalid { problems }) if problems.iter().any(|problem| problem.message.contains("too long")) => {
            write(&body(MAX_BYTES / 2))
        }
        other => other,
    }
}

/// Whether nothing but the run's number and the ends of lines differ.
fn is_same(one: &str, other: &str) -> bool {
    comparable(one) == comparable(other)
}

fn comparable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut parts = text.trim_end().split("/actions/runs/");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + "/actions/runs/" + part.trim_start_matches(|character: char| character.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_run_with_the_same_words_says_nothing_new() {
        assert!(is_same("a [b](https://x/actions/runs/12) c\r\n", "a [b](https://x/actions/runs/345) c\n\n"));
        assert!(!is_same("12 findings", "13 findings"));
    }
}
