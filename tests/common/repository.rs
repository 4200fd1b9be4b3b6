//! A git repository of a test's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A repository with a work tree, and room beside it for clones.
pub struct Repository {
    folder: TempDir,
    root: PathBuf,
}

impl Repository {
    /// An empty repository on the branch `main`.
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let root = folder.path().join("origin");
        fs::create_dir(&root).expect("a folder");
        let repository = Self { folder, root };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// A repository whose `main` holds these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let repository = Self::new();
        files.iter().for_each(|(path, text)| repository.write(path, text));
        repository.commit("base");
        repository
    }

    /// A clone of it: `git clone OPTIONS`.
    pub fn clone_with(&self, options: &[&str]) -> PathBuf {
        let place = self.folder.path().join("clone");
        let url = format!("file://{}", self.root.display());
        let place_text = place.to_string_lossy();
        run_git(self.folder.path(), &[&["clone", "--quiet"], options, &["--", &url, &place_text]].concat());
        place
    }

    /// Where it lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes a file of the work tree.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Copies files of a folder into the work tree.
    pub fn copy(&self, from: &Path, to: &str, wanted: impl Fn(&str) -> bool) {
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_file() && wanted(&name) {
                self.write(&format!("{to}/{name}"), &fs::read_to_string(entry.path()).expect("a text"));
            }
        }
    }

    /// Commits everything and gives the commit's hash.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// `git ARGUMENTS` in the work tree; what it prints.
    pub fn git(&self, arguments: &[&str]) -> String {
        run_git(&self.root, arguments)
    }

    /// `migralint review ARGUMENTS` in the work tree.
    pub fn review(&self, arguments: &[&str]) -> Output {
        review_in(&self.root, &[], arguments)
    }

    /// The review as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        json_in(&self.root, &[], arguments)
    }
}

/// Runs git with nothing of the tester's own settings.
pub fn run_git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments);
    command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null"), ("GIT_CONFIG_COUNT", "1")]);
    command.envs([("GIT_CONFIG_KEY_0", "protocol.file.allow"), ("GIT_CONFIG_VALUE_0", "always")]);
    for person in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{person}_DATE"), "2026-01-01T00:00:00Z");
        command.env(format!("GIT_{person}_NAME"), "tester").env(format!("GIT_{person}_EMAIL"), "tester@example.com");
    }
    let output = command.output().expect("git starts");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// `migralint review ARGUMENTS` in a folder, with these environment variables and no others that a machine would set.
pub fn review_in(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migralint"));
    command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")]).envs(variables.iter().copied());
    command.arg("review").args(arguments).output().expect("the binary starts")
}

/// The review as JSON.
pub fn json_in(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Value {
    let output = review_in(folder, variables, &[&["--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("not JSON ({error}): {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}
