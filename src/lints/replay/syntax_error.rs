//! Text the database's parser rejects: mistakes, and placeholders that nothing fills in.

use std::collections::BTreeSet;

use crate::lint::{Finding, HistoryContext};
use crate::sql::{Body, ParseError, Statement, Step};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let history = context.history;
    let server = history.directory.dialect.name();
    let ups = history.migrations.iter().map(|migration| (migration.up.as_slice(), "migration"));
    let downs = history.migrations.iter().filter_map(|migration| Some((migration.down.as_deref()?, "rollback")));
    let orphans = history.orphans.iter().map(|statements| (statements.as_slice(), "rollback"));
    // What follows a branch of a block may stand behind each of its ends.
    let mut seen = BTreeSet::new();
    let mut findings: Vec<Finding> = unreadable(context).collect();
    for (statements, script) in ups.chain(downs).chain(orphans) {
        let errors = statements.iter().flat_map(errors).filter(|error| seen.insert(error.span));
        findings.extend(errors.map(|error| finding(error, server, script)));
    }
    findings
}

/// Files whose bytes are not text; the other files of a directory, a README say, may be what they like.
fn unreadable(context: &HistoryContext) -> impl Iterator<Item = Finding> {
    let scripts = context.history.directory.unreadable.iter().filter(|file| context.sources.path(file.file).ends_with(".sql"));
    // A reason is a sentence, or what is said of the file: "is encrypted by git-crypt".
    let message = |reason: &str| match reason.split_whitespace().next() {
        Some("is" | "cannot") => format!("the file {reason}, so it cannot be run"),
        _ => format!("the file cannot be run: {reason}"),
    };
    scripts.map(move |file| Finding::new(file.span, message(&file.reason)))
}

fn finding(error: &ParseError, server: &str, script: &str) -> Finding {
    match &error.placeholder {
        Some(placeholder) => {
            let message = format!("`{placeholder}` is a placeholder, not SQL: {server} refuses the statement and the {script} fails");
            Finding::new(error.span, message).help("write the value or a subquery that yields it")
        }
        None => Finding::new(error.span, format!("{}: {server} refuses the statement and the {script} fails", error.message)),
    }
}

/// What does not parse in a statement; a block of code is read to its last statement before any of it runs.
fn errors(statement: &Statement) -> Vec<&ParseError> {
    match &statement.body {
        Body::Unparsed(error) => vec![error],
        Body::Block(steps) => steps.iter().flat_map(errors_of_step).collect(),
        _ => Vec::new(),
    }
}

fn errors_of_step(step: &Step) -> Vec<&ParseError> {
    match step {
        Step::Statement(statement) => errors(statement),
        Step::Ask(ask) => ask.otherwise.iter().flat_map(errors_of_step).collect(),
        Step::If { then, otherwise, .. } => then.iter().chain(otherwise).flat_map(errors_of_step).collect(),
        Step::Protected { body, handlers } => {
            body.iter().chain(handlers.iter().flat_map(|(_, steps)| steps)).flat_map(errors_of_step).collect()
        }
    }
}
