//! A block's tokens with their values, and the ways this folder's parsers cut a slice of them: at keywords and
//! separators outside of parentheses.

use std::ops::Range;

use crate::schema::Name;
use crate::sql::split;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or plain identifier; its value is folded to lower case.
    Word,
    /// A quoted identifier; its value is without quotes.
    Quoted,
    /// A string; its value is what it means.
    Text,
    /// A number.
    Number,
    /// An operator or punctuation.
    Symbol,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) value: String,
    /// Its bytes in the text it was read from.
    pub(super) range: Range<usize>,
}

impl Token {
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.value == word
    }

    pub(super) fn is_any_word(&self, words: &[&str]) -> bool {
        self.kind == Kind::Word && words.contains(&self.value.as_str())
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.value == symbol
    }

    /// The identifier this token may be.
    pub(super) fn identifier(&self) -> Option<Name> {
        matches!(self.kind, Kind::Word | Kind::Quoted).then(|| self.value.as_str().into())
    }

    fn opens(&self) -> bool {
        self.is_symbol("(") || self.is_symbol("[")
    }

    fn closes(&self) -> bool {
        self.is_symbol(")") || self.is_symbol("]")
    }
}

/// The tokens of a part of a text; `None` where something does not close.
pub(super) fn read(text: &str, range: Range<usize>) -> Option<Vec<Token>> {
    split::tokens(text, range).map(|token| convert(text, token)).collect()
}

fn convert(text: &str, token: split::Token) -> Option<Token> {
    let written = token.text(text);
    let inside = || token.inside_quotes(text).and_then(|range| text.get(range));
    let (kind, value) = match token.kind {
        split::TokenKind::Word => (Kind::Word, written.to_lowercase()),
        split::TokenKind::QuotedIdentifier => (Kind::Quoted, inside()?.replace("\"\"", "\"")),
        split::TokenKind::String if written.starts_with(['e', 'E']) => (Kind::Text, unescape(inside()?)),
        split::TokenKind::String => (Kind::Text, inside()?.replace("''", "'")),
        split::TokenKind::DollarString => (Kind::Text, inside()?.to_owned()),
        split::TokenKind::Number => (Kind::Number, written.to_owned()),
        // What begins nothing in SQL may be a template's; the statement it stands in says so.
        split::TokenKind::Parameter | split::TokenKind::Operator | split::TokenKind::Punctuation | split::TokenKind::Unknown => {
            (Kind::Symbol, written.to_owned())
        }
        split::TokenKind::MetaCommand | split::TokenKind::Unterminated => return None,
    };
    Some(Token { kind, value, range: token.range })
}

/// What an `E'…'` string means, as far as migrations use escapes.
fn unescape(written: &str) -> String {
    let mut meaning = String::with_capacity(written.len());
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => meaning.extend(characters.next().map(escaped)),
            '\'' => {
                characters.next();
                meaning.push('\'');
            }
            _ => meaning.push(character),
        }
    }
    meaning
}

fn escaped(character: char) -> char {
    match character {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        other => other,
    }
}

/// The bytes a slice of tokens covers.
pub(super) fn covered(tokens: &[Token]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.range.start..last.range.end,
        _ => 0..0,
    }
}

/// How deep parentheses and brackets nest.
pub(super) fn depth(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    let depths = tokens.iter().map(|token| {
        depth = if token.closes() { depth.saturating_sub(1) } else { depth + usize::from(token.opens()) };
        depth
    });
    depths.max().unwrap_or(0)
}

/// The indices of the tokens outside of all parentheses and brackets.
pub(super) fn outer(tokens: &[Token]) -> impl Iterator<Item = (usize, &Token)> {
    let mut depth = 0_usize;
    tokens.iter().enumerate().filter(move |(_, token)| {
        if token.closes() {
            depth = depth.saturating_sub(1);
        }
        let is_outer = depth == 0;
        if token.opens() {
            depth += 1;
        }
        is_outer
    })
}

/// The index of the first outer token for which `stop` holds.
pub(super) fn find_outer(tokens: &[Token], stop: impl Fn(&Token) -> bool) -> Option<usize> {
    outer(tokens).find(|(_, token)| stop(token)).map(|(index, _)| index)
}

/// The pieces between outer separators; never empty.
pub(super) fn split_outer(tokens: &[Token], separates: impl Fn(&Token) -> bool) -> Vec<&[Token]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (index, _) in outer(tokens).filter(|(_, token)| separates(token)) {
        pieces.push(&tokens[start..index]);
        start = index + 1;
    }
    pieces.push(&tokens[start..]);
    pieces
}

/// What stands between the parentheses or brackets that `tokens` begins with, and what follows them.
pub(super) fn enclosed(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    if !tokens.first()?.opens() {
        return None;
    }
    let close = outer(tokens).skip(1).find(|(_, token)| token.closes()).map(|(index, _)| index)?;
    Some((&tokens[1..close], &tokens[close + 1..]))
}

/// What stands between parentheses that enclose the whole slice.
pub(super) fn wholly_enclosed(tokens: &[Token]) -> Option<&[Token]> {
    enclosed(tokens).filter(|(_, rest)| rest.is_empty() && tokens[0].is_symbol("(")).map(|(inside, _)| inside)
}

/// The tokens behind these words, where they begin with them.
pub(super) fn after<'a>(tokens: &'a [Token], words: &[&str]) -> Option<&'a [Token]> {
    let starts = tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token.is_word(word) || token.is_symbol(word));
    starts.then(|| &tokens[words.len()..])
}

/// The parts of a dotted name at the beginning of the slice, and what follows.
pub(super) fn dotted(tokens: &[Token]) -> Option<(Vec<Name>, &[Token])> {
    let mut parts = vec![tokens.first()?.identifier()?];
    let mut rest = &tokens[1..];
    while let [dot, name, ..] = rest {
        let Some(part) = name.identifier().filter(|_| dot.is_symbol(".")) else { break };
        parts.push(part);
        rest = &rest[2..];
    }
    Some((parts, rest))
}
