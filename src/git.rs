//! Asks `git` for commits and files. No shell, nothing a repository or a user names is ever taken for an option, and
//! whatever fails is an error with its reason: a commit that cannot be had is not "no changes".

pub mod base;
pub mod tree;

use std::ffi::OsStr;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A repository with a work tree.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
}

/// A commit's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit(String);

impl Commit {
    /// The whole hash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people quote it.
    pub fn short(&self) -> &str {
        self.0.get(..10).unwrap_or(&self.0)
    }
}

/// Why something could not be had, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitError(pub String);

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GitError {}

impl Repository {
    /// The repository whose work tree holds `path`, which need not exist.
    ///
    /// # Errors
    /// When there is none, or git is not there to be asked.
    pub fn containing(path: &Path) -> Result<Self, GitError> {
        let folder = path.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let output = run(folder, ["rev-parse", "--show-toplevel"], &[])?;
        if !output.status.success() {
            return Err(GitError(format!("`{}` lies in no git repository: {}", path.display(), reason(&output))));
        }
        let root = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end_matches(['\n', '\r']));
        Ok(Self { root: root.canonicalize().unwrap_or(root) })
    }

    /// The folder that the work tree begins with.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit a revision names, if it names one.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn commit(&self, revision: &str) -> Result<Option<Commit>, GitError> {
        // What follows `--end-of-options` is a revision, even if it begins with a dash.
        let wanted = format!("{revision}^{{commit}}");
        let output = run(&self.root, ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted], &[])?;
        Ok(line(&output).map(Commit))
    }

    /// The best commit that both have in their histories, if those meet as far as they are here.
    ///
    /// # Errors
    /// When git fails for another reason than that there is none.
    pub fn merge_base(&self, one: &Commit, other: &Commit) -> Result<Option<Commit>, GitError> {
        let output = run(&self.root, ["merge-base", one.as_str(), other.as_str()], &[])?;
        match output.status.code() {
            Some(0) => Ok(line(&output).map(Commit)),
            Some(1) => Ok(None),
            _ => Err(failed("merge-base", &output)),
        }
    }

    /// Whether commits are missing because not all were fetched.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(line(&run(&self.root, ["rev-parse", "--is-shallow-repository"], &[])?).as_deref() == Some("true"))
    }

    /// The hashes of a commit's parents, whether or not they were fetched.
    ///
    /// # Errors
    /// When git cannot say.
    pub fn parents(&self, commit: &Commit) -> Result<Vec<Commit>, GitError> {
        let text = self.text(&["cat-file", "commit", commit.as_str()])?;
        let headers = text.lines().take_while(|line| !line.is_empty());
        Ok(headers.filter_map(|line| line.strip_prefix("parent ")).map(|hash| Commit(hash.to_owned())).collect())
    }

    /// The full name of the branch that is checked out, if one is.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn branch(&self) -> Result<Option<String>, GitError> {
        Ok(line(&run(&self.root, ["symbolic-ref", "--quiet", "HEAD"], &[])?))
    }

    /// The full name of what the branch that is checked out follows.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn upstream(&self) -> Result<Option<String>, GitError> {
        Ok(line(&run(&self.root, ["rev-parse", "--symbolic-full-name", "@{upstream}"], &[])?))
    }

    /// Paths, relative to the root, of files that git does not track and was not told to ignore.
    ///
    /// # Errors
    /// When git fails.
    pub fn untracked(&self) -> Result<Vec<String>, GitError> {
        Ok(paths(&self.bytes(&["ls-files", "--others", "--exclude-standard", "-z"])?))
    }

    /// Paths, relative to the root, of tracked files that the work tree (or the index alone, or another commit)
    /// has otherwise than `commit`.
    ///
    /// # Errors
    /// When git fails.
    pub fn changed(&self, commit: &Commit, side: &Side) -> Result<Vec<String>, GitError> {
        let mut arguments = vec!["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules"];
        match side {
            Side::WorkTree => arguments.push(commit.as_str()),
            Side::Index => arguments.extend(["--cached", commit.as_str()]),
            Side::Commit(other) => arguments.extend([commit.as_str(), other.as_str()]),
        }
        arguments.push("--");
        Ok(paths(&self.bytes(&arguments)?))
    }

    fn text(&self, arguments: &[&str]) -> Result<String, GitError> {
        Ok(String::from_utf8_lossy(&self.bytes(arguments)?).into_owned())
    }

    fn bytes(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        self.bytes_given(arguments, &[])
    }

    fn bytes_given(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let output = run(&self.root, arguments, input)?;
        if output.status.success() { Ok(output.stdout) } else { Err(failed(arguments.first().unwrap_or(&""), &output)) }
    }
}

/// A state of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// As they lie on disk, tracked or not.
    WorkTree,
    /// As they would be committed now.
    Index,
    /// As they were committed.
    Commit(Commit),
}

/// Runs git in `folder`. What a repository's configuration could make it start is turned off.
fn run<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Result<Output, GitError> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["--no-pager", "-c", "core.fsmonitor=false"]).args(arguments);
    command.envs([("LC_ALL", "C"), ("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0")]);
    // Nothing that a repository makes git start is to find it.
    command.env_remove("GITHUB_TOKEN");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let cannot = |error: std::io::Error| GitError(format!("git cannot be run: {error}; a review compares with what git has of the base"));
    let mut child = command.spawn().map_err(cannot)?;
    let pipe = child.stdin.take();
    std::thread::scope(|scope| {
        // Written beside the reading: both pipes are shorter than what goes through them.
        scope.spawn(move || {
            // Who stops reading says why on standard error.
            pipe.map(|mut pipe| pipe.write_all(input))
        });
        child.wait_with_output().map_err(cannot)
    })
}

fn line(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().filter(|line| !line.is_empty())?;
    output.status.success().then(|| line.to_owned())
}

fn paths(bytes: &[u8]) -> Vec<String> {
    let names = bytes.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

fn failed(subcommand: &str, output: &Output) -> GitError {
    GitError(format!("`git {subcommand}` failed: {}", reason(output)))
}

/// What git itself says, on one line.
fn reason(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    line.strip_prefix("fatal: ").unwrap_or(line).chars().filter(|character| !character.is_control()).collect()
}
