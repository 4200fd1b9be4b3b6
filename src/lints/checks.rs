//! CHECK constraints and defaults.

mod allowed;
mod check_narrowed;
mod default_violates_check;
mod evaluate;
mod never_true_check;
mod set_not_null_without_backfill;
mod value_too_long;

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("value-too-long", Check::Schema(value_too_long::check)),
    ("default-violates-check", Check::Schema(default_violates_check::check)),
    ("check-narrowed", Check::Schema(check_narrowed::check)),
    ("never-true-check", Check::Schema(never_true_check::check)),
    ("set-not-null-without-backfill", Check::Schema(set_not_null_without_backfill::check)),
];
