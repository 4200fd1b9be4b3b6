//! Cuts SQL of MySQL, SQLite and SQL Server into tokens. It never fails: what does not close is a token too.

use std::ops::Range;

use crate::schema::Dialect;
use crate::sql::split::{Token, TokenKind};

/// The tokens of `range` of a text; comments, white space and the marks of executable comments left out.
pub fn tokens(text: &str, range: Range<usize>, dialect: Dialect) -> Vec<Token> {
    let end = range.end.min(text.len());
    let start = range.start.min(end);
    let mut lexer = Lexer::new(text, start..end, dialect);
    std::iter::from_fn(|| lexer.next_token()).collect()
}

/// Where the tokens of a text are read.
pub struct Lexer<'a> {
    bytes: &'a [u8],
    position: usize,
    dialect: Dialect,
    /// An executable comment was opened.
    executes: bool,
}

impl<'a> Lexer<'a> {
    /// At the beginning of `range`.
    pub fn new(text: &'a str, range: Range<usize>, dialect: Dialect) -> Self {
        let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
        Self { bytes, position: range.start, dialect, executes: false }
    }

    /// Behind the line it is in, and where that is.
    pub fn skip_line(&mut self) -> usize {
        self.position = self.bytes.len().min(self.until(self.position, |byte| byte == b'\n') + 1);
        self.position
    }

    fn byte(&self, position: usize) -> u8 {
        self.bytes.get(position).copied().unwrap_or(0)
    }

    fn until(&self, start: usize, stop: impl Fn(u8) -> bool) -> usize {
        self.bytes.get(start..).and_then(|rest| rest.iter().position(|byte| stop(*byte))).map_or(self.bytes.len(), |offset| start + offset)
    }

    /// The token that comes next.
    pub fn next_token(&mut self) -> Option<Token> {
        if let Some(opening) = self.skip_blanks() {
            self.position = self.bytes.len();
            return Some(Token { kind: TokenKind::Unterminated, range: opening..self.bytes.len() });
        }
        let start = self.position;
        let first = *self.bytes.get(start)?;
        let (kind, end) = self.token(start, first);
        self.position = end.max(start + 1).min(self.bytes.len());
        Some(Token { kind, range: start..self.position })
    }

    /// Skips white space and comments; gives the opening of a comment that does not close.
    fn skip_blanks(&mut self) -> Option<usize> {
        loop {
            let start = self.until(self.position, |byte| !byte.is_ascii_whitespace());
            self.position = start;
            match (self.byte(start), self.byte(start + 1)) {
                (b'-', b'-') if self.is_line_comment(start) => self.position = self.until(start, |byte| byte == b'\n'),
                (b'#', _) if self.dialect == Dialect::MySql => self.position = self.until(start, |byte| byte == b'\n'),
                (b'/', b'*') if self.is_executable(start) => {
                    let version = start + if self.byte(start + 2) == b'M' { 4 } else { 3 };
                    self.position = self.until(version, |byte| !byte.is_ascii_digit());
                    self.executes = true;
                }
                (b'*', b'/') if self.executes => {
                    self.position += 2;
                    self.executes = false;
                }
                (b'/', b'*') => match self.comment_end(start) {
                    Some(end) => self.position = end,
                    None => return Some(start),
                },
                (0xef, 0xbb) if self.byte(start + 2) == 0xbf => self.position += 3,
                _ => return None,
            }
        }
    }

    /// MySQL wants white space behind the dashes: `5--1` is a sum.
    fn is_line_comment(&self, start: usize) -> bool {
        let behind = self.byte(start + 2);
        self.dialect != Dialect::MySql || behind == 0 || behind.is_ascii_whitespace() || behind == b'-' || behind == b'>'
    }

    /// `/*!40101 … */` and MariaDB's `/*M! … */` are run.
    fn is_executable(&self, start: usize) -> bool {
        let mark = (self.byte(start + 2), self.byte(start + 3));
        self.dialect == Dialect::MySql && (mark.0 == b'!' || mark == (b'M', b'!'))
    }

    /// SQL Server's comments nest.
    fn comment_end(&self, start: usize) -> Option<usize> {
        let (mut position, mut depth) = (start + 2, 1_usize);
        while position + 1 < self.bytes.len() {
            match (self.byte(position), self.byte(position + 1)) {
                (b'*', b'/') if depth == 1 => return Some(position + 2),
                (b'*', b'/') => (position, depth) = (position + 2, depth - 1),
                (b'/', b'*') if self.dialect == Dialect::SqlServer => (position, depth) = (position + 2, depth + 1),
                _ => position += 1,
            }
        }
        None
    }

    fn token(&self, start: usize, first: u8) -> (TokenKind, usize) {
        let mysql = self.dialect == Dialect::MySql;
        match first {
            b'\'' => self.quoted(start, b'\'', mysql, TokenKind::String),
            b'"' if mysql => self.quoted(start, b'"', true, TokenKind::String),
            b'"' => self.quoted(start, b'"', false, TokenKind::QuotedIdentifier),
            b'`' if self.dialect != Dialect::SqlServer => self.quoted(start, b'`', false, TokenKind::QuotedIdentifier),
            b'[' if !mysql => self.quoted(start, b']', false, TokenKind::QuotedIdentifier),
            b'b' | b'B' | b'x' | b'X' | b'n' | b'N' if self.byte(start + 1) == b'\'' => {
                self.quoted(start + 1, b'\'', mysql, TokenKind::String)
            }
            b'0'..=b'9' => self.number(start),
            b'.' if self.byte(start + 1).is_ascii_digit() && !self.follows_name(start) => self.number(start),
            b'(' | b')' | b'[' | b']' | b',' | b';' | b'.' | b':' | b'{' | b'}' => (TokenKind::Punctuation, start + 1),
            _ if is_word(first) || matches!(first, b'@' | b'$') => (TokenKind::Word, self.until(start + 1, |byte| !is_word_part(byte))),
            b'#' => (TokenKind::Word, self.until(start + 1, |byte| !is_word_part(byte))),
            b'\\' => (TokenKind::Unknown, start + 1),
            _ => (TokenKind::Operator, self.operator_end(start)),
        }
    }

    fn follows_name(&self, start: usize) -> bool {
        start > 0 && (is_word_part(self.byte(start - 1)) || matches!(self.byte(start - 1), b'`' | b'"' | b']'))
    }

    fn operator_end(&self, start: usize) -> usize {
        let two = [self.byte(start), self.byte(start + 1)];
        let double = [*b"<=", *b">=", *b"<>", *b"!=", *b"||", *b"&&", *b":=", *b"->"];
        start + if double.contains(&two) { 2 } else { 1 }
    }

    /// A name of MySQL may begin with digits.
    fn number(&self, start: usize) -> (TokenKind, usize) {
        let end = self.until(start, |byte| !is_word_part(byte));
        let is_number = self.bytes.get(start..end).is_some_and(|text| text.iter().all(u8::is_ascii_digit));
        if is_number && self.byte(end) == b'.' && self.byte(end + 1).is_ascii_digit() {
            return (TokenKind::Number, self.until(end + 1, |byte| !byte.is_ascii_alphanumeric()));
        }
        (TokenKind::Number, end)
    }

    /// What is opened by the byte at `start`; the closing one is doubled to stand for itself.
    fn quoted(&self, start: usize, close: u8, escapes: bool, kind: TokenKind) -> (TokenKind, usize) {
        let mut position = start + 1;
        loop {
            position = self.until(position, |byte| byte == close || (escapes && byte == b'\\'));
            if position >= self.bytes.len() {
                return (TokenKind::Unterminated, self.bytes.len());
            }
            if self.byte(position) == b'\\' && escapes || self.byte(position + 1) == close {
                position += 2;
            } else {
                return (kind, position + 1);
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word_part(byte: u8) -> bool {
    is_word(byte) || byte.is_ascii_digit() || matches!(byte, b'$' | b'@' | b'#')
}

/// An identifier without its quotes.
pub fn identifier(text: &str, token: &Token) -> Option<String> {
    let written = token.text(text);
    match token.kind {
        TokenKind::Word | TokenKind::Number => Some(written.to_owned()),
        TokenKind::QuotedIdentifier => {
            let inside = written.get(1..written.len().checked_sub(1)?)?;
            let close = written.chars().last()?;
            Some(inside.replace(&format!("{close}{close}"), &close.to_string()))
        }
        // SQLite takes a text for a name where it must be one; MySQL does so with ANSI_QUOTES.
        TokenKind::String => Some(content(written)),
        _ => None,
    }
}

/// What a text says: without its prefix (`N'…'`) and its quotes, doubled ones once.
pub fn content(written: &str) -> String {
    let text = written.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let inside = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    match text.chars().next() {
        Some(quote) => inside.replace(&format!("{quote}{quote}"), &quote.to_string()),
        None => String::new(),
    }
}
