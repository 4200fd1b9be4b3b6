//! A statement whose effect on the schema replay cannot know.

use std::collections::BTreeSet;

use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let mut reported = BTreeSet::new();
    let first = context.history.not_modelled_events().filter(|(event, _)| reported.insert(event.statement));
    first.map(|(event, reason)| Finding::new(event.span, message(reason))).collect()
}

fn message(reason: &str) -> String {
    format!("{reason}: replay cannot follow this, so the schema may differ from here on, and checks of what it may have touched stay quiet")
}
