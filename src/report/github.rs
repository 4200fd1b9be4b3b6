//! Workflow commands of GitHub Actions: findings as annotations of the lines in a pull request.

use std::io::{self, Write};

use super::escape::{command_data, command_property, console};
use super::finding::Finding;
use super::{Report, Surroundings, plural, terminal};
use crate::diagnostic::Severity;

/// A step shows this many annotations of each severity; the runner drops what comes later.
const MAX_ANNOTATIONS: usize = 10;

/// The runner cuts longer messages.
const MAX_MESSAGE: usize = 4096;

/// Writes a command per finding, then what was read.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, surroundings: &Surroundings, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<Finding> = report.diagnostics.iter().map(|diagnostic| Finding::of(diagnostic, report.sources)).collect();
    annotate(findings.iter(), &[], surroundings.path, out)?;
    for directory in &report.directories {
        writeln!(out, "{}", console(&terminal::heading(directory)))?;
    }
    writeln!(out, "{}", terminal::summary(report))
}

/// Writes a command per notice and finding. What cannot be annotated any more is listed as text, and the last annotation
/// of its severity says how many there are.
///
/// # Errors
/// Those of `out`.
pub fn annotate<'a>(
    findings: impl Iterator<Item = &'a Finding> + Clone,
    notices: &[String],
    path: &dyn Fn(&str) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    for notice in notices {
        writeln!(out, "::notice title=migralint::{}", command_data(&cut(notice)))?;
    }
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let found: Vec<&Finding> = findings.clone().filter(|finding| finding.severity == severity).collect();
        let room = if severity == Severity::Info { MAX_ANNOTATIONS.saturating_sub(notices.len()) } else { MAX_ANNOTATIONS };
        let shown = if found.len() > room { room.saturating_sub(1) } else { found.len() };
        let (annotated, listed) = found.split_at(shown);
        for finding in annotated {
            writeln!(out, "{}", annotation(finding, path))?;
        }
        if !listed.is_empty() {
            writeln!(out, "::{} title=migralint::{} in the log of this step", command(severity), plural(listed.len(), "more finding"))?;
        }
        for finding in listed {
            writeln!(out, "{}", console(&line(finding, path)))?;
        }
    }
    Ok(())
}

/// Writes why there are no findings to tell of.
///
/// # Errors
/// Those of `out`.
pub fn failure(message: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::error title=migralint::{}", console(&command_data(&cut(message))))
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// Columns are taken for findings within one line only.
fn annotation(finding: &Finding, path: &dyn Fn(&str) -> String) -> String {
    let Finding { line, column, end_line, end_column, .. } = finding;
    let mut properties = format!("file={},line={line},endLine={end_line}", command_property(&path(&finding.path)));
    if line == end_line {
        properties.push_str(&format!(",col={column},endColumn={end_column}"));
    }
    let title = command_property(&format!("migralint {}", finding.lint));
    format!("::{} {properties},title={title}::{}", command(finding.severity), command_data(&message(finding)))
}

/// The message, what to do, and why, as far as there is room.
fn message(finding: &Finding) -> String {
    let help = finding.help.iter().map(|help| format!("help: {}", help.trim()));
    let notes = finding.notes.iter().map(|note| note.trim().to_owned());
    let parts: Vec<String> = std::iter::once(finding.message.clone()).chain(help).chain(notes).collect();
    cut(&parts.join("\n"))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_MESSAGE { text.to_owned() } else { text.chars().take(MAX_MESSAGE - 1).chain(['…']).collect() }
}

/// `db/001_a.sql:3:5: error[gap]: message`
fn line(finding: &Finding, path: &dyn Fn(&str) -> String) -> String {
    let Finding { line, column, lint, message, .. } = finding;
    format!("{}:{line}:{column}: {}[{lint}]: {message}", path(&finding.path), finding.severity.as_str()).replace(['\n', '\r'], " ")
}
