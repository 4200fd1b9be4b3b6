//! goose, dbmate, sql-migrate, tern, Play, MyBatis and node-pg-migrate: both directions of a migration in one file, told apart by comment lines.

use std::collections::HashSet;
use std::ops::Range;

use super::tree::{Arrangement, Item, Tree};
use super::{Kind, MigrationFile, SourcePart, Version, name};
use crate::source::Span;
use crate::sql::split;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// The line that opens the forward part.
pub(super) fn marker(kind: Kind) -> &'static str {
    match kind {
        Kind::Goose => "-- +goose Up",
        Kind::Dbmate => "-- migrate:up",
        Kind::SqlMigrate => "-- +migrate Up",
        Kind::Play => "# --- !Ups",
        Kind::MyBatis => "-- //@UNDO",
        Kind::NodePgMigrate => "-- Up Migration",
        _ => "---- create above / drop below ----",
    }
}

/// Whether only the way back needs a line: what stands before it goes forward.
fn marks_down(kind: Kind) -> bool {
    matches!(kind, Kind::Tern | Kind::MyBatis)
}

/// The lines that could be markers.
pub(super) fn comments(text: &str) -> impl Iterator<Item = &str> {
    let is_comment = |line: &str| line.starts_with("--") || line.starts_with("//") || line.starts_with('#');
    text.lines().filter(move |line| is_comment(line.trim_start()))
}

/// Whether one of these lines opens the forward part, or is tern's line between both.
pub(super) fn has_marker<'a>(mut lines: impl Iterator<Item = &'a str>, kind: Kind) -> bool {
    let wanted = if marks_down(kind) { Direction::Down } else { Direction::Up };
    // Headings in capitals are somebody's own.
    let is_heading = |line: &str| kind == Kind::NodePgMigrate && line.contains("UP MIGRATION");
    lines.any(|line| direction(line, kind) == Some(wanted) && !is_heading(line))
}

pub(super) fn arrange_as(tree: &Tree, kind: Kind) -> Arrangement {
    let mut arrangement = Arrangement { foreign: foreign(tree, kind), ..Arrangement::default() };
    let several = takes_folders(tree, kind);
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        let in_place = item.folder().is_empty() || several && in_numbered_folder(item);
        match parse(item.stem(), kind).filter(|_| in_place && !item.beside) {
            Some((version, name)) => read(&mut arrangement, tree, kind, item, version, name),
            None => unmatched(&mut arrangement, tree, kind, item),
        }
    }
    if kind == Kind::Play {
        up_to_gap(&mut arrangement, tree);
    }
    arrangement
}

/// dbmate can be given several directories, whose migrations it runs as one history.
pub(super) fn takes_folders(tree: &Tree, kind: Kind) -> bool {
    kind == Kind::Dbmate && tree.top().next().is_none()
}

/// Whether a file lies in a folder that is named with a number before a word: `100-shared`.
pub(super) fn in_numbered_folder(item: &Item) -> bool {
    name::leading_digits(&item.path) > 0 && item.path.matches('/').count() == 1 && !item.beside
}

/// Play counts from 1 and stops at the first number that is missing.
fn up_to_gap(arrangement: &mut Arrangement, tree: &Tree) {
    let number = |migration: &MigrationFile| migration.version.as_ref().and_then(|version| version.parts.first().copied());
    let numbers: HashSet<u128> = arrangement.migrations.iter().filter_map(number).collect();
    let missing = (1..).find(|number| !numbers.contains(number)).unwrap_or(u128::MAX);
    let (runs, never) = std::mem::take(&mut arrangement.migrations).into_iter().partition(|migration| number(migration) < Some(missing));
    arrangement.migrations = runs;
    let never: Vec<MigrationFile> = never;
    for item in tree.items.iter().filter(|item| never.iter().any(|migration| migration.up.file == item.file)) {
        arrangement.ignore(item, format!("Play stops at the first number that is missing, {missing}"), None);
    }
}

fn parse(stem: &str, kind: Kind) -> Option<(Version, &str)> {
    let (number, rest) = stem.split_at(name::leading_digits(stem));
    let separated = match kind {
        Kind::Goose | Kind::Tern => rest.starts_with('_'),
        Kind::Play => rest.is_empty(),
        Kind::MyBatis => rest.starts_with('_'),
        _ => true,
    };
    (!number.is_empty() && separated).then(|| (Version::new(number), rest.trim_start_matches(['_', '-', '.'])))
}

fn read(arrangement: &mut Arrangement, tree: &Tree, kind: Kind, item: &Item, version: Version, name: &str) {
    let text = tree.text(item.file);
    let (up, down) = cut(text, kind);
    let Some(up) = up else {
        let reason = format!("{} refuses a file without the line `{}`", kind.label(), marker(kind));
        arrangement.refuse(item, reason, None);
        return;
    };
    let part = |range: Range<usize>| SourcePart { file: item.file, span: Span::new(item.file, range) };
    let in_transaction = !opts_out(&text[up.clone()], text, kind);
    let down = down.filter(|range| !split::statements(text, range.clone()).is_empty() || has_words(&text[range.clone()]));
    arrangement.migrations.push(MigrationFile {
        version: Some(version),
        name: name.to_string(),
        up: part(up),
        down: down.map(part),
        in_transaction,
    });
}

/// The forward part and the part that goes back; marker lines belong to the part they open, but for Play's, which are
/// no SQL.
fn cut(text: &str, kind: Kind) -> (Option<Range<usize>>, Option<Range<usize>>) {
    let mut marks: Vec<(Direction, usize, usize)> = marks_down(kind).then_some((Direction::Up, 0, 0)).into_iter().collect();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some(direction) = direction(line, kind) {
            marks.push((direction, offset, if kind == Kind::Play { offset + line.len() } else { offset }));
        }
        offset += line.len();
    }
    if kind == Kind::NodePgMigrate && marks.first().is_none_or(|(direction, ..)| *direction == Direction::Down) {
        marks.insert(0, (Direction::Up, 0, 0));
    }
    let ends = marks.iter().skip(1).map(|(_, start, _)| *start).chain([text.len()]);
    let parts: Vec<(Direction, Range<usize>)> =
        marks.iter().zip(ends).map(|((direction, _, start), end)| (*direction, *start..end)).collect();
    let first = |wanted: Direction| parts.iter().find(|(direction, _)| *direction == wanted).map(|(_, range)| range.clone());
    (first(Direction::Up), first(Direction::Down))
}

fn direction(line: &str, kind: Kind) -> Option<Direction> {
    match kind {
        Kind::Play => return play_direction(line),
        Kind::NodePgMigrate => return node_direction(line),
        Kind::MyBatis => {
            let comment = line.trim().strip_prefix("--").or_else(|| line.trim().strip_prefix("//"))?;
            return (comment.replace(' ', "") == "//@UNDO").then_some(Direction::Down);
        }
        _ => {}
    }
    let rest = line.strip_prefix("--")?;
    if kind == Kind::Tern {
        return (line.trim_end() == marker(Kind::Tern)).then_some(Direction::Down);
    }
    let words = match kind {
        Kind::Goose => directive(rest, "+goose")?,
        Kind::SqlMigrate => line.strip_prefix("-- +migrate ")?.trim().to_string(),
        _ => rest.trim().strip_prefix("migrate:")?.to_string(),
    };
    let word = words.split_whitespace().next()?;
    match (kind, word) {
        (Kind::Goose, word) if word.eq_ignore_ascii_case("up") => Some(Direction::Up),
        (Kind::Goose, word) if word.eq_ignore_ascii_case("down") => Some(Direction::Down),
        (Kind::SqlMigrate, "Up") | (Kind::Dbmate, "up") => Some(Direction::Up),
        (Kind::SqlMigrate, "Down") | (Kind::Dbmate, "down") => Some(Direction::Down),
        _ => None,
    }
}

/// A comment of either kind that holds the word, whatever stands around it.
fn play_direction(line: &str) -> Option<Direction> {
    let comment = line.strip_prefix('#').or_else(|| line.strip_prefix("--"))?;
    let words = [("!Ups", Direction::Up), ("!Downs", Direction::Down)];
    words.into_iter().find(|(word, _)| comment.contains(word)).map(|(_, direction)| direction)
}

/// `-- Up Migration`, with dashes as one likes.
fn node_direction(line: &str) -> Option<Direction> {
    let comment = line.trim_start().strip_prefix("--")?.trim_start_matches(['-', ' ', '\t']).to_ascii_lowercase();
    let mut words = comment.split_whitespace();
    let (direction, what) = (words.next()?, words.next()?);
    match (direction, what.starts_with("migration")) {
        ("up", true) => Some(Direction::Up),
        ("down", true) => Some(Direction::Down),
        _ => None,
    }
}

fn directive(rest: &str, name: &str) -> Option<String> {
    let mut words = rest.split_whitespace();
    words.next().filter(|word| word.eq_ignore_ascii_case(name))?;
    Some(words.collect::<Vec<_>>().join(" "))
}

fn opts_out(up: &str, text: &str, kind: Kind) -> bool {
    let first = up.lines().next().unwrap_or("");
    match kind {
        Kind::Goose => text
            .lines()
            .filter_map(|line| directive(line.strip_prefix("--")?, "+goose"))
            .any(|words| words.eq_ignore_ascii_case("no transaction")),
        Kind::SqlMigrate => first.contains("notransaction"),
        Kind::Dbmate => first.contains("transaction:false"),
        Kind::Play => true,
        Kind::MyBatis | Kind::NodePgMigrate => false,
        _ => text.lines().any(|line| line.trim() == "---- tern: disable-tx ----"),
    }
}

/// A comment behind the marker line may say why there is no way back.
fn has_words(part: &str) -> bool {
    part.lines().skip(1).any(|line| line.strip_prefix("--").is_some_and(|rest| !rest.trim().is_empty() && !rest.trim().starts_with("+")))
}

fn unmatched(arrangement: &mut Arrangement, tree: &Tree, kind: Kind, item: &Item) {
    if item.beside || !has_marker(comments(tree.text(item.file)), kind) {
        arrangement.companions.push(tree.whole(item.file));
    } else if kind == Kind::Play {
        let number = item.stem().get(..name::leading_digits(item.stem())).filter(|number| !number.is_empty());
        arrangement.ignore(item, "Play takes only names that are a number", number.map(|number| format!("{number}.sql")));
    } else if item.folder().is_empty() && matches!(kind, Kind::MyBatis | Kind::NodePgMigrate) {
        arrangement.refuse(item, format!("{} stops at a name that does not begin with a number", kind.label()), None);
    } else if item.folder().is_empty() {
        arrangement.ignore(item, format!("its name does not begin with a number as {} needs it", kind.label()), None);
    } else {
        arrangement.ignore(item, format!("{} does not look into folders", kind.label()), Some(item.name().to_string()));
    }
}

/// Migrations written in the tool's own language.
fn foreign(tree: &Tree, kind: Kind) -> Vec<String> {
    let endings: &[&str] = match kind {
        Kind::Goose => &[".go"],
        Kind::NodePgMigrate => &[".js", ".ts", ".cjs", ".mjs"],
        _ => &[],
    };
    let is_code = |path: &&String| {
        let is_test = path.ends_with("_test.go");
        !path.contains('/') && !is_test && name::leading_digits(path) > 0 && endings.iter().any(|ending| path.ends_with(ending))
    };
    tree.others.iter().filter(is_code).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, kind: Kind) -> (Option<&str>, Option<&str>) {
        let (up, down) = cut(text, kind);
        (up.map(|range| &text[range]), down.map(|range| &text[range]))
    }

    #[test]
    fn each_tool_has_its_own_lines() {
        let up = "-- +goose Up\nA;\n";
        assert_eq!(parts("-- +goose Up\nA;\n-- +GOOSE down\nB;\n", Kind::Goose), (Some(up), Some("-- +GOOSE down\nB;\n")));
        assert_eq!(parts("--migrate:up\nA;\n-- migrate:down\nB;", Kind::Dbmate), (Some("--migrate:up\nA;\n"), Some("-- migrate:down\nB;")));
        assert_eq!(parts("-- +migrate Up notransaction\nA;", Kind::SqlMigrate), (Some("-- +migrate Up notransaction\nA;"), None));
        assert_eq!(
            parts("A;\n---- create above / drop below ----\nB;", Kind::Tern),
            (Some("A;\n"), Some("---- create above / drop below ----\nB;"))
        );
    }

    #[test]
    fn an_indented_goose_line_opens_nothing() {
        assert_eq!(parts("  -- +goose Up\nA;", Kind::Goose), (None, None));
    }
}
