//! The baseline: findings that were known when somebody wrote them down, and that are not shown again.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::settings::Settings;
use super::{Lint, fingerprint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::history::History;
use crate::lint::paths::relative;
use crate::source::{SourceMap, Span};

/// The lint id of what is said about a baseline's entries.
pub const BASELINE: &str = "baseline";

/// A file that does not parse is not wholly looked at, which nobody can get used to.
pub const NEVER_HIDDEN: [&str; 2] = ["config", "syntax-error"];

/// The findings that a baseline names.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// Each finding.
    pub entries: Vec<Entry>,
}

/// One finding of a baseline.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The lint's id.
    pub lint: String,
    /// The file, relative to the folder of the configuration.
    pub path: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// What was found, as it was written down.
    pub message: String,
    /// The entry's place in the baseline.
    pub span: Span,
}

/// How many findings a run did not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Hidden {
    /// Those of the baseline.
    pub by_baseline: usize,
    /// Those about migrations before the version from which on findings count.
    pub by_since: usize,
}

impl Hidden {
    /// Whether everything was shown.
    pub fn is_none(&self) -> bool {
        self.by_baseline + self.by_since == 0
    }
}

impl std::iter::Sum for Hidden {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        let add = |sum: Self, one: Self| Self { by_baseline: sum.by_baseline + one.by_baseline, by_since: sum.by_since + one.by_since };
        all.fold(Self::default(), add)
    }
}

/// What entries are judged against.
pub(super) struct Surroundings<'a> {
    pub(super) lints: &'a [Lint],
    /// The ids of those that ran: what others would have found is not known.
    pub(super) ran: &'a HashSet<&'a str>,
    /// The files of the migrations that are yet to run.
    pub(super) pending: BTreeSet<String>,
    pub(super) history: &'a History,
    pub(super) sources: &'a SourceMap,
    pub(super) settings: &'a Settings,
}

impl Baseline {
    /// Takes out of `diagnostics` what the baseline names, and adds what is to be said about entries of this history
    /// that no finding needs any more. Gives the number of findings taken out.
    pub(super) fn apply(&self, diagnostics: &mut Vec<Diagnostic>, around: &Surroundings) -> usize {
        let known: HashMap<&str, usize> =
            self.entries.iter().enumerate().map(|(index, entry)| (entry.fingerprint.as_str(), index)).collect();
        let mut used = HashSet::new();
        let before = diagnostics.len();
        diagnostics.retain(|diagnostic| {
            let index = known.get(diagnostic.fingerprint.as_str()).filter(|_| !NEVER_HIDDEN.contains(&diagnostic.lint.as_str()));
            index.map(|index| used.insert(*index)).is_none()
        });
        let hidden = before - diagnostics.len();
        let unused = self.entries.iter().enumerate().filter(|(index, _)| !used.contains(index)).map(|(_, entry)| entry);
        let mut unneeded: Vec<Diagnostic> = unused.filter_map(|entry| around.unneeded(entry)).collect();
        fingerprint::assign(&mut unneeded, &fingerprint::Statements::default(), around.sources, &around.history.directory.path);
        diagnostics.append(&mut unneeded);
        hidden
    }

    /// Whether an entry is about a file of this history.
    pub fn concerns(entry: &Entry, history: &History, root: &std::path::Path) -> bool {
        let folder = relative(root, &history.directory.path);
        folder.is_empty() || entry.path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Surroundings<'_> {
    /// What is to be said about an entry that matched nothing; `None` where that says nothing.
    fn unneeded(&self, entry: &Entry) -> Option<Diagnostic> {
        if !Baseline::concerns(entry, self.history, &self.settings.root) {
            return None;
        }
        let message = match self.lints.iter().find(|lint| lint.card.id == entry.lint) {
            None => format!("this entry is not needed: there is no lint `{}` any more", entry.lint),
            // What was found about a migration that has run since would be found again with other migrations to run.
            Some(lint) if lint.card.group == "safety" && !self.pending.contains(&entry.path) => return None,
            Some(lint) if !self.ran.contains(lint.card.id.as_str()) => return None,
            Some(_) => format!("this entry is not needed any more: `{}` no longer finds it in `{}`", entry.lint, entry.path),
        };
        Some(Diagnostic {
            lint: BASELINE.to_owned(),
            severity: Severity::Info,
            message,
            primary: entry.span,
            labels: Vec::new(),
            notes: Vec::new(),
            help: Some("delete the entry, or let `migralint baseline` write the file anew".to_owned()),
            fix: None,
            object: None,
            fingerprint: String::new(),
        })
    }
}
