//! Hasura: `1676582194859_name/up.sql`, `down.sql`, the number in milliseconds.

use super::facts::{Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, diesel};
use crate::sql::Dialect;

pub(super) static FACTS: Facts =
    Facts { way_back: Some(|folder| format!("`{folder}/down.sql`")), late: Late::Runs, ..Facts::new("hasura", "Hasura", arrange) };

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    diesel::arrange_as(tree, Kind::Hasura)
}
