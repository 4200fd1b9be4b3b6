//! goose: `-- +goose Up` and `-- +goose Down` in one file.

use super::facts::{Downs, Facts, Late, WayBack};
use super::sections::{self, Direction, Sections, directive};
use super::tree::{Arrangement, Tree};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    downs: Downs::Continued,
    way_back: Some(WayBack::Section("-- +goose Down")),
    without_transaction: Some("add the line `-- +goose NO TRANSACTION`"),
    misplaced: Some(misplaced),
    duplicate: Some("goose refuses to run"),
    late: Late::Fails("goose refuses to run without -allow-missing"),
    ..Facts::new("goose", "goose", arrange)
};

/// How both directions stand in one file.
pub(super) static SECTIONS: Sections = Sections {
    follows_number: |rest| rest.starts_with('_'),
    opts_out,
    programs: &[".go"],
    ..Sections::new("goose", "-- +goose Up", direction)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange(tree, &SECTIONS)
}

fn direction(line: &str) -> Option<Direction> {
    let words = directive(line.strip_prefix("--")?, "+goose")?;
    let word = words.split_whitespace().next()?;
    let directions = [("up", Direction::Up), ("down", Direction::Down)];
    directions.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, direction)| direction)
}

/// One line is for both directions, wherever it stands.
fn opts_out(_: &str, text: &str) -> bool {
    let mut directives = text.lines().filter_map(|line| directive(line.strip_prefix("--")?, "+goose"));
    directives.any(|words| words.eq_ignore_ascii_case("no transaction"))
}

fn misplaced(line: &str, _: usize) -> Option<&'static str> {
    let is_indented =
        line.starts_with([' ', '\t']) && line.trim_start().strip_prefix("--").is_some_and(|rest| rest.trim_start().starts_with("+goose "));
    is_indented.then_some("goose refuses a directive that does not stand at the start of its line")
}
