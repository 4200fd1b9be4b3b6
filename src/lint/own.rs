//! Lints of the user's own: a card that says in an expression what it finds.

use std::fmt::Debug;

use super::{Card, Finding, HistoryContext};
use crate::source::{FileId, Spanned};

/// The group of own lints that name none.
pub const GROUP: &str = "own";

/// A card of the user's own, with the check on it.
#[derive(Clone, Debug)]
pub struct OwnCard {
    /// What users read; its examples are tests as well.
    pub card: Card,
    /// Its file.
    pub file: FileId,
    /// What it looks for.
    pub check: OwnCheckCard,
}

/// What an own lint looks for, as it is written.
#[derive(Clone, Debug)]
pub struct OwnCheckCard {
    /// What is looked at, one after the other.
    pub on: Subject,
    /// The expression that is true of what is to be reported.
    pub when: Spanned<String>,
    /// The message, with expressions in braces.
    pub message: Spanned<String>,
}

/// What an own lint looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every table.
    Table,
    /// Every column of every table.
    Column,
    /// Every foreign key.
    ForeignKey,
    /// Every index, those behind constraints included.
    Index,
    /// Every constraint, foreign keys included.
    Constraint,
    /// Every policy of row-level security.
    Policy,
    /// Every statement of every migration.
    Statement,
    /// Every migration.
    Migration,
}

/// The subjects by their names.
pub const SUBJECTS: [(&str, Subject); 8] = [
    ("table", Subject::Table),
    ("column", Subject::Column),
    ("foreign-key", Subject::ForeignKey),
    ("index", Subject::Index),
    ("constraint", Subject::Constraint),
    ("policy", Subject::Policy),
    ("statement", Subject::Statement),
    ("migration", Subject::Migration),
];

/// A check that is made from a card.
pub trait OwnCheck: Debug + Send + Sync {
    /// What it finds in a history.
    fn check(&self, context: &HistoryContext) -> Vec<Finding>;
}
