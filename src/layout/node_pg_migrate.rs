//! node-pg-migrate: `-- Up Migration` and `-- Down Migration` in one file.

use super::facts::{Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, sections};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    identifies_by_name: true,
    way_back: Some(|_| "`-- Down Migration` and the statements behind it".to_owned()),
    late: Late::Fails("node-pg-migrate refuses to run"),
    ..Facts::new("node-pg-migrate", "node-pg-migrate", arrange)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange_as(tree, Kind::NodePgMigrate)
}
