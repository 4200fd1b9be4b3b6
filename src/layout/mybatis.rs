//! MyBatis Migrations: what goes back stands behind `-- //@UNDO`.

use super::facts::{Facts, Late, WayBack};
use super::sections::{self, Direction, Forward, Sections};
use super::tree::{Arrangement, Tree};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    way_back: Some(WayBack::Section("-- //@UNDO")),
    late: Late::Fails("`migrate up` never runs it where that one has run"),
    ..Facts::new("mybatis", "MyBatis Migrations", arrange)
};

/// How both directions stand in one file.
pub(super) static SECTIONS: Sections = Sections {
    forward: Forward::First,
    follows_number: |rest| rest.starts_with('_'),
    misnamed: sections::refuse,
    ..Sections::new("MyBatis Migrations", "-- //@UNDO", direction)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange(tree, &SECTIONS)
}

fn direction(line: &str) -> Option<Direction> {
    let comment = line.trim().strip_prefix("--").or_else(|| line.trim().strip_prefix("//"))?;
    (comment.replace(' ', "") == "//@UNDO").then_some(Direction::Down)
}
