//! `INSERT … VALUES` without its constants. Rows of them are most of some histories' text and say nothing about the
//! schema, and the parser hands over every single one as a tree of its own.

use std::ops::Range;

use super::data;
use super::text::Text;
use crate::schema::Name;
use crate::sql::DataStatement;
use crate::sql::split::TokenKind;

/// With fewer constants, leaving them out saves nothing.
const MIN_CONSTANTS: usize = 4;

/// What an INSERT does, if it is one that is valid without its constants. It is valid with them then, too: a constant
/// among others can be left out of a list, and names that need no quotes out of a list of columns.
pub fn insert(text: &Text) -> Option<DataStatement> {
    if !text.are_words(0, &["insert", "into"]) {
        return None;
    }
    let values = text.find_words(3..text.tokens.len(), &["values"])?;
    let rows = Rows::read(text, values + 1)?;
    if rows.constants < MIN_CONSTANTS {
        return None;
    }
    let name = text.name_tokens(2);
    let columns = columns(text, name.end..values);
    let head = text.tokens.get(if columns.is_some() { name.end } else { values })?.range.start;
    let tail = text.tokens.get(rows.end).map_or(text.text.len(), |token| token.range.start);
    let items = if rows.others.is_empty() { "NULL".to_owned() } else { rows.others.join(", ") };
    let short = format!("{}\nVALUES ({items})\n{}", text.text.get(..head)?, text.text.get(tail..)?);
    let parsed = super::run_parser(&short).ok()?;
    let insert = data::lower(text, super::first(&parsed)?)?;
    Some(DataStatement { columns: columns.unwrap_or(insert.columns), ..insert })
}

/// The rows behind VALUES.
struct Rows<'a> {
    constants: usize,
    /// The items that are no constants, of all rows.
    others: Vec<&'a str>,
    /// The token behind the last row.
    end: usize,
}

impl<'a> Rows<'a> {
    fn read(text: &Text<'a>, start: usize) -> Option<Self> {
        let mut rows = Self { constants: 0, others: Vec::new(), end: start };
        loop {
            let close = text.closing(rows.end);
            if !text.is_symbol(rows.end, "(") || !text.is_symbol(close, ")") {
                return None;
            }
            for item in text.split_at_commas(rows.end + 1..close) {
                rows.add(text, item)?;
            }
            rows.end = close + 1;
            if !text.is_symbol(rows.end, ",") {
                return Some(rows);
            }
            rows.end += 1;
        }
    }

    fn add(&mut self, text: &Text<'a>, item: Range<usize>) -> Option<()> {
        if is_constant(text, item.clone()) {
            self.constants += 1;
        } else {
            let (first, last) = (text.tokens.get(item.start)?, text.tokens.get(item.clone())?.last()?);
            self.others.push(text.text.get(first.range.start..last.range.end)?);
        }
        Some(())
    }
}

/// Whether tokens are one constant that is surely valid, perhaps cast to a common type.
fn is_constant(text: &Text, item: Range<usize>) -> bool {
    let written = |index: usize| text.tokens.get(index).map_or("", |token| token.text(text.text));
    let is_number = |index: usize| {
        let number = written(index).as_bytes();
        let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
        let ends_in_digits = number.first().zip(number.last()).is_some_and(|(first, last)| first.is_ascii_digit() && last.is_ascii_digit());
        ends_in_digits && (digits == number.len() || digits + 1 == number.len() && number.contains(&b'.'))
    };
    let is_keyword = |index: usize| ["null", "true", "false"].iter().any(|keyword| text.is_word(index, keyword));
    let is_plain_string =
        |index: usize| text.tokens.get(index).is_some_and(|token| token.kind == TokenKind::String) && written(index).starts_with('\'');
    let is_cast = |index: usize| text.is_symbol(index, "::") && CAST_TYPES.iter().any(|name| text.is_word(index + 1, name));
    let start = item.start;
    match item.len() {
        1 => is_plain_string(start) || is_number(start) || is_keyword(start) || text.is_word(start, "default"),
        2 => text.is_symbol(start, "-") && is_number(start + 1),
        3 => (is_plain_string(start) || is_number(start) || is_keyword(start)) && is_cast(start + 1),
        _ => false,
    }
}

const CAST_TYPES: &[&str] = &[
    "bigint",
    "bool",
    "boolean",
    "bytea",
    "date",
    "int",
    "integer",
    "json",
    "jsonb",
    "numeric",
    "smallint",
    "text",
    "timestamptz",
    "uuid",
];

/// The names of a list of columns where each is surely valid; `None` where the parser has to tell.
fn columns(text: &Text, list: Range<usize>) -> Option<Vec<Name>> {
    if list.is_empty() {
        return Some(Vec::new());
    }
    if !text.is_symbol(list.start, "(") || text.closing(list.start) + 1 != list.end || !text.is_symbol(list.end - 1, ")") {
        return None;
    }
    text.split_at_commas(list.start + 1..list.end - 1).into_iter().map(|item| column(text, item)).collect()
}

fn column(text: &Text, item: Range<usize>) -> Option<Name> {
    let [token] = text.tokens.get(item)? else { return None };
    let written = token.text(text.text);
    match token.kind {
        TokenKind::Word if written.is_ascii() => {
            let name = written.to_ascii_lowercase();
            (Name::from(name.as_str()).to_sql() == name).then(|| name.as_str().into())
        }
        TokenKind::QuotedIdentifier if written.starts_with('"') && written.len() > 2 => {
            Some(written.get(1..written.len() - 1)?.replace("\"\"", "\"").into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::sql::Body;

    fn both_ways(statement: &str) -> (Option<String>, String) {
        let mut sources = SourceMap::default();
        let text = Text::new(statement, sources.add("a.sql", statement), 0);
        let short = insert(&text).map(|insert| format!("{:?}", Body::Data(insert)));
        (short, format!("{:?}", super::super::parse_all(&text)))
    }

    #[test]
    fn constants_left_out_change_nothing() {
        for statement in [
            "INSERT INTO t VALUES (1, 2.5, -3, 'four')",
            "insert into a.t (\"Id\", name, \"a\"\"b\", Data) values (1, 'x', NULL, '{}'::jsonb), (2, 'y', TRUE, DEFAULT)",
            "INSERT INTO t (a, b, c, d, e) VALUES (1, 2, 3, 4, now()), (1, 2, 3, 4, CURRENT_TIMESTAMP)",
            "INSERT INTO t (a, b, c, d, e) VALUES (nextval('s'), (SELECT id FROM u WHERE n = f('x', (1))), 1, 2, 3), (1, 2, 3, g(h(1)), ARRAY[1, 2])",
            "INSERT INTO t (a, b, c, d) VALUES ('a' -- ;)\n, 'b', 'c', 'd') ON CONFLICT (a) DO UPDATE SET b = upper(EXCLUDED.b) RETURNING (SELECT 1 FROM v)",
            "INSERT INTO t AS x (a, b[1], c.d) VALUES (1, 2, 3), (4, 5, 6)",
            "INSERT INTO t (a, b) OVERRIDING SYSTEM VALUE VALUES (1, 2), (3, 4)",
            "INSERT INTO values (a, b, c, d) VALUES (1, 2, 3, 4)",
            "INSERT INTO t (größe, b, c, d) VALUES (1, 2, 3, 4), (f('x'), 5, 6, 7)",
        ] {
            let (short, full) = both_ways(statement);
            assert_eq!(short.as_deref(), Some(full.as_str()), "{statement}");
        }
    }

    #[test]
    fn what_is_not_surely_valid_is_left_to_the_parser() {
        for statement in [
            "INSERT INTO t VALUES (1, 2, 3, 4,)",
            "INSERT INTO t VALUES (1, 2, 3, 4]",
            "INSERT INTO t VALUES (1, 2, 3, 4",
            "INSERT INTO t VALUES (1, 2, 3, 4), ()",
            "INSERT INTO t VALUES (1, 2, 3, 4),",
            "INSERT INTO t VALUES (1, 2, 3, 4, 5a)",
            "INSERT INTO t VALUES (1, 2, 3, 4) 5",
            "INSERT INTO t (a, user, c, d) VALUES (1, 2, 3, 4)",
            "INSERT INTO t (a, \"\", c, d) VALUES (1, 2, 3, 4)",
            "INSERT INTO t (a b, c, d) VALUES (1, 2, 3, 4)",
            "INSERT INTO t () VALUES (1, 2, 3, 4)",
            "INSERT INTO t (a, b, c, d) VALUES (1, 2, 3, ${value})",
            "INSERT INTO t VALUES (1, 2, 3, 4, 'a' 'b')",
            "INSERT INTO t SELECT 1, 2, 3, 4",
        ] {
            assert_eq!(both_ways(statement).0, None, "{statement}");
        }
    }
}
