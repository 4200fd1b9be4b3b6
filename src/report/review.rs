//! Reports of a review: what a branch does to its migrations, as text for people, for scripts and for pull requests.

pub mod document;
pub mod json;
pub mod markdown;
pub mod terminal;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use self::document::{EditWord, FateWord};
use super::diff::{Change, ChangeWord};
use super::{DirectorySummary, Report, diff, plural};
use crate::ddl::create_schema;
use crate::diagnostic::Diagnostic;
use crate::git::Commit;
use crate::history::Verdict;
use crate::lint::Lint;
use crate::locks::{Lock, Work};
use crate::review::{DirectoryReview, Fate, Rollback, StatementLock};
use crate::schema::QualifiedName;
use crate::source::SourceMap;

/// All there is to tell about a review.
pub struct ReviewReport<'a> {
    /// The texts that spans point into.
    pub sources: &'a SourceMap,
    /// What the branch was compared with.
    pub against: Against,
    /// Mistakes in the configuration.
    pub mistakes: Vec<Diagnostic>,
    /// The directories.
    pub directories: Vec<DirectoryReview>,
    /// The lints that were run, for formats that describe their rules.
    pub lints: Cow<'static, [Lint]>,
    /// Where paths start from, seen from the repository's root: empty, or ending with a slash.
    pub folder: String,
}

/// What something was compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// A branch's base.
    Base {
        /// As it was named.
        name: String,
        /// Where the branch began.
        fork: Commit,
        /// The newest commit of the base.
        tip: Commit,
    },
    /// The directory without what is proposed.
    Directory,
}

impl<'a> ReviewReport<'a> {
    /// What the branch brings, as the report of a run.
    pub fn findings(&self) -> Report<'a> {
        let new = self.directories.iter().flat_map(|directory| &directory.findings);
        Report {
            sources: self.sources,
            directories: self.directories.iter().filter(|directory| directory.fate != Fate::Removed).map(summary).collect(),
            diagnostics: self.mistakes.iter().chain(new).cloned().collect(),
        }
    }

    /// Number of findings that the base has as well.
    fn known(&self) -> usize {
        self.directories.iter().map(|directory| directory.known).sum()
    }

    /// What is left out because of a baseline.
    fn hidden(&self) -> String {
        let hidden = self.directories.iter().map(|directory| directory.hidden.by_baseline).sum::<usize>();
        if hidden > 0 { format!("; {} of the baseline not shown", plural(hidden, "finding")) } else { String::new() }
    }

    /// Number of findings that the base had.
    fn fixed(&self) -> usize {
        self.directories.iter().map(|directory| directory.fixed.len()).sum()
    }
}

fn summary(review: &DirectoryReview) -> DirectorySummary {
    DirectorySummary { hidden: review.hidden, ..DirectorySummary::of(&review.head) }
}

/// `2 migrations added, 1 changed`, or what happened to the directory itself.
fn what_happened(fate: FateWord, former_path: Option<&str>, edits: &[EditWord]) -> String {
    let is_edit = |word: EditWord| edits.iter().filter(|edit| **edit == word).count();
    let all = [EditWord::Added, EditWord::Changed, EditWord::Reworded, EditWord::Renamed, EditWord::Removed];
    let counts = all.iter().map(|edit| (is_edit(*edit), edit.word())).filter(|(count, _)| *count > 0);
    let mut parts: Vec<String> = match fate {
        FateWord::Kept => Vec::new(),
        FateWord::Added => vec!["a new directory".to_owned()],
        FateWord::Removed => vec!["the directory is gone".to_owned()],
        FateWord::Moved => vec![format!("was {}", former_path.unwrap_or_default())],
    };
    for (index, (count, word)) in counts.enumerate() {
        parts.push(if index == 0 { format!("{} {word}", plural(count, "migration")) } else { format!("{count} {word}") });
    }
    if parts.is_empty() { "no migration touched".to_owned() } else { parts.join(", ") }
}

/// Whether an object comes (`+`), goes (`-`) or changes (`~`).
fn sign(change: &Change) -> char {
    match change.change {
        ChangeWord::Added => '+',
        ChangeWord::Removed => '-',
        ChangeWord::Altered => '~',
    }
}

/// The lines of SQL that come and go. Where a statement's beginning is too far above to be seen, it heads the part.
fn sql_diff(review: &DirectoryReview) -> String {
    let sql = [create_schema(review.base.end()), create_schema(review.head.end())];
    let comparison = diff::Comparison { versions: Default::default(), sql, differences: &[] };
    let unified = diff::unified(&comparison);
    let [_, after] = &comparison.sql;
    let after: Vec<&str> = after.lines().collect();
    let parts = unified.lines().skip_while(|line| !line.starts_with("@@"));
    let headed = parts.map(|line| match line.strip_prefix("@@").and_then(|place| heading(&after, place)) {
        Some(heading) => format!("@@ {heading}\n"),
        None if line.starts_with("@@") => "@@\n".to_owned(),
        None => format!("{line}\n"),
    });
    headed.collect()
}

/// The first line of the statement that a part at ` -1,2 +3,4 @@` goes on with.
fn heading<'a>(lines: &[&'a str], place: &str) -> Option<&'a str> {
    let start: usize = place.split_once('+')?.1.split([',', ' ']).next()?.parse().ok()?;
    let begins = |line: &&&str| !line.starts_with([' ', '\t', ')']);
    let (first, above) = lines.get(..start)?.split_last()?;
    if first.is_empty() || begins(&first) {
        return None;
    }
    above.iter().rev().take_while(|line| !line.is_empty()).find(begins).copied()
}

/// `+2 columns, ~1 constraint, -1 index`: what is done to the schema, in a few words.
fn in_short(changes: &[Change]) -> String {
    type Group<'a> = ((char, &'a str), BTreeSet<&'a str>);
    let mut groups: Vec<Group> = Vec::new();
    for change in changes {
        let key = (sign(change), change.kind.as_str());
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, objects)) => _ = objects.insert(&change.object),
            None => groups.push((key, BTreeSet::from([change.object.as_str()]))),
        }
    }
    // A kind is a word of ours, unless the document is a stranger's.
    let word = |kind: &str| kind.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ').take(40).collect::<String>();
    let count = |((sign, kind), objects): &Group| format!("{sign}{}", several(objects.len(), &word(kind)));
    groups.iter().map(count).collect::<Vec<_>>().join(", ")
}

/// `1 index`, `2 indexes`, `2 policies`.
fn several(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        _ if noun == "index" => format!("{count} indexes"),
        _ => plural(count, noun),
    }
}

/// The strongest lock on each relation, with what is done to the relation while it is held.
fn strongest_locks(locks: &[StatementLock]) -> Vec<Lock> {
    let mut strongest: BTreeMap<&QualifiedName, Lock> = BTreeMap::new();
    let mut until_the_end: BTreeMap<(&QualifiedName, usize), Work> = BTreeMap::new();
    for StatementLock { lock, transaction, .. } in locks.iter().rev() {
        let work = transaction.map_or(lock.work, |transaction| {
            let later = until_the_end.entry((&lock.relation, transaction)).or_insert(lock.work);
            *later = lock.work.max(*later);
            *later
        });
        let known = strongest.entry(&lock.relation).or_insert_with(|| lock.clone());
        if (known.mode, known.work) < (lock.mode, work) {
            *known = Lock { work, ..lock.clone() };
        }
    }
    strongest.into_values().collect()
}

/// A rollback's verdict as a sentence's end.
fn rollback_words(review: &Rollback) -> String {
    match review {
        Rollback::Missing => "none".to_owned(),
        Rollback::Unsupported => "not run by this tool".to_owned(),
        Rollback::Script(verdict) => match verdict {
            Verdict::Restores => "restores the schema".to_owned(),
            Verdict::RestoresButOrder => "restores all but the order of columns".to_owned(),
            Verdict::Differs(remainders) => format!("leaves {}", plural(remainders.len(), "difference")),
            Verdict::Fails(_) => "fails".to_owned(),
            Verdict::NothingToUndo => "nothing to undo".to_owned(),
            Verdict::Unknown(reason) => format!("cannot be known: {reason}"),
        },
    }
}
