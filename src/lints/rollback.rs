//! Down scripts.

mod chain;
pub(super) mod backups;
mod empty_rollback;
mod irreversible_data_loss;
mod missing_rollback;
mod orphan_rollback;
mod repair;
mod rollback_drops_preexisting;
mod rollback_fails;
mod rollback_incomplete;
mod rollback_run_forward;
mod wording;

use crate::difference::{Difference, DifferenceKind, Object};
use crate::history::{Group, Rollback};
use crate::lint::{Check, HistoryContext};
use crate::schema::Schema;
use crate::sql::{Body, DataKind, Statement};

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("missing-rollback", Check::History(missing_rollback::check)),
    ("orphan-rollback", Check::History(orphan_rollback::check)),
    ("rollback-run-forward", Check::History(rollback_run_forward::check)),
    ("empty-rollback", Check::History(empty_rollback::check)),
    ("rollback-fails", Check::History(rollback_fails::check)),
    ("rollback-incomplete", Check::History(rollback_incomplete::check)),
    ("rollback-drops-preexisting", Check::History(rollback_drops_preexisting::check)),
    ("irreversible-data-loss", Check::History(irreversible_data_loss::check)),
];

/// Words by which authors say that there is no way back, on purpose.
const MARKERS: [&str; 14] = [
    "irreversible",
    "not reversible",
    "cannot be reversed",
    "cannot be undone",
    "cannot be rolled back",
    "can't be undone",
    "can't be reversed",
    "no rollback",
    "no-op",
    "noop",
    "nothing to undo",
    "intentionally",
    "not supported",
    "unsupported",
];

/// Whether a comment of a migration says that there is no way back, on purpose.
fn is_marked_irreversible(text: &str) -> bool {
    text.lines().filter_map(|line| line.split_once("--")).any(|(_, comment)| {
        // A comment that names the lint speaks of the finding.
        let comment = comment.to_ascii_lowercase().replace("irreversible-data-loss", "");
        MARKERS.iter().any(|marker| comment.contains(marker))
    })
}

/// The rollbacks to judge one by one. Where a generator made several migrations at once they are run together, in
/// either direction; what counts is that they lead back together.
fn judged<'a>(context: &HistoryContext<'a>) -> impl Iterator<Item = &'a Rollback> {
    context.rollbacks().iter().filter(|rollback| rollback.group != Group::Other)
}

/// Whether something is the sequence behind a `serial` column, whose name is nobody's concern.
fn is_behind_column(object: &Object, schemas: [&Schema; 2]) -> bool {
    let Object::Sequence(name) = object else { return false };
    schemas.iter().any(|schema| schema.sequences.get(name).is_some_and(|sequence| sequence.owned_by.is_some()))
}

/// Whether a rollback is expected to undo a difference. PostgreSQL has no way to take an enum's value back; an extension
/// is shared with other migrations; comments and the validity of a constraint stand in nobody's way.
fn is_expected_back(difference: &Difference) -> bool {
    let is_new = difference.kind == DifferenceKind::Added;
    match (&difference.object, difference.attribute()) {
        (Object::EnumLabel(..) | Object::Extension(_), None) => !is_new,
        (_, Some(attribute)) => !matches!(attribute, "comment" | "validated" | "column order" | "order of values" | "order of attributes"),
        _ => true,
    }
}

/// Whether a statement of a rollback does anything.
fn has_effect(statement: &Statement) -> bool {
    match &statement.body {
        Body::Transaction(_) | Body::Setting { .. } => false,
        // `SELECT 1` is how one writes nothing; a function that is called may do anything.
        Body::Data(data) => data.kind != DataKind::Select || !data.functions.is_empty(),
        _ => true,
    }
}

/// Words that an explanation of an empty rollback does without as rarely as any sentence that denies something.
const DENIALS: [&str; 24] = [
    "no",
    "not",
    "nothing",
    "none",
    "never",
    "cannot",
    "can't",
    "don't",
    "doesn't",
    "won't",
    "without",
    "irreversible",
    "unsupported",
    "impossible",
    "unnecessary",
    "intentionally",
    "deliberately",
    "manual",
    "manually",
    "empty",
    "noop",
    "no-op",
    "one-way",
    "forward-only",
];

/// What generators write into a rollback that is still to be filled in, and SQL that denies something.
const NO_DENIALS: [&str; 5] = ["could not auto-generate", "if not exists", "not null", "on delete no action", "on update no action"];

/// Whether a rollback that does nothing says why, as in `-- no down migration` or `SELECT 'not supported'`.
fn gives_a_reason(text: &str) -> bool {
    let text = NO_DENIALS.iter().fold(text.to_lowercase().replace('’', "'"), |text, phrase| text.replace(phrase, ""));
    text.split(|character: char| !(character.is_alphanumeric() || matches!(character, '\'' | '-' | '_')))
        .map(|word| word.trim_matches(['\'', '-']))
        .any(|word| DENIALS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_a_reason_and_a_template_is_none() {
        for (text, expected) in [
            ("-- No down migration for this one", true),
            ("-- there is no restore for this", true),
            ("/* Nothing to do because rows were deleted. */", true),
            ("---- Not Required", true),
            ("-- requires manual revert", true),
            ("SELECT 'not supported';", true),
            ("-- we can’t get these rows back", true),
            ("-- This file should undo anything in `up.sql`", false),
            ("-- Could not auto-generate a down migration.", false),
            ("-- alter table t add column c int not null", false),
            ("-- create table if not exists t (id int)", false),
            ("-- rollback of notes", false),
            ("", false),
        ] {
            assert_eq!(gives_a_reason(text), expected, "{text}");
        }
    }
}
