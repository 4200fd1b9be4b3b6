//! Which migrations are yet to run. Locks, drops and renames matter in their moment, which for all others is over.

use std::collections::BTreeSet;

use crate::history::{History, Migration};
use crate::layout::Version;
use crate::locks::{Moment, Script, ServerVersion};
use crate::source::{FileId, SourceMap, Span};

/// Which migrations are taken to be unapplied: those nobody has run where it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unapplied {
    /// The last one: the one that was just written.
    #[default]
    Last,
    /// From this version on.
    Since(String),
    /// Those in these files: what a branch adds, or the one file that was asked for.
    Files(BTreeSet<FileId>),
}

impl Unapplied {
    /// Indices of the unapplied migrations, in order.
    pub fn migrations(&self, history: &History) -> Vec<usize> {
        let migrations = &history.migrations;
        match self {
            Unapplied::Last => {
                let last = migrations.iter().rposition(|migration| migration.file.version.is_some());
                last.or(migrations.len().checked_sub(1)).into_iter().collect()
            }
            Unapplied::Since(version) => (first_since(history, version)..migrations.len()).collect(),
            Unapplied::Files(files) => {
                let is_named = |migration: &Migration| files.contains(&migration.file.up.file);
                (0..migrations.len()).filter(|index| migrations.get(*index).is_some_and(is_named)).collect()
            }
        }
    }
}

/// Index of the first migration that is not older than a version, which need not exist.
fn first_since(history: &History, version: &str) -> usize {
    let parts = version.split(|character: char| !character.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    let since = Version { text: version.to_owned(), parts };
    let order = history.directory.order;
    let versions = || history.migrations.iter().map(|migration| migration.file.version.as_ref());
    let found = |compares: fn(std::cmp::Ordering) -> bool| {
        versions().position(|version| version.is_some_and(|version| compares(version.compare(&since, order))))
    };
    found(std::cmp::Ordering::is_eq).or_else(|| found(std::cmp::Ordering::is_gt)).unwrap_or(history.migrations.len())
}

/// The unapplied migrations step by step, and the server they are to run on.
#[derive(Debug, Default)]
pub struct Pending {
    /// The server.
    pub version: ServerVersion,
    /// Each unapplied migration, in order.
    pub scripts: Vec<Script>,
}

impl Pending {
    /// The unapplied migrations of a history.
    pub fn of(history: &History, sources: &SourceMap, unapplied: &Unapplied, version: ServerVersion) -> Self {
        let scripts = unapplied.migrations(history).into_iter();
        Self { version, scripts: scripts.map(|migration| Script::of(history, migration, sources, version)).collect() }
    }

    /// All steps, in order.
    pub fn moments(&self) -> impl Iterator<Item = &Moment> {
        self.scripts.iter().flat_map(|script| &script.moments)
    }

    /// Whether an unapplied migration wrote this: what it makes nobody uses yet.
    pub fn wrote(&self, history: &History, span: Span) -> bool {
        history.migration_of(span).is_some_and(|migration| self.scripts.iter().any(|script| script.migration == migration))
    }
}
