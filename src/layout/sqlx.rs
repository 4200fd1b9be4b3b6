//! sqlx: `1_name.sql`, or `1_name.up.sql` with `1_name.down.sql`.

use std::path::Path;

use super::facts::{Facts, Late, WayBack};
use super::tree::{Arrangement, Tree};
use super::{Kind, golang_migrate, project, timestamped};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    keeps_checksum: true,
    way_back: Some(WayBack::File(|stem| format!("{}.down.sql", stem.strip_suffix(".up").unwrap_or(stem)))),
    without_transaction: Some("make `-- no-transaction` the first line, and this the file's only statement"),
    misplaced: Some(misplaced),
    duplicate: Some("sqlx fails on the second one"),
    late: Late::Runs,
    deleted: Some("sqlx refuses to run where it has run"),
    ..Facts::new("sqlx", "sqlx", arrange)
};

pub(super) fn by_directions(root: &Path, tree: &Tree) -> Option<String> {
    let (ups, _) = golang_migrate::directions(tree);
    let is_ours = ups > 0 && project::names_crate(root, "sqlx");
    is_ours.then(|| format!("{}, and `Cargo.toml` names sqlx", golang_migrate::evidence(ups)))
}

pub(super) fn by_dates(root: &Path, tree: &Tree) -> Option<String> {
    let (dated, _) = timestamped::count(tree);
    (dated > 0 && project::names_crate(root, "sqlx")).then(|| "`Cargo.toml` names sqlx".to_string())
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    golang_migrate::arrange_as(tree, Kind::Sqlx)
}

/// sqlx only looks at the first bytes of a file.
fn misplaced(line: &str, offset: usize) -> Option<&'static str> {
    let is_late = offset > 0 && line.trim().starts_with("-- no-transaction");
    is_late.then_some("sqlx only looks at the very first bytes of the file, so the transaction stays")
}
