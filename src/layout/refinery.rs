//! Refinery: Flyway's names, in which `U1__name.sql` is a migration like any other.

use std::path::Path;

use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, flyway, project};
use crate::diagnostic::Severity;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    keeps_checksum: true,
    downs: Downs::Unknown,
    duplicate: Some("Refinery fails on a new database and skips the second one elsewhere"),
    late: Late::Fails("Refinery refuses to run"),
    may_be_late: Some("U"),
    deleted: Some("Refinery refuses to run where it has run"),
    renamed: Some(("Refinery compares names and refuses to run where it has run", Severity::Error)),
    ..Facts::new("refinery", "Refinery", arrange)
};

pub(super) fn recognise(root: &Path, tree: &Tree) -> Option<String> {
    let evidence = flyway::recognise(root, tree)?;
    project::names_crate(root, "refinery").then(|| format!("{evidence}, and `Cargo.toml` names refinery"))
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    flyway::arrange_as(tree, Kind::Refinery)
}
