//! Versions, names and order of migration files.

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[];
