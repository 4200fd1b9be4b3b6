//! Both directions of a migration in one file, told apart by comment lines: what seven tools have in common.

use std::ops::Range;

use super::tree::{Arrangement, Item, Tree};
use super::{MigrationFile, SourcePart, Version, name};
use crate::source::Span;
use crate::sql::split;

/// Which way a part of a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// What goes forward in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forward {
    /// What stands behind its marker; a file without one is refused.
    Marked,
    /// What stands before the marker of the way back, which is the only one.
    First,
    /// What stands behind its marker, or first.
    MarkedOrFirst,
}

/// How a tool writes both directions into one file.
pub(super) struct Sections {
    /// The tool.
    pub label: &'static str,
    /// The line that opens the forward part, or the only one there is.
    pub marker: &'static str,
    /// The direction that a line opens.
    pub direction: fn(&str) -> Option<Direction>,
    /// What goes forward.
    pub forward: Forward,
    /// Marker lines are comments of SQL, and so part of what they open.
    pub are_comments: bool,
    /// A name that it takes.
    pub example: &'static str,
    /// Whether this may stand behind the number in a name without `.sql`.
    pub follows_number: fn(&str) -> bool,
    /// Whether a migration runs without a transaction; is given its forward part and the whole file.
    pub opts_out: fn(&str, &str) -> bool,
    /// Whether a line that looks like a marker is somebody's own heading.
    pub is_heading: fn(&str) -> bool,
    /// What becomes of a file with a marker whose name does not fit.
    pub misnamed: fn(&Sections, &mut Arrangement, &Item),
    /// Endings of migrations in the tool's own language.
    pub programs: &'static [&'static str],
    /// Several directories can be run as one history.
    pub takes_folders: bool,
}

impl Sections {
    /// Sections that are all marked, in files whose names begin with a number.
    pub const fn new(label: &'static str, marker: &'static str, direction: fn(&str) -> Option<Direction>) -> Self {
        Self {
            label,
            marker,
            direction,
            forward: Forward::Marked,
            are_comments: true,
            example: "018_name.sql",
            follows_number: |_| true,
            opts_out: |_, _| false,
            is_heading: |_| false,
            misnamed: pass_over,
            programs: &[],
            takes_folders: false,
        }
    }

    /// Whether one of these lines is the tool's marker.
    pub fn has_marker<'a>(&self, mut lines: impl Iterator<Item = &'a str>) -> bool {
        let wanted = if self.forward == Forward::First { Direction::Down } else { Direction::Up };
        lines.any(|line| (self.direction)(line) == Some(wanted) && !(self.is_heading)(line))
    }

    /// Whether the migrations lie in numbered folders.
    pub fn in_folders(&self, tree: &Tree) -> bool {
        self.takes_folders && tree.top().next().is_none()
    }
}

fn pass_over(sections: &Sections, arrangement: &mut Arrangement, item: &Item) {
    arrangement.ignore(item, format!("{} passes over names that are not like `{}`", sections.label, sections.example), None);
}

/// For tools that stop at such a name.
pub(super) fn refuse(sections: &Sections, arrangement: &mut Arrangement, item: &Item) {
    arrangement.refuse(item, format!("{} stops at a name that does not begin with a number", sections.label), None);
}

/// The lines that could be markers.
pub(super) fn comments(text: &str) -> impl Iterator<Item = &str> {
    let is_comment = |line: &str| line.starts_with("--") || line.starts_with("//") || line.starts_with('#');
    text.lines().filter(move |line| is_comment(line.trim_start()))
}

pub(super) fn arrange(tree: &Tree, sections: &Sections) -> Arrangement {
    let mut arrangement = Arrangement { foreign: foreign(tree, sections), ..Arrangement::default() };
    let several = sections.in_folders(tree);
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        let in_place = item.folder().is_empty() || several && in_numbered_folder(item);
        match parse(item.stem(), sections).filter(|_| in_place && !item.beside) {
            Some((version, name)) => read(&mut arrangement, tree, sections, item, version, name),
            None => unmatched(&mut arrangement, tree, sections, item),
        }
    }
    arrangement
}

/// Whether a file lies in a folder that is named with a number before a word: `100-shared`.
pub(super) fn in_numbered_folder(item: &Item) -> bool {
    name::leading_digits(&item.path) > 0 && item.path.matches('/').count() == 1 && !item.beside
}

fn parse<'a>(stem: &'a str, sections: &Sections) -> Option<(Version, &'a str)> {
    let (number, rest) = stem.split_at(name::leading_digits(stem));
    let fits = !number.is_empty() && (sections.follows_number)(rest);
    fits.then(|| (Version::new(number), rest.trim_start_matches(['_', '-', '.'])))
}

fn read(arrangement: &mut Arrangement, tree: &Tree, sections: &Sections, item: &Item, version: Version, name: &str) {
    let text = tree.text(item.file);
    let (up, down) = cut(text, sections);
    let Some(up) = up else {
        let reason = format!("{} refuses a file without the line `{}`", sections.label, sections.marker);
        arrangement.refuse(item, reason, None);
        return;
    };
    let part = |range: Range<usize>| SourcePart { file: item.file, span: Span::new(item.file, range) };
    let in_transaction = !(sections.opts_out)(&text[up.clone()], text);
    let down = down.filter(|range| !split::statements(text, range.clone()).is_empty() || has_words(&text[range.clone()]));
    arrangement.migrations.push(MigrationFile {
        version: Some(version),
        name: name.to_string(),
        up: part(up),
        down: down.map(part),
        in_transaction,
    });
}

/// The forward part and the part that goes back; marker lines that are comments belong to the part they open.
fn cut(text: &str, sections: &Sections) -> (Option<Range<usize>>, Option<Range<usize>>) {
    let mut marks: Vec<(Direction, usize, usize)> =
        (sections.forward == Forward::First).then_some((Direction::Up, 0, 0)).into_iter().collect();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some(direction) = (sections.direction)(line) {
            marks.push((direction, offset, if sections.are_comments { offset } else { offset + line.len() }));
        }
        offset += line.len();
    }
    let opens_down = || marks.first().is_none_or(|(direction, ..)| *direction == Direction::Down);
    if sections.forward == Forward::MarkedOrFirst && opens_down() {
        marks.insert(0, (Direction::Up, 0, 0));
    }
    let ends = marks.iter().skip(1).map(|(_, start, _)| *start).chain([text.len()]);
    let parts: Vec<(Direction, Range<usize>)> =
        marks.iter().zip(ends).map(|((direction, _, start), end)| (*direction, *start..end)).collect();
    let first = |wanted: Direction| parts.iter().find(|(direction, _)| *direction == wanted).map(|(_, range)| range.clone());
    (first(Direction::Up), first(Direction::Down))
}

/// The words of a comment line behind a directive's name, which may be written in whatever case.
pub(super) fn directive(rest: &str, name: &str) -> Option<String> {
    let mut words = rest.split_whitespace();
    words.next().filter(|word| word.eq_ignore_ascii_case(name))?;
    Some(words.collect::<Vec<_>>().join(" "))
}

/// A comment behind the marker line may say why there is no way back.
fn has_words(part: &str) -> bool {
    part.lines().skip(1).any(|line| line.strip_prefix("--").is_some_and(|rest| !rest.trim().is_empty() && !rest.trim().starts_with("+")))
}

fn unmatched(arrangement: &mut Arrangement, tree: &Tree, sections: &Sections, item: &Item) {
    if item.beside || !sections.has_marker(comments(tree.text(item.file))) {
        arrangement.companions.push(tree.whole(item.file));
    } else if item.folder().is_empty() || sections.in_folders(tree) && in_numbered_folder(item) {
        (sections.misnamed)(sections, arrangement, item);
    } else {
        arrangement.ignore(item, format!("{} does not look into folders", sections.label), Some(item.name().to_string()));
    }
}

fn foreign(tree: &Tree, sections: &Sections) -> Vec<String> {
    let is_code = |path: &&String| {
        let is_test = path.ends_with("_test.go");
        !path.contains('/') && !is_test && name::leading_digits(path) > 0 && sections.programs.iter().any(|ending| path.ends_with(ending))
    };
    tree.others.iter().filter(is_code).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::super::{dbmate, goose, sql_migrate, tern};
    use super::*;

    fn parts<'a>(text: &'a str, sections: &Sections) -> (Option<&'a str>, Option<&'a str>) {
        let (up, down) = cut(text, sections);
        (up.map(|range| &text[range]), down.map(|range| &text[range]))
    }

    #[test]
    fn each_tool_has_its_own_lines() {
        let up = "-- +goose Up\nA;\n";
        assert_eq!(parts("-- +goose Up\nA;\n-- +GOOSE down\nB;\n", &goose::SECTIONS), (Some(up), Some("-- +GOOSE down\nB;\n")));
        let (up, down) = (Some("--migrate:up\nA;\n"), Some("-- migrate:down\nB;"));
        assert_eq!(parts("--migrate:up\nA;\n-- migrate:down\nB;", &dbmate::SECTIONS), (up, down));
        let up = Some("-- +migrate Up notransaction\nA;");
        assert_eq!(parts("-- +migrate Up notransaction\nA;", &sql_migrate::SECTIONS), (up, None));
        let down = Some("---- create above / drop below ----\nB;");
        assert_eq!(parts("A;\n---- create above / drop below ----\nB;", &tern::SECTIONS), (Some("A;\n"), down));
    }

    #[test]
    fn an_indented_goose_line_opens_nothing() {
        assert_eq!(parts("  -- +goose Up\nA;", &goose::SECTIONS), (None, None));
    }
}
