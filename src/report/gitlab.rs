//! GitLab's Code Quality report.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Report, Surroundings, write_json};
use crate::diagnostic::{Diagnostic, Severity};

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes an entry per finding; an empty list where there is none.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, surroundings: &Surroundings, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = HashMap::new();
    let issues: Vec<Issue> = report.diagnostics.iter().map(|diagnostic| issue(diagnostic, report, surroundings, &mut seen)).collect();
    write_json(&issues, out)
}

fn issue<'a>(diagnostic: &'a Diagnostic, report: &Report, surroundings: &Surroundings, seen: &mut HashMap<&'a str, usize>) -> Issue<'a> {
    let sources = report.sources;
    // GitLab shows findings of equal fingerprint as one.
    let count = seen.entry(&diagnostic.fingerprint).or_insert(0);
    *count += 1;
    let fingerprint = if *count == 1 { diagnostic.fingerprint.clone() } else { format!("{}-{count}", diagnostic.fingerprint) };
    let path = (surroundings.path)(sources.path(diagnostic.primary.file));
    Issue {
        description: &diagnostic.message,
        check_name: &diagnostic.lint,
        fingerprint,
        severity: match diagnostic.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        location: Location {
            path: path.strip_prefix("./").unwrap_or(&path).to_owned(),
            lines: Lines { begin: sources.start(diagnostic.primary).line, end: sources.end(diagnostic.primary).line },
        },
    }
}
