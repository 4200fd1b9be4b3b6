//! Down scripts.

mod empty_rollback;
mod missing_rollback;
mod orphan_rollback;
mod rollback_run_forward;

use crate::lint::Check;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("missing-rollback", Check::History(missing_rollback::check)),
    ("orphan-rollback", Check::History(orphan_rollback::check)),
    ("rollback-run-forward", Check::History(rollback_run_forward::check)),
    ("empty-rollback", Check::History(empty_rollback::check)),
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
        let comment = comment.to_ascii_lowercase();
        MARKERS.iter().any(|marker| comment.contains(marker))
    })
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
