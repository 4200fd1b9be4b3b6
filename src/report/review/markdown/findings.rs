//! Findings in a comment: errors in full, warnings and notes folded.

use std::fmt::Write;

use super::parts::Part;
use super::{cut, folded};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::report::escape::{markdown, markdown_code, markdown_message, uri};
use crate::report::markdown::advice;
use crate::report::review::ReviewReport;
use crate::report::{Report, plural};
use crate::source::Span;

/// Findings shown in full; more of one severity become one line each.
const IN_FULL: usize = 25;

/// Findings that get a line of their own when there is no room for more.
const LINES: usize = 100;

/// Explaining places shown of one finding.
const LABELS: usize = 4;

/// All findings of one severity.
pub(super) fn part(report: &ReviewReport, found: &Report, severity: Severity, title: &'static str) -> Option<Part> {
    let findings: Vec<&Diagnostic> = found.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).collect();
    if findings.is_empty() {
        return None;
    }
    let heading = format!("{title} ({})", findings.len());
    let wrap = |content: String| match severity {
        Severity::Error => format!("\n### {heading}\n\n{content}"),
        _ => folded(&heading, &content),
    };
    let full: String = findings.iter().take(IN_FULL).map(|diagnostic| in_full(report, diagnostic)).collect();
    let rest = lines(report, findings.get(IN_FULL..).unwrap_or_default(), LINES);
    let forms =
        [wrap(format!("{full}{rest}")), wrap(lines(report, &findings, LINES)), wrap(lines(report, &findings, 20)), wrap(count(&findings))];
    let (name, rank) = match severity {
        Severity::Error => ("errors", 6),
        Severity::Warning => ("warnings", 4),
        Severity::Info => ("notes", 1),
    };
    Some(Part::new(name, forms).after(rank))
}

fn count(findings: &[&Diagnostic]) -> String {
    format!("{}\n", plural(findings.len(), "finding"))
}

/// A line for each, and the number of those beyond.
fn lines(report: &ReviewReport, findings: &[&Diagnostic], most: usize) -> String {
    let mut text: String = findings.iter().take(most).map(|diagnostic| line(report, diagnostic)).collect();
    if let Some(rest @ 1..) = findings.len().checked_sub(most) {
        let _ = writeln!(text, "- … and {}", plural(rest, "more finding"));
    }
    text
}

fn line(report: &ReviewReport, diagnostic: &Diagnostic) -> String {
    format!("- {} {}: {}\n", place(report, diagnostic.primary), markdown_code(&diagnostic.lint), message(diagnostic))
}

/// A finding that is no more.
pub(super) fn struck(diagnostic: &Diagnostic) -> String {
    format!("- ~~{}: {}~~\n", markdown_code(&diagnostic.lint), message(diagnostic))
}

fn message(diagnostic: &Diagnostic) -> String {
    markdown_message(&cut(&diagnostic.message, 600))
}

fn in_full(report: &ReviewReport, diagnostic: &Diagnostic) -> String {
    let mut text = format!("- **{}** {}\n  {}\n", place(report, diagnostic.primary), markdown_code(&diagnostic.lint), message(diagnostic));
    for Label { span, message, .. } in diagnostic.labels.iter().take(LABELS) {
        let _ = writeln!(text, "  - {}: {}", place(report, *span), markdown_message(&cut(message, 300)));
    }
    if let Some(rest @ 1..) = diagnostic.labels.len().checked_sub(LABELS) {
        let _ = writeln!(text, "  - … and {}", plural(rest, "more place"));
    }
    for note in &diagnostic.notes {
        let _ = writeln!(text, "\n  {}", markdown(&cut(note, 1000)));
    }
    if let Some(help) = &diagnostic.help {
        text += &indented(&advice(&cut(help.trim(), 4000)));
    }
    text + "\n"
}

/// As a further paragraph of a list's item.
fn indented(text: &str) -> String {
    std::iter::once("\n".to_owned()).chain(text.lines().map(|line| format!("{}\n", format!("  {line}").trim_end()))).collect()
}

/// Where it is, linked where the address is known.
fn place(report: &ReviewReport, span: Span) -> String {
    let line = report.sources.start(span).line;
    link(report, span, &markdown_code(&format!("{}:{line}", report.sources.path(span.file))))
}

/// A text that leads to a place.
pub(super) fn link(report: &ReviewReport, span: Span, text: &str) -> String {
    let Some(address) = &report.address else { return text.to_owned() };
    format!("[{text}]({address}{}#L{})", uri(report.sources.path(span.file)), report.sources.start(span).line)
}
