//! sql-migrate: `-- +migrate Up` and `-- +migrate Down` in one file.

use super::facts::{Downs, Facts, Late, WayBack};
use super::sections::{self, Direction, Sections};
use super::tree::{Arrangement, Tree};
use crate::diagnostic::Severity;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    identifies_by_name: true,
    downs: Downs::Continued,
    way_back: Some(WayBack::Section("-- +migrate Down")),
    without_transaction: Some("write `-- +migrate Up notransaction`"),
    misplaced: Some(misplaced),
    late: Late::Runs,
    deleted: Some("sql-migrate refuses to run where it has run"),
    renamed: Some(("migrations are known by their whole names, so it runs again", Severity::Error)),
    ..Facts::new("sql-migrate", "sql-migrate", arrange)
};

/// How both directions stand in one file.
pub(super) static SECTIONS: Sections = Sections {
    opts_out: |up, _| up.lines().next().unwrap_or("").contains("notransaction"),
    ..Sections::new("sql-migrate", "-- +migrate Up", direction)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange(tree, &SECTIONS)
}

fn direction(line: &str) -> Option<Direction> {
    match line.strip_prefix("-- +migrate ")?.split_whitespace().next()? {
        "Up" => Some(Direction::Up),
        "Down" => Some(Direction::Down),
        _ => None,
    }
}

fn misplaced(line: &str, _: usize) -> Option<&'static str> {
    let comment = line.trim_start().strip_prefix("--");
    let is_directive = comment.is_some_and(|rest| rest.trim_start().to_ascii_lowercase().starts_with("+migrate "));
    (is_directive && !line.starts_with("-- +migrate ")).then_some("sql-migrate only sees lines that begin with exactly `-- +migrate `")
}
