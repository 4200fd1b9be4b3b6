//! A guarded statement that finds nothing to do.

use crate::change::{Change, ChangeKind, NoEffect, ObjectReference};
use crate::history::{Event, EventKind, History};
use crate::lint::{Finding, HistoryContext};
use crate::schema::Name;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let idle = context.history.events.iter().filter_map(|event| match &event.kind {
        EventKind::NoEffect(no_effect) => Some((event, no_effect)),
        _ => None,
    });
    idle.filter(|(event, _)| !is_customary(context.history, event)).map(|(event, no_effect)| finding(event, no_effect)).collect()
}

fn finding(event: &Event, no_effect: &NoEffect) -> Finding {
    let NoEffect { reason, existing, differs } = no_effect;
    let message = match differs {
        true => format!("{reason}, and is not what this statement describes: it stays as it is"),
        false => format!("{reason}: this does nothing"),
    };
    let finding = Finding::new(event.span, message);
    match existing {
        Some(place) => finding.because(*place, "what there is was made here"),
        None => finding,
    }
}

/// Whether this is how scripts are written on purpose: an extension or schema made sure of, or the way cleared for
/// something that the same migration then makes.
fn is_customary(history: &History, event: &Event) -> bool {
    let Some(migration) = history.migrations.get(event.migration) else { return false };
    let later = migration.up.iter().skip_while(|statement| statement.span != event.statement);
    let mut changes = later.flat_map(|statement| statement.changes()).skip_while(|change| change.span != event.span);
    let Some(idle) = changes.next() else { return false };
    match &idle.kind {
        ChangeKind::CreateExtension { .. } | ChangeKind::CreateNamespace { .. } => true,
        _ => removed(idle).is_some_and(|name| changes.any(|change| made(change) == Some(name))),
    }
}

fn removed(change: &Change) -> Option<&Name> {
    match &change.kind {
        ChangeKind::Drop { object, .. } => object_name(object),
        ChangeKind::DropColumn { column: name, .. } | ChangeKind::DropConstraint { constraint: name, .. } => Some(name),
        _ => None,
    }
}

fn object_name(object: &ObjectReference) -> Option<&Name> {
    use ObjectReference as R;
    match object {
        R::Namespace(name) | R::Extension(name) => Some(name),
        R::Table(name) | R::ForeignTable(name) | R::View(name) | R::MaterializedView(name) => Some(&name.name),
        R::Index(name) | R::Sequence(name) | R::Type(name) | R::Domain(name) | R::Function { name, .. } => Some(&name.name),
        R::Column(_, name) | R::Constraint(_, name) | R::DomainConstraint(_, name) => Some(name),
        R::Trigger(_, name) | R::Policy(_, name) => Some(name),
        R::Other(_) => None,
    }
}

/// The name of what a change makes, by itself or by renaming.
fn made(change: &Change) -> Option<&Name> {
    match &change.kind {
        ChangeKind::CreateNamespace { name, .. } | ChangeKind::CreateExtension { name, .. } => Some(name),
        ChangeKind::CreateTable { table, .. } => Some(&table.name.name),
        ChangeKind::AddColumn { column, .. } => Some(&column.name),
        ChangeKind::AddConstraint { constraint, .. } => Some(&constraint.name),
        ChangeKind::CreateIndex { index, .. } => Some(&index.name),
        ChangeKind::CreateTrigger { trigger, .. } => Some(&trigger.name),
        ChangeKind::CreatePolicy { policy, .. } => Some(&policy.name),
        ChangeKind::CreateView { view, .. } => Some(&view.name.name),
        ChangeKind::CreateSequence { sequence, .. } => Some(&sequence.name.name),
        ChangeKind::CreateType { definition } => Some(&definition.name.name),
        ChangeKind::CreateFunction { function, .. } => Some(&function.key.name.name),
        ChangeKind::Rename { to, .. } | ChangeKind::RenameColumn { to, .. } | ChangeKind::RenameConstraint { to, .. } => Some(to),
        _ => None,
    }
}
