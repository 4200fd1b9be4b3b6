//! CHECK constraints and defaults.

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[];
