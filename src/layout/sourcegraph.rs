//! Sourcegraph: `1648051770_name/up.sql`, `down.sql`, `metadata.yaml`.

use std::path::Path;

use super::facts::{Facts, WayBack};
use super::tree::{Arrangement, Tree};
use super::{Kind, diesel};
use crate::sql::Dialect;

pub(super) static FACTS: Facts =
    Facts { way_back: Some(WayBack::File(|folder| format!("{folder}/down.sql"))), ..Facts::new("sourcegraph", "Sourcegraph", arrange) };

pub(super) fn recognise(root: &Path, tree: &Tree) -> Option<String> {
    let evidence = diesel::recognise(root, tree)?;
    let described = tree.numbered_folders_with("metadata.yaml").len();
    let are_most = described * 2 >= tree.numbered_folders_with("up.sql").len();
    are_most.then(|| format!("{evidence}, and {described} hold `metadata.yaml`"))
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    diesel::arrange_as(tree, Kind::Sourcegraph)
}
