//! The command itself, in a build that speaks to GitHub.

use std::io::{self, Write};

use super::{Commented, GithubArguments, Wanted};
use crate::cli::judging::FailOn;
use crate::cli::output::ReportFormat;
use crate::cli::review::{self, Scope};
use crate::cli::{Status, fail, warn};
use crate::diagnostic::Severity;
use crate::github::comment::When;
use crate::github::delivery::{self, Delivered, Means, Wishes};
use crate::github::environment::Environment;
use crate::github::handover;
use crate::github::http::{Https, RealTime};
use crate::github::marker::Key;
use crate::github::runner::set_outputs;
use crate::report::github::{annotate, failure};
use crate::report::review::document::Document;
use crate::report::review::json;
use crate::source::SourceMap;

/// Reviews, delivers, and says by the exit status what was found.
pub(in crate::cli) fn run(arguments: &GithubArguments, out: &mut dyn Write) -> io::Result<Status> {
    let environment = Environment::of_process();
    let Some(key) = Key::new(&arguments.comment_key) else {
        return Ok(fail("--comment-key takes letters, digits, `-`, `_`, `.` and `/`, 64 at most, and no `--`"));
    };
    let (document, status) = match document(arguments, &environment)? {
        Ok(reviewed) => reviewed,
        Err(message) => {
            failure(&message, out)?;
            return Ok(fail(&message));
        }
    };
    let wishes = Wishes { key, comment: arguments.comment.into(), review: arguments.review == Wanted::Always };
    let means = Means { transport: &Https::new(std::env::var("SSL_CERT_FILE").ok().as_deref()), clock: &RealTime };
    let delivered = delivery::deliver(&document, &environment, &wishes, &means);
    let path = |path: &str| format!("{}{path}", document.folder);
    let others = document.findings.iter().filter(|finding| !delivered.at_lines.contains(&finding.fingerprint));
    let others: Vec<_> = others.filter(|_| arguments.annotations == Wanted::Always).collect();
    let mut text = Vec::new();
    annotate(others.iter().copied(), &delivered.notices, &path, &mut text)?;
    out.write_all(ReportFormat::Github.guarded(&String::from_utf8_lossy(&text)).as_bytes())?;
    writeln!(out, "{}", document.counts())?;
    if let Err(error) = report_to_runner(&document, &environment, &delivered, status) {
        warn(&format!("the step's outputs cannot be written: {error}"));
    }
    Ok(status)
}

/// The review to deliver, and how the run ends.
fn document(arguments: &GithubArguments, environment: &Environment) -> io::Result<Result<(Document, Status), String>> {
    if let Some(file) = &arguments.from {
        let fail_on = arguments.judging.fail_on(std::iter::empty());
        return Ok(handover::read(file).map(|document| {
            let status = fail_on.status_of(document.findings.iter().map(|finding| (finding.lint.as_str(), finding.severity)));
            (document, status)
        }));
    }
    let mut sources = SourceMap::default();
    let GithubArguments { paths, base, judging, reading, .. } = arguments;
    let scope = Scope { paths, base: base.as_deref(), staged: false, head: None, judging, reading };
    let reviewed = match review::of_branch(&scope, environment, &mut sources) {
        Ok(reviewed) => reviewed,
        Err(message) => return Ok(Err(message)),
    };
    let (report, fail_on): (_, FailOn) = reviewed.report(&sources);
    arguments.files.write_by(&|format, colour, out| review::render(&report, environment, format, colour, out))?;
    Ok(Ok((Document::of(&report), fail_on.status(&report.findings()))))
}

/// Outputs for the steps that follow, and the whole review as files.
fn report_to_runner(document: &Document, environment: &Environment, delivered: &Delivered, status: Status) -> io::Result<()> {
    let Some(file) = &environment.output else { return Ok(()) };
    let count = |severity: Severity| document.findings.iter().filter(|finding| finding.severity == severity).count().to_string();
    let conclusion = match status {
        Status::Clean => "clean",
        Status::Findings => "findings",
        Status::Failed => "failed",
    };
    let mut outputs = vec![
        ("conclusion", conclusion.to_owned()),
        ("findings", document.findings.len().to_string()),
        ("errors", count(Severity::Error)),
        ("warnings", count(Severity::Warning)),
        ("notes", count(Severity::Info)),
        ("delivery", delivered.places.join(",")),
        ("comment-url", delivered.comment_url.clone().unwrap_or_default()),
    ];
    if let Some(folder) = &environment.temporary {
        let report = folder.join("migralint-review.json");
        let mut text = Vec::new();
        json::write(document, &mut text)?;
        std::fs::write(&report, text)?;
        outputs.push(("report-json", report.to_string_lossy().into_owned()));
    }
    set_outputs(file, &outputs)
}

impl From<Commented> for When {
    fn from(commented: Commented) -> Self {
        match commented {
            Commented::Always => When::Always,
            Commented::OnFindings => When::OnFindings,
            Commented::Never => When::Never,
        }
    }
}
