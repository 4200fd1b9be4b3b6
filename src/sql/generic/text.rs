//! A statement as its tokens, and the places of what stands in it.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lexer::identifier;
use super::split::Piece;
use crate::schema::{Dialect, Name, QualifiedName};
use crate::source::{FileId, Span};
use crate::sql::split::{Token, TokenKind};

/// A statement.
pub struct Text<'a> {
    /// The text of the file.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// The database's kind.
    pub dialect: Dialect,
    file: FileId,
    /// Where all of it counts as standing.
    pin: Option<Span>,
}

impl<'a> Text<'a> {
    /// A statement of a file.
    pub fn new(text: &'a str, file: FileId, piece: Piece, dialect: Dialect) -> Self {
        Self { text, tokens: piece.tokens, dialect, file, pin: None }
    }

    /// A statement that is put together when it runs, and the place that is blamed for it.
    pub fn pinned(text: &'a str, pin: Span, piece: Piece, dialect: Dialect) -> Self {
        Self { text, tokens: piece.tokens, dialect, file: pin.file, pin: Some(pin) }
    }

    /// The whole statement.
    pub fn statement(&self) -> Span {
        self.span(0..self.tokens.len())
    }

    /// From the first of these tokens to the last; the statement if there is none.
    pub fn span(&self, tokens: Range<usize>) -> Span {
        if let Some(pin) = self.pin {
            return pin;
        }
        let found = self.tokens.get(tokens).unwrap_or_default();
        let ends = found.first().zip(found.last()).or_else(|| self.tokens.first().zip(self.tokens.last()));
        ends.map_or_else(|| Span::new(self.file, 0..0), |(first, last)| Span::new(self.file, first.range.start..last.range.end))
    }

    /// One token.
    pub fn span_of(&self, index: usize) -> Span {
        self.span(index..index + 1)
    }

    /// A token as written.
    pub fn token(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.text(self.text))
    }

    /// Whether a token is this keyword.
    pub fn is_word(&self, index: usize, keyword: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is_word(self.text, keyword))
    }

    /// Whether a token is one of these keywords.
    pub fn is_any(&self, index: usize, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is_word(index, keyword))
    }

    /// Whether these keywords stand at a token, one after the other.
    pub fn are_words(&self, index: usize, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(offset, keyword)| self.is_word(index + offset, keyword))
    }

    /// Whether a token is this symbol.
    pub fn is_symbol(&self, index: usize, symbol: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is_symbol(self.text, symbol))
    }

    /// Behind these keywords where they stand at a token, and otherwise the token.
    pub fn skip(&self, index: usize, keywords: &[&str]) -> usize {
        if self.are_words(index, keywords) { index + keywords.len() } else { index }
    }

    /// The token that closes the parenthesis at a token; the end if there is none.
    pub fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for index in open..self.tokens.len() {
            if self.is_symbol(index, "(") {
                depth += 1;
            } else if self.is_symbol(index, ")") {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index;
                }
            }
        }
        self.tokens.len()
    }

    /// Cuts tokens at the commas outside parentheses; parts without a token left out.
    pub fn split_at_commas(&self, tokens: Range<usize>) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let (mut start, mut depth) = (tokens.start, 0_usize);
        for index in tokens.clone() {
            if self.is_symbol(index, "(") {
                depth += 1;
            } else if self.is_symbol(index, ")") {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && self.is_symbol(index, ",") {
                parts.push(start..index);
                start = index + 1;
            }
        }
        parts.push(start..tokens.end);
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// The first place among these tokens, parentheses left out, where the keywords stand.
    pub fn find(&self, tokens: Range<usize>, keywords: &[&str]) -> Option<usize> {
        let mut depth = 0_usize;
        tokens.into_iter().find(|index| {
            if self.is_symbol(*index, "(") {
                depth += 1;
            } else if self.is_symbol(*index, ")") {
                depth = depth.saturating_sub(1);
            }
            depth == 0 && self.are_words(*index, keywords)
        })
    }

    /// The identifier at a token.
    pub fn name(&self, index: usize) -> Option<Name> {
        let token = self.tokens.get(index)?;
        identifier(self.text, token).filter(|name| !name.is_empty()).map(Name::from)
    }

    /// The (qualified) name that begins at a token, and the token behind it.
    pub fn qualified(&self, start: usize) -> Option<(QualifiedName, Range<usize>)> {
        let mut parts = vec![self.name(start)?];
        let mut end = start + 1;
        while self.is_symbol(end, ".") && end + 1 < self.tokens.len() {
            parts.extend(self.name(end + 1));
            end += 2;
        }
        Some((self.of_parts(parts)?, start..end))
    }

    /// The name whose parts these are, the schema's before the object's.
    pub fn of_parts(&self, mut parts: Vec<Name>) -> Option<QualifiedName> {
        let name = parts.pop()?;
        let schema = parts.pop().filter(|schema| !self.is_default_schema(schema));
        Some(match schema {
            Some(schema) => QualifiedName::new(schema, name),
            None => QualifiedName::unqualified(name),
        })
    }

    fn is_default_schema(&self, schema: &Name) -> bool {
        match self.dialect {
            Dialect::SqlServer => schema.eq_ignore_ascii_case("dbo"),
            Dialect::Sqlite => schema.eq_ignore_ascii_case("main"),
            Dialect::MySql | Dialect::Postgres => false,
        }
    }

    /// These tokens with one blank between two of them: comments and marks of executable comments are gone.
    pub fn written(&self, tokens: Range<usize>) -> String {
        let found = self.tokens.get(tokens).unwrap_or_default();
        let mut written = String::new();
        let mut end = None;
        for token in found {
            if end.is_some_and(|end| end < token.range.start) {
                written.push(' ');
            }
            written.push_str(token.text(self.text));
            end = Some(token.range.end);
        }
        written
    }

    /// The names in a list in parentheses that opens at a token; the token behind it.
    pub fn name_list(&self, open: usize) -> (Vec<Name>, usize) {
        if !self.is_symbol(open, "(") {
            return (Vec::new(), open);
        }
        let close = self.closing(open);
        let names = self.split_at_commas(open + 1..close).into_iter().filter_map(|part| self.name(part.start)).collect();
        (names, close + 1)
    }

    /// What a statement that is not understood may name.
    pub fn names(&self) -> Vec<QualifiedName> {
        let is_name = |token: &&Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
        let names: BTreeSet<String> = self.tokens.iter().filter(is_name).filter_map(|token| identifier(self.text, token)).collect();
        names.into_iter().map(QualifiedName::unqualified).collect()
    }
}
