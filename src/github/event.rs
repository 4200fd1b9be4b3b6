//! What a run is about: the pull request its event tells of, or none. What events say was written by strangers.

use serde_json::Value;

use super::environment::Environment;
use crate::git::base::is_hash;

/// What a run is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A pull request.
    PullRequest(PullRequest),
    /// A run that follows another one, whose pull request is to be looked up.
    After(Earlier),
    /// No pull request; why not.
    Other(String),
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// The newest commit of its branch, which is not what is checked out for it.
    pub head: String,
    /// Whether its branch is another repository's.
    pub is_fork: bool,
}

/// The run that another one follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The commit it was for.
    pub head: String,
    /// `owner:branch` of that commit.
    pub branch: Option<String>,
}

impl Occasion {
    /// What the environment's event is about.
    pub fn of(environment: &Environment) -> Self {
        let Some(event) = &environment.event else {
            return Self::Other("the run's event is not known (`GITHUB_EVENT_PATH`)".to_owned());
        };
        match environment.event_name.as_str() {
            "pull_request" | "pull_request_target" | "pull_request_review" => {
                let request = event.get("pull_request").and_then(pull_request);
                request.map_or_else(|| Self::Other("the event names no pull request".to_owned()), Self::PullRequest)
            }
            "workflow_run" => earlier(event).map_or_else(|| Self::Other("the event names no commit".to_owned()), Self::After),
            "" => Self::Other("the run's event is not known (`GITHUB_EVENT_NAME`)".to_owned()),
            name => Self::Other(format!("the event `{name}` has no pull request")),
        }
    }
}

/// A pull request as events and the API describe it.
pub fn pull_request(value: &Value) -> Option<PullRequest> {
    let head = value.pointer("/head/sha")?.as_str().filter(|sha| is_hash(sha))?;
    let repository = |side: &str| value.pointer(&format!("/{side}/repo/full_name")).and_then(Value::as_str);
    // A fork that was deleted has no repository. Whether the repository is a fork of another one is of no interest.
    let is_fork = repository("head").is_none_or(|head| repository("base").is_none_or(|base| !base.eq_ignore_ascii_case(head)));
    Some(PullRequest { number: value.get("number")?.as_u64()?, head: head.to_owned(), is_fork })
}

fn earlier(event: &Value) -> Option<Earlier> {
    let run = event.get("workflow_run")?;
    let head = run.get("head_sha")?.as_str().filter(|sha| is_hash(sha))?;
    let owner = run.pointer("/head_repository/owner/login").and_then(Value::as_str);
    let branch = run.get("head_branch").and_then(Value::as_str);
    Some(Earlier { head: head.to_owned(), branch: owner.zip(branch).map(|(owner, branch)| format!("{owner}:{branch}")) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HEAD: &str = "1111111111111111111111111111111111111111";

    fn occasion(name: &str, event: Value) -> Occasion {
        Occasion::of(&Environment { event_name: name.to_owned(), event: Some(event), ..Environment::default() })
    }

    fn request(head_repository: Value) -> Value {
        let base = json!({ "ref": "main", "repo": { "full_name": "o/r" } });
        json!({ "pull_request": { "number": 7, "head": { "sha": HEAD, "repo": head_repository }, "base": base } })
    }

    #[test]
    fn a_fork_is_another_repository_or_one_that_is_gone() {
        for (repository, expected) in [
            (json!({ "full_name": "o/r", "fork": true }), false),
            (json!({ "full_name": "O/R" }), false),
            (json!({ "full_name": "stranger/r" }), true),
            (Value::Null, true),
        ] {
            let expected = Occasion::PullRequest(PullRequest { number: 7, head: HEAD.to_owned(), is_fork: expected });
            assert_eq!(occasion("pull_request", request(repository.clone())), expected, "{repository}");
            assert_eq!(occasion("pull_request_target", request(repository)), expected);
        }
    }

    #[test]
    fn queues_and_pushes_have_no_pull_request() {
        for name in ["merge_group", "push", "workflow_dispatch", "schedule"] {
            assert!(matches!(occasion(name, request(Value::Null)), Occasion::Other(reason) if reason.contains(name)));
        }
        assert!(matches!(occasion("pull_request", json!({})), Occasion::Other(_)));
        assert!(matches!(Occasion::of(&Environment::default()), Occasion::Other(_)));
    }

    #[test]
    fn a_run_after_another_knows_the_commit_and_nothing_else_is_believed() {
        let run =
            json!({ "head_sha": HEAD, "head_branch": "fix", "head_repository": { "owner": { "login": "stranger" } }, "pull_requests": [] });
        let expected = Earlier { head: HEAD.to_owned(), branch: Some("stranger:fix".to_owned()) };
        assert_eq!(occasion("workflow_run", json!({ "workflow_run": run })), Occasion::After(expected));
        let odd = json!({ "workflow_run": { "head_sha": "--help" } });
        assert!(matches!(occasion("workflow_run", odd), Occasion::Other(_)));
    }
}
