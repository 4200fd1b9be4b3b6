//! Repairs that findings carry: which of them can be made together, and the texts they leave.

use std::collections::{BTreeMap, BTreeSet};

use similar::TextDiff;

use crate::diagnostic::{Edit, Fix, NewFile};
use crate::source::{FileId, SourceMap};

/// Lines around a change in a patch.
const CONTEXT: usize = 3;

/// The repairs that do not touch what another one touches; of two the first is made. Gives their indices.
pub fn compatible(fixes: &[&Fix]) -> Vec<usize> {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut made: BTreeSet<&str> = BTreeSet::new();
    let mut chosen = Vec::new();
    for (index, fix) in fixes.iter().enumerate() {
        let is_made = fix.files.iter().any(|file| !made.insert(file.path.as_str()));
        if !is_made && !fix.edits.iter().any(|edit| taken.iter().any(|other| overlap(edit, other))) {
            taken.extend(&fix.edits);
            chosen.push(index);
        }
    }
    chosen
}

/// Two insertions at one place have no order, and so are not made together either.
fn overlap(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.span, other.span);
    a.file == b.file && ((a.start < b.end && b.start < a.end) || a.start == b.start)
}

/// The files that repairs touch, with their texts as they are afterwards.
pub fn apply(fixes: &[&Fix], sources: &SourceMap) -> BTreeMap<FileId, String> {
    let edits: Vec<&Edit> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    let files: BTreeSet<FileId> = edits.iter().map(|edit| edit.span.file).collect();
    files.into_iter().map(|file| (file, edited(&sources.file(file).text, &edits, file))).collect()
}

/// The text of one file with its edits made, the last first, so that places stay right. Its line ends stay what they are.
fn edited(text: &str, edits: &[&Edit], file: FileId) -> String {
    let mut own: Vec<&Edit> = edits.iter().copied().filter(|edit| edit.span.file == file).collect();
    own.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    let mut text = text.to_owned();
    let is_crlf = text.contains("\r\n");
    for edit in own {
        let inserted = if is_crlf { edit.text.replace("\r\n", "\n").replace('\n', "\r\n") } else { edit.text.clone() };
        if text.get(edit.span.range()).is_some() {
            text.replace_range(edit.span.range(), &inserted);
        }
    }
    text
}

/// The files that repairs make, with their texts.
pub fn made<'a>(fixes: &[&'a Fix]) -> Vec<&'a NewFile> {
    fixes.iter().flat_map(|fix| &fix.files).collect()
}

/// A patch that `git apply` accepts and that makes a file.
pub fn patch_of_new(path: &str, text: &str) -> String {
    let diff = TextDiff::from_lines("", text);
    let unified = diff.unified_diff().context_radius(CONTEXT).header("/dev/null", &format!("b/{path}")).to_string();
    format!("diff --git a/{path} b/{path}\nnew file mode 100644\n{unified}")
}

/// A patch that `git apply` accepts, for a path from the repository's root, or from where it is run outside of one.
pub fn patch(path: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let unified = diff.unified_diff().context_radius(CONTEXT).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
    if unified.is_empty() { unified } else { format!("diff --git a/{path} b/{path}\n{unified}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Applicability;
    use crate::source::Span;

    fn fix(file: FileId, edits: &[(usize, usize, &str)]) -> Fix {
        let edit = |(start, end, text): &(usize, usize, &str)| Edit { span: Span::new(file, *start..*end), text: (*text).to_owned() };
        Fix { title: String::new(), applicability: Applicability::Certain, edits: edits.iter().map(edit).collect(), files: Vec::new() }
    }

    #[test]
    fn of_repairs_that_touch_the_same_the_first_is_made() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.sql", "one two three");
        let fixes =
            [fix(file, &[(4, 7, "2")]), fix(file, &[(0, 3, "1"), (6, 7, "x")]), fix(file, &[(8, 13, "3")]), fix(file, &[(8, 8, "y")])];
        let fixes: Vec<&Fix> = fixes.iter().collect();
        assert_eq!(compatible(&fixes), [0, 2]);
        assert_eq!(apply(&[fixes[0], fixes[2]], &sources)[&file], "one 2 3");
    }

    #[test]
    fn a_file_keeps_its_line_ends() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.sql", "a;\r\nb;\r\n");
        assert_eq!(apply(&[&fix(file, &[(2, 2, "\nnew;")])], &sources)[&file], "a;\r\nnew;\r\nb;\r\n");
    }
}
