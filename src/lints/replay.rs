//! Migrations that cannot work.

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[];
