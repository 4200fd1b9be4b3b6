//! node-pg-migrate: `-- Up Migration` and `-- Down Migration` in one file.

use super::facts::{Facts, Late, WayBack};
use super::sections::{self, Direction, Forward, Sections};
use super::tree::{Arrangement, Tree};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    identifies_by_name: true,
    way_back: Some(WayBack::Section("-- Down Migration")),
    late: Late::Fails("node-pg-migrate refuses to run"),
    ..Facts::new("node-pg-migrate", "node-pg-migrate", arrange)
};

/// How both directions stand in one file.
pub(super) static SECTIONS: Sections = Sections {
    forward: Forward::MarkedOrFirst,
    // Headings in capitals are somebody's own.
    is_heading: |line| line.contains("UP MIGRATION"),
    misnamed: sections::refuse,
    programs: &[".js", ".ts", ".cjs", ".mjs"],
    ..Sections::new("node-pg-migrate", "-- Up Migration", direction)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange(tree, &SECTIONS)
}

/// Dashes as one likes.
fn direction(line: &str) -> Option<Direction> {
    let comment = line.trim_start().strip_prefix("--")?.trim_start_matches(['-', ' ', '\t']).to_ascii_lowercase();
    let mut words = comment.split_whitespace();
    let (direction, what) = (words.next()?, words.next()?);
    match (direction, what.starts_with("migration")) {
        ("up", true) => Some(Direction::Up),
        ("down", true) => Some(Direction::Down),
        _ => None,
    }
}
