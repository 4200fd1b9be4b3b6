//! Speaks with the API: patient with limits and failures, but never for long, and without ever sending a request twice
//! whose first reply was lost if that could write something twice.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::environment::Token;

/// All waiting of one run taken together: whoever looks at a pull request waits as well.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often a request that may be repeated is sent.
const ATTEMPTS: u32 = 4;

/// The API asks for a second between writes.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);

/// How often one request is sent that meets a limit each time.
const LIMITED_ATTEMPTS: u32 = 10;

/// The least wait after a limit, even where a reply says that there is nothing to wait for.
const LEAST_WAIT: u64 = 1;

/// The least wait after a limit that does not say how long it lasts.
const UNKNOWN_LIMIT: Duration = Duration::from_secs(60);

/// More pages than this of one list are not read.
const MOST_PAGES: usize = 100;

/// Redirections that are followed.
const MOST_REDIRECTIONS: u32 = 3;

/// What carries requests.
pub trait Transport {
    /// Sends one request and waits for its reply, following no redirection.
    ///
    /// # Errors
    /// A reason why there is no reply; the request may have arrived all the same.
    fn send(&self, request: &Request) -> Result<Response, String>;
}

/// What tells the time and lets it pass.
pub trait Clock {
    /// Seconds since 1970.
    fn now(&self) -> u64;
    /// Waits.
    fn sleep(&self, time: Duration);
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// How it is sent.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// What lets us in; shown by no `Debug`.
    pub token: &'a Token,
    /// JSON.
    pub body: Option<String>,
}

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes something; twice if sent twice.
    Post,
    /// Changes something.
    Patch,
    /// Removes something.
    Delete,
}

impl Method {
    /// As it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// A reply.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The token may not, or must not know that the thing exists.
    Refused {
        /// What the API said.
        message: String,
        /// What the token would have to be allowed.
        accepted: Option<String>,
    },
    /// What was sent is wrong.
    Invalid {
        /// What the API said of it.
        problems: Vec<Problem>,
    },
    /// Too much was asked in too short a time, by us or by others.
    Limited,
    /// No reply came to a request that must not be repeated blindly.
    Lost(String),
    /// No usable reply came.
    Failed(String),
}

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field that is meant, where one is.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::Refused { message, accepted: None } => f.write_str(message),
            ApiError::Refused { message, accepted: Some(accepted) } => write!(f, "{message}; the token needs the permission `{accepted}`"),
            ApiError::Invalid { problems } => {
                let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
                write!(f, "the request was rejected: {}", messages.join("; "))
            }
            ApiError::Limited => f.write_str("too many requests were made in this hour or minute, and the wait would be too long"),
            ApiError::Lost(reason) => write!(f, "the reply was lost: {reason}"),
            ApiError::Failed(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ApiError {}

impl Response {
    /// A header by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn message(&self) -> String {
        let message = self.json().get("message").and_then(Value::as_str).map(str::to_owned);
        message.unwrap_or_else(|| format!("status {}", self.status))
    }
}

/// Speaks with the API.
pub struct Client<'a> {
    transport: &'a dyn Transport,
    clock: &'a dyn Clock,
    base: String,
    token: &'a Token,
    waited: Cell<Duration>,
    has_written: Cell<bool>,
}

impl<'a> Client<'a> {
    /// A client for the API at `base`.
    ///
    /// # Errors
    /// When the token would have to be sent where others can read it.
    pub fn new(base: &str, token: &'a Token, transport: &'a dyn Transport, clock: &'a dyn Clock) -> Result<Self, String> {
        if !is_safe(base) {
            return Err(format!("`{base}` is not spoken with: a token is only sent over https"));
        }
        Ok(Self { transport, clock, base: base.to_owned(), token, waited: Cell::default(), has_written: Cell::new(false) })
    }

    /// One thing.
    ///
    /// # Errors
    /// When there is no answer, or none that lets us.
    pub fn read(&self, path: &str) -> Result<Value, ApiError> {
        self.send(Method::Get, &format!("{}{path}", self.base), None).map(|response| response.json())
    }

    /// All items of a list, over all its pages.
    ///
    /// # Errors
    /// When there is no answer, or none that lets us.
    pub fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, ApiError> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut url = format!("{}{path}{separator}per_page=100", self.base);
        let mut items = Vec::new();
        for _ in 0..MOST_PAGES {
            let response = self.send(Method::Get, &url, None)?;
            items.extend(parse::<Vec<T>>(&response)?);
            match response.header("link").and_then(next) {
                // The token goes where it was sent before, whatever a reply says.
                Some(next) if origin(next) == origin(&self.base) => url = next.to_owned(),
                _ => break,
            }
        }
        Ok(items)
    }

    /// Makes, changes or removes something; what the API says of it then.
    ///
    /// # Errors
    /// When there is no answer, or none that lets us.
    pub fn write(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<Value, ApiError> {
        if self.has_written.replace(true) {
            self.clock.sleep(BETWEEN_WRITES);
        }
        let body = body.map(serde_json::to_string).transpose().map_err(|error| ApiError::Failed(error.to_string()))?;
        self.send(method, &format!("{}{path}", self.base), body).map(|response| response.json())
    }

    /// Asks the other API, which only reads here.
    ///
    /// # Errors
    /// When there is no answer, or none that lets us.
    pub fn query(&self, url: &str, query: &str) -> Result<Value, ApiError> {
        if !is_safe(url) {
            return Err(ApiError::Failed("the other API is not spoken with: a token is only sent over https".to_owned()));
        }
        let body = serde_json::json!({ "query": query }).to_string();
        self.send(Method::Post, url, Some(body)).map(|response| response.json())
    }

    /// Sends a request until there is an answer, as far as it may be repeated and patience lasts.
    fn send(&self, method: Method, url: &str, body: Option<String>) -> Result<Response, ApiError> {
        let mut request = Request { method, url: url.to_owned(), token: self.token, body };
        let (mut attempt, mut redirections) = (0, 0);
        loop {
            attempt += 1;
            let failure = match self.transport.send(&request) {
                Ok(response) if (200..300).contains(&response.status) => return Ok(response),
                // Gone already: the reply to an earlier attempt was lost, or somebody else was faster.
                Ok(response) if method == Method::Delete && response.status == 404 => return Ok(response),
                Ok(response) if (300..400).contains(&response.status) => {
                    redirections += 1;
                    request.url =
                        self.redirected(method, &response).filter(|_| redirections <= MOST_REDIRECTIONS).ok_or_else(|| moved(&response))?;
                    continue;
                }
                Ok(response) if response.status < 500 => {
                    let wait = self.limit(&response, attempt).ok_or_else(|| self.error(&response))?;
                    if attempt >= LIMITED_ATTEMPTS {
                        return Err(ApiError::Limited);
                    }
                    self.wait(wait)?;
                    continue;
                }
                Ok(response) => response.message(),
                Err(reason) => reason,
            };
            let failure = self.token.removed_from(&failure);
            if method == Method::Post {
                return Err(ApiError::Lost(failure));
            }
            if attempt >= ATTEMPTS || self.wait(Duration::from_secs(1 << (attempt - 1))).is_err() {
                return Err(ApiError::Failed(failure));
            }
        }
    }

    /// Where a reply sends us, if the token may go there and what was asked is still asked.
    fn redirected(&self, method: Method, response: &Response) -> Option<String> {
        let location = response.header("location").filter(|location| origin(location) == origin(&self.base))?;
        let keeps_method = method == Method::Get || matches!(response.status, 307 | 308);
        keeps_method.then(|| location.to_owned())
    }

    /// How long to wait, where the reply is about a limit.
    fn limit(&self, response: &Response, attempt: u32) -> Option<Duration> {
        if !matches!(response.status, 403 | 429) {
            return None;
        }
        let number = |name: &str| response.header(name)?.trim().parse::<u64>().ok();
        if let Some(seconds) = number("retry-after") {
            return Some(Duration::from_secs(seconds.max(LEAST_WAIT)));
        }
        if number("x-ratelimit-remaining") == Some(0) {
            let reset = number("x-ratelimit-reset").unwrap_or_default();
            return Some(Duration::from_secs(reset.saturating_sub(self.clock.now()).saturating_add(LEAST_WAIT)));
        }
        let is_limit = response.status == 429 || response.message().to_ascii_lowercase().contains("rate limit");
        is_limit.then(|| UNKNOWN_LIMIT * 2u32.saturating_pow(attempt.saturating_sub(1)))
    }

    fn wait(&self, time: Duration) -> Result<(), ApiError> {
        let waited = self.waited.get().checked_add(time).filter(|waited| *waited <= PATIENCE).ok_or(ApiError::Limited)?;
        self.waited.set(waited);
        self.clock.sleep(time);
        Ok(())
    }

    fn error(&self, response: &Response) -> ApiError {
        let message = self.token.removed_from(&response.message());
        match response.status {
            401 | 403 | 404 | 410 => {
                let accepted = response.header("x-accepted-github-permissions").filter(|accepted| !accepted.is_empty());
                ApiError::Refused { message, accepted: accepted.map(str::to_owned) }
            }
            422 => ApiError::Invalid { problems: problems(&response.json(), message) },
            status => ApiError::Failed(format!("{message} (status {status})")),
        }
    }
}

fn moved(response: &Response) -> ApiError {
    ApiError::Failed(format!("the API sends us elsewhere (status {})", response.status))
}

fn parse<T: DeserializeOwned>(response: &Response) -> Result<T, ApiError> {
    serde_json::from_slice(&response.body).map_err(|error| ApiError::Failed(format!("the reply was not understood: {error}")))
}

/// What is wrong, in either of the shapes that the API tells it: texts, or objects with a field and a message.
fn problems(reply: &Value, message: String) -> Vec<Problem> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let problem = |value: &Value| match value {
        Value::String(message) => Problem { field: String::new(), message: message.clone() },
        other => {
            let message = Some(text(other, "message")).filter(|message| !message.is_empty()).unwrap_or_else(|| text(other, "code"));
            Problem { field: text(other, "field"), message }
        }
    };
    let found: Vec<Problem> = match reply.get("errors") {
        Some(Value::Array(errors)) => errors.iter().map(problem).collect(),
        Some(Value::String(error)) => vec![Problem { field: String::new(), message: error.clone() }],
        _ => Vec::new(),
    };
    if found.is_empty() { vec![Problem { field: String::new(), message }] } else { found }
}

/// The address of the next page in a `Link` header.
fn next(link: &str) -> Option<&str> {
    let is_next = |part: &&str| part.split(';').skip(1).any(|parameter| matches!(parameter.trim(), "rel=\"next\"" | "rel=next"));
    let part = link.split(',').find(is_next)?;
    part.split(';').next()?.trim().strip_prefix('<')?.strip_suffix('>')
}

/// Scheme, host and port.
fn origin(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty() && !host.contains('@')).then_some((scheme, host))
}

/// Whether a token may be sent there: where nobody listens, or to this machine itself.
fn is_safe(url: &str) -> bool {
    let is_here = |host: &str| {
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
        ["127.0.0.1", "localhost", "[::1]"].contains(&name)
    };
    match origin(url) {
        Some(("https", _)) => true,
        Some(("http", host)) => is_here(host),
        _ => false,
    }
}
