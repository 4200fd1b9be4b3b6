//! The text of one statement and the places in it: parser locations and names to spans.

use std::ops::Range;

use crate::schema::Name;
use crate::source::{FileId, Span};
use crate::sql::plpgsql::Kept;
use crate::sql::split::{self, Token, TokenKind};

/// One statement's text, as tokens.
pub struct Text<'a> {
    /// The statement.
    pub text: &'a str,
    /// Its tokens, with offsets from the statement's beginning.
    pub tokens: Vec<Token>,
    place: Place,
    /// Where it stands in the text that was filled in, or in what was written if none was.
    offset: usize,
    /// What was filled in, in order.
    fills: Vec<Fill>,
    /// How many blocks of code it stands in.
    pub nesting: usize,
}

/// A value in the place of a placeholder, as offsets from the beginning of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The value, in the text as filled in.
    pub filled: Range<usize>,
    /// The placeholder, in the text as written.
    pub written: Range<usize>,
}

/// Where a statement stands.
#[derive(Clone, Copy)]
enum Place {
    /// At this offset of a file.
    Written(FileId, usize),
    /// Nowhere: it was put together by the code at this span.
    Assembled(Span),
}

impl<'a> Text<'a> {
    /// The statement `text` that begins at offset `base` of a file.
    pub fn new(text: &'a str, file: FileId, base: usize) -> Self {
        Self::at(text, Place::Written(file, base), 0)
    }

    fn at(text: &'a str, place: Place, nesting: usize) -> Self {
        Self { text, tokens: split::tokens(text, 0..text.len()).collect(), place, offset: 0, fills: Vec::new(), nesting }
    }

    /// The same statement with another text of the same length.
    pub fn with_text<'b>(&self, text: &'b str) -> Text<'b> {
        Text { offset: self.offset, fills: self.fills.clone(), ..Text::at(text, self.place, self.nesting) }
    }

    /// The same statement with values in the places of its placeholders.
    pub fn filled<'b>(&self, text: &'b str, fills: Vec<Fill>) -> Text<'b> {
        Text { fills, ..Text::at(text, self.place, self.nesting) }
    }

    /// A statement within a block of code that this statement is.
    pub fn within(&self, range: Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let (offset, fills) = (self.offset + range.start, self.fills.clone());
        Text { offset, fills, ..Text::at(text, self.place, self.nesting + 1) }
    }

    /// A statement that a block of code puts together at `span`.
    pub fn assembled(text: &'a str, span: Span, nesting: usize) -> Self {
        Self::at(text, Place::Assembled(span), nesting)
    }

    /// The text, to be read once more later. What was filled in has no places of its own then.
    pub fn kept(&self) -> Kept {
        let is_written = matches!(self.place, Place::Written(..)) && self.fills.is_empty();
        Kept { text: self.text.into(), span: self.statement(), is_written, nesting: self.nesting }
    }

    /// A text that was kept.
    pub fn of_kept(kept: &'a Kept) -> Self {
        let place = if kept.is_written { Place::Written(kept.span.file, kept.span.range().start) } else { Place::Assembled(kept.span) };
        Self::at(&kept.text, place, kept.nesting)
    }

    /// The whole statement.
    pub fn statement(&self) -> Span {
        self.bytes(0..self.text.len())
    }

    /// Bytes of the statement.
    pub fn bytes(&self, range: Range<usize>) -> Span {
        match self.place {
            Place::Written(file, base) => Span::new(file, base + self.written(range.start, false)..base + self.written(range.end, true)),
            Place::Assembled(span) => span,
        }
    }

    /// The offset in the statement as written; within a value, that of its placeholder's beginning or end.
    fn written(&self, offset: usize, is_end: bool) -> usize {
        let offset = self.offset + offset;
        let behind = |fill: &Fill| fill.filled.start < offset || (fill.filled.start == offset && !is_end);
        match self.fills.iter().rev().find(|fill| behind(fill)) {
            None => offset,
            Some(fill) if offset < fill.filled.end || (is_end && offset == fill.filled.end) => {
                if is_end {
                    fill.written.end
                } else {
                    fill.written.start
                }
            }
            Some(fill) => fill.written.end + (offset - fill.filled.end),
        }
    }

    /// From the first of these tokens to the last; the statement if there is none.
    pub fn span(&self, tokens: Range<usize>) -> Span {
        match self.tokens.get(tokens) {
            Some([first, .., last]) => self.bytes(first.range.start..last.range.end),
            Some([only]) => self.bytes(only.range.clone()),
            _ => self.statement(),
        }
    }

    /// The index of the token at a parser's location; `None` where the parser gave none.
    pub fn token_at(&self, location: i32) -> Option<usize> {
        let offset = usize::try_from(location).ok()?;
        let index = self.tokens.partition_point(|token| token.range.end <= offset);
        (index < self.tokens.len()).then_some(index)
    }

    /// The token at a parser's location.
    pub fn located(&self, location: i32) -> Span {
        self.token_at(location).map_or_else(|| self.statement(), |index| self.span(index..index + 1))
    }

    /// The tokens of the (qualified) name that begins at a token.
    pub fn name_tokens(&self, start: usize) -> Range<usize> {
        let mut end = start + 1;
        while self.is_symbol(end, ".") && end + 1 < self.tokens.len() {
            end += 2;
        }
        start..end
    }

    /// The (qualified) name at a parser's location.
    pub fn name_at(&self, location: i32) -> Span {
        self.token_at(location).map_or_else(|| self.statement(), |index| self.span(self.name_tokens(index)))
    }

    /// Whether a token is this keyword.
    pub fn is_word(&self, index: usize, keyword: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is_word(self.text, keyword))
    }

    /// Whether a token is this operator or punctuation character.
    pub fn is_symbol(&self, index: usize, symbol: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is_symbol(self.text, symbol))
    }

    /// Whether these keywords stand at a token, one after the other.
    pub fn are_words(&self, index: usize, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(offset, keyword)| self.is_word(index + offset, keyword))
    }

    /// The first place among these tokens, parentheses left out, where the keywords stand.
    pub fn find_words(&self, tokens: Range<usize>, keywords: &[&str]) -> Option<usize> {
        let mut depth = 0_usize;
        tokens.into_iter().find(|index| {
            depth = self.depth_after(*index, depth);
            depth == 0 && self.are_words(*index, keywords)
        })
    }

    /// Whether a token is an identifier that the database stores as `name`.
    pub fn is_name(&self, index: usize, name: &str) -> bool {
        let Some(token) = self.tokens.get(index) else { return false };
        let written = token.text(self.text);
        match token.kind {
            TokenKind::Word => stored_as(&written.to_ascii_lowercase(), name),
            TokenKind::QuotedIdentifier => {
                stored_as(&written.trim_start_matches(['U', 'u', '&']).trim_matches('"').replace("\"\"", "\""), name)
            }
            _ => false,
        }
    }

    /// The first of these tokens that is this name.
    pub fn find_name(&self, tokens: Range<usize>, name: &Name) -> Option<usize> {
        tokens.into_iter().find(|index| self.is_name(*index, name))
    }

    /// Where the clause that begins at a token ends: at a comma or closing parenthesis of its own level, or where `stop` says.
    pub fn clause_end(&self, start: usize, stop: impl Fn(usize) -> bool) -> usize {
        let mut depth = 0_usize;
        for index in start..self.tokens.len() {
            let ends = self.is_symbol(index, ",") || self.is_symbol(index, ")") || (index > start && stop(index));
            if depth == 0 && ends {
                return index;
            }
            depth = self.depth_after(index, depth);
        }
        self.tokens.len()
    }

    /// The token that closes the parenthesis or bracket opened by a token; the last token if there is none.
    pub fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for index in open..self.tokens.len() {
            depth = self.depth_after(index, depth);
            if depth == 0 {
                return index;
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    /// Cuts tokens at the commas outside parentheses.
    pub fn split_at_commas(&self, tokens: Range<usize>) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let (mut start, mut depth) = (tokens.start, 0_usize);
        for index in tokens.clone() {
            depth = self.depth_after(index, depth);
            if depth == 0 && self.is_symbol(index, ",") {
                parts.push(start..index);
                start = index + 1;
            }
        }
        parts.push(start..tokens.end);
        parts
    }

    fn depth_after(&self, index: usize, depth: usize) -> usize {
        if self.is_symbol(index, "(") || self.is_symbol(index, "[") {
            depth + 1
        } else if self.is_symbol(index, ")") || self.is_symbol(index, "]") {
            depth.saturating_sub(1)
        } else {
            depth
        }
    }
}

/// Identifiers are cut to [`Name::MAX_BYTES`].
fn stored_as(identifier: &str, name: &str) -> bool {
    identifier == name || (identifier.len() > Name::MAX_BYTES && identifier.starts_with(name))
}
