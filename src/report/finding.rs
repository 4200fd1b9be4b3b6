//! A finding as data: what JSON holds of it, and what is made of it where its sources are not at hand any more.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label, Severity};
use crate::source::SourceMap;

/// A finding as scripts see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The lint's id.
    pub lint: String,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong; names in backticks.
    pub message: String,
    /// Relative to where the user stood.
    pub path: String,
    /// First line, from 1.
    pub line: usize,
    /// First column in characters, from 1.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// The column behind the last character.
    pub end_column: usize,
    /// `schema.table.column` without quotes.
    pub object: Option<String>,
    /// What to do; SQL to copy stands on lines of its own.
    pub help: Option<String>,
    /// Why it matters.
    pub notes: Vec<String>,
    /// Identifies the finding across edits.
    pub fingerprint: String,
    /// Places that explain it.
    pub labels: Vec<LabelledPlace>,
    /// A repair that can be made by a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Repair>,
}

/// A repair of what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// What it does.
    pub title: String,
    /// How sure it is.
    pub applicability: Applicability,
    /// Changes of text that belong together and do not overlap.
    pub edits: Vec<RepairEdit>,
    /// Files that come with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<RepairFile>,
}

/// A file that a repair makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairFile {
    /// Relative to where the user stood.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// One change of a file's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairEdit {
    /// The file.
    pub path: String,
    /// First line of what goes, from 1.
    pub line: usize,
    /// Its first column in characters, from 1.
    pub column: usize,
    /// Last line of what goes.
    pub end_line: usize,
    /// The column behind its last character.
    pub end_column: usize,
    /// What comes instead.
    pub text: String,
}

/// A place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelledPlace {
    /// Relative to where the user stood.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is to be seen there.
    pub message: String,
}

impl Finding {
    /// What a diagnostic says, with the places its spans stand for.
    pub fn of(diagnostic: &Diagnostic, sources: &SourceMap) -> Self {
        let (start, end) = (sources.start(diagnostic.primary), sources.end(diagnostic.primary));
        Self {
            lint: diagnostic.lint.clone(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            path: sources.path(diagnostic.primary.file).to_owned(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            object: diagnostic.object.clone(),
            help: diagnostic.help.clone(),
            notes: diagnostic.notes.clone(),
            fingerprint: diagnostic.fingerprint.clone(),
            labels: diagnostic.labels.iter().map(|label| LabelledPlace::of(label, sources)).collect(),
            fix: diagnostic.fix.as_ref().map(|fix| Repair::of(fix, sources)),
        }
    }
}

impl Repair {
    fn of(fix: &Fix, sources: &SourceMap) -> Self {
        let edits = fix.edits.iter().map(|edit| RepairEdit::of(edit, sources)).collect();
        let files = fix.files.iter().map(|file| RepairFile { path: file.path.clone(), text: file.text.clone() }).collect();
        Self { title: fix.title.clone(), applicability: fix.applicability, edits, files }
    }
}

impl RepairEdit {
    fn of(edit: &Edit, sources: &SourceMap) -> Self {
        let (start, end) = (sources.start(edit.span), sources.end(edit.span));
        Self {
            path: sources.path(edit.span.file).to_owned(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: edit.text.clone(),
        }
    }
}

impl LabelledPlace {
    fn of(label: &Label, sources: &SourceMap) -> Self {
        let start = sources.start(label.span);
        let path = sources.path(label.span.file).to_owned();
        Self { path, line: start.line, column: start.column, message: label.message.clone() }
    }
}
