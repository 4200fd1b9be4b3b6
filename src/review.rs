//! What a branch does to a directory of migrations: the findings it brings, and what becomes of the schema.
//!
//! Both histories are replayed and linted with the same settings. A finding that the base has as well is none of the
//! branch's; it is recognised by its fingerprint, or, where its statement was rewritten, by what it says.

pub mod proposal;

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::Diagnostic;
use crate::difference::{self, Difference};
use crate::history::{Comparison, History, Migration, Origin, Verdict};
use crate::layout::Directory;
use crate::lint::baseline::Hidden;
use crate::lint::{self, Base, Findings, Lint, Settings, Unapplied};
use crate::locks::{Lock, Script, ServerVersion};
use crate::source::{FileId, SourceMap, Span};
use crate::sql::LockMode;

/// What happened to a directory as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is where it was.
    Kept,
    /// The base has no such directory.
    Added,
    /// The branch has no such directory any more.
    Removed,
    /// It had another path on the base.
    MovedFrom(String),
}

/// The base's state of a directory.
#[derive(Debug)]
pub struct BaseState {
    /// The history where the branch began.
    pub fork: History,
    /// The directory as it is on the base by now.
    pub tip: Directory,
}

/// One directory, reviewed.
#[derive(Debug)]
pub struct DirectoryReview {
    /// What happened to it as a whole.
    pub fate: Fate,
    /// The history where the branch began.
    pub base: History,
    /// The history as the branch has it.
    pub head: History,
    /// What the branch adds, edits, renames and removes; in the order they run, removed ones last.
    pub migrations: Vec<MigrationReview>,
    /// What is found now and was not on the base.
    pub findings: Vec<Diagnostic>,
    /// Number of findings that the base has as well.
    pub known: usize,
    /// Number of findings of the baseline.
    pub hidden: Hidden,
    /// What was found on the base and is not any more.
    pub fixed: Vec<Diagnostic>,
    /// What becomes of the schema.
    pub differences: Vec<Difference>,
}

/// One migration that the branch touches.
#[derive(Debug)]
pub struct MigrationReview {
    /// Its file's name, or its folder's.
    pub title: String,
    /// Where it begins.
    pub place: Span,
    /// What the branch does with it.
    pub edit: Edit,
    /// What it does to the schema; nothing for one that is gone.
    pub differences: Vec<Difference>,
    /// Whether it can be taken back.
    pub rollback: Rollback,
    /// The locks its statements take on what the base has; what the branch makes nobody uses yet.
    pub locks: Vec<StatementLock>,
}

/// A lock that a statement takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLock {
    /// The statement.
    pub statement: Span,
    /// What it locks, how, and what it does meanwhile.
    pub lock: Lock,
    /// The migration's transaction it is held to the end of, where that is known.
    pub transaction: Option<usize>,
}

/// What a branch does with a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Adds it.
    Added,
    /// Changes its statements.
    Changed,
    /// Changes comments or blanks.
    Reworded,
    /// Gives it another name; this was the one before.
    RenamedFrom(String),
    /// Removes it.
    Removed,
}

impl Edit {
    /// The edit in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Edit::Added => "added",
            Edit::Changed => "changed",
            Edit::Reworded => "reworded",
            Edit::RenamedFrom(_) => "renamed",
            Edit::Removed => "removed",
        }
    }
}

/// Whether a migration can be taken back.
#[derive(Clone, Debug)]
pub enum Rollback {
    /// It has a script for that, with this effect.
    Script(Verdict),
    /// It has none.
    Missing,
    /// Its tool runs none.
    Unsupported,
}

impl Rollback {
    /// The verdict in a word or two, as scripts know it.
    pub fn word(&self) -> &'static str {
        match self {
            Rollback::Script(verdict) => verdict.word(),
            Rollback::Missing => "missing",
            Rollback::Unsupported => "unsupported",
        }
    }
}

impl DirectoryReview {
    /// Whether the branch does nothing to the directory.
    pub fn is_untouched(&self) -> bool {
        self.migrations.is_empty() && self.findings.is_empty() && self.fixed.is_empty() && self.differences.is_empty()
    }

    /// The directory's path.
    pub fn path(&self) -> &str {
        &self.head.directory.path
    }
}

/// Reviews what became of a directory since its base.
pub fn review(base: BaseState, head: History, fate: Fate, sources: &SourceMap, lints: &[Lint], settings: &Settings) -> DirectoryReview {
    let BaseState { fork, tip } = base;
    let comparison = Comparison::between(&fork, &head, sources);
    let beside = Base { fork: &fork, tip: &tip, comparison: &comparison };
    let now = lint::findings(lints, &head, Some(&beside), sources, &with_unapplied(settings, unapplied(&head, &comparison)));
    // Seen with the same eyes: as a history beside its base, which here is itself.
    let unchanged = Comparison::between(&fork, &fork, sources);
    let itself = Base { fork: &fork, tip: &tip, comparison: &unchanged };
    let before = lint::run_against(lints, &fork, Some(&itself), sources, &with_unapplied(settings, BTreeSet::new()));
    let Findings { diagnostics: now, hidden } = now;
    let known = now.len();
    let (findings, fixed) = unmatched(now, before, sources);
    let migrations = migrations((&fork, &head), &comparison, sources, settings.postgresql_version);
    let differences = difference::between(fork.end(), head.end());
    DirectoryReview { fate, known: known - findings.len(), findings, hidden, fixed, migrations, differences, base: fork, head }
}

/// What has run on the base has run; what the branch adds or rewrites has not.
fn unapplied(head: &History, comparison: &Comparison) -> BTreeSet<FileId> {
    let migrations = head.migrations.iter().zip(&comparison.origins);
    let unapplied = migrations.filter(|(_, origin)| matches!(origin, Origin::New | Origin::Edited(_)));
    unapplied.map(|(migration, _)| migration.file.up.file).collect()
}

fn with_unapplied(settings: &Settings, files: BTreeSet<FileId>) -> Settings {
    Settings { unapplied: Unapplied::Files(files), ..settings.clone() }
}

/// What either side has and the other has not.
fn unmatched(mut now: Vec<Diagnostic>, mut before: Vec<Diagnostic>, sources: &SourceMap) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let by_fingerprint = |diagnostic: &Diagnostic| diagnostic.fingerprint.clone();
    let by_words = |diagnostic: &Diagnostic| {
        let object = diagnostic.object.as_deref().unwrap_or_else(|| sources.path(diagnostic.primary.file));
        format!("{}\0{object}\0{}", diagnostic.lint, diagnostic.message)
    };
    for identity in [&by_fingerprint as &dyn Fn(&Diagnostic) -> String, &by_words] {
        let mut counts: HashMap<String, usize> = HashMap::new();
        before.iter().for_each(|diagnostic| *counts.entry(identity(diagnostic)).or_default() += 1);
        let mut matched: HashMap<String, usize> = HashMap::new();
        now.retain(|diagnostic| {
            let identity = identity(diagnostic);
            let known = counts.get_mut(&identity).filter(|count| **count > 0);
            known.map(|count| (*count -= 1, *matched.entry(identity).or_default() += 1)).is_none()
        });
        before.retain(|diagnostic| {
            let matched = matched.get_mut(&identity(diagnostic)).filter(|count| **count > 0);
            matched.map(|count| *count -= 1).is_none()
        });
    }
    (now, before)
}

fn migrations(
    (base, head): (&History, &History),
    comparison: &Comparison,
    sources: &SourceMap,
    version: ServerVersion,
) -> Vec<MigrationReview> {
    let former = |index: &usize| base.migrations.get(*index).map(|migration| base.directory.title(sources, migration.file.up).to_owned());
    let mut rollbacks: HashMap<usize, &Verdict> = HashMap::new();
    if comparison.origins.iter().any(|origin| !matches!(origin, Origin::Same(_))) {
        rollbacks.extend(head.rollbacks(sources).iter().map(|rollback| (rollback.migration, &rollback.verdict)));
    }
    let touched = head.migrations.iter().zip(&comparison.origins).enumerate().filter_map(|(index, (migration, origin))| {
        let edit = match origin {
            Origin::Same(_) => return None,
            Origin::New => Edit::Added,
            Origin::Edited(_) => Edit::Changed,
            Origin::Reworded(_) => Edit::Reworded,
            Origin::Renamed(index) => Edit::RenamedFrom(former(index)?),
        };
        let rollback = match rollbacks.get(&index) {
            Some(verdict) => Rollback::Script((*verdict).clone()),
            None if head.directory.kind.has_downs() => Rollback::Missing,
            None => Rollback::Unsupported,
        };
        let differences = difference::between(&migration.before, &migration.after);
        let locks = match edit {
            Edit::Added | Edit::Changed => locks(base, Script::of(head, index, sources, version)),
            _ => Vec::new(),
        };
        Some(MigrationReview { differences, rollback, locks, ..plain(head, migration, edit, sources) })
    });
    let gone = comparison.gone.iter().filter_map(|index| base.migrations.get(*index));
    touched.chain(gone.map(|migration| plain(base, migration, Edit::Removed, sources))).collect()
}

/// The locks on what the base has that make others wait, each once for a statement.
fn locks(base: &History, script: Script) -> Vec<StatementLock> {
    let mut found: Vec<StatementLock> = Vec::new();
    for moment in script.moments {
        for lock in moment.locks {
            let matters = lock.mode >= LockMode::ShareUpdateExclusive && base.end().relation(&lock.relation).is_some();
            let statement = moment.whole;
            let mut of_statement = found.iter_mut().rev().take_while(|other| other.statement == statement);
            let same = of_statement.find(|other| other.lock.relation == lock.relation);
            match same {
                _ if !matters => {}
                Some(other) => other.lock.add(&lock),
                None => found.push(StatementLock { statement, lock, transaction: moment.transaction }),
            }
        }
    }
    found
}

/// A migration of which only the name is of interest.
fn plain(history: &History, migration: &Migration, edit: Edit, sources: &SourceMap) -> MigrationReview {
    let part = migration.file.up;
    let title = history.directory.title(sources, part).to_owned();
    MigrationReview { title, place: part.span, edit, differences: Vec::new(), rollback: Rollback::Unsupported, locks: Vec::new() }
}
