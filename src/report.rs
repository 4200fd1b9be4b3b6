//! Reports: pure functions from findings to text. They know nothing of lints, configuration or where output goes.

pub mod diff;
pub mod escape;
pub mod history;
pub mod json;
pub mod schema;
pub mod terminal;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// All there is to tell about one run.
pub struct Report<'a> {
    /// The texts that spans point into.
    pub sources: &'a SourceMap,
    /// What was read.
    pub directories: Vec<DirectorySummary>,
    /// What was found, in the order it is to be shown.
    pub diagnostics: Vec<Diagnostic>,
}

/// What was read of one migration directory.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DirectorySummary {
    /// Relative to where the user stands.
    pub path: String,
    /// The layout's name: `hand-numbered`, `golang-migrate` …
    pub layout: String,
    /// The dialect's name: `PostgreSQL`.
    pub dialect: String,
    /// Number of migrations.
    pub migrations: usize,
    /// Number of statements in them.
    pub statements: usize,
    /// How many of those replay could not follow, wholly or in part.
    pub not_modelled: usize,
}

impl Report<'_> {
    /// Number of findings of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// `1 error`, `2 errors`.
fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
