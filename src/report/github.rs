//! Workflow commands of GitHub Actions: findings as annotations of the lines in a pull request.

use std::io::{self, Write};

use super::escape::{command_data, command_property, console};
use super::{Report, Surroundings, plural, terminal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// A step shows this many annotations of each severity; the runner drops what comes later.
const MAX_ANNOTATIONS: usize = 10;

/// The runner cuts longer messages.
const MAX_MESSAGE: usize = 4096;

/// Writes a command per finding. What cannot be annotated any more is listed as text, and the last annotation of its
/// severity says how many there are.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, surroundings: &Surroundings, out: &mut dyn Write) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let found: Vec<&Diagnostic> = report.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).collect();
        let shown = if found.len() > MAX_ANNOTATIONS { MAX_ANNOTATIONS - 1 } else { found.len() };
        let (annotated, listed) = found.split_at(shown);
        for diagnostic in annotated {
            writeln!(out, "{}", annotation(diagnostic, report.sources, surroundings))?;
        }
        if !listed.is_empty() {
            writeln!(out, "::{} title=migralint::{} in the log of this step", command(severity), plural(listed.len(), "more finding"))?;
        }
        for diagnostic in listed {
            writeln!(out, "{}", console(&line(diagnostic, report.sources, surroundings)))?;
        }
    }
    for directory in &report.directories {
        writeln!(out, "{}", console(&terminal::heading(directory)))?;
    }
    writeln!(out, "{}", terminal::summary(report))
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// Columns are taken for findings within one line only.
fn annotation(diagnostic: &Diagnostic, sources: &SourceMap, surroundings: &Surroundings) -> String {
    let (start, end) = (sources.start(diagnostic.primary), sources.end(diagnostic.primary));
    let file = (surroundings.path)(sources.path(diagnostic.primary.file));
    let mut properties = format!("file={},line={},endLine={}", command_property(&file), start.line, end.line);
    if start.line == end.line {
        properties.push_str(&format!(",col={},endColumn={}", start.column, end.column));
    }
    let title = command_property(&format!("migralint {}", diagnostic.lint));
    format!("::{} {properties},title={title}::{}", command(diagnostic.severity), command_data(&message(diagnostic)))
}

/// The message, what to do, and why, as far as there is room.
fn message(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.iter().map(|help| format!("help: {}", help.trim()));
    let notes = diagnostic.notes.iter().map(|note| note.trim().to_owned());
    let parts: Vec<String> = std::iter::once(diagnostic.message.clone()).chain(help).chain(notes).collect();
    let text = parts.join("\n");
    if text.chars().count() <= MAX_MESSAGE { text } else { text.chars().take(MAX_MESSAGE - 1).chain(['…']).collect() }
}

/// `db/001_a.sql:3:5: error[gap]: message`
fn line(diagnostic: &Diagnostic, sources: &SourceMap, surroundings: &Surroundings) -> String {
    let start = sources.start(diagnostic.primary);
    let file = (surroundings.path)(sources.path(diagnostic.primary.file));
    let (severity, lint, message) = (diagnostic.severity.as_str(), &diagnostic.lint, &diagnostic.message);
    format!("{file}:{}:{}: {severity}[{lint}]: {message}", start.line, start.column).replace(['\n', '\r'], " ")
}
