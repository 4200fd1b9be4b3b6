//! goose: `-- +goose Up` and `-- +goose Down` in one file.

use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, sections};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    downs: Downs::Continued,
    way_back: Some(|_| "`-- +goose Down` and the statements behind it".to_owned()),
    without_transaction: Some("add the line `-- +goose NO TRANSACTION`"),
    misplaced: Some(misplaced),
    duplicate: Some("goose refuses to run"),
    late: Late::Fails("goose refuses to run without -allow-missing"),
    ..Facts::new("goose", "goose", arrange)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange_as(tree, Kind::Goose)
}

fn misplaced(line: &str, _: usize) -> Option<&'static str> {
    let is_indented =
        line.starts_with([' ', '\t']) && line.trim_start().strip_prefix("--").is_some_and(|rest| rest.trim_start().starts_with("+goose "));
    is_indented.then_some("goose refuses a directive that does not stand at the start of its line")
}
