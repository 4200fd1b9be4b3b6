//! A drop that takes along whatever depends on the object.

use super::changes;
use crate::change::{ChangeKind, TakenAlong};
use crate::lint::{Finding, HistoryContext};

/// So many of the objects are named.
const MAX_NAMED: usize = 5;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let cascades = matches!(
            change,
            ChangeKind::Drop { cascade: true, .. }
                | ChangeKind::DropColumn { cascade: true, .. }
                | ChangeKind::DropConstraint { cascade: true, .. }
        );
        let is_old = |object: &&TakenAlong| object.span.is_some_and(|span| !step.is_new(span));
        let taken: Vec<&TakenAlong> = step.moment.applied.took_along.iter().filter(|_| cascades).filter(is_old).collect();
        let named: Vec<&str> = taken.iter().take(MAX_NAMED).map(|object| object.object.as_str()).collect();
        let more = taken.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        if taken.is_empty() {
            return None;
        }
        let finding = Finding::new(step.moment.span, format!("`CASCADE` also drops {}{more}", named.join(", ")));
        let labelled = taken.iter().take(MAX_NAMED).filter_map(|object| Some((object.span?, &object.object)));
        let finding = labelled.fold(finding, |finding, (span, object)| finding.because(span, format!("{object} was made here")));
        Some(finding.help("drop these by name, and leave CASCADE out, so that nothing goes that nobody thought of"))
    });
    found.collect()
}
