//! A migration that waits for a lock for as long as it takes, and lets everybody wait behind it.

use super::Step;
use crate::lint::{Finding, HistoryContext};
use crate::locks::{Lock, Moment, Script};
use crate::schema::Dialect;
use crate::sql::Body;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let waiting: Vec<(&Moment, &Lock)> = context.facts.pending.scripts.iter().filter_map(|script| first_wait(context, script)).collect();
    let Some((moment, lock)) = waiting.first() else { return Vec::new() };
    let others = match waiting.len() {
        1 => String::new(),
        2 => ", here and in another migration".to_owned(),
        several => format!(", here and in {} other migrations", several - 1),
    };
    let (limit, set) = match lock.online {
        Some(_) => ("lock_wait_timeout", "SET lock_wait_timeout = 5"),
        None => ("lock_timeout", "SET lock_timeout = '5s'"),
    };
    let message = format!(
        "this waits for a lock on `{}` without a limit, and whoever comes later waits behind it: no `{limit}` is set{others}",
        lock.relation.name
    );
    let help = format!("fail and try again rather than make others wait:\n{set};");
    vec![Finding::new(moment.span, message).object(&lock.relation).help(help)]
}

/// The first step of a migration that waits for a lock with no limit set before it.
fn first_wait<'a>(context: &'a HistoryContext<'a>, script: &'a Script) -> Option<(&'a Moment, &'a Lock)> {
    let mut before_limit = script.moments.iter().take_while(|moment| !limits(moment));
    before_limit.find_map(|moment| Some((moment, Step { context, moment }.waited_for().next()?)))
}

fn limits(moment: &Moment) -> bool {
    let is_limit = |name: &str| ["lock_timeout", "statement_timeout"].iter().any(|limit| name.eq_ignore_ascii_case(limit));
    match moment.body() {
        // MySQL's is behind a word of where it counts: `SET SESSION lock_wait_timeout = 5`.
        Some(Body::Setting { name, value }) if moment.before.dialect == Dialect::MySql => {
            format!("{name} {value}").to_ascii_lowercase().contains("lock_wait_timeout")
        }
        Some(Body::Setting { name, value }) => is_limit(name) && value != "0",
        _ => false,
    }
}
