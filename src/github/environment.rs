//! What GitHub's runner says to the programs it starts: its environment variables, read here and nowhere else.

use std::fmt;
use std::path::PathBuf;

use serde_json::Value;

/// What the runner says about its run.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// What made the run start: `pull_request`, `push` …
    pub event_name: String,
    /// What GitHub wrote down about that.
    pub event: Option<Value>,
    /// The repository the run belongs to.
    pub repository: Option<RepositoryName>,
    /// Where the API is: GitHub's own, or that of a company's server.
    pub api_url: String,
    /// Where its other API is, which alone knows whose a token is.
    pub graphql_url: String,
    /// Where people read.
    pub server_url: String,
    /// The commit that was checked out.
    pub sha: Option<String>,
    /// Who made the run start.
    pub actor: String,
    /// Number of the run.
    pub run_id: Option<String>,
    /// The file that the summary of the step is written to.
    pub step_summary: Option<PathBuf>,
    /// The file that the outputs of the step are written to.
    pub output: Option<PathBuf>,
    /// A folder that is emptied after the job.
    pub temporary: Option<PathBuf>,
    /// What lets us write.
    pub token: Option<Token>,
}

/// `owner/name`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryName(String);

/// A secret that is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Environment {
    /// What the process was started with.
    pub fn of_process() -> Self {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// What these variables say; a variable that is empty counts as not set.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str| text(name).map(PathBuf::from);
        let url = |name: &str, usual: &str| text(name).unwrap_or_else(|| usual.to_owned()).trim_end_matches('/').to_owned();
        let api_url = url("GITHUB_API_URL", "https://api.github.com");
        let event = path("GITHUB_EVENT_PATH").and_then(|path| serde_json::from_slice(&std::fs::read(path).ok()?).ok());
        Self {
            event_name: text("GITHUB_EVENT_NAME").unwrap_or_default(),
            event,
            repository: text("GITHUB_REPOSITORY").and_then(|name| RepositoryName::new(&name)),
            graphql_url: url("GITHUB_GRAPHQL_URL", &format!("{}/graphql", api_url.trim_end_matches("/v3"))),
            api_url,
            server_url: url("GITHUB_SERVER_URL", "https://github.com"),
            sha: text("GITHUB_SHA"),
            actor: text("GITHUB_ACTOR").unwrap_or_default(),
            run_id: text("GITHUB_RUN_ID").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())),
            step_summary: path("GITHUB_STEP_SUMMARY"),
            output: path("GITHUB_OUTPUT"),
            temporary: path("RUNNER_TEMP"),
            token: text("GITHUB_TOKEN").and_then(|token| Token::new(&token)),
        }
    }

    /// The page of the run.
    pub fn run_page(&self) -> Option<String> {
        let (repository, id) = (self.repository.as_ref()?, self.run_id.as_ref()?);
        Some(format!("{}/{}/actions/runs/{id}", self.server_url, repository.as_str()))
    }

    /// What a path from the repository's root is put behind to lead to its file as it is in a commit.
    pub fn address(&self, commit: &str) -> Option<String> {
        Some(format!("{}/{}/blob/{commit}/", self.server_url, self.repository.as_ref()?.as_str()))
    }
}

impl RepositoryName {
    /// A name of an owner and a name of a repository; nothing for any other text, which could lead a request astray.
    pub fn new(text: &str) -> Option<Self> {
        let is_name = |name: &str| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            !name.is_empty() && name.bytes().all(fits) && !name.bytes().all(|byte| byte == b'.')
        };
        let (owner, name) = text.split_once('/')?;
        (is_name(owner) && is_name(name)).then(|| Self(text.to_owned()))
    }

    /// `owner/name`
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the same repository: names are compared without case.
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }
}

impl Token {
    /// A token; nothing for a text that cannot be one.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(text.to_owned()))
    }

    /// The header that shows it to the API.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// The text without the token.
    pub fn removed_from(&self, text: &str) -> String {
        text.replace(&self.0, "***")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::read(&|wanted| variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_token_is_never_shown() {
        let environment = environment(&[("GITHUB_TOKEN", "ghs_secret\n")]);
        let token = environment.token.clone().expect("a token");
        assert_eq!(token.authorization(), "Bearer ghs_secret", "the end of the line is no part of it");
        assert!(!format!("{environment:?} {token:?}").contains("secret"));
        assert_eq!(token.removed_from("bad token ghs_secret!"), "bad token ***!");
        assert!(Token::new("ghs_a\r\nX-Header: b").is_none(), "nothing smuggles a header in");
    }

    #[test]
    fn addresses_are_those_of_the_companys_server() {
        let of_a_company = [
            ("GITHUB_API_URL", "https://git.example.com/api/v3/"),
            ("GITHUB_SERVER_URL", "https://git.example.com"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_RUN_ID", "7"),
        ];
        let company = environment(&of_a_company);
        assert_eq!(company.api_url, "https://git.example.com/api/v3");
        assert_eq!(company.graphql_url, "https://git.example.com/api/graphql");
        assert_eq!(company.run_page().as_deref(), Some("https://git.example.com/o/r/actions/runs/7"));
        assert_eq!(environment(&[]).api_url, "https://api.github.com");
        assert_eq!(environment(&[]).graphql_url, "https://api.github.com/graphql");
    }

    #[test]
    fn a_repositorys_name_leads_nowhere_else() {
        for (text, expected) in
            [("o/r", true), ("Org-1/a.b_c", true), ("o", false), ("o/..", false), ("o/r/x", false), ("o/r?x", false), ("o/ r", false)]
        {
            assert_eq!(RepositoryName::new(text).is_some(), expected, "{text}");
        }
    }
}
