//! Keys and references at the end of history.

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[];
