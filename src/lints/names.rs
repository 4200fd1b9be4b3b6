//! Names, comments and columns that a schema's own habits, or the configuration, ask for.

mod identifier_truncated;
mod missing_column_comment;
mod missing_table_comment;
mod required_columns;
mod reserved_word;
mod style_drift;

use super::keys::{known_tables, path};
use super::libraries;
use crate::lint::Check;
use crate::schema::{Schema, Table};

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("reserved-word", Check::Schema(reserved_word::check)),
    ("identifier-truncated", Check::Schema(identifier_truncated::check)),
    ("style-drift", Check::Schema(style_drift::check)),
    ("missing-table-comment", Check::Schema(missing_table_comment::check)),
    ("missing-column-comment", Check::Schema(missing_column_comment::check)),
    ("required-columns", Check::Schema(required_columns::check)),
];

/// Tables that were designed here: no partitions and children, which follow their parent, no foreign tables, and none
/// whose columns a library dictates.
fn designed_tables(schema: &Schema) -> impl Iterator<Item = &Table> {
    known_tables(schema).filter(|table| !table.is_child() && !table.foreign && !libraries::dictates(table))
}
