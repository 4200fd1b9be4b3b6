//! `--format json`: a contract with scripts. Its structs are its own, so that changing a type inside changes
//! nothing here; `docs/report.schema.json` describes it. New fields may be added, none changed.

use std::io::{self, Write};

use serde::Serialize;

use super::finding::Finding;
use super::{DirectorySummary, Report, write_json};

/// Version of the format; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    directories: &'a [DirectorySummary],
    findings: Vec<Finding>,
}

/// Writes the report as one JSON document.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        directories: &report.directories,
        findings: report.diagnostics.iter().map(|diagnostic| Finding::of(diagnostic, report.sources)).collect(),
    };
    write_json(&document, out)
}
