//! Versions, names and order of migration files.

mod deleted_after_merge;
mod duplicate_name;
mod duplicate_version;
mod edited_after_merge;
mod future_timestamp;
mod gap;
mod ignored_file;
mod journal_mismatch;
mod misplaced_directive;
mod missing_dependency;
mod mixed_scheme;
mod mixed_width;
mod out_of_order;
mod version_taken;

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("duplicate-version", Check::History(duplicate_version::check)),
    ("gap", Check::History(gap::check)),
    ("mixed-width", Check::History(mixed_width::check)),
    ("mixed-scheme", Check::History(mixed_scheme::check)),
    ("future-timestamp", Check::History(future_timestamp::check)),
    ("ignored-file", Check::History(ignored_file::check)),
    ("duplicate-name", Check::History(duplicate_name::check)),
    ("journal-mismatch", Check::History(journal_mismatch::check)),
    ("misplaced-directive", Check::History(misplaced_directive::check)),
    ("version-taken", Check::Review(version_taken::check)),
    ("out-of-order", Check::Review(out_of_order::check)),
    ("edited-after-merge", Check::Review(edited_after_merge::check)),
    ("deleted-after-merge", Check::Review(deleted_after_merge::check)),
    ("missing-dependency", Check::History(missing_dependency::check)),
];
