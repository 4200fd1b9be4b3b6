//! Delivers a review: what goes where, and what becomes of what could not be delivered.

use std::collections::BTreeSet;

use super::api::Api;
use super::client::{ApiError, Client, Clock, Transport};
use super::comment::{self, When};
use super::environment::Environment;
use super::event::{Occasion, PullRequest};
use super::inline;
use super::marker::Key;
use super::runner::{add_summary, room_for_summary};
use crate::report::review::document::Document;
use crate::report::review::markdown::{self, Comment, IN_FULL};

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// What finds our comments again.
    pub key: Key,
    /// When there is to be a comment.
    pub comment: When,
    /// Whether findings are to be told at their lines.
    pub review: bool,
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct Delivered {
    /// Where the review can be read now: `summary`, `comment`, `review`.
    pub places: Vec<&'static str>,
    /// The comment's address.
    pub comment_url: Option<String>,
    /// Fingerprints of findings that are told at their lines.
    pub at_lines: BTreeSet<String>,
    /// What could not be done, and why.
    pub notices: Vec<String>,
}

/// What carries a delivery.
pub struct Means<'a> {
    /// What carries requests.
    pub transport: &'a dyn Transport,
    /// What lets time pass.
    pub clock: &'a dyn Clock,
}

/// Delivers a review as far as the environment allows. Nothing that goes wrong here is a failure of what was reviewed.
pub fn deliver(document: &Document, environment: &Environment, wishes: &Wishes, means: &Means) -> Delivered {
    let mut delivered = Delivered::default();
    summarise(document, environment, &mut delivered);
    if wishes.comment == When::Never && !wishes.review {
        return delivered;
    }
    let occasion = Occasion::of(environment);
    if let Occasion::Other(reason) = &occasion {
        delivered.notices.push(format!("there is nothing to comment on: {reason}"));
        return delivered;
    }
    let (Some(token), Some(repository)) = (&environment.token, &environment.repository) else {
        let missing = if environment.token.is_none() { "GITHUB_TOKEN" } else { "GITHUB_REPOSITORY" };
        delivered.notices.push(format!("nothing is commented: `{missing}` is not set"));
        return delivered;
    };
    let client = match Client::new(&environment.api_url, token, means.transport, means.clock) {
        Ok(client) => client,
        Err(reason) => {
            delivered.notices.push(reason);
            return delivered;
        }
    };
    let api = Api::new(client, repository, &environment.graphql_url);
    match pull_request(&api, &occasion) {
        Ok(Ok(request)) => to_pull_request(&api, &request, document, environment, wishes, &mut delivered),
        Ok(Err(reason)) => delivered.notices.push(reason),
        Err(error) => delivered.notices.push(cause(&error, None, environment)),
    }
    delivered
}

/// The summary of the step has all there is to say.
fn summarise(document: &Document, environment: &Environment, delivered: &mut Delivered) {
    let Some(file) = &environment.step_summary else { return };
    let elsewhere = BTreeSet::new();
    let address = environment.sha.as_deref().and_then(|sha| environment.address(sha));
    let summary = Comment { document, address, elsewhere: &elsewhere, since: None, whole: None, in_full: usize::MAX };
    match add_summary(file, &markdown::render(&summary, room_for_summary(file))) {
        Ok(()) => delivered.places.push("summary"),
        Err(error) => delivered.notices.push(format!("the step's summary cannot be written: {error}")),
    }
}

/// The pull request as it is now, or why nothing is to be said on it.
fn pull_request(api: &Api, occasion: &Occasion) -> Result<Result<PullRequest, String>, ApiError> {
    match occasion {
        Occasion::Other(reason) => Ok(Err(reason.clone())),
        Occasion::After(earlier) => {
            let found = api.pull_request_after(earlier)?;
            Ok(found.ok_or_else(|| "nothing is commented: the commit is not the newest of any open pull request".to_owned()))
        }
        Occasion::PullRequest(request) => {
            let now = api.pull_request(request.number)?;
            let is_late = now.head != request.head;
            Ok(if is_late { Err("nothing is commented: the pull request has a newer commit by now".to_owned()) } else { Ok(now) })
        }
    }
}

fn to_pull_request(
    api: &Api,
    request: &PullRequest,
    document: &Document,
    environment: &Environment,
    wishes: &Wishes,
    delivered: &mut Delivered,
) {
    let none = BTreeSet::new();
    let whole = environment.run_page().map(|page| format!("The [summary of the run]({page}) shows more"));
    let comment = |elsewhere| Comment {
        document,
        address: environment.address(&request.head),
        elsewhere,
        since: None,
        whole: whole.clone(),
        in_full: IN_FULL,
    };
    let (number, head, findings, key) = (request.number, request.head.as_str(), document.findings.as_slice(), &wishes.key);
    let mut refusals = Vec::new();
    if wishes.review {
        let alone = comment(&none);
        let text = |finding: &_| markdown::at_line(&alone, finding);
        let subject = inline::Subject { number, head, findings, folder: &document.folder, key, text: &text };
        refusals.extend(inline::deliver(api, &subject, &mut delivered.at_lines).err());
        if !delivered.at_lines.is_empty() {
            delivered.places.push("review");
        }
    }
    if wishes.comment != When::Never {
        let elsewhere = delivered.at_lines.clone();
        let text = |since, limit| markdown::render(&Comment { since, ..comment(&elsewhere) }, limit);
        let subject = comment::Subject { number, head, findings, key, text: &text };
        match comment::deliver(api, &subject, wishes.comment) {
            Ok(Some(url)) => {
                delivered.places.push("comment");
                delivered.comment_url = Some(url);
            }
            Ok(None) => {}
            Err(error) => refusals.push(error),
        }
    }
    // One cause mostly refuses everything.
    delivered.notices.extend(refusals.first().map(|error| cause(error, Some(request), environment)));
}

/// Why something was not delivered, as users can do something about it.
fn cause(error: &ApiError, request: Option<&PullRequest>, environment: &Environment) -> String {
    let why = match error {
        ApiError::Refused { .. } if environment.actor == "dependabot[bot]" => "runs for Dependabot get a token that may only read; ",
        ApiError::Refused { .. } if request.is_some_and(|request| request.is_fork) => {
            "runs for a pull request from a fork get a token that may only read (see \"forks\" in docs/github.md); "
        }
        ApiError::Refused { .. } => "the job needs `permissions: pull-requests: write`; ",
        _ => "",
    };
    format!("the review is not told on the pull request in full: {why}GitHub says: {error}")
}
