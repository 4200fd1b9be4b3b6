//! A guarded statement that finds nothing to do.

use std::collections::{BTreeMap, HashMap};

use crate::change::{Change, ChangeKind, NoEffect, ObjectReference};
use crate::history::{Event, EventKind, Migration};
use crate::lint::{Finding, HistoryContext};
use crate::lints::places::LABELS;
use crate::schema::Name;
use crate::source::Span;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    // What one migration guards in vain is one finding: mostly it repairs, or repeats another.
    let mut idle: BTreeMap<usize, Vec<(&Event, &NoEffect)>> = BTreeMap::new();
    let mut current: Option<(usize, Script)> = None;
    for event in &context.history.events {
        // `if-not-exists-hides-difference` is about the others.
        let EventKind::NoEffect(no_effect @ NoEffect { differs: false, .. }) = &event.kind else { continue };
        if current.as_ref().is_none_or(|(migration, _)| *migration != event.migration) {
            current = context.history.migrations.get(event.migration).map(|migration| (event.migration, Script::of(migration)));
        }
        if current.as_ref().is_none_or(|(_, script)| !script.is_customary(event)) {
            idle.entry(event.migration).or_default().push((event, no_effect));
        }
    }
    idle.into_values().filter_map(|idle| finding(&idle)).collect()
}

/// The changes of one migration, in order.
struct Script<'a> {
    changes: Vec<&'a Change>,
    /// Index of the change at a place of a statement.
    places: HashMap<(Span, Span), usize>,
    /// Index of the last change that makes something of a name.
    made: HashMap<&'a Name, usize>,
}

impl<'a> Script<'a> {
    fn of(migration: &'a Migration) -> Self {
        let mut script = Self { changes: Vec::new(), places: HashMap::new(), made: HashMap::new() };
        for statement in &migration.up {
            for change in statement.changes() {
                let index = script.changes.len();
                script.places.entry((statement.span, change.span)).or_insert(index);
                script.made.extend(made(change).map(|name| (name, index)));
                script.changes.push(change);
            }
        }
        script
    }

    /// Whether this is how scripts are written on purpose: an extension or schema made sure of, or the way cleared for
    /// something that the same migration then makes.
    fn is_customary(&self, event: &Event) -> bool {
        let Some(index) = self.places.get(&(event.statement, event.span)) else { return false };
        let Some(idle) = self.changes.get(*index) else { return false };
        match &idle.kind {
            ChangeKind::CreateExtension { .. } | ChangeKind::CreateNamespace { .. } => true,
            _ => removed(idle).and_then(|name| self.made.get(name)).is_some_and(|made| made > index),
        }
    }
}

fn finding(idle: &[(&Event, &NoEffect)]) -> Option<Finding> {
    let ((event, first), rest) = idle.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        1 => ", and so does one more statement here".to_owned(),
        count => format!(", and so do {count} more statements here"),
    };
    let finding = Finding::new(event.span, format!("{}: this does nothing{more}", first.reason));
    let finding = match first.existing {
        Some(place) => finding.because(place, "what there is was made here"),
        None => finding,
    };
    Some(rest.iter().take(LABELS).fold(finding, |finding, (event, idle)| finding.because(event.span, idle.reason.clone())))
}

/// The name of what a change takes away.
pub(in crate::lints) fn removed(change: &Change) -> Option<&Name> {
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
        R::Index(name) | R::Sequence(name) | R::Statistics(name) | R::Type(name) | R::Domain(name) | R::Function { name, .. } => {
            Some(&name.name)
        }
        R::Column(_, name) | R::Constraint(_, name) | R::DomainConstraint(_, name) => Some(name),
        R::Trigger(_, name) | R::Policy(_, name) => Some(name),
        R::Other(_) => None,
    }
}

/// The name of what a change makes, by itself or by renaming.
pub(in crate::lints) fn made(change: &Change) -> Option<&Name> {
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
