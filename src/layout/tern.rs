//! tern: `---- create above / drop below ----` between both directions in one file.

use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Tree};
use super::{Kind, sections};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    downs: Downs::Continued,
    way_back: Some(|_| "`---- create above / drop below ----` and the statements behind it".to_owned()),
    without_transaction: Some("add the line `---- tern: disable-tx ----`"),
    duplicate: Some("tern refuses to run"),
    gap: Some("tern refuses to run"),
    late: Late::Fails("tern counts positions: it never runs it where as many have run"),
    ..Facts::new("tern", "tern", arrange)
};

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange_as(tree, Kind::Tern)
}
