//! A migration that waits for a lock for as long as it takes, and lets everybody wait behind it.

use super::Step;
use crate::lint::{Finding, HistoryContext};
use crate::locks::{Lock, Moment, Script};
use crate::sql::Body;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let waiting: Vec<(&Moment, &Lock)> = context.facts.pending.scripts.iter().filter_map(|script| first_wait(context, script)).collect();
    let Some((moment, lock)) = waiting.first() else { return Vec::new() };
    let others = match waiting.len() {
        1 => String::new(),
        2 => ", here and in another migration".to_owned(),
        several => format!(", here and in {} other migrations", several - 1),
    };
    let message = format!(
        "this waits for a lock on `{}` without a limit, and whoever comes later waits behind it: no `lock_timeout` is set{others}",
        lock.relation.name
    );
    let help = "fail and try again rather than make others wait:\nSET lock_timeout = '5s';";
    vec![Finding::new(moment.span, message).object(&lock.relation).help(help)]
}

/// The first step of a migration that waits for a lock with no limit set before it.
fn first_wait<'a>(context: &'a HistoryContext<'a>, script: &'a Script) -> Option<(&'a Moment, &'a Lock)> {
    let mut before_limit = script.moments.iter().take_while(|moment| !limits(moment));
    before_limit.find_map(|moment| Some((moment, Step { context, moment }.strong_locks().next()?)))
}

fn limits(moment: &Moment) -> bool {
    let is_limit = |name: &str| ["lock_timeout", "statement_timeout"].iter().any(|limit| name.eq_ignore_ascii_case(limit));
    matches!(moment.body(), Some(Body::Setting { name, value }) if is_limit(name) && value != "0")
}
