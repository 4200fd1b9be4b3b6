//! What is asked of the API, and what of its replies is looked at.

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::{ApiError, Client, Method};
use super::environment::RepositoryName;
use super::event::{Earlier, PullRequest, pull_request};
use crate::report::escape::uri;

/// Whose comments are ours where the API does not say whose token it is.
const RUNNER: &str = "github-actions[bot]";

/// The API for one repository.
pub struct Api<'a> {
    client: Client<'a>,
    repository: &'a RepositoryName,
    graphql_url: &'a str,
    viewer: OnceCell<String>,
}

/// Who wrote something.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Their name; a bot's ends with `[bot]`.
    pub login: String,
    /// `User`, `Bot` …
    #[serde(default, rename = "type")]
    pub kind: String,
}

/// A comment on a pull request as a whole.
#[derive(Clone, Debug, Deserialize)]
pub struct IssueComment {
    /// Its number.
    pub id: u64,
    /// Its text.
    #[serde(default)]
    pub body: Option<String>,
    /// Who wrote it; nobody if they are gone.
    pub user: Option<User>,
    /// Its address.
    #[serde(default)]
    pub html_url: Option<String>,
}

/// A comment at a line of a pull request.
#[derive(Clone, Debug, Deserialize)]
pub struct ReviewComment {
    /// Its number.
    pub id: u64,
    /// Its text.
    #[serde(default)]
    pub body: Option<String>,
    /// Who wrote it; nobody if they are gone.
    pub user: Option<User>,
    /// Its line, as long as that is part of the difference.
    #[serde(default)]
    pub line: Option<u64>,
    /// The comment that it answers.
    #[serde(default)]
    pub in_reply_to_id: Option<u64>,
}

/// A file that a pull request changes.
#[derive(Clone, Debug, Deserialize)]
pub struct ChangedFile {
    /// Its path.
    pub filename: String,
    /// How it is changed, as hunks; missing where that is too much.
    #[serde(default)]
    pub patch: Option<String>,
}

/// A comment to be made at a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewComment {
    /// The file.
    pub path: String,
    /// Its text.
    pub body: String,
    /// The last line it is about.
    pub line: usize,
    /// Whose lines: those of the branch.
    pub side: &'static str,
    /// The first line, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_line: Option<usize>,
    /// Whose line that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_side: Option<&'static str>,
}

impl<'a> Api<'a> {
    /// The API for `repository`.
    pub fn new(client: Client<'a>, repository: &'a RepositoryName, graphql_url: &'a str) -> Self {
        Self { client, repository, graphql_url, viewer: OnceCell::new() }
    }

    fn path(&self, rest: &str) -> String {
        format!("/repos/{}/{rest}", self.repository.as_str())
    }

    /// Whether a comment was written with the token we have. Anybody can write what looks like one of ours.
    pub fn is_ours(&self, user: Option<&User>) -> bool {
        let viewer = self.viewer.get_or_init(|| self.viewer().unwrap_or_else(|| RUNNER.to_owned()));
        // The other API leaves the ending of a bot's name out.
        user.is_some_and(|user| user.login == *viewer || user.kind == "Bot" && user.login.strip_suffix("[bot]") == Some(viewer))
    }

    fn viewer(&self) -> Option<String> {
        let reply = self.client.query(self.graphql_url, "query { viewer { login } }").ok()?;
        reply.pointer("/data/viewer/login")?.as_str().map(str::to_owned)
    }

    /// A pull request as it is now.
    ///
    /// # Errors
    /// When the API does not tell.
    pub fn pull_request(&self, number: u64) -> Result<PullRequest, ApiError> {
        let reply = self.client.read(&self.path(&format!("pulls/{number}")))?;
        pull_request(&reply).ok_or_else(|| ApiError::Failed("the pull request was not understood".to_owned()))
    }

    /// The open pull request whose newest commit an earlier run was for. A fork's commit belongs to none at first sight.
    ///
    /// # Errors
    /// When the API does not tell.
    pub fn pull_request_after(&self, earlier: &Earlier) -> Result<Option<PullRequest>, ApiError> {
        let of_commit = self.client.list::<Value>(&self.path(&format!("commits/{}/pulls", uri(&earlier.head))))?;
        if let Some(found) = self.with_head(&of_commit, &earlier.head) {
            return Ok(Some(found));
        }
        let Some(branch) = &earlier.branch else { return Ok(None) };
        let of_branch = self.client.list::<Value>(&self.path(&format!("pulls?state=open&head={}", uri(branch))))?;
        Ok(self.with_head(&of_branch, &earlier.head))
    }

    fn with_head(&self, requests: &[Value], head: &str) -> Option<PullRequest> {
        let is_open = |value: &&Value| value.get("state").and_then(Value::as_str) == Some("open");
        let goes_here =
            |value: &&Value| value.pointer("/base/repo/full_name").and_then(Value::as_str).is_some_and(|name| self.repository.is(name));
        requests.iter().filter(is_open).filter(goes_here).filter_map(pull_request).find(|request| request.head == head)
    }

    /// All comments on a pull request, the oldest first.
    ///
    /// # Errors
    /// When the API does not tell.
    pub fn comments(&self, number: u64) -> Result<Vec<IssueComment>, ApiError> {
        self.client.list(&self.path(&format!("issues/{number}/comments")))
    }

    /// Writes a comment.
    ///
    /// # Errors
    /// When the API refuses, or does not say whether it was written.
    pub fn create_comment(&self, number: u64, body: &str) -> Result<Option<String>, ApiError> {
        let reply = self.client.write(Method::Post, &self.path(&format!("issues/{number}/comments")), Some(&json!({ "body": body })))?;
        Ok(reply.get("html_url").and_then(Value::as_str).map(str::to_owned))
    }

    /// Gives a comment another text.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn update_comment(&self, id: u64, body: &str) -> Result<(), ApiError> {
        self.client.write(Method::Patch, &self.path(&format!("issues/comments/{id}")), Some(&json!({ "body": body }))).map(drop)
    }

    /// Removes a comment.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn delete_comment(&self, id: u64) -> Result<(), ApiError> {
        self.client.write(Method::Delete, &self.path(&format!("issues/comments/{id}")), None::<&Value>).map(drop)
    }

    /// All comments at lines of a pull request.
    ///
    /// # Errors
    /// When the API does not tell.
    pub fn review_comments(&self, number: u64) -> Result<Vec<ReviewComment>, ApiError> {
        self.client.list(&self.path(&format!("pulls/{number}/comments")))
    }

    /// Writes comments at lines, all of them or none.
    ///
    /// # Errors
    /// When the API refuses, or does not say whether they were written.
    pub fn create_review(&self, number: u64, commit: &str, body: &str, comments: &[&NewComment]) -> Result<(), ApiError> {
        let review = json!({ "commit_id": commit, "event": "COMMENT", "body": body, "comments": comments });
        self.client.write(Method::Post, &self.path(&format!("pulls/{number}/reviews")), Some(&review)).map(drop)
    }

    /// Gives a comment at a line another text.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn update_review_comment(&self, id: u64, body: &str) -> Result<(), ApiError> {
        self.client.write(Method::Patch, &self.path(&format!("pulls/comments/{id}")), Some(&json!({ "body": body }))).map(drop)
    }

    /// Removes a comment at a line.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn delete_review_comment(&self, id: u64) -> Result<(), ApiError> {
        self.client.write(Method::Delete, &self.path(&format!("pulls/comments/{id}")), None::<&Value>).map(drop)
    }

    /// The files that a pull request changes.
    ///
    /// # Errors
    /// When the API does not tell.
    pub fn files(&self, number: u64) -> Result<Vec<ChangedFile>, ApiError> {
        self.client.list(&self.path(&format!("pulls/{number}/files")))
    }
}
