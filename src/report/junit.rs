//! JUnit's XML: a failed test per finding, a passed one per directory without any.

use std::io::{self, Write};

use super::checkstyle::by_file;
use super::escape::xml;
use super::{DirectorySummary, Report, plural};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// Writes a suite per file with findings, and one per directory without.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let files = by_file(report);
    let clean: Vec<&DirectorySummary> = report.directories.iter().filter(|directory| !has_findings(directory, report)).collect();
    let failures = report.diagnostics.iter().filter(|diagnostic| is_failure(diagnostic)).count();
    let tests = report.diagnostics.len() + clean.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"migralint\" tests=\"{tests}\" failures=\"{failures}\">")?;
    for (file, diagnostics) in files {
        let failures = diagnostics.iter().filter(|diagnostic| is_failure(diagnostic)).count();
        let (path, tests, skipped) = (xml(report.sources.path(file)), diagnostics.len(), diagnostics.len() - failures);
        writeln!(out, "  <testsuite name=\"{path}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">")?;
        for diagnostic in diagnostics {
            writeln!(out, "{}", test(diagnostic, report.sources))?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    for directory in clean {
        let path = xml(&directory.path);
        let name = xml(&format!("{} without findings", plural(directory.migrations, "migration")));
        writeln!(out, "  <testsuite name=\"{path}\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">")?;
        writeln!(out, "    <testcase name=\"{name}\" classname=\"{path}\"/>\n  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn has_findings(directory: &DirectorySummary, report: &Report) -> bool {
    let inside = |path: &str| {
        directory.path == "." || path.strip_prefix(&directory.path).is_some_and(|rest| rest.starts_with('/') || rest.is_empty())
    };
    report.diagnostics.iter().any(|diagnostic| inside(report.sources.path(diagnostic.primary.file)))
}

/// A note fails nothing.
fn is_failure(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity > Severity::Info
}

/// Some readers show the message and some the text, so both say everything.
fn test(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let start = sources.start(diagnostic.primary);
    let path = sources.path(diagnostic.primary.file);
    let place = format!("{path}:{}:{}", start.line, start.column);
    let (lint, message) = (xml(&diagnostic.lint), xml(&diagnostic.message));
    let details = diagnostic.notes.iter().map(|note| note.trim().to_owned());
    let help = diagnostic.help.iter().map(|help| format!("help: {}", help.trim()));
    let lines: Vec<String> = std::iter::once(format!("{place}: {}", diagnostic.message)).chain(details).chain(help).collect();
    let text = xml(&lines.join("\n"));
    let name = xml(&format!("{} {}:{}", diagnostic.lint, start.line, start.column));
    let outcome = match is_failure(diagnostic) {
        true => format!("<failure type=\"{lint}\" message=\"{message}\">{text}</failure>"),
        false => format!("<skipped>{text}</skipped>"),
    };
    let path = xml(path);
    format!("    <testcase name=\"{name}\" classname=\"{path}\" file=\"{path}\">{outcome}</testcase>")
}
