//! Delivers reviews within the test's own process, where no time passes.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use migralint::diagnostic::Severity;
use migralint::github::client::Clock;
use migralint::github::comment::When;
use migralint::github::delivery::{self, Delivered, Means, Wishes};
use migralint::github::environment::Environment;
use migralint::github::http::Https;
use migralint::github::marker::Key;
use migralint::report::finding::Finding;
use migralint::report::review::document::{Document, DocumentBase, SCHEMA_VERSION};

use super::mock::Mock;
use super::runner::{Runner, TOKEN};

/// A clock whose time passes when somebody waits.
#[derive(Default)]
pub struct Time {
    now: Cell<u64>,
    slept: RefCell<Vec<Duration>>,
}

impl Clock for Time {
    fn now(&self) -> u64 {
        1_800_000_000 + self.now.get()
    }

    fn sleep(&self, time: Duration) {
        self.now.set(self.now.get() + time.as_secs());
        self.slept.borrow_mut().push(time);
    }
}

impl Time {
    /// All waiting together.
    pub fn waited(&self) -> Duration {
        self.slept.borrow().iter().sum()
    }
}

/// What the runner's variables say.
pub fn environment(runner: &Runner) -> Environment {
    Environment::read(&|wanted| runner.variables.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone()))
}

/// Delivers to the mock's pull request.
pub fn deliver(mock: &Mock, findings: &[Finding]) -> Delivered {
    deliver_as(&Runner::for_pull_request(mock), findings, &Time::default())
}

/// Delivers as a step of this runner.
pub fn deliver_as(runner: &Runner, findings: &[Finding], time: &Time) -> Delivered {
    let wishes = Wishes { key: Key::new("default").expect("a key"), comment: When::OnFindings, review: true };
    deliver_wished(runner, findings, time, &wishes)
}

/// Delivers what is wished.
pub fn deliver_wished(runner: &Runner, findings: &[Finding], time: &Time, wishes: &Wishes) -> Delivered {
    let transport = Https::new(None);
    let means = Means { transport: &transport, clock: time };
    let delivered = delivery::deliver(&document(findings), &environment(runner), wishes, &means);
    assert!(!format!("{delivered:?}").contains(TOKEN), "the token is shown");
    delivered
}

/// A review that found these.
pub fn document(findings: &[Finding]) -> Document {
    let base = DocumentBase { name: "`main`".to_owned(), fork: "2".repeat(40), tip: "2".repeat(40) };
    Document {
        schema_version: SCHEMA_VERSION,
        base: Some(base),
        folder: String::new(),
        directories: Vec::new(),
        findings: findings.to_vec(),
    }
}

/// The `number`th finding, in a line of `db/002.sql`.
pub fn finding(number: usize, severity: Severity, line: usize) -> Finding {
    Finding {
        lint: "missing-primary-key".to_owned(),
        severity,
        message: format!("`table_{number}` has no primary key"),
        path: "db/002.sql".to_owned(),
        line,
        column: 1,
        end_line: line,
        end_column: 10,
        object: None,
        help: None,
        notes: vec!["Rows cannot be told apart.".to_owned()],
        // The beginning tells fingerprints apart.
        fingerprint: format!("{number:012x}{}", "0".repeat(20)),
        labels: Vec::new(),
        fix: None,
    }
}

/// An error in no line that the pull request shows.
pub fn error(number: usize) -> Finding {
    finding(number, Severity::Error, 1)
}

/// The pull request adds `db/002.sql` with so many lines.
pub fn add_file(mock: &Mock, lines: usize) {
    let patch: String =
        std::iter::once(format!("@@ -0,0 +1,{lines} @@")).chain((1..=lines).map(|line| format!("\n+line {line}"))).collect();
    mock.state().files.push(("db/002.sql".to_owned(), Some(patch)));
}
