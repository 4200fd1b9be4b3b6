//! Down scripts.

mod empty_rollback;
mod missing_rollback;
mod orphan_rollback;
mod rollback_run_forward;

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("missing-rollback", Check::History(missing_rollback::check)),
    ("orphan-rollback", Check::History(orphan_rollback::check)),
    ("rollback-run-forward", Check::History(rollback_run_forward::check)),
    ("empty-rollback", Check::History(empty_rollback::check)),
];

/// Words by which authors say that there is no way back, on purpose.
const MARKERS: [&str; 14] = [
    "irreversible",
    "not reversible",
    "cannot be reversed",
    "cannot be undone",
    "cannot be rolled back",
    "can't be undone",
    "can't be reversed",
    "no rollback",
    "no-op",
    "noop",
    "nothing to undo",
    "intentionally",
    "not supported",
    "unsupported",
];

/// Whether a comment of a text says that there is no way back, on purpose.
fn is_marked_irreversible(text: &str) -> bool {
    text.lines().filter_map(|line| line.split_once("--")).any(|(_, comment)| holds_marker(comment))
}

/// Whether words that there is no way back stand anywhere, as in `SELECT 'not supported'`.
fn holds_marker(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    MARKERS.iter().any(|marker| text.contains(marker))
}
