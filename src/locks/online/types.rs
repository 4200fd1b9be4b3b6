//! Which changes of a column's type leave its rows as they are.

use super::{Operation, Operations};
use crate::schema::{Column, Name, Table, Type};

/// What a change of type means for what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// Nothing, and MySQL sees it at once.
    Same,
    /// Longer values are allowed, and those there are stored alike.
    Longer,
    /// MySQL writes every row anew, MariaDB none.
    MySqlCopies,
    /// Every row is written anew.
    Other,
}

/// What a change of a column to this type means; `None` where that depends on what the model does not know.
pub(super) fn conversion(table: &Table, column: &Name, to: &Type) -> Option<Conversion> {
    let column = super::clauses::found(table, column)?;
    let from = &column.data_type.value;
    let (before, after) = (from.name.name.as_str(), to.name.name.as_str());
    if before != after {
        return Some(Conversion::Other);
    }
    match before {
        "character varying" => longer(length(from)?, length(to)?, widths(table, column)),
        "varbinary" => longer(length(from)?, length(to)?, &[1]),
        "enum" | "set" => Some(members(before, from, to)),
        // What stands in parentheses is how wide they are shown.
        "tinyint" | "smallint" | "mediumint" | "integer" | "bigint" | "year" => Some(Conversion::Same),
        name if name.ends_with(" unsigned") && !name.starts_with("numeric") => Some(Conversion::Same),
        "time" | "datetime" | "timestamp" => Some(same(digits(from) == digits(to))),
        "numeric" | "numeric unsigned" => Some(same(precision(from) == precision(to))),
        "character" | "binary" | "bit" => Some(same(length(from).unwrap_or(1) == length(to).unwrap_or(1))),
        "real" | "double precision" => Some(Conversion::Same),
        _ => Some(same(from.modifiers == to.modifiers)),
    }
}

fn same(same: bool) -> Conversion {
    if same { Conversion::Same } else { Conversion::Other }
}

fn length(data_type: &Type) -> Option<usize> {
    data_type.modifiers.first()?.parse().ok()
}

/// Digits of a second.
fn digits(data_type: &Type) -> usize {
    length(data_type).unwrap_or(0)
}

fn precision(data_type: &Type) -> (usize, usize) {
    let scale = data_type.modifiers.get(1).and_then(|scale| scale.parse().ok());
    (length(data_type).unwrap_or(10), scale.unwrap_or(0))
}

/// A longer text: up to 255 bytes its length takes one byte, and two from 256 on. MariaDB writes rows anew only if they may
/// have more than 127 bytes so far.
fn longer(from: usize, to: usize, widths: &[usize]) -> Option<Conversion> {
    if to <= from {
        return Some(same(to == from));
    }
    let of = |width: usize| match (from.saturating_mul(width), to.saturating_mul(width)) {
        (before, after) if before > 255 || after <= 255 => Conversion::Longer,
        (..=127, _) => Conversion::MySqlCopies,
        _ => Conversion::Other,
    };
    let mut found = widths.iter().map(|width| of(*width));
    let first = found.next()?;
    // Where the character set decides and is not known, nothing is told.
    found.all(|other| other == first).then_some(first)
}

/// How many bytes a character may take in a column.
fn widths(table: &Table, column: &Column) -> &'static [usize] {
    let own = column.storage.as_ref().and_then(|storage| storage.options.get("character set"));
    let of_collation = column.collation.as_ref().map(|collation| collation.name.as_str());
    match own.or(of_collation).or_else(|| charset(table)) {
        Some(charset) => width(charset),
        None => &[1, 3, 4],
    }
}

/// The character set of a table, or a collation that begins with its name.
fn charset(table: &Table) -> Option<&str> {
    table.options.get("charset").or_else(|| table.options.get("collate"))
}

fn width(charset: &str) -> &'static [usize] {
    let lower = charset.to_ascii_lowercase();
    match lower.split('_').next().unwrap_or_default() {
        "utf8mb4" | "utf16" | "utf32" => &[4],
        "utf8mb3" => &[3],
        "latin1" | "ascii" | "binary" | "latin2" | "cp1252" => &[1],
        // In MySQL and by a setting in MariaDB, `utf8` has three or four bytes.
        "utf8" => &[3, 4],
        _ => &[1, 2, 3, 4],
    }
}

/// Labels added at the end, as long as a value takes no more bytes.
fn members(kind: &str, from: &Type, to: &Type) -> Conversion {
    let goes_on = to.modifiers.starts_with(&from.modifiers);
    let bytes = |count: usize| match (kind, count) {
        ("enum", ..=255) => 1,
        ("enum", _) => 2,
        (_, ..=8) => 1,
        (_, ..=16) => 2,
        (_, ..=24) => 3,
        (_, ..=32) => 4,
        _ => 8,
    };
    same(goes_on && bytes(from.modifiers.len()) == bytes(to.modifiers.len()))
}

/// `CONVERT TO CHARACTER SET`; `None` where the table's own is not known, and where it may be stored alike.
pub(super) fn converted(table: &Table, charset_after: &str) -> Option<Operations> {
    let is_text = |column: &&std::sync::Arc<Column>| {
        let name = column.data_type.value.name.name.as_str();
        name.starts_with("character") || name.ends_with("text") || name == "enum" || name == "set"
    };
    if !table.columns.iter().any(|column| is_text(&column)) {
        return None;
    }
    let before = charset(table)?.to_ascii_lowercase();
    let before = before.split('_').next().unwrap_or_default();
    let is_unicode = |name: &str| name.starts_with("utf8");
    let is_alike = before.eq_ignore_ascii_case(charset_after) || (is_unicode(before) && is_unicode(charset_after));
    (!is_alike).then_some(Operations::both(Operation::COPY))
}
