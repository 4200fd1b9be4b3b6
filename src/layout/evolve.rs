//! Evolve: Flyway's names in whatever case.

use std::path::Path;

use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, flyway, project};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    keeps_checksum: true,
    downs: Downs::Unknown,
    without_transaction: Some("make `-- evolve-tx-off` the first line"),
    duplicate: Some("Evolve refuses to run"),
    late: Late::Fails("Evolve refuses to run unless it is told to run out of order"),
    ..Facts::new("evolve", "Evolve", arrange)
};

pub(super) fn recognise(root: &Path, tree: &Tree) -> Option<String> {
    let (all, exact) = (flyway::count(tree, Kind::Evolve), flyway::count(tree, Kind::Flyway));
    if all == 0 || !project::names_package(root, "Evolve") {
        return None;
    }
    let evidence = if all > exact {
        format!("{all} of {} names are like `v1__name.sql`", flyway::names(tree).count())
    } else {
        flyway::recognise(root, tree)?
    };
    Some(format!("{evidence}, and the project names Evolve"))
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    flyway::arrange_as(tree, Kind::Evolve)
}
