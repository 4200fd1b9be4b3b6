//! db-migrate: `sqls/20240131120000-name-up.sql`, `-down.sql`.

use std::path::Path;

use super::facts::{Facts, WayBack};
use super::tree::{Arrangement, Tree};
use super::{Kind, postgrator};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    way_back: Some(WayBack::File(|stem| format!("{}-down.sql", stem.strip_suffix("-up").unwrap_or(stem)))),
    ..Facts::new("db-migrate", "db-migrate", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    postgrator::recognise_as(tree, Kind::DbMigrate, "18-name-up.sql")
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    postgrator::arrange_as(tree, Kind::DbMigrate)
}
