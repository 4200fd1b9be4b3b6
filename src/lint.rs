//! What a lint is and what it sees. A lint never formats output, reads configuration files or sees a parser's type.

mod as_written;
pub mod baseline;
pub mod card;
pub mod explain;
pub(crate) mod fingerprint;
mod options;
pub mod own;
pub mod paths;
pub mod preset;
mod run;
pub mod settings;
mod suppress;
pub mod tenancy;
pub mod unapplied;

use std::sync::Arc;

use crate::change::Change;
use crate::history::{Comparison, History, Migration, Rollback};
use crate::layout::Directory;
use crate::schema::Schema;
use crate::source::{SourceMap, Span};
use crate::sql::Statement;

pub use card::Card;
pub use options::{OptionKind, Options};
pub use own::OwnCheck;
pub use preset::Preset;
pub use run::{Findings, findings, run, run_against};
pub use settings::Settings;
pub use tenancy::{Tenancy, TenantSettings};
pub use unapplied::{Pending, Unapplied};

/// A lint: what users read about it, and how it is checked.
#[derive(Clone, Debug)]
pub struct Lint {
    /// What users read, and its defaults.
    pub card: Card,
    /// How it is checked.
    pub check: Check,
}

/// How a lint is checked.
#[derive(Clone, Debug)]
pub enum Check {
    /// Once for each history, looking at its files, versions, and what replay noticed.
    History(fn(&HistoryContext) -> Vec<Finding>),
    /// For each change of each up, in its moment.
    Change(fn(&ChangeContext) -> Vec<Finding>),
    /// Once, looking at the schema at the end of history. Blame the span that made it so.
    Schema(fn(&SchemaContext) -> Vec<Finding>),
    /// Once for each history that is compared with a base, and never without one.
    Review(fn(&ReviewContext) -> Vec<Finding>),
    /// Once for each history, by a card of the user's own.
    Own(Arc<dyn OwnCheck>),
    /// Not by a function: the run itself reports it, because it is about suppressions.
    Run,
}

/// What every check sees.
#[derive(Clone, Copy)]
pub struct HistoryContext<'a> {
    /// The history.
    pub history: &'a History,
    /// The texts, for lints that quote them.
    pub sources: &'a SourceMap,
    /// The lint's options, card defaults overridden by configuration.
    pub options: &'a Options,
    /// Facts that several lints share (tenant inference), computed once.
    pub facts: &'a Facts,
    /// What the history is compared with, in a review.
    pub base: Option<&'a Base<'a>>,
}

/// What a history is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// The history as it was where the branch began.
    pub fork: &'a History,
    /// The directory as it is on the base by now, with its migrations: what other branches have taken.
    pub tip: &'a Directory,
    /// What became of the migrations since the branch began.
    pub comparison: &'a Comparison,
}

/// What a check of a history beside its base sees.
#[derive(Clone, Copy)]
pub struct ReviewContext<'a> {
    /// The history that is reviewed.
    pub history: &'a HistoryContext<'a>,
    /// What it is compared with.
    pub base: &'a Base<'a>,
}

impl<'a> HistoryContext<'a> {
    /// What becomes of each rollback, unless none is to be run.
    pub fn rollbacks(&self) -> &'a [Rollback] {
        if self.facts.rollbacks == Rollbacks::Off { &[] } else { self.history.rollbacks(self.sources) }
    }
}

/// Which rollbacks are run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rollbacks {
    /// None.
    Off,
    /// Each right after its migration.
    #[default]
    Each,
    /// These, and all of them from the newest back to an empty schema.
    Chain,
}

/// What a check of one change sees.
#[derive(Clone, Copy)]
pub struct ChangeContext<'a> {
    /// The whole history.
    pub history: &'a HistoryContext<'a>,
    /// The migration the change is in.
    pub migration: &'a Migration,
    /// The statement the change is in.
    pub statement: &'a Statement,
    /// The change.
    pub change: &'a Change,
    /// The schema before it.
    pub before: &'a Schema,
    /// The schema after it.
    pub after: &'a Schema,
}

/// What a check of the end of history sees.
#[derive(Clone, Copy)]
pub struct SchemaContext<'a> {
    /// The whole history.
    pub history: &'a HistoryContext<'a>,
    /// The schema at the end.
    pub schema: &'a Schema,
}

/// Facts about a history that several lints share.
#[derive(Debug, Default)]
pub struct Facts {
    /// Which table holds the tenants, and which columns are keys to it.
    pub tenancy: Tenancy,
    /// Which rollbacks are run.
    pub rollbacks: Rollbacks,
    /// What is yet to run, and what it locks.
    pub pending: Pending,
}

impl Facts {
    /// Everything lints share about `history`.
    pub fn of(history: &History, sources: &SourceMap, settings: &Settings) -> Self {
        Self {
            tenancy: Tenancy::infer(history.end(), &settings.tenant),
            rollbacks: settings.rollbacks,
            pending: Pending::of(history, sources, &settings.unapplied, settings.postgresql_version),
        }
    }
}

/// What a check found. The run adds severity, reasons from the card, and the fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The place to blame: a name, a clause, at most a statement.
    pub span: Span,
    /// What is wrong here and what follows; lower case, no final period, names in backticks.
    pub message: String,
    /// Explaining places.
    pub labels: Vec<crate::diagnostic::Label>,
    /// The SQL to write, or what else to do.
    pub help: Option<String>,
    /// A repair that can be made by a machine.
    pub fix: Option<Box<crate::diagnostic::Fix>>,
    /// The object's path: `schema.table.column`.
    pub object: Option<String>,
    /// Where evidence decides how grave it is, the check's own severity; otherwise the card's.
    pub severity: Option<crate::diagnostic::Severity>,
}

impl Finding {
    /// A finding at `span`.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), labels: Vec::new(), help: None, fix: None, object: None, severity: None }
    }

    /// Names the object concerned.
    pub fn object(mut self, path: impl ToString) -> Self {
        self.object = Some(path.to_string());
        self
    }

    /// Adds a place that explains the finding.
    pub fn because(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(crate::diagnostic::Label { span, message: message.into(), at_fault: false });
        self
    }

    /// Adds a place that is at fault no less than the one that is blamed.
    pub fn equally_at_fault(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(crate::diagnostic::Label { span, message: message.into(), at_fault: true });
        self
    }

    /// Says what to do; SQL on lines of its own.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the repair that can be made by a machine, if there is one.
    pub fn fix(mut self, fix: Option<crate::diagnostic::Fix>) -> Self {
        self.fix = fix.map(Box::new);
        self
    }

    /// Overrides the card's severity.
    pub fn severity(mut self, severity: crate::diagnostic::Severity) -> Self {
        self.severity = Some(severity);
        self
    }
}
