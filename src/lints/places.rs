//! Places that share a cause become one finding: what one migration did is one decision, what a whole schema does is a habit.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::Severity;
use crate::history::History;
use crate::lint::{Finding, SchemaContext};
use crate::source::{FileId, Span};

/// Labels a finding carries at most; the message says how many places there are.
pub(super) const LABELS: usize = 12;

/// As many alike are no slip but how this schema is written.
const HABIT: usize = 10;

/// One of the places that share a cause.
pub(super) struct Place {
    /// Where.
    pub span: Span,
    /// The object's path.
    pub object: String,
    /// What a label there says.
    pub label: String,
    /// The SQL that mends it.
    pub sql: String,
}

/// One finding for every migration that has such places: what one migration did is one decision. The message is
/// the first place's label, how many more `things` there are, and the ending.
pub(super) fn per_migration(context: &SchemaContext, places: Vec<Place>, thing: &str, ending: &str) -> Vec<Finding> {
    let order = order(context.history.history);
    let mut groups: BTreeMap<(usize, FileId), Vec<Place>> = BTreeMap::new();
    for place in places {
        let key = (order.get(&place.span.file).copied().unwrap_or(usize::MAX), place.span.file);
        groups.entry(key).or_default().push(place);
    }
    let sorted = groups.into_values().map(|mut places| {
        places.sort_by_key(|place| place.span);
        places
    });
    sorted.filter_map(|places| merge(places, thing, ending)).collect()
}

/// One finding for all places. The newest is blamed, so that a review reports what a branch adds to the rest.
pub(super) fn all_together(context: &SchemaContext, mut places: Vec<Place>, thing: &str, ending: &str) -> Vec<Finding> {
    let order = order(context.history.history);
    places.sort_by_key(|place| Reverse((order.get(&place.span.file).copied(), place.span)));
    merge(places, thing, ending).into_iter().collect()
}

/// What is found, where so many others do otherwise. The slips of a migration are one finding each. Where there are many,
/// and more than others, they are the schema's habit: one finding, information, at the place that began it, so that what
/// merely follows the habit is not reported again.
pub(super) fn slips_or_habit(context: &SchemaContext, places: Vec<Place>, otherwise: usize, thing: &str, ending: &str) -> Vec<Finding> {
    if !is_habit(places.len(), otherwise) {
        return per_migration(context, places, thing, ending);
    }
    habit(context, places, thing, ending)
}

/// Whether so many places are how the schema is written, where others do otherwise.
pub(super) fn is_habit(places: usize, otherwise: usize) -> bool {
    places >= HABIT && places > otherwise
}

/// One finding, information, at the first of the places.
pub(super) fn habit(context: &SchemaContext, mut places: Vec<Place>, thing: &str, ending: &str) -> Vec<Finding> {
    let order = order(context.history.history);
    places.sort_by_key(|place| (order.get(&place.span.file).copied(), place.span));
    // Statements for all of them would be a project, not a repair.
    places.iter_mut().for_each(|place| place.sql.clear());
    merge(places, thing, ending).map(|finding| finding.severity(Severity::Info)).into_iter().collect()
}

fn merge(places: Vec<Place>, thing: &str, ending: &str) -> Option<Finding> {
    let sql: Vec<&str> = places.iter().map(|place| place.sql.as_str()).filter(|sql| !sql.is_empty()).collect();
    let help = sql.join("\n");
    let more = match places.len() {
        0 | 1 => String::new(),
        2 => format!(", and one more {thing}"),
        count => format!(", and {} more {}", count - 1, plural(thing)),
    };
    let mut places = places.into_iter();
    let first = places.next()?;
    let finding = Finding::new(first.span, format!("{}{more}{ending}", first.label)).object(first.object);
    let finding = places.take(LABELS).fold(finding, |finding, place| finding.because(place.span, place.label));
    Some(if help.is_empty() { finding } else { finding.help(help) })
}

fn plural(thing: &str) -> String {
    match thing.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if thing.ends_with('x') => format!("{thing}es"),
        _ => format!("{thing}s"),
    }
}

/// The place of every migration's file in history.
pub(super) fn order(history: &History) -> HashMap<FileId, usize> {
    history.migrations.iter().enumerate().map(|(index, migration)| (migration.file.up.file, index)).collect()
}
