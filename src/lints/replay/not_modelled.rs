//! Statements whose effect on the schema replay cannot know.

use std::collections::{BTreeSet, HashMap};

use crate::history::Event;
use crate::lint::{Finding, HistoryContext};
use crate::lints::places::LABELS;
use crate::source::FileId;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let mut reported = BTreeSet::new();
    let first = context.history.not_modelled_events().filter(|(event, _)| reported.insert(event.statement));
    // A file that calls one procedure a hundred times is one gap.
    let mut places: HashMap<(FileId, &str), usize> = HashMap::new();
    let mut causes: Vec<(&str, Vec<&Event>)> = Vec::new();
    for (event, reason) in first {
        let index = *places.entry((event.span.file, reason)).or_insert(causes.len());
        match causes.get_mut(index) {
            Some((_, events)) => events.push(event),
            None => causes.push((reason, vec![event])),
        }
    }
    causes.iter().filter_map(|(reason, events)| finding(reason, events)).collect()
}

fn finding(reason: &str, events: &[&Event]) -> Option<Finding> {
    let (first, others) = events.split_first()?;
    let more = match others.len() {
        0 => String::new(),
        1 => ", here and once more in this file".to_owned(),
        count => format!(", here and {count} more times in this file"),
    };
    let message = format!(
        "{reason}{more}: replay cannot follow this, so the schema may differ from here on, and checks of what it may have touched stay quiet"
    );
    let finding = Finding::new(first.span, message);
    Some(others.iter().take(LABELS).fold(finding, |finding, event| finding.because(event.span, "nor this, for the same reason")))
}
