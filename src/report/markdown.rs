//! Findings in Markdown: for the summary of a workflow's step, a comment, a wiki. Everything that comes from a migration
//! is escaped.

use std::io::{self, Write};

use super::escape::{markdown, markdown_block, markdown_code, markdown_message};
use super::{Report, place, terminal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// More explaining places than this are counted instead of shown.
const SHOWN_LABELS: usize = 6;

/// Writes the report: what was read, a table of the findings, then each of them in full.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## migralint: {}\n", markdown(&terminal::summary(report)))?;
    for directory in &report.directories {
        writeln!(out, "{}\n", markdown(&terminal::heading(directory)))?;
    }
    if report.diagnostics.is_empty() {
        return Ok(());
    }
    write!(out, "{}", table(&report.diagnostics, report.sources))?;
    for diagnostic in &report.diagnostics {
        write!(out, "\n{}", finding(diagnostic, report.sources))?;
    }
    Ok(())
}

/// A table of findings, one a row.
pub fn table<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>, sources: &SourceMap) -> String {
    let mut text = String::from("| | lint | where | what |\n|---|---|---|---|\n");
    for diagnostic in diagnostics {
        let (lint, place) = (markdown_code(&diagnostic.lint), markdown_code(&place(diagnostic.primary, sources)));
        let message = markdown_message(&diagnostic.message);
        text.push_str(&format!("| {} | {lint} | {place} | {message} |\n", severity(diagnostic.severity)));
    }
    text
}

/// One finding in full: what, where, why, the places that explain it, and what to do.
pub fn finding(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let (lint, place) = (markdown_code(&diagnostic.lint), markdown_code(&place(diagnostic.primary, sources)));
    let mut text = format!("### {} {lint} in {place}\n\n{}\n", severity(diagnostic.severity), markdown_message(&diagnostic.message));
    for note in &diagnostic.notes {
        text.push_str(&format!("\n{}\n", markdown_message(note.trim())));
    }
    text.push_str(&labels(diagnostic, sources));
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\n{}", advice(help)));
    }
    text
}

/// What to do. SQL to copy stands on lines of its own and ends like a statement; a line that ends with a colon leads to it.
pub fn advice(help: &str) -> String {
    let is_sql = help.lines().any(|line| line.trim_end().ends_with(';'));
    match help.split_once('\n').filter(|(first, _)| first.trim_end().ends_with(':') && !first.starts_with("--")) {
        _ if !is_sql => format!("{}\n", markdown_message(help.trim())),
        Some((lead, sql)) => format!("{}\n\n{}", markdown_message(lead.trim()), markdown_block("sql", sql)),
        None => markdown_block("sql", help),
    }
}

fn labels(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut text = String::new();
    for (index, label) in diagnostic.labels.iter().take(SHOWN_LABELS).enumerate() {
        let before = if index == 0 { "\n" } else { "" };
        text.push_str(&format!("{before}- {}: {}\n", markdown_code(&place(label.span, sources)), markdown_message(&label.message)));
    }
    match diagnostic.labels.len().saturating_sub(SHOWN_LABELS) {
        0 => text,
        hidden => format!("{text}- and {}\n", super::plural(hidden, "more place")),
    }
}

/// A severity as it is shown.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
