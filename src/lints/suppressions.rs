//! Comments that allow findings.

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[("invalid-suppression", Check::Run), ("unused-suppression", Check::Run)];
