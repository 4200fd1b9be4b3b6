//! `--format json`: a contract with scripts. Its structs are its own, so that changing a type inside changes
//! nothing here; `docs/report.schema.json` describes it. New fields may be added, none changed.

use std::io::{self, Write};

use serde::Serialize;

use super::{DirectorySummary, Report, write_json};
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label};
use crate::source::SourceMap;

/// Version of the format; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    directories: &'a [DirectorySummary],
    findings: Vec<Finding<'a>>,
}

/// A finding as scripts see it.
#[derive(Serialize)]
pub(super) struct Finding<'a> {
    lint: &'a str,
    severity: &'static str,
    message: &'a str,
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    object: Option<&'a str>,
    help: Option<&'a str>,
    notes: &'a [String],
    fingerprint: &'a str,
    labels: Vec<LabelledPlace<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixDocument<'a>>,
}

/// A repair as scripts see it.
#[derive(Serialize)]
struct FixDocument<'a> {
    title: &'a str,
    applicability: Applicability,
    edits: Vec<EditDocument<'a>>,
}

#[derive(Serialize)]
struct EditDocument<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct LabelledPlace<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
}

/// Writes the report as one JSON document.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        directories: &report.directories,
        findings: report.diagnostics.iter().map(|diagnostic| finding(diagnostic, report.sources)).collect(),
    };
    write_json(&document, out)
}

pub(super) fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Finding<'a> {
    let (start, end) = (sources.start(diagnostic.primary), sources.end(diagnostic.primary));
    Finding {
        lint: &diagnostic.lint,
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        path: sources.path(diagnostic.primary.file),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        object: diagnostic.object.as_deref(),
        help: diagnostic.help.as_deref(),
        notes: &diagnostic.notes,
        fingerprint: &diagnostic.fingerprint,
        labels: diagnostic.labels.iter().map(|label| place(label, sources)).collect(),
        fix: diagnostic.fix.as_ref().map(|fix| self::fix(fix, sources)),
    }
}

fn fix<'a>(fix: &'a Fix, sources: &'a SourceMap) -> FixDocument<'a> {
    let edits = fix.edits.iter().map(|edit| self::edit(edit, sources)).collect();
    FixDocument { title: &fix.title, applicability: fix.applicability, edits }
}

fn edit<'a>(edit: &'a Edit, sources: &'a SourceMap) -> EditDocument<'a> {
    let (start, end) = (sources.start(edit.span), sources.end(edit.span));
    EditDocument {
        path: sources.path(edit.span.file),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        text: &edit.text,
    }
}

fn place<'a>(label: &'a Label, sources: &'a SourceMap) -> LabelledPlace<'a> {
    let start = sources.start(label.span);
    LabelledPlace { path: sources.path(label.span.file), line: start.line, column: start.column, message: &label.message }
}
