//! `review --format json`: a contract with scripts, described by `docs/review.schema.json`.

use std::io::{self, Write};

use super::ReviewReport;
use super::document::Document;
use crate::report::write_json;

/// Writes the review as one JSON document.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &ReviewReport, out: &mut dyn Write) -> io::Result<()> {
    write(&Document::of(report), out)
}

/// Writes a review that is data already.
///
/// # Errors
/// Those of `out`.
pub fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    write_json(document, out)
}
