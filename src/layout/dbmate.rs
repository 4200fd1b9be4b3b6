//! dbmate: `-- migrate:up` and `-- migrate:down` in one file.

use super::VersionOrder;
use super::facts::{Facts, Late, WayBack};
use super::sections::{self, Direction, Sections};
use super::tree::{Arrangement, Tree};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Bytes,
    way_back: Some(WayBack::Section("-- migrate:down")),
    without_transaction: Some("write `-- migrate:up transaction:false`"),
    duplicate: Some("dbmate fails on a new database and takes the second one for applied elsewhere"),
    late: Late::Runs,
    ..Facts::new("dbmate", "dbmate", arrange)
};

/// How both directions stand in one file.
pub(super) static SECTIONS: Sections = Sections {
    opts_out: |up, _| up.lines().next().unwrap_or("").contains("transaction:false"),
    takes_folders: true,
    ..Sections::new("dbmate", "-- migrate:up", direction)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange(tree, &SECTIONS)
}

fn direction(line: &str) -> Option<Direction> {
    let words = line.strip_prefix("--")?.trim().strip_prefix("migrate:")?;
    match words.split_whitespace().next()? {
        "up" => Some(Direction::Up),
        "down" => Some(Direction::Down),
        _ => None,
    }
}
