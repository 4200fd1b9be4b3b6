//! The table of checks: one file per group with its rows, one file per lint below it.

pub mod keys;
pub mod tenant;
pub mod numbering;
pub mod rollback;
pub mod checks;
pub mod replay;

use crate::lint::Check;

/// Every built-in check by the id of its card, group by group.
pub fn checks() -> impl Iterator<Item = (&'static str, Check)> {
    [numbering::CHECKS, rollback::CHECKS, tenant::CHECKS, keys::CHECKS, checks::CHECKS, replay::CHECKS].into_iter().flatten().copied()
}
