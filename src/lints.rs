//! The table of checks: one file per group with its rows, one file per lint below it.

pub mod keys;
pub mod tenant;
pub mod numbering;
pub mod rollback;
pub mod checks;
pub mod data;
pub mod indexes;
pub mod names;
pub mod replay;
pub mod safety;
pub mod security;
pub mod suppressions;
pub mod types;
mod files;
mod libraries;
mod places;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::lint::card::Embedded;
use crate::lint::{Check, Lint};

/// The cards in the order of ids.
pub const CARDS: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/cards.rs"));

/// The groups with the checks of each.
pub const GROUPS: &[(&str, &[(&str, Check)])] = &[
    ("numbering", numbering::CHECKS),
    ("rollback", rollback::CHECKS),
    ("tenant", tenant::CHECKS),
    ("keys", keys::CHECKS),
    ("indexes", indexes::CHECKS),
    ("checks", checks::CHECKS),
    ("types", types::CHECKS),
    ("names", names::CHECKS),
    ("safety", safety::CHECKS),
    ("data", data::CHECKS),
    ("security", security::CHECKS),
    ("replay", replay::CHECKS),
    ("suppressions", suppressions::CHECKS),
];

/// Every built-in check by the id of its card, group by group.
pub fn checks() -> impl Iterator<Item = (&'static str, Check)> {
    GROUPS.iter().flat_map(|(_, checks)| checks.iter().cloned())
}

/// Every built-in lint: the cards that have a check, in the order of ids.
pub fn builtin() -> &'static [Lint] {
    static LINTS: LazyLock<Vec<Lint>> = LazyLock::new(|| {
        let checks: HashMap<&str, Check> = checks().collect();
        let lint = |card: &Embedded| Some(Lint { card: card.read().ok()?, check: checks.get(card.id)?.clone() });
        CARDS.iter().filter_map(lint).collect()
    });
    &LINTS
}

/// The built-in lint with this id.
pub fn find(id: &str) -> Option<&'static Lint> {
    builtin().iter().find(|lint| lint.card.id == id)
}
