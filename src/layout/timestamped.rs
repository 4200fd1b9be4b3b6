//! `20240131120000_name.sql`, by no tool that can be told.

use std::path::Path;

use super::facts::{Downs, Facts, Transaction};
use super::tree::Tree;
use super::{hand_numbered, name};
use crate::diagnostic::Severity;

pub(super) static FACTS: Facts = Facts {
    is_program: false,
    downs: Downs::Continued,
    transaction: Transaction::Unknown,
    renamed: Some(("a runner that remembers names runs it again", Severity::Warning)),
    ..Facts::new("timestamped", "timestamped", hand_numbered::arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let (dated, all) = count(tree);
    (dated * 2 > all).then(|| format!("{dated} of {all} names begin with a date"))
}

/// How many names begin with a date, and how many with any number.
pub(super) fn count(tree: &Tree) -> (usize, usize) {
    let versions: Vec<_> = tree.top().filter_map(|item| name::numbered(item.stem())).map(|named| named.version).collect();
    (versions.iter().filter(|version| version.is_timestamp()).count(), versions.len())
}
