//! Repairs that can be taken over by a click: the lines as they would be, instead of the lines as they are.

use std::ops::RangeInclusive;

use super::hunks::Hunks;
use crate::report::escape::markdown_suggestion;
use crate::report::finding::{Finding, RepairEdit};

/// A suggestion about more lines than this is not read.
const MOST_LINES: usize = 20;

/// Lines that are to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The lines that go, which are those that the comment has to stand at.
    pub lines: RangeInclusive<usize>,
    /// What it does, and the lines that come, in Markdown.
    pub text: String,
}

/// What a finding's repair looks like in a file, as far as that is shown.
pub fn of(finding: &Finding, path: &str, hunks: &Hunks) -> Option<Suggestion> {
    let repair = finding.fix.as_ref()?;
    let edits: Vec<&RepairEdit> = repair.edits.iter().collect();
    if edits.iter().any(|edit| edit.path != finding.path) {
        return None;
    }
    let lines = edits.iter().map(|edit| edit.line).min()?..=edits.iter().map(|edit| edit.end_line).max()?;
    if lines.end().checked_sub(*lines.start())? >= MOST_LINES {
        return None;
    }
    let before = hunks.text(path, lines.clone())?.join("\n");
    let after = edited(&before, &edits, *lines.start())?;
    let block = markdown_suggestion(&after).filter(|_| after != before)?;
    Some(Suggestion { lines, text: format!("{}:\n\n{block}", crate::report::escape::markdown_message(&repair.title)) })
}

/// A text that begins at the `first` line of its file, with all changes made.
fn edited(text: &str, edits: &[&RepairEdit], first: usize) -> Option<String> {
    let mut ranges = Vec::new();
    for edit in edits {
        let (start, end) =
            (offset(text, edit.line.checked_sub(first)?, edit.column)?, offset(text, edit.end_line.checked_sub(first)?, edit.end_column)?);
        ranges.push((start..end, edit.text.as_str()));
    }
    ranges.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut result, mut at) = (String::new(), 0);
    for (range, new) in ranges {
        result += text.get(at..range.start)?;
        result += new;
        at = range.end;
    }
    Some(result + text.get(at..)?)
}

/// Where a column, counted in characters from 1, is in a text.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let line = text.get(before..)?.split('\n').next()?;
    let within = line.char_indices().map(|(at, _)| at).chain([line.len()]).nth(column.checked_sub(1)?)?;
    Some(before + within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Applicability, Severity};
    use crate::github::api::ChangedFile;
    use crate::report::finding::Repair;

    const PATCH: &str = "@@ -0,0 +1,3 @@\n+CREATE TABLE é (a money,\n+\tb text);\n+SELECT '```';";

    fn suggestion(edits: &[(usize, usize, usize, usize, &str)]) -> Option<Suggestion> {
        let path = "db/1.sql".to_owned();
        let edit = |&(line, column, end_line, end_column, text): &(usize, usize, usize, usize, &str)| RepairEdit {
            path: path.clone(),
            line,
            column,
            end_line,
            end_column,
            text: text.to_owned(),
        };
        let repair = Repair {
            title: "use `numeric`".into(),
            applicability: Applicability::Possible,
            edits: edits.iter().map(edit).collect(),
            files: Vec::new(),
        };
        let finding = Finding {
            lint: "money".into(),
            severity: Severity::Warning,
            message: String::new(),
            path: path.clone(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 2,
            object: None,
            help: None,
            notes: Vec::new(),
            fingerprint: String::new(),
            labels: Vec::new(),
            fix: Some(repair),
        };
        of(&finding, &path, &Hunks::of(&[ChangedFile { filename: path.clone(), patch: Some(PATCH.into()) }]))
    }

    #[test]
    fn the_lines_of_all_changes_are_replaced_whole() {
        let one = suggestion(&[(1, 19, 1, 24, "numeric")]).expect("a suggestion");
        assert_eq!((one.lines, one.text.as_str()), (1..=1, "use `numeric`:\n\n```suggestion\nCREATE TABLE é (a numeric,\n```\n"));
        let two = suggestion(&[(2, 4, 2, 8, "int"), (1, 19, 1, 24, "numeric")]).expect("a suggestion");
        assert!(two.lines == (1..=2) && two.text.contains("a numeric,\n\tb int);\n```"), "{two:?}");
        let before = suggestion(&[(2, 1, 2, 1, "-- why\n")]).expect("a suggestion");
        assert!(before.text.contains("```suggestion\n-- why\n\tb text);\n```"), "{before:?}");
    }

    #[test]
    fn nothing_ends_a_suggestion_from_within() {
        let text = suggestion(&[(3, 1, 3, 1, "-- x\n")]).expect("a suggestion").text;
        assert!(text.contains("````suggestion\n-- x\nSELECT '```';\n````"), "{text}");
    }

    #[test]
    fn what_is_not_shown_or_changes_nothing_is_not_suggested() {
        for edits in [
            &[(4, 1, 4, 1, "x")][..],
            &[(1, 90, 1, 91, "x")],
            &[(1, 19, 1, 24, "money")],
            &[(1, 1, 1, 1, "\u{1b}[31m")],
            &[],
            &[(3, 1, 1, 1, "x")],
        ] {
            assert_eq!(suggestion(edits), None, "{edits:?}");
        }
    }
}
