//! How people name the script that undoes a migration, and how to tell it from a migration about rollbacks.

use super::name::{self, Named};
use crate::sql::split;

const WORDS: [&str; 9] = ["down", "downs", "rollback", "rollbacks", "undo", "revert", "reverts", "downgrade", "downgrades"];

/// A name that ends in a word for going back.
pub(super) struct Marked<'a> {
    /// What stands before the word.
    pub base: &'a str,
    /// The word is set off by a dot, which nobody does by accident.
    pub dotted: bool,
}

/// Cuts `add_customer.down`, `add_customer_rollback`, `rollback`.
pub(super) fn marked(rest: &str) -> Option<Marked<'_>> {
    if is_word(rest) {
        return Some(Marked { base: "", dotted: false });
    }
    let at = rest.rfind(['.', '_', '-'])?;
    let (base, word) = (rest.get(..at)?, rest.get(at + 1..)?);
    is_word(word).then(|| Marked { base, dotted: rest.as_bytes().get(at) == Some(&b'.') })
}

/// Cuts `do.add_customer` and `undo.add_customer`, what stands behind the number for Postgrator and its like: whether it
/// goes back, and the description.
pub(super) fn direction_first(rest: &str) -> Option<(bool, &str)> {
    let (word, description) = rest.split_once('.').unwrap_or((rest, ""));
    let forward = ["do", "up"].iter().any(|known| known.eq_ignore_ascii_case(word));
    let back = is_word(word) && !description.is_empty();
    (forward || back).then_some((back, description))
}

/// Cuts `rollback_001` and `down-001_name`: the word before the number.
pub(super) fn word_first(stem: &str) -> Option<Named> {
    let word = WORDS.iter().find(|word| stem.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))?;
    name::numbered(stem.get(word.len()..)?.trim_start_matches(['_', '-', '.']))
}

/// Whether a folder of this name holds scripts that go back.
pub fn is_folder(folder: &str) -> bool {
    let folder = folder.trim_start_matches('_').to_ascii_lowercase();
    let folder = ["-scripts", "_scripts", "-migrations", "_migrations"].iter().find_map(|end| folder.strip_suffix(end)).unwrap_or(&folder);
    is_word(folder)
}

/// Whether any folder of a path holds scripts that go back.
pub(super) fn in_folder(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folders, _)| folders.split('/').any(is_folder))
}

/// Whether a text does nothing but take away: a forward migration hardly ever does.
pub(super) fn only_destroys(text: &str) -> bool {
    let mut destroys = false;
    for chunk in split::statements(text, 0..text.len()) {
        let statement = text.get(chunk.range).unwrap_or("").to_ascii_uppercase();
        let mut words = statement.split_whitespace();
        match words.next().unwrap_or("") {
            "DROP" | "DELETE" | "TRUNCATE" | "REVOKE" => destroys = true,
            "ALTER" if words.any(|word| word == "DROP") && !statement.contains(" ADD ") => destroys = true,
            "BEGIN" | "START" | "COMMIT" | "END" | "SET" => {}
            _ => return false,
        }
    }
    destroys
}

fn is_word(word: &str) -> bool {
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_word_marks_a_down() {
        assert!(marked("add_image_tag_for_rollback_support").is_none());
        assert!(marked("add_customer.down").is_some_and(|marked| marked.base == "add_customer" && marked.dotted));
        assert!(marked("auto_rollback").is_some_and(|marked| marked.base == "auto" && !marked.dotted));
        assert!(marked("rollback").is_some_and(|marked| marked.base.is_empty()));
        assert!(marked("countdown").is_none());
    }

    #[test]
    fn the_direction_may_stand_before_the_description() {
        for (rest, expected) in [
            ("do.users", Some((false, "users"))),
            ("undo.users", Some((true, "users"))),
            ("down.users.v2", Some((true, "users.v2"))),
            ("do", Some((false, ""))),
            ("undo", None),
            ("do_it", None),
            ("dot.users", None),
            ("undo_log.sql", None),
        ] {
            assert_eq!(direction_first(rest), expected, "{rest}");
        }
    }

    #[test]
    fn a_script_that_also_builds_does_not_only_destroy() {
        assert!(only_destroys("BEGIN; -- undo\nDROP TABLE a; ALTER TABLE b DROP COLUMN c; COMMIT;"));
        assert!(!only_destroys("DROP TABLE a; CREATE TABLE a (id int);"));
        assert!(!only_destroys("-- nothing"));
    }

    #[test]
    fn folders_of_downs_have_many_names() {
        for folder in ["rollback", "Rollbacks", "down", "_down", "rollback-scripts", "downgrade"] {
            assert!(is_folder(folder), "{folder}");
        }
        assert!(!is_folder("downloads"));
    }
}
