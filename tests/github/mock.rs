//! A stand-in for GitHub's API on this machine: it remembers what was written, pages its lists, refuses lines that no
//! hunk shows, and fails as it is told to. Every request is kept and checked against GitHub's published schemas.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use serde_json::{Value, json};

/// The pull request that there is.
pub const NUMBER: u64 = 7;

/// The newest commit of its branch.
pub const HEAD: &str = "1111111111111111111111111111111111111111";

/// Whose token it is.
pub const BOT: &str = "github-actions[bot]";

/// The server; it ends with the process.
pub struct Mock {
    state: Arc<Mutex<State>>,
    address: String,
}

/// What the server knows.
pub struct State {
    pub address: String,
    /// The newest commit of the pull request's branch.
    pub head: String,
    /// Whose repository the branch lies in.
    pub head_repository: String,
    /// What `viewer` is answered with; nothing is an error.
    pub viewer: Option<String>,
    pub comments: Vec<Comment>,
    /// Files with their patches.
    pub files: Vec<(String, Option<String>)>,
    /// Pull requests by the commits they are found by, and by `owner:branch`.
    pub found_by: HashMap<String, Vec<Value>>,
    /// Lines that are refused although a hunk shows them.
    pub refused_lines: Vec<(String, u64)>,
    /// How bad lines are refused: by texts, or by objects.
    pub refuses_by_text: bool,
    pub rules: Vec<Rule>,
    pub log: Vec<Logged>,
    /// What requests had against the schemas and the API's rules.
    pub problems: Vec<String>,
    next_id: u64,
}

/// A comment, on the whole or at a line.
#[derive(Clone, Debug)]
pub struct Comment {
    pub id: u64,
    pub author: String,
    pub body: String,
    /// The file, of a comment at a line.
    pub path: Option<String>,
    pub line: Option<u64>,
    pub answers: Option<u64>,
}

/// What happens to requests of a kind instead of what should.
#[derive(Clone, Debug)]
pub struct Rule {
    pub method: &'static str,
    /// Part of the path.
    pub path: &'static str,
    /// How often.
    pub times: usize,
    pub action: Action,
}

#[derive(Clone, Debug)]
pub enum Action {
    /// Something else is replied.
    Reply { status: u16, headers: Vec<(String, String)>, body: Value },
    /// It is done, and the connection closed without a reply.
    LoseReply,
    /// It is not done, and the connection closed.
    LoseRequest,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Logged {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HashMap<String, String>,
    pub body: Value,
}

type Reply = (u16, Vec<(String, String)>, Value);

impl Mock {
    /// Starts a server with a pull request in which nothing was said.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::new(&address)));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { state, address }
    }

    /// Its address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it knows.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panicked with it")
    }

    /// Requests that wrote something, as `METHOD path`.
    pub fn writes(&self) -> Vec<String> {
        let state = self.state();
        let is_write = |logged: &&Logged| logged.method != "GET" && !logged.path.ends_with("/graphql");
        state.log.iter().filter(is_write).map(|logged| format!("{} {}", logged.method, logged.path)).collect()
    }

    /// Forgets the requests that came.
    pub fn forget(&self) {
        self.state().log.clear();
    }

    /// From now on, requests of a kind go wrong.
    pub fn rule(&self, method: &'static str, path: &'static str, times: usize, action: Action) {
        self.state().rules.push(Rule { method, path, times, action });
    }

    /// Nothing can be written any more.
    pub fn refuse_writes(&self, accepted: &str) {
        for method in ["POST", "PATCH", "DELETE"] {
            let headers = vec![("X-Accepted-GitHub-Permissions".to_owned(), accepted.to_owned())];
            let body = json!({ "message": "Resource not accessible by integration", "status": "403" });
            self.rule(method, "/repos/", usize::MAX, Action::Reply { status: 403, headers, body });
        }
    }

    /// Bodies of comments on the whole, as they are now.
    pub fn comments(&self) -> Vec<String> {
        self.state().comments.iter().filter(|comment| comment.path.is_none()).map(|comment| comment.body.clone()).collect()
    }

    /// Comments at lines, as they are now.
    pub fn at_lines(&self) -> Vec<Comment> {
        self.state().comments.iter().filter(|comment| comment.path.is_some()).cloned().collect()
    }

    /// Nothing that came was wrong.
    #[track_caller]
    pub fn assert_sound(&self) {
        assert_eq!(self.state().problems, [""; 0]);
    }
}

impl State {
    fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            head: HEAD.to_owned(),
            head_repository: "o/r".to_owned(),
            viewer: Some(BOT.to_owned()),
            comments: Vec::new(),
            files: Vec::new(),
            found_by: HashMap::new(),
            refused_lines: Vec::new(),
            refuses_by_text: false,
            rules: Vec::new(),
            log: Vec::new(),
            problems: Vec::new(),
            next_id: 1000,
        }
    }

    /// Somebody says something.
    pub fn say(&mut self, author: &str, body: &str) -> u64 {
        self.add(Comment { id: 0, author: author.to_owned(), body: body.to_owned(), path: None, line: None, answers: None })
    }

    /// Somebody answers a comment at a line.
    pub fn answer(&mut self, author: &str, comment: u64) {
        let answered = self.comments.iter().find(|known| known.id == comment).expect("a comment").clone();
        self.add(Comment { author: author.to_owned(), body: "why?".to_owned(), answers: Some(comment), ..answered });
    }

    fn add(&mut self, comment: Comment) -> u64 {
        self.next_id += 1;
        self.comments.push(Comment { id: self.next_id, ..comment });
        self.next_id
    }

    /// A pull request as the API shows it.
    pub fn pull_request(&self) -> Value {
        json!({
            "number": NUMBER,
            "state": "open",
            "head": { "sha": self.head, "ref": "feature", "repo": { "full_name": self.head_repository } },
            "base": { "ref": "main", "repo": { "full_name": "o/r" } },
        })
    }

    fn answer_request(&mut self, request: &Logged) -> Option<Reply> {
        let rule = self.rules.iter_mut().find(|rule| rule.times > 0 && rule.method == request.method && request.path.contains(rule.path));
        let action = rule.map(|rule| {
            rule.times = rule.times.saturating_sub(1);
            rule.action.clone()
        });
        match action {
            Some(Action::Reply { status, headers, body }) => Some((status, headers, body)),
            Some(Action::LoseRequest) => None,
            Some(Action::LoseReply) => {
                self.route(request);
                None
            }
            None => Some(self.route(request)),
        }
    }

    fn route(&mut self, request: &Logged) -> Reply {
        // A company's own server has its API below this path.
        let path = request.path.strip_prefix("/api/v3").unwrap_or(&request.path);
        let path: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (request.method.as_str(), path.as_slice()) {
            ("POST", ["graphql"] | ["api", "graphql"]) => match &self.viewer {
                Some(viewer) => (200, Vec::new(), json!({ "data": { "viewer": { "login": viewer } } })),
                None => refusal(403, "Resource not accessible by integration"),
            },
            (_, ["repos", "o", "r", rest @ ..]) => self.of_repository(request, rest),
            _ => refusal(404, "Not Found"),
        }
    }

    fn of_repository(&mut self, request: &Logged, path: &[&str]) -> Reply {
        let number = NUMBER.to_string();
        match (request.method.as_str(), path) {
            ("GET", ["pulls", wanted]) if *wanted == number => (200, Vec::new(), self.pull_request()),
            ("GET", ["pulls"]) => {
                let branch = parameter(request, "head").unwrap_or_default().replace("%3A", ":");
                self.page(request, self.found_by.get(&branch).cloned().unwrap_or_default())
            }
            ("GET", ["commits", commit, "pulls"]) => self.page(request, self.found_by.get(*commit).cloned().unwrap_or_default()),
            ("GET", ["pulls", wanted, "files"]) if *wanted == number => {
                let file = |(name, patch): &(String, Option<String>)| json!({ "filename": name, "status": "added", "patch": patch });
                self.page(request, self.files.iter().map(file).collect())
            }
            ("GET", ["issues", wanted, "comments"]) if *wanted == number => self.list(request, false),
            ("GET", ["pulls", wanted, "comments"]) if *wanted == number => self.list(request, true),
            ("POST", ["issues", wanted, "comments"]) if *wanted == number => self.create(request),
            ("POST", ["pulls", wanted, "reviews"]) if *wanted == number => self.review(request),
            ("PATCH" | "DELETE", [kind @ ("issues" | "pulls"), "comments", id]) => self.change(request, kind, id.parse().unwrap_or(0)),
            _ => refusal(404, "Not Found"),
        }
    }

    fn list(&self, request: &Logged, at_lines: bool) -> Reply {
        let wanted = self.comments.iter().filter(|comment| comment.path.is_some() == at_lines);
        self.page(request, wanted.map(|comment| self.shown(comment)).collect())
    }

    fn shown(&self, comment: &Comment) -> Value {
        let kind = if comment.author.ends_with("[bot]") { "Bot" } else { "User" };
        json!({
            "id": comment.id,
            "user": { "login": comment.author, "type": kind },
            "body": comment.body,
            "path": comment.path,
            "line": comment.line,
            "in_reply_to_id": comment.answers,
            "html_url": format!("{}/o/r/pull/{NUMBER}#issuecomment-{}", self.address, comment.id),
        })
    }

    /// 30 items a page, or as many as are asked for and no more than 100.
    fn page(&self, request: &Logged, items: Vec<Value>) -> Reply {
        let number = |name: &str| parameter(request, name).and_then(|value| value.parse::<usize>().ok());
        let (size, page) = (number("per_page").unwrap_or(30).min(100), number("page").unwrap_or(1));
        let shown: Vec<Value> = items.iter().skip((page - 1) * size).take(size).cloned().collect();
        let mut headers = Vec::new();
        if page * size < items.len() {
            let url = |page: usize| format!("{}{}?per_page={size}&page={page}", self.address, request.path);
            headers.push((
                "Link".to_owned(),
                format!("<{}>; rel=\"last\", <{}>; rel=\"next\"", url(items.len().div_ceil(size)), url(page + 1)),
            ));
        }
        (200, headers, Value::Array(shown))
    }

    fn create(&mut self, request: &Logged) -> Reply {
        self.check("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", &request.body);
        let body = request.body["body"].as_str().unwrap_or_default().to_owned();
        if let Some(refusal) = too_long(&body) {
            return refusal;
        }
        let author = self.viewer.clone().unwrap_or_else(|| BOT.to_owned());
        let id = self.say(&author, &body);
        let created = self.comments.iter().find(|comment| comment.id == id).map(|comment| self.shown(comment));
        (201, Vec::new(), created.unwrap_or_default())
    }

    fn change(&mut self, request: &Logged, kind: &str, id: u64) -> Reply {
        let Some(at) = self.comments.iter().position(|comment| comment.id == id && (kind == "pulls") == comment.path.is_some()) else {
            return refusal(404, "Not Found");
        };
        if request.method == "DELETE" {
            self.comments.remove(at);
            return (204, Vec::new(), Value::Null);
        }
        self.check(&format!("PATCH /repos/{{owner}}/{{repo}}/{kind}/comments/{{comment_id}}"), &request.body);
        let body = request.body["body"].as_str().unwrap_or_default().to_owned();
        if let Some(refusal) = too_long(&body) {
            return refusal;
        }
        self.comments[at].body = body;
        (200, Vec::new(), self.shown(&self.comments[at]))
    }

    /// All comments of a review, or none.
    fn review(&mut self, request: &Logged) -> Reply {
        self.check("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", &request.body);
        let comments = request.body["comments"].as_array().cloned().unwrap_or_default();
        if comments.len() > 30 {
            self.problems.push(format!("{} comments in one review", comments.len()));
        }
        if request.body["commit_id"].as_str() != Some(&self.head) {
            self.problems.push("a review of another commit".to_owned());
        }
        if comments.iter().any(|comment| !self.takes(comment)) {
            return self.bad_line();
        }
        for comment in &comments {
            self.add(Comment {
                id: 0,
                author: self.viewer.clone().unwrap_or_else(|| BOT.to_owned()),
                body: comment["body"].as_str().unwrap_or_default().to_owned(),
                path: comment["path"].as_str().map(str::to_owned),
                line: comment["line"].as_u64(),
                answers: None,
            });
        }
        (200, Vec::new(), json!({ "id": 1 }))
    }

    /// Whether a comment stands at lines of one hunk.
    fn takes(&self, comment: &Value) -> bool {
        let path = comment["path"].as_str().unwrap_or_default();
        let Some(line) = comment["line"].as_u64() else { return false };
        let start = comment["start_line"].as_u64();
        let patch = self.files.iter().find(|(name, _)| name == path).and_then(|(_, patch)| patch.as_deref());
        let hunks = shown_lines(patch.unwrap_or_default());
        let is_shown = hunks.iter().any(|hunk| hunk.contains(&line) && start.is_none_or(|start| hunk.contains(&start)));
        let is_refused = self.refused_lines.iter().any(|(refused, number)| refused == path && *number == line);
        is_shown && !is_refused && comment["side"] == "RIGHT" && start.is_none_or(|start| start < line && comment["start_side"] == "RIGHT")
    }

    /// The two ways the API tells that a line is not shown.
    fn bad_line(&self) -> Reply {
        let (message, error) = match self.refuses_by_text {
            true => ("Unprocessable Entity", json!("Pull request review thread line must be part of the diff")),
            false => (
                "Validation Failed",
                json!({
                    "resource": "PullRequestReview",
                    "code": "custom",
                    "field": "pull_request_review_thread.line",
                    "message": "pull_request_review_thread.line must be part of the diff",
                }),
            ),
        };
        (422, Vec::new(), json!({ "message": message, "errors": [error], "status": "422" }))
    }

    fn check(&mut self, request: &str, body: &Value) {
        let schemas: Value = serde_json::from_str(include_str!("../../testdata/formats/github-requests.json")).expect("JSON");
        let mut schema = schemas[request].clone();
        close(&mut schema);
        let validator = jsonschema::validator_for(&schema).expect("a sound schema");
        self.problems.extend(validator.iter_errors(body).map(|error| format!("{request}: {error} at {}", error.instance_path())));
    }
}

/// Nothing that is not described may be sent.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.get("type") == Some(&json!("object")) {
                fields.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// The branch's lines that each hunk of a patch shows.
fn shown_lines(patch: &str) -> Vec<Vec<u64>> {
    let mut hunks: Vec<Vec<u64>> = Vec::new();
    let mut next = 0;
    for line in patch.lines() {
        if line.starts_with("@@") {
            let after = line.split('+').nth(1).expect("a hunk's place");
            next = after.split([',', ' ']).next().and_then(|start| start.parse().ok()).expect("a number");
            hunks.push(Vec::new());
        } else if line.starts_with(['+', ' ']) {
            hunks.last_mut().expect("a hunk").push(next);
            next += 1;
        }
    }
    hunks
}

fn too_long(body: &str) -> Option<Reply> {
    let error = json!({ "resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body is too long (maximum is 65536 characters)" });
    (body.chars().count() > 65_536).then(|| (422, Vec::new(), json!({ "message": "Validation Failed", "errors": [error] })))
}

fn refusal(status: u16, message: &str) -> Reply {
    (status, Vec::new(), json!({ "message": message, "status": status.to_string() }))
}

fn parameter(request: &Logged, name: &str) -> Option<String> {
    request.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// Reads one request and answers it.
fn serve(mut stream: TcpStream, shared: &Mutex<State>) {
    let Some(request) = read_request(&stream) else { return };
    let reply = {
        let mut state = shared.lock().expect("no test panicked with it");
        check_headers(&mut state, &request);
        state.log.push(request.clone());
        state.answer_request(&request)
    };
    let Some((status, headers, body)) = reply else { return };
    let body = if status == 204 { String::new() } else { body.to_string() };
    let mut text =
        format!("HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    let _ = stream.write_all(format!("{text}\r\n{body}").as_bytes());
}

fn check_headers(state: &mut State, request: &Logged) {
    let has = |name: &str, part: &str| request.headers.get(name).is_some_and(|value| value.contains(part));
    for (name, part) in [
        ("user-agent", "migralint/"),
        ("authorization", "Bearer "),
        ("accept", "application/vnd.github+json"),
        ("x-github-api-version", "2022-11-28"),
    ] {
        if !has(name, part) {
            state.problems.push(format!("{} {}: the header {name} is missing", request.method, request.path));
        }
    }
    if request.path.len() > 1 && request.path.ends_with('/') {
        state.problems.push(format!("{} ends with a slash", request.path));
    }
}

fn read_request(stream: &TcpStream) -> Option<Logged> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Logged {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}
