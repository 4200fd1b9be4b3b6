//! Rollbacks that lead to another schema than the one before their migration.

use std::collections::BTreeSet;

use super::wording;
use crate::difference::{self, Difference, DifferenceKind, Object};
use crate::history::{Culprit, Group, Migration, Remainder, Rollback, Verdict};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::schema::Schema;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let alone = super::judged(context).filter_map(|rollback| judge(context, rollback));
    alone.chain(in_chain(context)).collect()
}

/// What all rollbacks together leave and none of them alone.
fn in_chain(context: &HistoryContext) -> Option<Finding> {
    let chain = super::chain::of(context)?;
    let oldest = context.history.migrations.len().checked_sub(chain.undone)?;
    let migration = context.history.migrations.get(oldest)?;
    let alone: BTreeSet<&Object> = context.rollbacks().iter().flat_map(|rollback| objects(&rollback.verdict)).collect();
    let is_new = |difference: &&Difference| super::is_expected_back(difference) && !alone.contains(&difference.object);
    let left: Vec<&Difference> = chain.differences.iter().filter(is_new).collect();
    if left.is_empty() {
        return None;
    }
    let listed = wording::list(&left.iter().map(|difference| wording::respect(difference)).collect::<Vec<_>>());
    let name = files::title(context, migration);
    let message = format!("all rollbacks from the newest to that of `{name}` do not lead back to where it started: {listed} differs");
    let finding = Finding::new(files::first_line(context.sources, migration.file.down?), message).object(name);
    Some(left.into_iter().fold(finding, |finding, difference| match difference.after.or(difference.before) {
        Some(span) => finding.because(span, explanation(difference)),
        None => finding,
    }))
}

fn objects(verdict: &Verdict) -> impl Iterator<Item = &Object> {
    let remainders: &[Remainder] = if let Verdict::Differs(remainders) = verdict { remainders } else { &[] };
    remainders.iter().map(|remainder| &remainder.difference.object)
}

fn judge(context: &HistoryContext, rollback: &Rollback) -> Option<Finding> {
    let Verdict::Differs(all) = &rollback.verdict else { return None };
    let migration = context.history.migrations.get(rollback.migration)?;
    let remainders: Vec<&Remainder> = all.iter().filter(|remainder| remainder.culprit == Culprit::Migration).collect();
    let is_expected_back = |remainder: &&Remainder| {
        let schemas = [migration.before.as_ref(), rollback.end.as_ref()];
        super::is_expected_back(&remainder.difference) && !super::is_behind_column(&remainder.difference.object, schemas)
    };
    if !remainders.iter().any(is_expected_back) || is_deliberate(context, rollback, migration) {
        return None;
    }
    let part = migration.file.down?;
    let name = files::title(context, migration);
    let (with, before) = match rollback.group {
        Group::Alone => ("", "it"),
        _ => (", run with those that were generated with it,", "them"),
    };
    let message = format!("the rollback of `{name}`{with} {}: the schema is not the one before {before}", summary(&remainders));
    let finding = Finding::new(files::first_line(context.sources, part), message).object(name).help(completion(migration, &rollback.end));
    let finding = finding.fix(super::repair::completed(context, rollback, all));
    Some(remainders.iter().fold(finding, |finding, remainder| label(finding, remainder)))
}

/// The statements that lead on to the schema before the migration.
fn completion(migration: &Migration, end: &Schema) -> String {
    let missing = difference::alter(end, &migration.before);
    let statements: Vec<String> = missing.statements.iter().map(|statement| format!("{statement};")).collect();
    if statements.is_empty() {
        return "say in a comment what PostgreSQL cannot take back".to_owned();
    }
    format!("complete the rollback:\n{}", statements.join("\n"))
}

/// A rollback that does nothing at all is [`super::empty_rollback`]'s; otherwise a comment may say why it stops short.
fn is_deliberate(context: &HistoryContext, rollback: &Rollback, migration: &Migration) -> bool {
    let marked = |part: crate::layout::SourcePart| super::is_marked_irreversible(context.sources.text(part.span));
    let does_nothing = rollback.group == Group::Alone && !migration.down.iter().flatten().any(super::has_effect);
    does_nothing || marked(migration.file.up) || migration.file.down.is_some_and(marked)
}

/// `leaves a behind, does not bring back b and changes c`.
fn summary(remainders: &[&Remainder]) -> String {
    let of = |wanted: fn(&DifferenceKind) -> bool| -> Vec<String> {
        let differences = remainders.iter().map(|remainder| &remainder.difference);
        differences.filter(|difference| wanted(&difference.kind)).map(wording::respect).collect()
    };
    let parts = [
        ("leaves", of(|kind| *kind == DifferenceKind::Added), " behind"),
        ("does not bring back", of(|kind| *kind == DifferenceKind::Removed), ""),
        ("does not restore", of(|kind| matches!(kind, DifferenceKind::Altered { .. })), ""),
    ];
    let parts = parts.into_iter().filter(|(_, objects, _)| !objects.is_empty());
    let parts: Vec<String> = parts.map(|(verb, objects, end)| format!("{verb} {}{end}", wording::list(&objects))).collect();
    wording::list(&parts)
}

fn label(finding: Finding, remainder: &Remainder) -> Finding {
    let difference = &remainder.difference;
    let Some(span) = remainder.span.or(difference.after).or(difference.before) else { return finding };
    finding.because(span, explanation(difference))
}

fn explanation(difference: &Difference) -> String {
    let respect = wording::respect(difference);
    match &difference.kind {
        DifferenceKind::Added => format!("{respect} is left behind"),
        DifferenceKind::Removed => format!("{respect} is lost"),
        DifferenceKind::Altered { .. } => format!("{respect} is not restored{}", wording::change(difference)),
    }
}
