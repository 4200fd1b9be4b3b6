//! Views that cannot be replaced as they stand.

use std::collections::BTreeSet;

use crate::difference::{Difference, DifferenceKind, Object};
use crate::schema::{QualifiedName, Schema, View};

/// The views that have to be dropped and made again: those of which PostgreSQL replaces no other attribute, and those
/// that read them.
pub(super) fn made_anew(from: &Schema, to: &Schema, differences: &[Difference]) -> BTreeSet<QualifiedName> {
    let altered = differences.iter().filter_map(|difference| match (&difference.object, &difference.kind) {
        (Object::View(name), DifferenceKind::Altered { attribute, .. }) if *attribute != "comment" => Some(name),
        _ => None,
    });
    let stuck = altered.filter(|name| !can_be_replaced(from, to, name)).cloned();
    let mut anew: BTreeSet<QualifiedName> = stuck.collect();
    let mut pending: Vec<QualifiedName> = anew.iter().cloned().collect();
    while let Some(name) = pending.pop() {
        let readers = from.views.values().filter(|view| view.relations.contains(&name)).map(|view| view.name.clone());
        pending.extend(readers.filter(|reader| anew.insert(reader.clone())).collect::<Vec<_>>());
    }
    anew.retain(|name| to.views.contains_key(name));
    anew
}

/// Whether `CREATE OR REPLACE` leads from one version of a view to the other: it may get more columns, at its end.
pub(super) fn can_be_replaced(from: &Schema, to: &Schema, name: &QualifiedName) -> bool {
    let (Some(old), Some(new)) = (from.views.get(name), to.views.get(name)) else { return false };
    let is_plain = |view: &View| view.columns_known && !view.materialized;
    is_plain(old) && is_plain(new) && new.columns.starts_with(&old.columns)
}
