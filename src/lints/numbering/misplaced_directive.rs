//! Directives the tool does not see where they stand.

use crate::diagnostic::{Applicability, Edit, Fix};
use crate::layout::Kind;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::source::{FileId, Span};

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let directory = &context.history.directory;
    if directory.kind == Kind::Diesel {
        return directory.companions.iter().filter_map(|part| metadata(context, part.file)).collect();
    }
    let Some(hidden) = directory.kind.facts().misplaced else { return Vec::new() };
    let migrations = context.history.migrations.iter().map(|migration| migration.file.up.file);
    migrations.chain(directory.ignored.iter().map(|ignored| ignored.file)).flat_map(|file| lines(context, file, hidden)).collect()
}

/// Says why a line that means to be a directive is not one; is given its text and its offset in the file.
type Rule = fn(&str, usize) -> Option<&'static str>;

fn lines(context: &HistoryContext, file: FileId, hidden: Rule) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut offset = 0;
    for line in context.sources.file(file).text.split_inclusive('\n') {
        if let Some(reason) = hidden(line, offset) {
            let start = offset + line.len() - line.trim_start().len();
            let span = Span::new(file, start..offset + line.trim_end().len());
            let message = format!("`{}` has no effect here: {reason}", line.trim());
            let fix = moved(Span { start: Span::new(file, offset..offset).start, ..span }, line.trim());
            findings.push(Finding::new(span, message).object(files::name(context, file)).fix(fix));
        }
        offset += line.len();
    }
    findings
}

/// The directive at the start of its line, as goose and sql-migrate want it.
fn moved(span: Span, directive: &str) -> Option<Fix> {
    let words = directive.strip_prefix("--")?.trim_start();
    let text = match words.get(.."+migrate ".len()) {
        Some(name) if name.eq_ignore_ascii_case("+migrate ") => format!("-- +migrate {}", words.get(name.len()..)?.trim_start()),
        _ if words.starts_with("+goose ") => directive.to_owned(),
        _ => return None,
    };
    let title = "move the directive to the start of its line".to_owned();
    Some(Fix { title, applicability: Applicability::Certain, edits: vec![Edit { span, text }], files: Vec::new() })
}

/// A metadata file without the key switches the transaction off, which hardly anybody means.
fn metadata(context: &HistoryContext, file: FileId) -> Option<Finding> {
    let name = files::name(context, file);
    let text = &context.sources.file(file).text;
    let says = text.lines().any(|line| line.trim_start().starts_with("run_in_transaction"));
    if !name.ends_with("/metadata.toml") || says {
        return None;
    }
    let message =
        format!("`{name}` does not say `run_in_transaction`: Diesel takes that for false and runs the migration without a transaction");
    Some(Finding::new(files::top(context.sources, file), message).help("run_in_transaction = true").object(name))
}
