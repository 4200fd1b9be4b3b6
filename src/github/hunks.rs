//! Which lines of a file a pull request shows: only there a comment can stand.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::api::ChangedFile;

/// The lines shown of the files of a pull request, as its branch has them.
#[derive(Debug, Default)]
pub struct Hunks(BTreeMap<String, BTreeMap<usize, Line>>);

/// A line that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// Number of its hunk in the file.
    hunk: usize,
    /// Whether the branch brings it; otherwise it is shown beside what the branch brings.
    added: bool,
    /// What stands there.
    text: String,
}

/// Where a comment can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first line, where there are several.
    pub start: Option<usize>,
    /// The last line.
    pub line: usize,
    /// Whether there can be no doubt: it is one line that the branch brings.
    pub is_certain: bool,
}

/// A comment about more lines than this hides what it is about.
const MOST_LINES: usize = 20;

impl Hunks {
    /// What a pull request shows of these files.
    pub fn of(files: &[ChangedFile]) -> Self {
        let shown = files.iter().filter_map(|file| Some((file.filename.clone(), lines(file.patch.as_deref()?))));
        Self(shown.collect())
    }

    /// What stands in some lines, where all of them are shown together.
    pub fn text(&self, path: &str, lines: RangeInclusive<usize>) -> Option<Vec<&str>> {
        let shown = self.0.get(path)?;
        let hunk = shown.get(lines.start())?.hunk;
        lines.map(|number| shown.get(&number).filter(|line| line.hunk == hunk).map(|line| line.text.as_str())).collect()
    }

    /// Where a comment about some lines of a file can stand: at all of them, or at the first.
    pub fn place(&self, path: &str, first: usize, last: usize) -> Option<Place> {
        let lines = self.0.get(path)?;
        let start = lines.get(&first)?;
        let whole = first < last && last - first < MOST_LINES && lines.get(&last).is_some_and(|end| end.hunk == start.hunk);
        Some(match whole {
            true => Place { start: Some(first), line: last, is_certain: false },
            false => Place { start: None, line: first, is_certain: start.added },
        })
    }
}

/// The lines of the branch that a patch shows.
fn lines(patch: &str) -> BTreeMap<usize, Line> {
    let mut shown = BTreeMap::new();
    let (mut hunk, mut number) = (0, None);
    for line in patch.split('\n') {
        if let Some(start) = line.strip_prefix("@@ ").and_then(start) {
            (hunk, number) = (hunk + 1, Some(start));
            continue;
        }
        let Some(current) = number else { continue };
        let (added, text) = match (line.strip_prefix('+'), line.strip_prefix(' ')) {
            (Some(text), _) => (true, text),
            (_, Some(text)) => (false, text),
            // A removed line, or `\ No newline at end of file`.
            _ => continue,
        };
        shown.insert(current, Line { hunk, added, text: text.to_owned() });
        number = Some(current + 1);
    }
    shown
}

/// The branch's first line of a hunk at `-1,2 +3,4 @@`.
fn start(place: &str) -> Option<usize> {
    place.split_once('+')?.1.split([',', ' ']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "@@ -1,4 +1,5 @@ CREATE TABLE a\n one\n-two\n+TWO\n+three\n four\n+--- five\n@@ -20,2 +21,2 @@\n twenty\n+more\n\\ No newline at end of file";

    fn place(first: usize, last: usize) -> Option<Place> {
        let file = ChangedFile { filename: "db/1.sql".into(), patch: Some(PATCH.into()) };
        Hunks::of(&[file, ChangedFile { filename: "db/large.sql".into(), patch: None }]).place("db/1.sql", first, last)
    }

    #[test]
    fn comments_stand_at_lines_that_are_shown() {
        for (line, expected) in
            [(1, Some(false)), (2, Some(true)), (3, Some(true)), (4, Some(false)), (5, Some(true)), (6, None), (22, Some(true)), (23, None)]
        {
            assert_eq!(place(line, line), expected.map(|is_certain| Place { start: None, line, is_certain }), "line {line}");
        }
        assert!(Hunks::default().place("db/1.sql", 1, 1).is_none());
    }

    #[test]
    fn several_lines_are_of_one_hunk_or_there_is_only_the_first() {
        assert_eq!(place(2, 4), Some(Place { start: Some(2), line: 4, is_certain: false }));
        assert_eq!(place(5, 21), Some(Place { start: None, line: 5, is_certain: true }), "another hunk");
        assert_eq!(place(6, 21), None, "begins where nothing is shown");
        assert_eq!(place(3, 2), Some(Place { start: None, line: 3, is_certain: true }), "never an end before the beginning");
    }
}
