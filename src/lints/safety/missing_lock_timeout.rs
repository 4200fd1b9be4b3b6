//! A migration that waits for a lock for as long as it takes, and lets everybody wait behind it.

use crate::lint::{Finding, HistoryContext};
use crate::locks::{Moment, Script};
use crate::sql::Body;

use super::Step;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    context.facts.pending.scripts.iter().filter_map(|script| of_script(context, script)).collect()
}

fn of_script(context: &HistoryContext, script: &Script) -> Option<Finding> {
    let before_limit = script.moments.iter().take_while(|moment| !limits(moment));
    let mut locking = before_limit.filter_map(|moment| Some((moment, Step { context, moment }.strong_locks().next()?)));
    let (moment, lock) = locking.next()?;
    let message = format!(
        "this waits for a lock on `{}` without a limit, and whoever comes later waits behind it: no `lock_timeout` is set",
        lock.relation.name
    );
    let help = "fail and try again rather than make others wait:\nSET lock_timeout = '5s';";
    Some(Finding::new(moment.span, message).object(&lock.relation).help(help))
}

fn limits(moment: &Moment) -> bool {
    let is_limit = |name: &str| ["lock_timeout", "statement_timeout"].iter().any(|limit| name.eq_ignore_ascii_case(limit));
    matches!(moment.body(), Some(Body::Setting { name, value }) if is_limit(name) && value != "0")
}
