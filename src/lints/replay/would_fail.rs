//! A statement the database would refuse, judged against the schema in which it runs.

use std::collections::BTreeSet;

use crate::change::Refusal;
use crate::history::EventKind;
use crate::lint::{Finding, HistoryContext};
use crate::lints::keys::unknown_reference;
use crate::source::Span;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let mut failed = BTreeSet::new();
    let refusals = context.history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Refused(refusal) => Some((event, refusal)),
        _ => None,
    });
    // A statement fails as a whole and fails once.
    let first = refusals.filter(|(event, _)| failed.insert(event.statement));
    let others = first.filter(|(event, refusal)| !unknown_reference::reports(context.history, event, refusal));
    others.map(|(event, refusal)| finding(context.history.directory.dialect.name(), event.span, refusal)).collect()
}

fn finding(server: &str, span: Span, refusal: &Refusal) -> Finding {
    let finding = Finding::new(span, format!("{}: {server} refuses the statement and the migration fails", refusal.message));
    match &refusal.because {
        Some((place, why)) => finding.because(*place, why.clone()),
        None => finding,
    }
}
