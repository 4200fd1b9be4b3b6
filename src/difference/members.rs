//! Lists whose entries go by name: columns, constraints, labels.

use std::collections::{BTreeMap, BTreeSet};

use super::{Difference, DifferenceKind, Faceted, Member, Object, attributes};
use crate::schema::Name;

/// Compares two lists entry by entry, whatever their order.
pub(super) fn members<'a, M: Member + 'a>(
    before: impl IntoIterator<Item = &'a M>,
    after: impl IntoIterator<Item = &'a M>,
    object: impl Fn(Name) -> Object,
    found: &mut Vec<Difference>,
) {
    let mut gone: BTreeMap<&Name, &M> = before.into_iter().map(|member| (member.name(), member)).collect();
    let (mut come, mut kept) = (Vec::new(), Vec::new());
    for new in after {
        match gone.remove(new.name()) {
            None => come.push(new),
            Some(old) if std::ptr::eq(old, new) || old == new => {}
            Some(old) => kept.push((old, new)),
        }
    }
    let own = |member: &&M| !member.is_inherited();
    found.extend(gone.into_values().filter(own).map(|old| Difference::removed(object(old.name().clone()), old)));
    kept.into_iter().for_each(|(old, new)| attributes(&object(new.name().clone()), old, new, found));
    found.extend(come.into_iter().filter(own).map(|new| Difference::added(object(new.name().clone()), new)));
}

/// Adds one difference to an object where what both of its lists hold stands in another order.
pub(super) fn order<'a, O: Faceted, M: Member + 'a>(
    object: &Object,
    attribute: &'static str,
    (old, before): (&O, impl IntoIterator<Item = &'a M>),
    (new, after): (&O, impl IntoIterator<Item = &'a M>),
    found: &mut Vec<Difference>,
) {
    let (before, after): (Vec<&Name>, Vec<&Name>) = (before.into_iter().map(M::name).collect(), after.into_iter().map(M::name).collect());
    if before == after {
        return;
    }
    let (from, to) = (common(&before, &after), common(&after, &before));
    if from != to {
        let kind = DifferenceKind::Altered { attribute, from: Some(from.join(", ")), to: Some(to.join(", ")) };
        found.push(Difference { object: object.clone(), kind, before: old.span(), after: new.span() });
    }
}

fn common(names: &[&Name], others: &[&Name]) -> Vec<String> {
    let others: BTreeSet<&Name> = others.iter().copied().collect();
    names.iter().filter(|name| others.contains(*name)).map(|name| name.to_sql()).collect()
}
