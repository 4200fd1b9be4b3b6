//! Migrations that cannot work, do nothing, or do what replay cannot follow.

pub(super) mod consequences;
pub(super) mod no_effect;
mod not_modelled;
mod stale_reference;
mod syntax_error;
mod would_fail;

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("syntax-error", Check::History(syntax_error::check)),
    ("would-fail", Check::History(would_fail::check)),
    ("stale-reference", Check::Schema(stale_reference::check)),
    ("no-effect", Check::History(no_effect::check)),
    ("not-modelled", Check::History(not_modelled::check)),
];
