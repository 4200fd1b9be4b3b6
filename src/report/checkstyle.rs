//! Checkstyle's XML, which most tools that show findings can read.

use std::io::{self, Write};

use super::Report;
use super::escape::xml;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceMap};

/// Writes the findings, file by file.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">")?;
    for (file, diagnostics) in by_file(report) {
        writeln!(out, "  <file name=\"{}\">", xml(report.sources.path(file)))?;
        for diagnostic in diagnostics {
            writeln!(out, "    {}", error(diagnostic, report.sources))?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}

/// The findings of each file, files in the order of their first.
pub(super) fn by_file<'a>(report: &'a Report) -> Vec<(FileId, Vec<&'a Diagnostic>)> {
    let mut places = std::collections::HashMap::new();
    let mut files: Vec<(FileId, Vec<&'a Diagnostic>)> = Vec::new();
    for diagnostic in &report.diagnostics {
        let file = diagnostic.primary.file;
        let place = *places.entry(file).or_insert_with(|| {
            files.push((file, Vec::new()));
            files.len() - 1
        });
        if let Some((_, found)) = files.get_mut(place) {
            found.push(diagnostic);
        }
    }
    files
}

fn error(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let start = sources.start(diagnostic.primary);
    format!(
        "<error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" source=\"migralint.{}\"/>",
        start.line,
        start.column,
        diagnostic.severity.as_str(),
        xml(&diagnostic.message),
        xml(&diagnostic.lint)
    )
}
