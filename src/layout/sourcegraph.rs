//! Sourcegraph: `1648051770_name/up.sql`, `down.sql`, `metadata.yaml`.

use super::facts::Facts;
use super::tree::{Arrangement, Tree};
use super::{Kind, diesel};
use crate::sql::Dialect;

pub(super) static FACTS: Facts =
    Facts { way_back: Some(|folder| format!("`{folder}/down.sql`")), ..Facts::new("sourcegraph", "Sourcegraph", arrange) };

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    diesel::arrange_as(tree, Kind::Sourcegraph)
}
