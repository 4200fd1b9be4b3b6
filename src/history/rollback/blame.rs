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
    let touched_by_up = Touched::by(&up);
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
    /// Objects that came or went.
    whole: BTreeSet<&'a Object>,
    /// Objects of which an attribute changed.
    altered: BTreeSet<&'a Object>,
    /// Objects that came or went with all that belongs to them.
    owners: BTreeSet<&'a QualifiedName>,
}

impl<'a> Touched<'a> {
    /// An object that goes and is made again is as much a migration's own as one that only comes.
    fn by(deeds: &'a Deeds) -> Self {
        let objects = |whole: bool| -> BTreeSet<&'a Object> {
            deeds.places.keys().filter(|(_, attribute)| attribute.is_none() == whole).map(|(object, _)| object).collect()
        };
        let whole = objects(true);
        let owners = whole.iter().filter_map(|object| match object {
            Object::Table(name) | Object::View(name) | Object::Type(name) => Some(name),
            _ => None,
        });
        Self { owners: owners.collect(), altered: objects(false), whole }
    }

    /// What the rollback makes is an attempt to undo something: it was not there before.
    fn include(&self, difference: &Difference) -> bool {
        let object = &difference.object;
        self.whole.contains(object)
            || difference.kind == DifferenceKind::Added
            || difference.attribute().is_some() && self.altered.contains(object)
            || object.owner().is_some_and(|owner| self.owners.contains(owner))
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
