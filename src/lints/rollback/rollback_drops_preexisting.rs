//! Rollbacks that take away, or change, what their migration had left alone.

use super::wording;
use crate::diagnostic::Severity;
use crate::difference::DifferenceKind;
use crate::history::{Culprit, EventKind, Remainder, Rollback, Verdict};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::source::Span;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    super::judged(context).filter_map(|rollback| judge(context, rollback)).collect()
}

fn judge(context: &HistoryContext, rollback: &Rollback) -> Option<Finding> {
    let Verdict::Differs(remainders) = &rollback.verdict else { return None };
    let migration = context.history.migrations.get(rollback.migration)?;
    let is_own = |remainder: &&Remainder| {
        let schemas = [migration.before.as_ref(), rollback.end.as_ref()];
        let is_own = remainder.culprit == Culprit::Rollback && super::is_expected_back(&remainder.difference);
        is_own && !super::is_behind_column(&remainder.difference.object, schemas)
    };
    let remainders: Vec<&Remainder> = remainders.iter().filter(is_own).collect();
    let first = remainders.first()?;
    let name = files::title(context, migration);
    let place = match first.span {
        Some(span) => span,
        None => files::first_line(context.sources, migration.file.down?),
    };
    let (renamed, others): (Vec<&Remainder>, Vec<&Remainder>) = remainders.iter().partition(|remainder| remainder.renamed.is_some());
    let (lost, changed): (Vec<&Remainder>, Vec<&Remainder>) =
        others.iter().partition(|remainder| remainder.difference.kind == DifferenceKind::Removed);
    let parts = [("drops", lost.as_slice()), ("renames", &renamed), ("changes", &changed)];
    let parts = parts.into_iter().filter(|(_, remainders)| !remainders.is_empty());
    let parts: Vec<String> = parts.map(|(verb, remainders)| format!("{verb} {}", listed(remainders))).collect();
    let what = wording::list(&parts);
    let (clause, outcome, help) = match lost.is_empty() {
        true => ("left as it was", "leads to another schema than before", "leave it as it was, or let the migration change it first"),
        false => ("did not make", "destroys what was there before it", "leave it out of the rollback"),
    };
    let message = format!("the rollback {what}, which `{name}` {clause}: going back {outcome}");
    let finding = Finding::new(place, message).object(name).help(help);
    let finding = if lost.is_empty() { finding.severity(Severity::Warning) } else { finding };
    let finding = remainders.iter().fold(finding, |finding, remainder| label(finding, remainder, place));
    Some(match skipped(context, rollback.migration, &remainders) {
        Some((span, reason)) => finding.because(span, format!("{reason}: this made nothing")),
        None => finding,
    })
}

fn listed(remainders: &[&Remainder]) -> String {
    wording::list(&remainders.iter().map(|remainder| named(remainder)).collect::<Vec<_>>())
}

/// ``column `users.email` ``, with its new name where the rollback gave it one.
fn named(remainder: &Remainder) -> String {
    let respect = wording::respect(&remainder.difference);
    match &remainder.renamed {
        Some(name) => format!("{respect} to `{name}`"),
        None => respect,
    }
}

fn label(finding: Finding, remainder: &Remainder, place: Span) -> Finding {
    let respect = wording::respect(&remainder.difference);
    let finding = match remainder.difference.before {
        Some(made) => finding.because(made, format!("{respect} stems from here")),
        None => finding,
    };
    match remainder.span.filter(|span| *span != place) {
        Some(span) => finding.because(span, format!("the rollback changes {respect} here{}", wording::change(&remainder.difference))),
        None => finding,
    }
}

/// The statement of the migration that found the object and passed it over.
fn skipped(context: &HistoryContext, migration: usize, remainders: &[&Remainder]) -> Option<(Span, String)> {
    context.history.events_of(migration).iter().find_map(|event| match &event.kind {
        EventKind::NoEffect(no_effect) => {
            let existing = no_effect.existing?;
            let is_lost = remainders.iter().any(|remainder| remainder.difference.before == Some(existing));
            is_lost.then(|| (event.span, no_effect.reason.clone()))
        }
        _ => None,
    })
}
