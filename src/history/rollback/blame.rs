//! Which statement is to blame for what a rollback leaves behind, loses, or changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Applied, Change, ChangeKind};
use crate::difference::{self, Difference, DifferenceKind, Object};
use crate::history::Migration;
use crate::history::replay::{Observer, replay_file};
use crate::schema::{Name, QualifiedName, Schema};
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
    /// What the rollback calls it now, where it only gave it another name.
    pub renamed: Option<Name>,
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
    let has = |object: &Object, kind: &DifferenceKind| {
        differences.iter().any(|difference| difference.object == *object && difference.kind == *kind)
    };
    let is_left = |rename: &&Rename| has(&rename.from, &DifferenceKind::Removed) && has(&rename.to, &DifferenceKind::Added);
    let renames: Vec<&Rename> = down.renames.iter().filter(is_left).collect();
    let remainders = differences.iter().filter_map(|difference| match renamed(difference, &renames, &down) {
        Some(rename) if difference.object != rename.from => None,
        renamed => {
            let name = renamed.map(|rename| rename.name.clone());
            Some(Remainder { renamed: name, ..remainder(difference.clone(), &touched_by_up, &up, &down) })
        }
    });
    remainders.collect()
}

/// The renaming by a rollback that a difference is all, or a part, of: what names the object names it by its new name.
fn renamed<'a>(difference: &Difference, renames: &[&'a Rename], down: &Deeds) -> Option<&'a Rename> {
    let place = down.place(difference)?;
    renames.iter().copied().find(|rename| rename.span == place)
}

fn remainder(difference: Difference, touched: &Touched, up: &Deeds, down: &Deeds) -> Remainder {
    let culprit = if touched.include(&difference) { Culprit::Migration } else { Culprit::Rollback };
    let span = match culprit {
        Culprit::Migration => up.place(&difference),
        Culprit::Rollback => down.place(&difference),
    };
    Remainder { difference, culprit, span, renamed: None }
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
    renames: Vec<Rename>,
}

/// A change that gave an object another name.
struct Rename {
    span: Span,
    from: Object,
    to: Object,
    name: Name,
}

impl Deeds {
    fn of(start: &Schema, statements: &[Statement], sources: &SourceMap) -> Self {
        let mut deeds = Self { places: BTreeMap::new(), renames: Vec::new() };
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
        let differences = difference::between(before, after);
        self.renames.extend(rename(change, &differences));
        for difference in differences {
            let attribute = difference.attribute();
            self.places.entry((difference.object, attribute)).or_insert(change.span);
        }
    }
}

/// The renaming that a change is: of what it changed, one object went and one of the same kind came.
fn rename(change: &Change, differences: &[Difference]) -> Option<Rename> {
    let (ChangeKind::Rename { to: name, .. } | ChangeKind::RenameColumn { to: name, .. } | ChangeKind::RenameConstraint { to: name, .. }) =
        &change.kind
    else {
        return None;
    };
    let from = &differences.iter().find(|difference| difference.kind == DifferenceKind::Removed)?.object;
    let is_new = |difference: &&Difference| difference.kind == DifferenceKind::Added && difference.object.kind() == from.kind();
    let to = &differences.iter().find(is_new)?.object;
    Some(Rename { span: change.span, from: from.clone(), to: to.clone(), name: name.clone() })
}
