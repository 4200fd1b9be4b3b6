//! Rollbacks that stop at a statement.

use crate::change::Refusal;
use crate::history::{Cause, Failure, Group, Rollback, Stop, Verdict};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::lints::replay::consequences::Consequences;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let consequences = Consequences::of(context.history);
    // What an earlier migration could not make, no rollback can take back: that migration's own finding says so.
    let follows =
        |failure: &Failure, migration: usize| matches!(&failure.cause, Cause::Refused(refusal) if consequences.explain(refusal, migration));
    let alone = super::judged(context).filter_map(|rollback| match &rollback.verdict {
        Verdict::Fails(failure) if follows(failure, rollback.migration) => None,
        Verdict::Fails(failure) => finding(context, rollback.migration, failure, when(rollback)),
        _ => None,
    });
    alone.chain(in_chain(context)).collect()
}

fn when(rollback: &Rollback) -> &'static str {
    match rollback.group {
        Group::Alone => "right after it",
        Group::First | Group::Other => "with those that were generated with it",
    }
}

/// A rollback that runs right after its migration, and not on what the later rollbacks leave.
fn in_chain(context: &HistoryContext) -> Option<Finding> {
    let Some(Stop::Fails(migration, failure)) = &super::chain::of(context)?.stop else { return None };
    let mut rollbacks = context.rollbacks().iter().filter(|rollback| rollback.migration == *migration);
    let fails_alone = rollbacks.any(|rollback| matches!(rollback.verdict, Verdict::Fails(_)));
    if fails_alone { None } else { finding(context, *migration, failure, "when the later migrations are rolled back first") }
}

/// What does not parse is [syntax-error](crate::lints::replay)'s.
fn finding(context: &HistoryContext, migration: usize, failure: &Failure, when: &str) -> Option<Finding> {
    let Cause::Refused(Refusal { message, because, .. }) = &failure.cause else { return None };
    let name = files::title(context, context.history.migrations.get(migration)?);
    let server = context.history.directory.dialect.name();
    let message = format!("{message}: {server} refuses the statement, and `{name}` cannot be rolled back {when}");
    let finding = Finding::new(failure.span, message).object(name);
    Some(match because {
        Some((place, why)) => finding.because(*place, why.clone()),
        None => finding,
    })
}
