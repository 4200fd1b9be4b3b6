//! Cuts SQL text into tokens by PostgreSQL's lexical rules, and never fails: what does not close is a token too.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword or an identifier without quotes.
    Word,
    /// `"…"` or `U&"…"`.
    QuotedIdentifier,
    /// `'…'` with or without a prefix (`E`, `B`, `X`, `N`, `U&`).
    String,
    /// `$tag$…$tag$`.
    DollarString,
    /// A number.
    Number,
    /// `$1`.
    Parameter,
    /// One or more operator characters, `::`, `:=` and `..` included.
    Operator,
    /// One of `( ) [ ] , ; . :`.
    Punctuation,
    /// A psql command: from its backslash to the end of the line.
    MetaCommand,
    /// A quote or comment that never closes: from its opening to the end of the text.
    Unterminated,
    /// A character that begins nothing in SQL.
    Unknown,
}

/// A token and its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes in the whole text, also where only a part of it was cut.
    pub range: Range<usize>,
}

impl Token {
    /// The token as written.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range.clone()).unwrap_or_default()
    }

    /// Whether this is the keyword, in whatever case.
    pub fn is_word(&self, text: &str, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text(text).eq_ignore_ascii_case(keyword)
    }

    /// Whether this is the operator or punctuation character.
    pub fn is_symbol(&self, text: &str, symbol: &str) -> bool {
        matches!(self.kind, TokenKind::Operator | TokenKind::Punctuation) && self.text(text) == symbol
    }

    /// What stands between the quotes of a dollar-quoted string or, with doubled quotes as they are, of a plain one.
    pub fn inside_quotes(&self, text: &str) -> Option<Range<usize>> {
        let written = self.text(text);
        let (before, after) = match self.kind {
            TokenKind::DollarString => {
                let delimiter = written[1..].find('$')? + 2;
                (delimiter, delimiter)
            }
            TokenKind::String => (written.find('\'')? + 1, 1),
            TokenKind::QuotedIdentifier => (written.find('"')? + 1, 1),
            _ => return None,
        };
        Some(self.range.start + before..self.range.end - after)
    }
}

/// The tokens of `range` of a text, comments and white space left out.
pub fn tokens(text: &str, range: Range<usize>) -> Tokens<'_> {
    let end = range.end.min(text.len());
    let start = range.start.min(end);
    Tokens { bytes: text.as_bytes().get(..end).unwrap_or_default(), text, position: start, start, comments: None }
}

/// The comments of `range` of a text, delimiters included.
pub fn comments(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut tokens = Tokens { comments: Some(Vec::new()), ..tokens(text, range) };
    while tokens.next().is_some() {}
    tokens.comments.unwrap_or_default()
}

/// Iterator over tokens: see [`tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    bytes: &'a [u8],
    position: usize,
    start: usize,
    comments: Option<Vec<Range<usize>>>,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if let Some(opening) = self.skip_blanks() {
            self.position = self.bytes.len();
            return Some(Token { kind: TokenKind::Unterminated, range: opening..self.bytes.len() });
        }
        let start = self.position;
        let (kind, end) = self.token(start)?;
        self.position = end;
        Some(Token { kind, range: start..end })
    }
}

impl Tokens<'_> {
    fn byte(&self, position: usize) -> u8 {
        self.bytes.get(position).copied().unwrap_or(0)
    }

    /// The first position from `start` on where `stop` holds, or the end.
    fn until(&self, start: usize, stop: impl Fn(u8) -> bool) -> usize {
        self.bytes.get(start..).and_then(|rest| rest.iter().position(|byte| stop(*byte))).map_or(self.bytes.len(), |offset| start + offset)
    }

    /// Skips white space and comments; gives the opening of a comment that does not close.
    fn skip_blanks(&mut self) -> Option<usize> {
        loop {
            let start = self.until(self.position, |byte| !is_blank(byte));
            self.position = start;
            match (self.byte(start), self.byte(start + 1)) {
                (b'-', b'-') => self.position = self.until(start, |byte| byte == b'\n'),
                (b'/', b'*') => match self.block_comment_end(start) {
                    Some(end) => self.position = end,
                    None => return Some(start),
                },
                (0xef, 0xbb) if start == self.start && self.byte(start + 2) == 0xbf => self.position += 3,
                _ => return None,
            }
            let is_mark = self.byte(start) == 0xef;
            if let Some(comments) = self.comments.as_mut().filter(|_| !is_mark) {
                comments.push(start..self.position);
            }
        }
    }

    fn block_comment_end(&self, start: usize) -> Option<usize> {
        let (mut position, mut depth) = (start + 2, 1_usize);
        while position + 1 < self.bytes.len() {
            match (self.byte(position), self.byte(position + 1)) {
                (b'*', b'/') if depth == 1 => return Some(position + 2),
                (b'*', b'/') => (position, depth) = (position + 2, depth - 1),
                (b'/', b'*') => (position, depth) = (position + 2, depth + 1),
                _ => position += 1,
            }
        }
        None
    }

    fn token(&self, start: usize) -> Option<(TokenKind, usize)> {
        let first = *self.bytes.get(start)?;
        let next = self.byte(start + 1);
        let token = match first {
            b'\'' => self.string(start + 1, false),
            b'"' => self.quoted_identifier(start + 1),
            b'e' | b'E' if next == b'\'' => self.string(start + 2, true),
            b'b' | b'B' | b'x' | b'X' | b'n' | b'N' if next == b'\'' => self.string(start + 2, false),
            b'u' | b'U' if next == b'&' && self.byte(start + 2) == b'\'' => self.string(start + 3, false),
            b'u' | b'U' if next == b'&' && self.byte(start + 2) == b'"' => self.quoted_identifier(start + 3),
            b'$' => self.dollar(start),
            b'.' if next == b'.' => (TokenKind::Operator, start + 2),
            b'.' if next.is_ascii_digit() => (TokenKind::Number, self.number_end(start)),
            b'0'..=b'9' => (TokenKind::Number, self.number_end(start)),
            b':' if matches!(next, b':' | b'=') => (TokenKind::Operator, start + 2),
            b'(' | b')' | b'[' | b']' | b',' | b';' | b'.' | b':' => (TokenKind::Punctuation, start + 1),
            b'\\' => self.backslash(start),
            _ if is_word_start(first) => (TokenKind::Word, self.until(start, |byte| !is_word(byte))),
            _ if is_operator(first) => (TokenKind::Operator, self.operator_end(start)),
            _ => (TokenKind::Unknown, start + 1),
        };
        Some(token)
    }

    fn unterminated(&self) -> (TokenKind, usize) {
        (TokenKind::Unterminated, self.bytes.len())
    }

    /// A string whose text begins at `position`.
    fn string(&self, mut position: usize, escapes: bool) -> (TokenKind, usize) {
        loop {
            position = self.until(position, |byte| byte == b'\'' || (escapes && byte == b'\\'));
            match (self.byte(position), self.byte(position + 1)) {
                _ if position >= self.bytes.len() => return self.unterminated(),
                (b'\\', _) | (b'\'', b'\'') => position += 2,
                _ => return (TokenKind::String, position + 1),
            }
        }
    }

    fn quoted_identifier(&self, mut position: usize) -> (TokenKind, usize) {
        loop {
            position = self.until(position, |byte| byte == b'"');
            match self.byte(position + 1) {
                _ if position >= self.bytes.len() => return self.unterminated(),
                b'"' => position += 2,
                _ => return (TokenKind::QuotedIdentifier, position + 1),
            }
        }
    }

    /// `$1`, `$tag$…$tag$`, or a dollar sign that means nothing.
    fn dollar(&self, start: usize) -> (TokenKind, usize) {
        if self.byte(start + 1).is_ascii_digit() {
            return (TokenKind::Parameter, self.until(start + 1, |byte| !byte.is_ascii_digit()));
        }
        let tag_end = self.until(start + 1, |byte| byte == b'$' || !is_word(byte));
        if self.byte(tag_end) != b'$' {
            return (TokenKind::Unknown, start + 1);
        }
        let delimiter = &self.text[start..=tag_end];
        let body = self.text.get(tag_end + 1..self.bytes.len()).unwrap_or_default();
        match body.find(delimiter) {
            Some(offset) => (TokenKind::DollarString, tag_end + 1 + offset + delimiter.len()),
            None => self.unterminated(),
        }
    }

    fn number_end(&self, start: usize) -> usize {
        let mut position = self.until(start, |byte| !byte.is_ascii_alphanumeric() && byte != b'_');
        let is_range = self.byte(position) == b'.' && self.byte(position + 1) == b'.';
        if self.byte(position) == b'.' && !is_range {
            position = self.until(position + 1, |byte| !byte.is_ascii_alphanumeric() && byte != b'_');
        }
        let has_exponent = matches!(self.byte(position - 1), b'e' | b'E') && self.byte(start + 1) != b'x';
        if has_exponent && matches!(self.byte(position), b'+' | b'-') && self.byte(position + 1).is_ascii_digit() {
            position = self.until(position + 1, |byte| !byte.is_ascii_digit());
        }
        position
    }

    /// Operators end where a comment begins.
    fn operator_end(&self, start: usize) -> usize {
        let end = self.until(start, |byte| !is_operator(byte));
        let begins_comment = |position: &usize| matches!((self.byte(*position), self.byte(position + 1)), (b'-', b'-') | (b'/', b'*'));
        (start + 1..end).find(begins_comment).unwrap_or(end)
    }

    fn backslash(&self, start: usize) -> (TokenKind, usize) {
        let is_command = self.byte(start + 1).is_ascii_alphabetic() || matches!(self.byte(start + 1), b'!' | b'?' | b'.');
        if !is_command {
            return (TokenKind::Unknown, start + 1);
        }
        let end = self.until(start, |byte| byte == b'\n');
        let end = if self.byte(end - 1) == b'\r' { end - 1 } else { end };
        (TokenKind::MetaCommand, end)
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

const fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Most bytes of SQL are asked this: a table answers faster than comparisons.
fn is_word(byte: u8) -> bool {
    const IS_WORD: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            let character = byte as u8;
            table[byte] = is_word_start(character) || character.is_ascii_digit() || character == b'$';
            byte += 1;
        }
        table
    };
    IS_WORD[usize::from(byte)]
}

fn is_operator(byte: u8) -> bool {
    b"+-*/<>=~!@#%^&|`?".contains(&byte)
}
