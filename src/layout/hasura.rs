//! Hasura: `1676582194859_name/up.sql`, `down.sql`, the number in milliseconds.

use std::path::Path;

use super::facts::{Facts, Late, WayBack};
use super::tree::{Arrangement, Tree};
use super::{Kind, diesel, name};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    way_back: Some(WayBack::File(|folder| format!("{folder}/down.sql"))),
    late: Late::Runs,
    ..Facts::new("hasura", "Hasura", arrange)
};

pub(super) fn recognise(root: &Path, tree: &Tree) -> Option<String> {
    let evidence = diesel::recognise(root, tree)?;
    let are_milliseconds = tree.numbered_folders_with("up.sql").iter().all(|folder| name::leading_digits(folder) == 13);
    are_milliseconds.then(|| format!("{evidence}, numbered in milliseconds"))
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    diesel::arrange_as(tree, Kind::Hasura)
}
