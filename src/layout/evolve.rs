//! Evolve: Flyway's names in whatever case.

use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, flyway};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    keeps_checksum: true,
    downs: Downs::Unknown,
    without_transaction: Some("make `-- evolve-tx-off` the first line"),
    duplicate: Some("Evolve refuses to run"),
    late: Late::Fails("Evolve refuses to run unless it is told to run out of order"),
    ..Facts::new("evolve", "Evolve", arrange)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    flyway::arrange_as(tree, Kind::Evolve)
}
