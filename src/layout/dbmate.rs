//! dbmate: `-- migrate:up` and `-- migrate:down` in one file.

use super::facts::{Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, VersionOrder, sections};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Bytes,
    way_back: Some(|_| "`-- migrate:down` and the statements behind it".to_owned()),
    without_transaction: Some("write `-- migrate:up transaction:false`"),
    duplicate: Some("dbmate fails on a new database and takes the second one for applied elsewhere"),
    late: Late::Runs,
    ..Facts::new("dbmate", "dbmate", arrange)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange_as(tree, Kind::Dbmate)
}
