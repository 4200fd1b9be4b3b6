//! Which commit a review compares with: what the user names, else what the machine that runs it says about the pull
//! request or push, else the branch this one will go into.

use super::{Commit, GitError, Repository};

/// What a review compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// As it was named: `main`, or what told it.
    pub name: String,
    /// The newest commit of the base: what numbers must not collide with.
    pub tip: Commit,
    /// The last commit both have in common: where the branch's own changes begin.
    pub fork: Commit,
}

/// What a continuous integration run says about itself.
pub struct Surroundings<'a> {
    /// Environment variables.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The event that GitHub wrote down for the run.
    pub event: Option<serde_json::Value>,
}

/// Where a base is to be looked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    /// As messages call it.
    name: String,
    /// Revisions, the best first; only one of them needs to exist.
    revisions: Vec<String>,
    /// Commits whose histories need not be here: their first parent is the base.
    merged: bool,
}

/// The base of `head`.
///
/// # Errors
/// When there is none, or its history does not reach back to where the branch began; the message says what to do.
pub fn find(repository: &Repository, head: &Commit, named: Option<&str>, surroundings: &Surroundings) -> Result<Base, GitError> {
    let wanted = match named {
        Some(name) => Wanted { name: format!("`{name}`"), revisions: spellings(name), merged: false },
        None => match from_machine(surroundings) {
            Some(wanted) => wanted,
            None => from_branches(repository)?,
        },
    };
    let mut unrelated = None;
    for revision in &wanted.revisions {
        let Some(tip) = repository.commit(revision)? else { continue };
        match repository.merge_base(&tip, head)? {
            Some(fork) => return Ok(Base { name: wanted.name, tip, fork }),
            None => unrelated = unrelated.or(Some(tip)),
        }
    }
    if wanted.merged
        && let Some(base) = first_parent(repository, head, &wanted)?
    {
        return Ok(base);
    }
    Err(not_found(repository, &wanted, unrelated)?)
}

/// A pull request's merge commit was made by merging the branch into the base: its first parent is both.
fn first_parent(repository: &Repository, head: &Commit, wanted: &Wanted) -> Result<Option<Base>, GitError> {
    let parents = repository.parents(head)?;
    let [first, _] = parents.as_slice() else { return Ok(None) };
    let base = |tip: Commit| Base { name: wanted.name.clone(), fork: tip.clone(), tip };
    Ok(repository.commit(first.as_str())?.map(base))
}

fn not_found(repository: &Repository, wanted: &Wanted, unrelated: Option<Commit>) -> Result<GitError, GitError> {
    let name = &wanted.name;
    let what = match (&unrelated, wanted.revisions.is_empty()) {
        (_, true) => "there is no branch to compare with".to_owned(),
        (None, _) => format!("the base {name} is not in this repository"),
        (Some(tip), _) => format!("no commit is known that HEAD and the base {name} ({}) have in common", tip.short()),
    };
    let advice = match (repository.is_shallow()?, unrelated) {
        (true, _) => {
            "this clone is shallow: fetch the whole history (`fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` for GitLab, \
             `git fetch --unshallow`), or, on a pull request's merge commit, one commit more (`fetch-depth: 2`)"
        }
        (false, None) if wanted.revisions.is_empty() => "fetch it (`git fetch origin`), or name one with --base",
        (false, None) => "fetch it (`git fetch origin`), or name another with --base",
        (false, Some(_)) => "their histories are not related; name another with --base",
    };
    Ok(GitError(format!("{what}; {advice}")))
}

/// A branch is often only known as the remote's.
fn spellings(name: &str) -> Vec<String> {
    vec![name.to_owned(), format!("refs/remotes/origin/{name}")]
}

/// The remote's state of a branch comes first: a machine's local branch may be anything.
fn branch(name: &str) -> Vec<String> {
    let name = name.strip_prefix("refs/heads/").unwrap_or(name);
    vec![format!("refs/remotes/origin/{name}"), format!("refs/heads/{name}")]
}

/// Variables that hold the branch a pull request goes into.
const TARGETS: [&str; 8] = [
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "CHANGE_TARGET",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
    "CI_COMMIT_TARGET_BRANCH",
    "DRONE_TARGET_BRANCH",
    "GITHUB_BASE_REF",
];

fn from_machine(surroundings: &Surroundings) -> Option<Wanted> {
    let variable = |name: &str| (surroundings.variable)(name).filter(|value| !value.is_empty());
    let event = |path: &str| {
        let value = surroundings.event.as_ref()?.pointer(path)?.as_str()?;
        is_hash(value).then(|| value.to_owned())
    };
    if let Some((name, target)) = TARGETS.iter().find_map(|name| Some((name, variable(name)?))) {
        let hashes = [event("/pull_request/base/sha"), variable("CI_MERGE_REQUEST_DIFF_BASE_SHA").filter(|hash| is_hash(hash))];
        let revisions = branch(&target).into_iter().chain(hashes.into_iter().flatten()).collect();
        let merged = variable("GITHUB_REF").is_some_and(|name| name.starts_with("refs/pull/") && name.ends_with("/merge"));
        return Some(Wanted { name: format!("`{target}` ({name})"), revisions, merged });
    }
    if let Some(base) = event("/merge_group/base_sha") {
        return Some(Wanted { name: "of the merge queue".to_owned(), revisions: vec![base], merged: false });
    }
    let before = event("/before").or_else(|| variable("CI_COMMIT_BEFORE_SHA").filter(|hash| is_hash(hash)));
    let default = surroundings.event.as_ref().and_then(|event| event.pointer("/repository/default_branch")?.as_str().map(str::to_owned));
    let default = default.or_else(|| variable("CI_DEFAULT_BRANCH"));
    let own = variable("GITHUB_REF_NAME").or_else(|| variable("CI_COMMIT_BRANCH"));
    let pushed = variable("GITHUB_EVENT_NAME").is_some_and(|name| name == "push") || variable("CI_COMMIT_BEFORE_SHA").is_some();
    if !pushed {
        return None;
    }
    // Where a branch is new or was rewritten, what it will go into is the next best answer; never the branch itself,
    // which would mean that nothing changed.
    let default = default.filter(|default| own.as_ref() != Some(default));
    let name = if before.is_some() { "before the push".to_owned() } else { "of the new branch".to_owned() };
    let revisions = before.into_iter().chain(default.iter().flat_map(|default| branch(default))).collect();
    Some(Wanted { name, revisions, merged: false })
}

/// Whether a text is a commit's hash, and not the zeros that stand for none.
pub fn is_hash(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) && text.bytes().any(|byte| byte != b'0')
}

/// Somebody's own machine: the branch this one follows, if that has another name, else the repository's main branch.
fn from_branches(repository: &Repository) -> Result<Wanted, GitError> {
    let own = repository.branch()?.and_then(|name| name.strip_prefix("refs/heads/").map(str::to_owned));
    let upstream = repository.upstream()?;
    let is_shallow = repository.is_shallow()?;
    let follows_another = |upstream: &&String| own.as_ref().is_some_and(|own| !upstream.ends_with(&format!("/{own}")));
    let usual =
        ["refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];
    let candidates = upstream.iter().filter(follows_another).cloned().chain(usual.map(str::to_owned));
    // The branch's own state at the remote is what has been pushed of it. In a shallow clone that holds nothing else, the
    // branch it will go into was left out.
    let own_upstream = upstream.iter().filter(|_| !is_shallow).cloned();
    for candidate in candidates.chain(own_upstream) {
        if repository.commit(&candidate)?.is_some() {
            let name = ["refs/heads/", "refs/remotes/"].iter().find_map(|prefix| candidate.strip_prefix(prefix)).unwrap_or(&candidate);
            return Ok(Wanted { name: format!("`{}`", name.trim_end_matches("/HEAD")), revisions: vec![candidate], merged: false });
        }
    }
    Ok(Wanted::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "1111111111111111111111111111111111111111";
    const ZEROS: &str = "0000000000000000000000000000000000000000";

    fn wanted(variables: &[(&str, &str)], event: serde_json::Value) -> Option<Vec<String>> {
        let variable = |wanted: &str| variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
        from_machine(&Surroundings { variable: &variable, event: Some(event) }).map(|wanted| wanted.revisions)
    }

    #[test]
    fn a_machine_says_what_its_run_is_about() {
        let push = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF_NAME", "feature"), ("GITHUB_BASE_REF", "")];
        let on_main = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF_NAME", "main")];
        let repository = serde_json::json!({ "default_branch": "main" });
        let (remote, local) = ("refs/remotes/origin/main", "refs/heads/main");
        type Case<'a> = (&'a [(&'a str, &'a str)], serde_json::Value, Option<&'a [&'a str]>);
        let cases: [Case; 9] = [
            (&[], serde_json::json!({}), None),
            (
                &[("GITHUB_BASE_REF", "main")],
                serde_json::json!({ "pull_request": { "base": { "sha": HASH } } }),
                Some(&[remote, local, HASH]),
            ),
            (&[("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main")], serde_json::json!({}), Some(&[remote, local])),
            (&[("GITHUB_EVENT_NAME", "merge_group")], serde_json::json!({ "merge_group": { "base_sha": HASH } }), Some(&[HASH])),
            (&push, serde_json::json!({ "before": HASH, "repository": repository }), Some(&[HASH, remote, local])),
            (&push, serde_json::json!({ "before": ZEROS, "repository": repository }), Some(&[remote, local])),
            (&on_main, serde_json::json!({ "before": HASH, "repository": repository }), Some(&[HASH])),
            (&on_main, serde_json::json!({ "before": ZEROS, "repository": repository }), Some(&[])),
            (&push, serde_json::json!({ "before": "--upload-pack=x", "repository": repository }), Some(&[remote, local])),
        ];
        for (variables, event, expected) in cases {
            let found = wanted(variables, event.clone());
            assert_eq!(
                found.as_deref().map(|found| found.iter().map(String::as_str).collect()),
                expected.map(<[&str]>::to_vec),
                "{variables:?} {event}"
            );
        }
    }
}
