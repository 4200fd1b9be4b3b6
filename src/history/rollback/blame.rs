//! Which statement is to blame for what a rollback leaves behind, loses, or changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Applied, Change};
use crate::difference::{self, Difference, DifferenceKind, Object};
use crate::history::Migration;
use crate::history::replay::{Observer, replay_file};
use crate::schema::{QualifiedName, Schema};
use crate::source::{SourceMap, Span};
use crate::sql::Statement;

/// One respect in which the schema after a rollback is not the one before the migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remainder {
    /// `Added` is left over, `Removed` is lost.
    pub difference: Difference,
    /// Whose doing it is.
    pub culprit: Culprit,
    /// The change that did it, where one of the script did; otherwise something took it along unseen.
    pub span: Option<Span>,
}

/// Whose doing a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// The migration did it, and the rollback does not undo it.
    Migration,
    /// The rollback did it to something that the migration had left alone.
    Rollback,
}

/// Finds the culprit and the place for each difference.
pub(super) fn explain(migration: &Migration, differences: Vec<Difference>, sources: &SourceMap) -> Vec<Remainder> {
    let up = Deeds::of(&migration.before, &migration.up, sources);
    let down = Deeds::of(&migration.after, migration.down.as_deref().unwrap_or_default(), sources);
    let done_by_up: Vec<Difference> = difference::between(&migration.before, &migration.after);
    let touched_by_up = Touched::by(&done_by_up);
    differences.into_iter().map(|difference| remainder(difference, &touched_by_up, &up, &down)).collect()
}

fn remainder(difference: Difference, touched: &Touched, up: &Deeds, down: &Deeds) -> Remainder {
    let culprit = if touched.include(&difference) { Culprit::Migration } else { Culprit::Rollback };
    let span = match culprit {
        Culprit::Migration => up.place(&difference),
        Culprit::Rollback => down.place(&difference),
    };
    Remainder { difference, culprit, span }
}

/// What a migration did, as far as it concerns the question whether a difference is of its making.
struct Touched<'a> {
    /// Objects that came or went, and attributes that changed.
    done: BTreeSet<(&'a Object, Option<&'static str>)>,
    /// Relations that came or went as a whole, with all that belongs to them.
    relations: BTreeSet<&'a QualifiedName>,
}

impl<'a> Touched<'a> {
    fn by(differences: &'a [Difference]) -> Self {
        let whole = |difference: &&Difference| difference.attribute().is_none();
        let relations = differences.iter().filter(whole).filter_map(|difference| match &difference.object {
            Object::Table(name) | Object::View(name) | Object::Type(name) => Some(name),
            _ => None,
        });
        Self {
            done: differences.iter().map(|difference| (&difference.object, difference.attribute())).collect(),
            relations: relations.collect(),
        }
    }

    /// An attribute of something that came or went is the migration's doing too. What the rollback makes, the
    /// migration's absence of it calls for: it can be nothing that was there before.
    fn include(&self, difference: &Difference) -> bool {
        let object = &difference.object;
        self.done.contains(&(object, None))
            || self.done.contains(&(object, difference.attribute()))
            || difference.kind == DifferenceKind::Added
            || object.owner().is_some_and(|owner| self.relations.contains(owner))
    }
}

/// The first change of a script that did each thing.
struct Deeds {
    places: BTreeMap<(Object, Option<&'static str>), Span>,
}

impl Deeds {
    fn of(start: &Schema, statements: &[Statement], sources: &SourceMap) -> Self {
        let mut deeds = Self { places: BTreeMap::new() };
        replay_file(start, statements, sources, &mut deeds);
        deeds
    }

    fn place(&self, difference: &Difference) -> Option<Span> {
        let of = |attribute| self.places.get(&(difference.object.clone(), attribute)).copied();
        of(difference.attribute()).or_else(|| of(None))
    }
}

impl Observer for Deeds {
    fn applied(&mut self, _: &Statement, change: &Change, before: &Schema, after: &Schema, _: Applied) {
        for difference in difference::between(before, after) {
            let attribute = difference.attribute();
            self.places.entry((difference.object, attribute)).or_insert(change.span);
        }
    }
}
