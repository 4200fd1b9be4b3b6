//! A review as data: what JSON holds of it, and what the comment is written from. It needs neither sources nor schemas, so
//! that a later run can write the comment for a review that was made in an earlier one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Against, ReviewReport, rollback_words, sql_diff, strongest_locks};
use crate::difference::{Difference, Object};
use crate::locks::Work;
use crate::report::counts;
use crate::report::diff::Change;
use crate::report::finding::Finding;
use crate::report::schema::{mermaid, select::Selection};
use crate::review::{self, DirectoryReview, Edit, Fate, MigrationReview};
use crate::schema::{QualifiedName, Schema};
use crate::source::SourceMap;

/// Version of the format; it grows when a field changes its meaning. New fields may be added, none changed.
pub const SCHEMA_VERSION: u32 = 1;

/// More tables than this make a diagram nobody reads.
const DRAWN_TABLES: usize = 15;

/// All there is to tell about a review.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What the branch was compared with; nothing for proposals.
    pub base: Option<DocumentBase>,
    /// Where paths start from, seen from the repository's root: empty, or ending with a slash.
    #[serde(default)]
    pub folder: String,
    /// What was reviewed.
    pub directories: Vec<DocumentDirectory>,
    /// What the branch brings.
    pub findings: Vec<Finding>,
}

/// What a branch was compared with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DocumentBase {
    /// As it was named.
    pub name: String,
    /// The commit where the branch began.
    pub fork: String,
    /// The newest commit of the base.
    pub tip: String,
}

/// One directory of migrations.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DocumentDirectory {
    /// Its path.
    pub path: String,
    /// The layout's name.
    pub layout: String,
    /// The dialect's name.
    pub dialect: String,
    /// What happened to it as a whole.
    pub fate: FateWord,
    /// Its path on the base, where that was another.
    pub former_path: Option<String>,
    /// What the branch touches.
    pub migrations: Vec<DocumentMigration>,
    /// What becomes of the schema.
    pub changes: Vec<Change>,
    /// The same as SQL.
    pub sql_diff: String,
    /// Number of findings that the base has as well.
    pub known_findings: usize,
    /// Number of findings that the baseline names.
    #[serde(default)]
    pub baseline_findings: usize,
    /// What was found on the base only.
    pub fixed: Vec<Finding>,
    /// The tables that change and what is beside them, as a Mermaid diagram. It is no part of the JSON: nobody could
    /// check what a stranger's document draws.
    #[serde(skip)]
    pub diagram: String,
}

/// What happened to a directory as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FateWord {
    /// It is where it was.
    Kept,
    /// The base has none.
    Added,
    /// The branch has it no more.
    Removed,
    /// It had another path.
    Moved,
}

/// One migration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DocumentMigration {
    /// Its file's name, or its folder's.
    pub name: String,
    /// Its file.
    pub path: String,
    /// Where it begins in the file.
    #[serde(default = "first_line")]
    pub line: usize,
    /// Where it ends.
    #[serde(default)]
    pub end_line: usize,
    /// What the branch does with it.
    pub edit: EditWord,
    /// Its name on the base, where that was another.
    pub former_name: Option<String>,
    /// Whether it can be taken back, in a word.
    pub rollback: String,
    /// The same in some words.
    #[serde(default)]
    pub rollback_summary: String,
    /// What it does to the schema.
    pub changes: Vec<Change>,
    /// What its statements lock.
    pub locks: Vec<DocumentLock>,
    /// The strongest of these.
    #[serde(default)]
    pub strongest_lock: Option<StrongestLock>,
}

fn first_line() -> usize {
    1
}

/// What a branch does with a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditWord {
    /// Adds it.
    Added,
    /// Changes its statements.
    Changed,
    /// Changes comments or blanks.
    Reworded,
    /// Gives it another name.
    Renamed,
    /// Removes it.
    Removed,
}

/// A lock that a statement takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DocumentLock {
    /// Where the statement begins.
    pub line: usize,
    /// Its first line.
    #[serde(default)]
    pub statement: String,
    /// What it locks.
    pub relation: String,
    /// As `LOCK TABLE … IN … MODE` names it.
    pub mode: String,
    /// What others cannot do meanwhile.
    pub blocks: String,
    /// What is done to the relation meanwhile.
    pub work: String,
}

/// The strongest lock of a migration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StrongestLock {
    /// As `LOCK TABLE … IN … MODE` names it.
    pub mode: String,
    /// On what.
    pub relation: String,
    /// What is done to the relation while it is held, if that takes time.
    pub work: Option<String>,
    /// How many other relations are locked.
    pub others: usize,
}

impl Document {
    /// The review as data.
    pub fn of(report: &ReviewReport) -> Self {
        let base = match &report.against {
            Against::Base { name, fork, tip } => {
                Some(DocumentBase { name: name.clone(), fork: fork.as_str().to_owned(), tip: tip.as_str().to_owned() })
            }
            Against::Directory => None,
        };
        let new = report.directories.iter().flat_map(|directory| &directory.findings);
        Self {
            schema_version: SCHEMA_VERSION,
            base,
            folder: report.folder.clone(),
            directories: report.directories.iter().map(|review| DocumentDirectory::of(review, report.sources)).collect(),
            findings: report.mistakes.iter().chain(new).map(|diagnostic| Finding::of(diagnostic, report.sources)).collect(),
        }
    }

    /// `2 errors, 1 warning`
    pub fn counts(&self) -> String {
        counts(self.findings.iter().map(|finding| finding.severity))
    }

    /// Number of findings that the base has as well.
    pub fn known(&self) -> usize {
        self.directories.iter().map(|directory| directory.known_findings).fold(0, usize::saturating_add)
    }

    /// What was found on the base only.
    pub fn fixed(&self) -> impl Iterator<Item = &Finding> {
        self.directories.iter().flat_map(|directory| &directory.fixed)
    }
}

impl DocumentDirectory {
    fn of(review: &DirectoryReview, sources: &SourceMap) -> Self {
        let (fate, former_path) = FateWord::of(&review.fate);
        Self {
            path: review.path().to_owned(),
            layout: review.head.directory.kind.name().to_owned(),
            dialect: review.head.directory.dialect.name().to_owned(),
            fate,
            former_path: former_path.map(str::to_owned),
            migrations: review.migrations.iter().map(|review| DocumentMigration::of(review, sources)).collect(),
            changes: review.differences.iter().map(Change::of).collect(),
            sql_diff: sql_diff(review),
            known_findings: review.known,
            baseline_findings: review.hidden.by_baseline,
            fixed: review.fixed.iter().map(|diagnostic| Finding::of(diagnostic, sources)).collect(),
            diagram: diagram(review),
        }
    }
}

impl FateWord {
    /// The word, and the former path where there is one.
    pub(super) fn of(fate: &Fate) -> (Self, Option<&str>) {
        match fate {
            Fate::Kept => (FateWord::Kept, None),
            Fate::Added => (FateWord::Added, None),
            Fate::Removed => (FateWord::Removed, None),
            Fate::MovedFrom(former) => (FateWord::Moved, Some(former)),
        }
    }
}

impl DocumentMigration {
    fn of(review: &MigrationReview, sources: &SourceMap) -> Self {
        let former_name = match &review.edit {
            Edit::RenamedFrom(former) => Some(former.clone()),
            _ => None,
        };
        Self {
            name: review.title.clone(),
            path: sources.path(review.place.file).to_owned(),
            line: sources.start(review.place).line,
            end_line: sources.end(review.place).line,
            edit: EditWord::of(&review.edit),
            former_name,
            rollback: review.rollback.word().to_owned(),
            rollback_summary: rollback_words(&review.rollback),
            changes: review.differences.iter().map(Change::of).collect(),
            locks: review.locks.iter().map(|lock| DocumentLock::of(lock, sources)).collect(),
            strongest_lock: StrongestLock::of(&review.locks),
        }
    }

    /// Whether something at this place is part of it.
    pub fn holds(&self, path: &str, line: usize) -> bool {
        self.path == path && self.line <= line && line <= self.end_line
    }
}

impl EditWord {
    pub(super) fn of(edit: &Edit) -> Self {
        match edit {
            Edit::Added => EditWord::Added,
            Edit::Changed => EditWord::Changed,
            Edit::Reworded => EditWord::Reworded,
            Edit::RenamedFrom(_) => EditWord::Renamed,
            Edit::Removed => EditWord::Removed,
        }
    }

    /// The edit in a word.
    pub fn word(self) -> &'static str {
        match self {
            EditWord::Added => "added",
            EditWord::Changed => "changed",
            EditWord::Reworded => "reworded",
            EditWord::Renamed => "renamed",
            EditWord::Removed => "removed",
        }
    }
}

impl DocumentLock {
    fn of(lock: &review::StatementLock, sources: &SourceMap) -> Self {
        let review::StatementLock { statement, lock, .. } = lock;
        let first_line = sources.text(*statement).lines().next().unwrap_or_default();
        Self {
            line: sources.start(*statement).line,
            statement: first_line.chars().take(200).collect(),
            relation: lock.relation.to_string(),
            mode: lock.mode_in_words(),
            blocks: lock.mode.blocks().to_owned(),
            work: lock.work_in_words().to_owned(),
        }
    }
}

impl StrongestLock {
    fn of(locks: &[review::StatementLock]) -> Option<Self> {
        let locks = strongest_locks(locks);
        let lock = locks.iter().max_by_key(|lock| (lock.mode, lock.work))?;
        Some(Self {
            mode: lock.mode_in_words(),
            relation: lock.relation.to_string(),
            work: (lock.work != Work::None).then(|| lock.work_in_words().to_owned()),
            others: locks.len() - 1,
        })
    }
}

/// The tables that change, and those beside them that foreign keys lead to or come from.
fn diagram(review: &DirectoryReview) -> String {
    let after = review.head.end();
    let drawn = drawn_tables(&review.differences, after);
    if drawn.is_empty() {
        return String::new();
    }
    mermaid::render(&Selection { relations: Some(drawn), namespaces: None }.of(after))
}

fn drawn_tables(differences: &[Difference], after: &Schema) -> Vec<QualifiedName> {
    let is_drawn = |difference: &&Difference| !matches!(difference.object, Object::Sequence(_) | Object::View(_));
    let changed = differences.iter().filter(is_drawn).filter_map(|difference| difference.object.relation());
    let changed: BTreeSet<&QualifiedName> = changed.collect();
    let beside =
        after.foreign_keys().filter_map(|(table, _, key)| match (changed.contains(&table.name), changed.contains(&key.references)) {
            (true, _) => Some(&key.references),
            (false, true) => Some(&table.name),
            (false, false) => None,
        });
    let mut drawn: Vec<QualifiedName> = Vec::new();
    for name in changed.iter().copied().chain(beside).filter(|name| after.table(name).is_some()) {
        if drawn.len() < DRAWN_TABLES && !drawn.contains(name) {
            drawn.push(name.clone());
        }
    }
    drawn
}
