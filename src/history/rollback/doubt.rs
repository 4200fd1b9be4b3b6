//! What keeps replay from knowing where a rollback leads.

use imbl::OrdSet;
use imbl::ordset::DiffItem;

use crate::difference::Difference;
use crate::history::{EventKind, History, Migration};
use crate::schema::{QualifiedName, Schema, Uncertainty};

/// Why the end of a rollback is in doubt: a statement of the migration or of the rollback could not be followed, and
/// what it may have touched outlives both.
pub(super) fn of(history: &History, index: usize, end: &Schema, not_modelled: Option<&str>) -> Option<String> {
    let migration = history.migrations.get(index)?;
    let (before, after) = (&migration.before.uncertainty, &migration.after.uncertainty);
    let is_gone = |name: &QualifiedName| is_gone(migration, end, name);
    if has_grown(after, &end.uncertainty, is_gone) {
        return Some(not_modelled.unwrap_or("a statement of the rollback cannot be followed").to_owned());
    }
    has_grown(before, after, is_gone).then(|| reason(history, index))
}

/// Whether a difference stands, whatever happened to what is in doubt.
pub(super) fn is_certain(difference: &Difference, before: &Schema, end: &Schema) -> bool {
    match difference.object.relation() {
        Some(relation) => !before.is_uncertain(relation) && !end.is_uncertain(relation),
        None => end.uncertainty.everything.is_none(),
    }
}

/// Whether a relation that the migration made is taken away by the rollback, whatever else happened to it.
fn is_gone(migration: &Migration, end: &Schema, name: &QualifiedName) -> bool {
    migration.after.relation(name).is_some() && migration.before.relation(name).is_none() && end.relation(name).is_none()
}

fn has_grown(earlier: &Uncertainty, later: &Uncertainty, is_gone: impl Fn(&QualifiedName) -> bool) -> bool {
    let has_new = |earlier: &OrdSet<QualifiedName>, later: &OrdSet<QualifiedName>| {
        earlier.diff(later).any(|item| matches!(item, DiffItem::Add(name) if !is_gone(name)))
    };
    earlier.everything != later.everything
        || has_new(&earlier.relations, &later.relations)
        || has_new(&earlier.patterns, &later.patterns)
        || has_new(&earlier.created, &later.created)
        || has_new(&earlier.attachments, &later.attachments)
}

fn reason(history: &History, index: usize) -> String {
    let reason = history.events_of(index).iter().find_map(|event| match &event.kind {
        EventKind::NotModelled(reason) => Some(reason.clone()),
        _ => None,
    });
    reason.unwrap_or_else(|| "a statement of the migration cannot be followed".to_owned())
}
