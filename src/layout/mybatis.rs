//! MyBatis Migrations: what goes back stands behind `-- //@UNDO`.

use super::facts::{Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, sections};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    way_back: Some(|_| "`-- //@UNDO` and the statements behind it".to_owned()),
    late: Late::Fails("`migrate up` never runs it where that one has run"),
    ..Facts::new("mybatis", "MyBatis Migrations", arrange)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange_as(tree, Kind::MyBatis)
}
