//! A stand-in for GitHub's runner: the environment it gives to a step, and what a step leaves there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::mock::{Mock, NUMBER};

/// A token that must be seen nowhere.
pub const TOKEN: &str = "ghs_S3CRETtokenS3CRET";

/// A step's surroundings.
pub struct Runner {
    folder: TempDir,
    /// What the runner sets.
    pub variables: Vec<(String, String)>,
}

impl Runner {
    /// For an event.
    pub fn new(mock: &Mock, name: &str, event: &Value) -> Self {
        let folder = TempDir::new().expect("a folder");
        let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        fs::write(file("event.json"), event.to_string()).expect("a file");
        let variables = [
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_EVENT_NAME", name.to_owned()),
            ("GITHUB_EVENT_PATH", file("event.json")),
            ("GITHUB_REPOSITORY", "o/r".to_owned()),
            ("GITHUB_API_URL", mock.address().to_owned()),
            ("GITHUB_GRAPHQL_URL", format!("{}/graphql", mock.address())),
            ("GITHUB_SERVER_URL", "https://github.com".to_owned()),
            ("GITHUB_STEP_SUMMARY", file("summary.md")),
            ("GITHUB_OUTPUT", file("output")),
            ("GITHUB_RUN_ID", "12345".to_owned()),
            ("GITHUB_TOKEN", TOKEN.to_owned()),
            ("RUNNER_TEMP", folder.path().to_string_lossy().into_owned()),
        ];
        Self { variables: variables.map(|(name, value)| (name.to_owned(), value)).to_vec(), folder }
    }

    /// For the mock's pull request into `main`.
    pub fn for_pull_request(mock: &Mock) -> Self {
        let event = json!({ "action": "synchronize", "number": NUMBER, "pull_request": mock.state().pull_request() });
        Self::new(mock, "pull_request", &event).with("GITHUB_BASE_REF", "main").with("GITHUB_REF", &format!("refs/pull/{NUMBER}/merge"))
    }

    /// With a variable set.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A folder that ends with the runner.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `migralint ARGUMENTS` as a step in `folder`.
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_migralint"));
        command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")]);
        let output = command.envs(self.variables.iter().cloned()).args(arguments).output().expect("the binary starts");
        for text in [&output.stdout, &output.stderr] {
            assert!(!String::from_utf8_lossy(text).contains(TOKEN), "the token is shown");
        }
        output
    }

    /// The step's summary.
    pub fn summary(&self) -> String {
        fs::read_to_string(self.folder.path().join("summary.md")).unwrap_or_default()
    }

    /// An output of the step.
    pub fn output(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
        let mut lines = text.lines();
        let mut found = None;
        while let Some((known, end)) = lines.next().and_then(|line| line.split_once("<<")) {
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
            if known == name {
                found = Some(value.join("\n"));
            }
        }
        found
    }

    /// Writes a file beside the runner's own.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    }
}
