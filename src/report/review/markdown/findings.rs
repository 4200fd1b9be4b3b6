//! Findings in a comment: errors in full, warnings and notes folded.

use std::fmt::Write;

use super::parts::Part;
use super::{Comment, cut, folded, link};
use crate::diagnostic::Severity;
use crate::report::escape::{markdown, markdown_code, markdown_message};
use crate::report::finding::{Finding, LabelledPlace};
use crate::report::markdown::{advice, severity};
use crate::report::plural;

/// Findings that get a line of their own when there is no room for more.
const LINES: usize = 100;

/// Explaining places shown of one finding.
const LABELS: usize = 4;

/// Paragraphs shown of why one finding matters.
const NOTES: usize = 8;

/// All findings of one severity.
pub(super) fn part(comment: &Comment, of: Severity, title: &'static str) -> Option<Part> {
    let findings: Vec<&Finding> = comment.document.findings.iter().filter(|finding| finding.severity == of).collect();
    if findings.is_empty() {
        return None;
    }
    let heading = format!("{title} ({})", findings.len());
    let wrap = |content: String| match of {
        Severity::Error => format!("\n### {heading}\n\n{content}"),
        _ => folded(&heading, &content),
    };
    let forms = [
        wrap(in_full_or_elsewhere(comment, &findings)),
        wrap(lines(comment, &findings, LINES)),
        wrap(lines(comment, &findings, 20)),
        wrap(format!("{}\n", plural(findings.len(), "finding"))),
    ];
    let (name, rank) = match of {
        Severity::Error => ("errors", 6),
        Severity::Warning => ("warnings", 4),
        Severity::Info => ("notes", 1),
    };
    Some(Part::new(name, forms).after(rank))
}

/// Each finding once in full: here, or at its line and here in a line.
fn in_full_or_elsewhere(comment: &Comment, findings: &[&Finding]) -> String {
    let is_elsewhere = |finding: &&Finding| comment.elsewhere.contains(&finding.fingerprint);
    let (there, here): (Vec<&Finding>, Vec<&Finding>) = findings.iter().partition(|finding| is_elsewhere(finding));
    let full: String = here.iter().take(comment.in_full).map(|finding| in_full(comment, finding)).collect();
    let rest = lines(comment, here.get(comment.in_full..).unwrap_or_default(), LINES);
    if there.is_empty() {
        return full + &rest;
    }
    format!("{full}{rest}Told at the lines they are about:\n\n{}", lines(comment, &there, LINES))
}

/// A line for each, and the number of those beyond.
fn lines(comment: &Comment, findings: &[&Finding], most: usize) -> String {
    let mut text: String = findings.iter().take(most).map(|finding| line(comment, finding)).collect();
    if let Some(rest @ 1..) = findings.len().checked_sub(most) {
        let _ = writeln!(text, "- … and {}", plural(rest, "more finding"));
    }
    text
}

fn line(comment: &Comment, finding: &Finding) -> String {
    format!("- {} {}: {}\n", place(comment, &finding.path, finding.line), lint(finding), message(finding))
}

/// A finding that is no more.
pub(super) fn struck(finding: &Finding) -> String {
    format!("- ~~{}: {}~~\n", lint(finding), message(finding))
}

fn lint(finding: &Finding) -> String {
    markdown_code(&cut(&finding.lint, 100))
}

fn message(finding: &Finding) -> String {
    markdown_message(&cut(&finding.message, 600))
}

fn in_full(comment: &Comment, finding: &Finding) -> String {
    let mut text = format!("- **{}** {}\n  {}\n", place(comment, &finding.path, finding.line), lint(finding), message(finding));
    text += &labels(comment, finding, "  ");
    text + &indented(&why_and_how(finding)) + "\n"
}

/// A finding where its line is shown anyway.
pub(super) fn at_line(comment: &Comment, finding: &Finding) -> String {
    let mut text = format!("**{}** {}: {}\n", severity(finding.severity), lint(finding), message(finding));
    let labels = labels(comment, finding, "");
    if !labels.is_empty() {
        text += &format!("\n{labels}");
    }
    let more = why_and_how(finding);
    if more.is_empty() { text } else { format!("{text}\n{more}\n") }
}

/// The places that explain a finding, as a list.
fn labels(comment: &Comment, finding: &Finding, indent: &str) -> String {
    let mut text = String::new();
    for LabelledPlace { path, line, message, .. } in finding.labels.iter().take(LABELS) {
        let _ = writeln!(text, "{indent}- {}: {}", place(comment, path, *line), markdown_message(&cut(message, 300)));
    }
    if let Some(rest @ 1..) = finding.labels.len().checked_sub(LABELS) {
        let _ = writeln!(text, "{indent}- … and {}", plural(rest, "more place"));
    }
    text
}

/// Why a finding matters and what to do, as paragraphs.
fn why_and_how(finding: &Finding) -> String {
    let mut text = String::new();
    for note in finding.notes.iter().take(NOTES) {
        let _ = writeln!(text, "{}\n", markdown(&cut(note, 1000)));
    }
    if let Some(help) = &finding.help {
        text += &advice(&cut(help.trim(), 4000));
    }
    text.trim_end().to_owned()
}

/// As further paragraphs of a list's item.
fn indented(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    std::iter::once("\n".to_owned()).chain(text.lines().map(|line| format!("{}\n", format!("  {line}").trim_end()))).collect()
}

/// Where it is, linked where the address is known.
fn place(comment: &Comment, path: &str, line: usize) -> String {
    link(comment, path, line, &markdown_code(&cut(&format!("{path}:{line}"), 300)))
}
