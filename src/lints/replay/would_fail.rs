//! A statement the database would refuse, judged against the schema in which it runs.

use std::collections::BTreeSet;

use super::consequences::Consequences;
use crate::change::Refusal;
use crate::diagnostic::Severity;
use crate::history::{EventKind, History};
use crate::lint::{Finding, HistoryContext};
use crate::lints::keys::unknown_reference;
use crate::source::Span;

/// Labels on a finding.
const LABELS: usize = 12;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let mut failed = BTreeSet::new();
    let server = context.history.directory.dialect.name();
    let refusals = context.history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Refused(refusal) => Some((event, refusal)),
        _ => None,
    });
    // A statement fails as a whole and fails once.
    let first = refusals.filter(|(event, _)| failed.insert(event.statement));
    let first = first.filter(|(_, refusal)| !context.history.may_have_elsewhere(refusal));
    let others = first.filter(|(event, refusal)| !unknown_reference::reports(context.history, event, refusal));
    let consequences = Consequences::of(context.history);
    let others = others.filter(|(event, _)| !consequences.include(event.statement));
    let others = others.map(|(event, refusal)| consequences.told(finding(server, event.span, refusal), event.statement));
    foundation(context.history).into_iter().chain(others).collect()
}

/// Relations that have to be there before the first migration, as one piece of information.
fn foundation(history: &History) -> Option<Finding> {
    let (first, rest) = history.foundation.split_first()?;
    let count = history.foundation.len();
    let message = format!(
        "the migrations build on {count} relations that none of them makes, `{}` the first: they fail on an empty database",
        first.0.to_sql()
    );
    let finding = Finding::new(first.1, message).severity(Severity::Info);
    let help = "apply the schema these relations come from first, or make it the first migration";
    let labels = rest.iter().take(LABELS);
    Some(labels.fold(finding.help(help), |finding, (name, span)| finding.because(*span, format!("`{}` is needed here", name.to_sql()))))
}

fn finding(server: &str, span: Span, refusal: &Refusal) -> Finding {
    let finding = Finding::new(span, format!("{}: {server} refuses the statement and the migration fails", refusal.message));
    match &refusal.because {
        Some((place, why)) => finding.because(*place, why.clone()),
        None => finding,
    }
}
