//! All rollbacks one after the other, where that was asked for.

use crate::history::Chain;
use crate::lint::{HistoryContext, Rollbacks};

/// What becomes of all rollbacks from the newest to the oldest.
pub(super) fn of(context: &HistoryContext) -> Option<Chain> {
    (context.facts.rollbacks == Rollbacks::Chain).then(|| context.history.chain(context.sources))
}
