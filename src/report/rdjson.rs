//! The Reviewdog Diagnostic Format. Its columns count bytes.

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, Surroundings, write_json};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{LineColumn, SourceMap, Span};

#[derive(Serialize)]
struct Document {
    source: Source,
    diagnostics: Vec<Entry>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Entry {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Code {
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

/// Writes the findings.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, surroundings: &Surroundings, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        source: Source { name: "migralint", url: env!("CARGO_PKG_REPOSITORY") },
        diagnostics: report.diagnostics.iter().map(|diagnostic| entry(diagnostic, report.sources, surroundings)).collect(),
    };
    write_json(&document, out)
}

fn entry(diagnostic: &Diagnostic, sources: &SourceMap, surroundings: &Surroundings) -> Entry {
    let help = diagnostic.help.iter().map(|help| format!("\nhelp: {}", help.trim()));
    let related = |label: &crate::diagnostic::Label| Related { message: label.message.clone(), location: location(label.span, sources) };
    Entry {
        message: std::iter::once(diagnostic.message.clone()).chain(help).collect(),
        location: location(diagnostic.primary, sources),
        severity: match diagnostic.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        code: Code { value: diagnostic.lint.clone(), url: (surroundings.rule)(&diagnostic.lint).and_then(|rule| rule.url) },
        related_locations: diagnostic.labels.iter().map(related).collect(),
    }
}

/// Paths are as the user sees them: reviewdog runs where this does.
fn location(span: Span, sources: &SourceMap) -> Location {
    let position = |LineColumn { line, column }| Position { line, column };
    let (start, end) = sources.in_bytes(span);
    Location { path: sources.path(span.file).to_owned(), range: Range { start: position(start), end: position(end) } }
}
