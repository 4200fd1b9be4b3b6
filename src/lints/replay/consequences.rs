//! Refusals that only follow from an earlier one: what a refused statement was to make is missing, what it was to take away
//! is still there. Who repairs the first has repaired them all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::change::{Change, ChangeKind, ErrorKind, Refusal};
use crate::history::{Event, EventKind, History};
use crate::lint::Finding;
use crate::lints::places::LABELS;
use crate::schema::QualifiedName;
use crate::source::Span;
use crate::sql::Statement;

use super::no_effect::{made, removed};

/// Which refused statement each other one follows from.
#[derive(Default)]
pub(in crate::lints) struct Consequences<'a> {
    /// Statements that follow from another, with their places and the server's words.
    followers: BTreeMap<Span, Vec<(Span, &'a str)>>,
    /// All of those.
    all: BTreeSet<Span>,
    /// What is missing, or still there, and from which migration to which.
    unmade: HashMap<Key<'a>, Vec<Lack>>,
    unremoved: HashMap<Key<'a>, Vec<Lack>>,
}

/// A name; of a column, with that of its table before it.
type Key<'a> = (Option<&'a str>, &'a str);

/// How long something is missing, or there, because of a refused statement.
#[derive(Clone, Copy)]
struct Lack {
    root: Span,
    from: usize,
    /// The migration that makes up for it.
    until: Option<usize>,
}

impl<'a> Consequences<'a> {
    /// Those of a history.
    pub(in crate::lints) fn of(history: &'a History) -> Self {
        let mut refused: BTreeMap<Span, (&Event, &Refusal)> = BTreeMap::new();
        for event in &history.events {
            if let EventKind::Refused(refusal) = &event.kind {
                refused.entry(event.statement).or_insert((event, refusal));
            }
        }
        let mut consequences = Self::default();
        let Some(first) = refused.values().map(|(event, _)| event.migration).min() else { return consequences };
        for (index, migration) in history.migrations.iter().enumerate().skip(first) {
            for statement in &migration.up {
                match refused.get(&statement.span) {
                    Some((event, refusal)) => consequences.refused(index, statement, event, refusal),
                    None => consequences.carried_out(index, statement),
                }
            }
        }
        consequences
    }

    /// Whether this statement is refused only because an earlier one is.
    pub(in crate::lints) fn include(&self, statement: Span) -> bool {
        self.all.contains(&statement)
    }

    /// Whether what is refused right after this migration is refused because of a statement of it or of an earlier one.
    pub(in crate::lints) fn explain(&self, refusal: &Refusal, migration: usize) -> bool {
        self.root(refusal, migration, None).is_some()
    }

    /// Says of a refused statement how many others follow from it.
    pub(in crate::lints) fn told(&self, mut finding: Finding, statement: Span) -> Finding {
        let Some(followers) = self.followers.get(&statement) else { return finding };
        finding.message += &match followers.len() {
            1 => ", and one more that builds on it".to_owned(),
            count => format!(", and {count} more that build on it"),
        };
        let labels = followers.iter().take(LABELS);
        labels.fold(finding, |finding, (span, message)| finding.because(*span, format!("fails with it: {message}")))
    }

    fn refused(&mut self, index: usize, statement: &'a Statement, event: &Event, refusal: &'a Refusal) {
        let earlier = self.root_of_change(refusal, index, statement, event.span);
        let root = earlier.unwrap_or(statement.span);
        if earlier.is_some() {
            self.followers.entry(root).or_default().push((event.span, &refusal.message));
            self.all.insert(statement.span);
        }
        let is_there = matches!(refusal.error, ErrorKind::DuplicateTable | ErrorKind::DuplicateObject | ErrorKind::DuplicateFunction);
        let lack = Lack { root, from: index, until: None };
        for change in statement.changes() {
            // Of what is there already, only what belongs to it may be missing: the columns of another table.
            let keys = if is_there { columns_made(change) } else { keys_made(change).into_iter().collect() };
            keys.into_iter().for_each(|key| self.unmade.entry(key).or_default().push(lack));
            key_removed(change).into_iter().for_each(|key| self.unremoved.entry(key).or_default().push(lack));
        }
    }

    fn carried_out(&mut self, index: usize, statement: &'a Statement) {
        for change in statement.changes() {
            keys_made(change).into_iter().chain(columns_made(change)).for_each(|key| end(&mut self.unmade, key, index));
            key_removed(change).into_iter().for_each(|key| end(&mut self.unremoved, key, index));
        }
    }

    fn root_of_change(&self, refusal: &Refusal, migration: usize, statement: &Statement, span: Span) -> Option<Span> {
        let refused = statement.changes().into_iter().find(|change| change.span == span);
        self.root(refusal, migration, refused.and_then(table_of))
    }

    /// The refused statement that this refusal follows from. The server names what is missing or in the way, of a column
    /// not always with its table.
    fn root(&self, refusal: &Refusal, migration: usize, table: Option<&QualifiedName>) -> Option<Span> {
        use ErrorKind as E;
        let lacking = match refusal.error {
            E::UndefinedTable | E::UndefinedColumn | E::UndefinedObject | E::UndefinedFunction | E::UndefinedSchema => &self.unmade,
            E::DuplicateTable | E::DuplicateColumn | E::DuplicateObject | E::DuplicateFunction | E::DuplicateSchema => &self.unremoved,
            _ => return None,
        };
        let quoted = refusal.message.split('`').skip(1).step_by(2).map(|path| path.rsplit('.').next().unwrap_or(path));
        let tables = || quoted.clone().chain(table.map(|table| table.name.as_str()));
        let keys = quoted.clone().flat_map(|name| std::iter::once((None, name)).chain(tables().map(move |table| (Some(table), name))));
        let is_now = |lack: &&Lack| lack.from <= migration && lack.until.is_none_or(|until| migration < until);
        keys.into_iter().find_map(|key| lacking.get(&key)?.iter().rev().find(is_now).map(|lack| lack.root))
    }
}

/// From this migration on, nothing is missing under a name any more.
fn end<'a>(lacking: &mut HashMap<Key<'a>, Vec<Lack>>, key: Key<'a>, index: usize) {
    let lacks = lacking.get_mut(&key).into_iter().flatten();
    lacks.filter(|lack| lack.until.is_none()).for_each(|lack| lack.until = Some(index));
}

fn keys_made(change: &Change) -> Option<Key<'_>> {
    let table = match &change.kind {
        ChangeKind::AddColumn { table, .. } | ChangeKind::RenameColumn { table, .. } => Some(table.name.as_str()),
        _ => None,
    };
    made(change).map(|name| (table, name.as_str()))
}

fn columns_made(change: &Change) -> Vec<Key<'_>> {
    let ChangeKind::CreateTable { table, .. } = &change.kind else { return Vec::new() };
    table.columns.iter().map(|column| (Some(table.name.name.as_str()), column.name.as_str())).collect()
}

fn key_removed(change: &Change) -> Option<Key<'_>> {
    let table = if let ChangeKind::DropColumn { table, .. } = &change.kind { Some(table.name.as_str()) } else { None };
    removed(change).map(|name| (table, name.as_str()))
}

/// The table whose columns a change speaks of.
fn table_of(change: &Change) -> Option<&QualifiedName> {
    match &change.kind {
        ChangeKind::AddConstraint { table, .. }
        | ChangeKind::CreateIndex { table, .. }
        | ChangeKind::RenameColumn { table, .. }
        | ChangeKind::CreatePolicy { table, .. }
        | ChangeKind::CreateTrigger { table, .. } => Some(table),
        _ => None,
    }
}
