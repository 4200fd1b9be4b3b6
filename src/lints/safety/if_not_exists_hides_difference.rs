//! `IF NOT EXISTS` that finds an object with another definition, and leaves it.

use crate::change::NoEffect;
use crate::history::{Event, EventKind};
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.events.iter().filter_map(of_event).collect()
}

fn of_event(event: &Event) -> Option<Finding> {
    let EventKind::NoEffect(NoEffect { reason, existing, differs: true }) = &event.kind else { return None };
    let message = format!("{reason}, and is not what this statement describes: it stays as it is");
    let finding = Finding::new(event.span, message).help("alter what there is, instead of making it again");
    Some(match existing {
        Some(place) => finding.because(*place, "what there is was made here"),
        None => finding,
    })
}
