//! Reports: pure functions from findings to text. They know nothing of lints, configuration or where output goes.

pub mod baseline;
pub mod checkstyle;
pub mod config;
pub mod diff;
pub mod escape;
pub mod finding;
pub mod github;
pub mod gitlab;
pub mod history;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod rdjson;
pub mod review;
pub mod sarif;
pub mod schema;
pub mod tenants;
pub mod terminal;

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::history::{Group, History, Rollback, Verdict};
use crate::lint::baseline::Hidden;
use crate::source::{SourceMap, Span};

/// Writes a document as JSON for people and programs, with the end of its last line.
///
/// # Errors
/// Those of `out`.
pub fn write_json(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}

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
    /// What becomes of the rollbacks, where there are any and they were run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollbacks: Option<RollbackCounts>,
    /// How many findings are not shown.
    #[serde(skip_serializing_if = "Hidden::is_none")]
    pub hidden: Hidden,
}

/// How many rollbacks of a directory lead where, each run right after its migration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RollbackCounts {
    /// The schema is as it was.
    pub restore: usize,
    /// The schema is as it was but for the order of columns.
    pub restore_but_column_order: usize,
    /// The schema is another.
    pub differ: usize,
    /// A statement cannot be carried out.
    pub fail: usize,
    /// Neither the migration nor the rollback changes the schema.
    pub nothing_to_undo: usize,
    /// It cannot be known.
    pub unknown: usize,
}

/// What a lint is, for formats that describe their rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The lint's id.
    pub id: String,
    /// What it finds, in a line.
    pub title: String,
    /// Why that matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The severity it has by default.
    pub severity: Severity,
    /// Its page.
    pub url: Option<String>,
}

/// What formats ask of the world around a report.
pub struct Surroundings<'a> {
    /// What a lint is; nothing is known of diagnostics that no lint makes.
    pub rule: &'a dyn Fn(&str) -> Option<Rule>,
    /// A path from the root of the repository, for those who do not know where the user stood.
    pub path: &'a dyn Fn(&str) -> String,
}

impl DirectorySummary {
    /// The summary of a history.
    pub fn of(history: &History) -> Self {
        Self {
            path: history.directory.path.clone(),
            layout: history.directory.kind.label().to_owned(),
            dialect: history.directory.dialect.name().to_owned(),
            migrations: history.migrations.len(),
            statements: history.statements(),
            not_modelled: history.not_modelled(),
            rollbacks: None,
            hidden: Hidden::default(),
        }
    }
}

impl Report<'_> {
    /// `; 12 findings of the baseline and 3 of older migrations not shown`, where there are any.
    fn hidden(&self) -> String {
        let hidden: Hidden = self.directories.iter().map(|directory| directory.hidden).sum();
        let parts = match hidden {
            Hidden { by_baseline: 0, by_since: 0 } => return String::new(),
            Hidden { by_baseline, by_since: 0 } => format!("{} of the baseline", plural(by_baseline, "finding")),
            Hidden { by_baseline: 0, by_since } => format!("{} of older migrations", plural(by_since, "finding")),
            Hidden { by_baseline, by_since } => {
                format!("{} of the baseline and {by_since} of older migrations", plural(by_baseline, "finding"))
            }
        };
        format!("; {parts} not shown")
    }

    /// Number of findings of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// `2 errors, 1 warning`
pub fn counts(severities: impl Iterator<Item = Severity> + Clone) -> String {
    let counts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")]
        .into_iter()
        .map(|(severity, noun)| (severities.clone().filter(|other| *other == severity).count(), noun))
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| plural(count, noun))
        .collect();
    if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") }
}

impl RollbackCounts {
    /// Counts verdicts, one for rollbacks that are judged together; none where there is no rollback.
    pub fn of(rollbacks: &[Rollback]) -> Option<Self> {
        let mut counts = Self::default();
        for rollback in rollbacks.iter().filter(|rollback| rollback.group != Group::Other) {
            *match rollback.verdict {
                Verdict::Restores => &mut counts.restore,
                Verdict::RestoresButOrder => &mut counts.restore_but_column_order,
                Verdict::Differs(_) => &mut counts.differ,
                Verdict::Fails(_) => &mut counts.fail,
                Verdict::NothingToUndo => &mut counts.nothing_to_undo,
                Verdict::Unknown(_) => &mut counts.unknown,
            } += 1;
        }
        (!rollbacks.is_empty()).then_some(counts)
    }
}

/// `db/001_a.sql:3`
fn place(span: Span, sources: &SourceMap) -> String {
    format!("{}:{}", sources.path(span.file), sources.start(span).line)
}

/// `1 error`, `2 errors`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
