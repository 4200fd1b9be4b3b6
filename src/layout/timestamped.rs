//! `20240131120000_name.sql`, by no tool that can be told.

use super::facts::{Downs, Facts, Transaction};
use super::hand_numbered;
use crate::diagnostic::Severity;

pub(super) static FACTS: Facts = Facts {
    is_program: false,
    downs: Downs::Continued,
    transaction: Transaction::Unknown,
    renamed: Some(("a runner that remembers names runs it again", Severity::Warning)),
    ..Facts::new("timestamped", "timestamped", hand_numbered::arrange)
};
