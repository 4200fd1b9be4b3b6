//! A table that stays locked while the same transaction works on others.

use super::{Step, leaves_no_rows, steps};
use crate::lint::{Finding, HistoryContext};
use crate::locks::{Lock, LockMode, Work};
use crate::source::FileId;

/// A lock that is held since a step.
struct Held<'a> {
    step: Step<'a>,
    lock: &'a Lock,
}

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut held: Vec<Held> = Vec::new();
    let mut reported: Vec<(FileId, usize)> = Vec::new();
    for step in steps(context) {
        held.retain(|held| is_same_transaction(&held.step, &step));
        let Some(transaction) = step.moment.transaction else { continue };
        if let Some((held, work)) = waits(&held, &step)
            && !reported.contains(&(step.moment.whole.file, transaction))
        {
            reported.push((step.moment.whole.file, transaction));
            findings.push(finding(held, &step, work));
        }
        let exclusive = step.strong_locks().filter(|lock| lock.mode == LockMode::AccessExclusive);
        held.extend(exclusive.map(|lock| Held { step, lock }));
    }
    findings
}

fn is_same_transaction(one: &Step, other: &Step) -> bool {
    one.moment.whole.file == other.moment.whole.file && one.moment.transaction == other.moment.transaction
}

/// A table locked by an earlier statement for which this one's work on another table means waiting.
fn waits<'h, 'a>(held: &'h [Held<'a>], step: &Step<'a>) -> Option<(&'h Held<'a>, &'a Lock)> {
    let is_in_use = |lock: &&Lock| step.moment.before.table(&lock.relation).is_some_and(|table| step.is_in_use(table));
    // A table that this finds no row in costs nothing.
    let is_empty = |lock: &&Lock| {
        let adds = step.moment.change().is_some_and(|change| leaves_no_rows(&change.kind));
        adds || step.is_emptied(&lock.relation, leaves_no_rows)
    };
    let work = step.moment.locks.iter().filter(is_in_use).find(|lock| lock.work > Work::None && !is_empty(lock))?;
    let held = held.iter().find(|held| held.lock.relation != work.relation && held.step.moment.statement != step.moment.statement)?;
    Some((held, work))
}

fn finding(held: &Held, step: &Step, work: &Lock) -> Finding {
    let (locked, worked) = (&held.lock.relation, &work.relation);
    let message = format!(
        "this works on all of `{}` while the transaction still locks `{}` in {} mode: {} of both wait",
        worked.name,
        locked.name,
        held.lock.mode.to_sql(),
        held.lock.mode.blocks()
    );
    let finding = Finding::new(step.moment.span, message).object(worked);
    finding.because(held.step.moment.span, format!("`{}` is locked from here on", locked.name)).help("make two migrations of it")
}
