//! What every report renders: a message, where it points, and what to do.

use crate::source::Span;

/// How grave a diagnostic is. Ordered: `Info < Warning < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be looked at.
    Warning,
    /// Is wrong.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place that explains a diagnostic: the precedent, the referenced key, the earlier definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place, often in another file.
    pub span: Span,
    /// What is to be seen there; lower case, no final period.
    pub message: String,
    /// This place is at fault no less than the one that is blamed: whoever looks at its file alone is to see the
    /// diagnostic too.
    pub at_fault: bool,
}

/// A repair of what is wrong, as changes of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, imperative; lower case, no final period.
    pub title: String,
    /// How sure it is.
    pub applicability: Applicability,
    /// The changes, which belong together and do not overlap.
    pub edits: Vec<Edit>,
    /// The files that come with them.
    pub files: Vec<NewFile>,
}

/// A file that a repair makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// As the user is to see it.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// Whether a repair may be made without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// It leads to the same schema and is what the finding asks for.
    Certain,
    /// Somebody has to decide whether it is meant.
    Possible,
}

/// One change of a file's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes; empty where something is only put in.
    pub span: Span,
    /// What comes instead.
    pub text: String,
}

/// One thing to tell the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The lint's id, or `config` for a mistake in the configuration.
    pub lint: String,
    /// How grave it is, after configuration.
    pub severity: Severity,
    /// What is wrong and what follows from it; lower case, no final period, names in backticks.
    pub message: String,
    /// The line to blame.
    pub primary: Span,
    /// Explaining places, in the order they are to be read.
    pub labels: Vec<Label>,
    /// Why it matters, as whole sentences.
    pub notes: Vec<String>,
    /// What to do; SQL to copy stands on lines of its own.
    pub help: Option<String>,
    /// A repair that can be made by a machine.
    pub fix: Option<Box<Fix>>,
    /// `schema.table.column` (or constraint, index …) in PostgreSQL's spelling without quotes.
    pub object: Option<String>,
    /// Identifies the finding across edits: no line number goes into it.
    pub fingerprint: String,
}
