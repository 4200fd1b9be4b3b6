//! Cuts the SQL of MySQL, SQLite and SQL Server into statements.
//!
//! A statement ends at its semicolon, or at what `DELIMITER` says, or at a line that is `GO`; not at a semicolon within
//! the body of a trigger or routine.

use std::ops::Range;

use super::lexer::{Lexer, tokens};
use crate::schema::Dialect;
use crate::sql::split::{STATEMENT_ENDS, Token, TokenKind};

/// A statement.
#[derive(Debug)]
pub struct Piece {
    /// Its tokens, by their places in the whole text.
    pub tokens: Vec<Token>,
}

/// The statements of `range` of a text.
pub fn statements(text: &str, range: Range<usize>, dialect: Dialect) -> Vec<Piece> {
    let mut splitter = Splitter { text, dialect, pieces: Vec::new(), open: Vec::new(), depth: Depth::default() };
    let mut parts = vec![(range, ";".to_owned())];
    if dialect == Dialect::MySql {
        parts = by_delimiter(text, parts.remove(0).0);
    }
    for (range, delimiter) in parts {
        splitter.split(range, &delimiter);
        splitter.close();
    }
    splitter.pieces
}

/// The parts of the text between the client's `DELIMITER` lines, each with what ends its statements.
fn by_delimiter(text: &str, range: Range<usize>) -> Vec<(Range<usize>, String)> {
    let is_command = |line: &str| line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("delimiter"));
    if !text.get(range.clone()).unwrap_or_default().lines().any(is_command) {
        return vec![(range, ";".to_owned())];
    }
    let mut parts = Vec::new();
    let (mut start, mut delimiter) = (range.start, ";".to_owned());
    // Token by token: such a line may be part of a text or comment.
    let mut lexer = Lexer::new(text, range.clone(), Dialect::MySql);
    while let Some(token) = lexer.next_token() {
        if token.is_word(text, "delimiter") && begins_line(text, token.range.start) {
            parts.push((start..token.range.start, delimiter));
            start = lexer.skip_line();
            let line = text.get(token.range.end..start).unwrap_or_default();
            delimiter = line.split_whitespace().next().unwrap_or(";").to_owned();
        }
    }
    parts.push((start..range.end, delimiter));
    parts
}

/// Whether only blanks stand before a place in its line.
fn begins_line(text: &str, place: usize) -> bool {
    let before = text.get(..place).unwrap_or_default().trim_end_matches([' ', '\t', '\u{feff}']);
    before.is_empty() || before.ends_with('\n')
}

/// A token, cut at the delimiters in it: `END$$` would be one word.
fn cut(text: &str, token: Token, delimiter: &str) -> Vec<Token> {
    let written = token.text(text);
    if delimiter == ";" || !matches!(token.kind, TokenKind::Word | TokenKind::Number) || !written.contains(delimiter) {
        return vec![token];
    }
    let mut parts = Vec::new();
    let mut start = token.range.start;
    for (offset, _) in written.match_indices(delimiter) {
        let place = token.range.start + offset;
        parts.push(Token { kind: token.kind, range: start..place });
        start = place + delimiter.len();
        parts.push(Token { kind: TokenKind::Operator, range: place..start });
    }
    parts.push(Token { kind: token.kind, range: start..token.range.end });
    parts.retain(|part| !part.range.is_empty());
    parts
}

struct Splitter<'a> {
    text: &'a str,
    dialect: Dialect,
    pieces: Vec<Piece>,
    open: Vec<Token>,
    depth: Depth,
}

/// How deep the statement that is open is in blocks of code.
#[derive(Default)]
struct Depth {
    blocks: usize,
    parentheses: usize,
    /// The statement makes something that has a body.
    has_body: Option<bool>,
    /// The word before was `END`, which may close something else than a block: `END IF`.
    after_end: bool,
}

impl Splitter<'_> {
    fn split(&mut self, range: Range<usize>, delimiter: &str) {
        let mut ended = range.start;
        let text = self.text;
        let lexed = tokens(text, range.clone(), self.dialect).into_iter();
        for token in lexed.flat_map(|token| cut(text, token, delimiter)) {
            if token.range.start < ended {
                continue;
            }
            if self.marks_end(ended..token.range.start) || self.is_batch_end(&token) || self.begins_another(&token) {
                self.close();
                if self.is_batch_end(&token) {
                    continue;
                }
            }
            let rest = self.text.get(token.range.start..range.end).unwrap_or_default();
            let is_delimiter = rest.starts_with(delimiter) && token.kind != TokenKind::String;
            if is_delimiter && (delimiter != ";" || !self.is_within_body()) {
                ended = token.range.start + delimiter.len();
                self.close();
            } else {
                ended = token.range.end;
                self.push(token);
            }
        }
    }

    /// Whether a migration tool's mark for the end of a statement stands here.
    fn marks_end(&self, blanks: Range<usize>) -> bool {
        let comments = self.text.get(blanks).unwrap_or_default();
        comments.contains("--") && STATEMENT_ENDS.iter().any(|mark| comments.contains(mark))
    }

    /// `GO` on a line of its own.
    fn is_batch_end(&self, token: &Token) -> bool {
        if self.dialect != Dialect::SqlServer || !token.is_word(self.text, "go") {
            return false;
        }
        let before = self.text.get(..token.range.start).unwrap_or_default();
        let behind = self.text.get(token.range.end..).unwrap_or_default();
        let line_before = before.rsplit('\n').next().unwrap_or_default();
        let line_behind = behind.split('\n').next().unwrap_or_default();
        line_before.trim().is_empty() && line_behind.trim().trim_end_matches(';').is_empty()
    }

    /// SQL Server needs no semicolons: whether a line begins another statement than the one that is open.
    fn begins_another(&self, token: &Token) -> bool {
        let Some(previous) = self.open.last().filter(|_| self.dialect == Dialect::SqlServer && !self.is_within_body()) else {
            return false;
        };
        let between = self.text.get(previous.range.end..token.range.start).unwrap_or_default();
        if self.depth.parentheses > 0 || !between.contains('\n') {
            return false;
        }
        let rest = self.text.get(token.range.clone().end..).unwrap_or_default();
        let second = rest.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        let is = |word: &str| token.is_word(self.text, word);
        let objects = [
            "table",
            "index",
            "view",
            "unique",
            "schema",
            "procedure",
            "function",
            "trigger",
            "sequence",
            "type",
            "clustered",
            "nonclustered",
        ];
        ((is("create") || is("alter") || is("drop")) && objects.contains(&second.as_str())) || (is("insert") && second == "into")
    }

    fn push(&mut self, token: Token) {
        let text = self.text;
        match token.text(text) {
            "(" => self.depth.parentheses += 1,
            ")" => self.depth.parentheses = self.depth.parentheses.saturating_sub(1),
            _ => {}
        }
        self.open.push(token);
        if self.depth.has_body.is_none() {
            self.depth.has_body = has_body(text, &self.open);
        }
        let Some(token) = self.open.last().filter(|token| token.kind == TokenKind::Word) else {
            self.depth.after_end = false;
            return;
        };
        let is = |word: &str| token.is_word(text, word);
        if self.depth.has_body == Some(true) {
            if is("begin") || (is("case") && !self.depth.after_end) {
                self.depth.blocks += 1;
            } else if is("end") {
                self.depth.blocks = self.depth.blocks.saturating_sub(1);
            } else if self.depth.after_end && ["if", "loop", "while", "repeat"].iter().any(|word| is(word)) {
                // `END IF` closed what is not counted.
                self.depth.blocks += 1;
            }
        }
        self.depth.after_end = is("end");
    }

    fn is_within_body(&self) -> bool {
        // In SQL Server a body needs no block and goes on to the end of its batch.
        self.depth.has_body == Some(true) && (self.depth.blocks > 0 || self.dialect == Dialect::SqlServer)
    }

    fn close(&mut self) {
        self.depth = Depth::default();
        let tokens = std::mem::take(&mut self.open);
        if !tokens.is_empty() {
            self.pieces.push(Piece { tokens });
        }
    }
}

/// Whether the statement that begins so has a body in which semicolons end nothing; `None` while that is open.
fn has_body(text: &str, tokens: &[Token]) -> Option<bool> {
    let is_any = |word: &str, words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    let mut words = tokens.iter().take(HEAD).map(|token| token.text(text)).skip_while(|word| *word == ";");
    let first = words.next()?;
    if !is_any(first, &["create", "alter"]) {
        return Some(false);
    }
    let kinds = ["trigger", "procedure", "function", "event"];
    let others = ["table", "index", "view", "unique", "database", "schema", "user", "role", "virtual"];
    let told = words.find_map(|word| match () {
        () if is_any(word, &kinds) => Some(true),
        () if is_any(word, &others) => Some(false),
        () => None,
    });
    told.or_else(|| (tokens.len() >= HEAD).then_some(false))
}

/// How many tokens tell what a statement makes.
const HEAD: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, dialect: Dialect) -> Vec<&str> {
        let text_of = |piece: &Piece| &text[piece.tokens[0].range.start..piece.tokens[piece.tokens.len() - 1].range.end];
        statements(text, 0..text.len(), dialect).iter().map(text_of).collect()
    }

    #[test]
    fn statements_end_where_their_database_says() {
        use Dialect::{MySql, SqlServer, Sqlite};
        let cases: &[(Dialect, &str, &[&str])] = &[
            (MySql, "select 'a\\';', \"b;\", `c;`; x # ;\n; y -- ;\n", &["select 'a\\';', \"b;\", `c;`", "x", "y"]),
            (MySql, "/*!40101 SET NAMES utf8 */; x", &["SET NAMES utf8", "x"]),
            (
                MySql,
                "DELIMITER //\ncreate procedure p() begin a; b; end//\nDELIMITER ;\nx;",
                &["create procedure p() begin a; b; end", "x"],
            ),
            (
                MySql,
                "DELIMITER $$\ncreate procedure p() begin a; end$$\ncreate procedure q() begin b; end$$\nDELIMITER ;\nx;",
                &["create procedure p() begin a; end", "create procedure q() begin b; end", "x"],
            ),
            (MySql, "select '\ndelimiter //\n'; /*\ndelimiter //\n*/ x; y", &["select '\ndelimiter //\n'", "x", "y"]),
            (MySql, "select 2*/* a */3; /*! x */; y", &["select 2*/* a */3", "x", "y"]),
            (
                MySql,
                "create procedure p() begin if a then b; end if; c; end; x",
                &["create procedure p() begin if a then b; end if; c; end", "x"],
            ),
            (
                MySql,
                "create trigger t before insert on u for each row set new.a = 1; x",
                &["create trigger t before insert on u for each row set new.a = 1", "x"],
            ),
            (MySql, "select 5--1; x", &["select 5--1", "x"]),
            (
                Sqlite,
                "create trigger t after insert on u begin select case when a then b end; delete from v; end; x",
                &["create trigger t after insert on u begin select case when a then b end; delete from v; end", "x"],
            ),
            (Sqlite, "begin; create table [a;b] (c); end; x", &["begin", "create table [a;b] (c)", "end", "x"]),
            (Sqlite, "select 'a\\'; x", &["select 'a\\'", "x"]),
            (
                SqlServer,
                "create table [a]]b] (c int)\nGO\ncreate table d (e int)\ngo\n",
                &["create table [a]]b] (c int)", "create table d (e int)"],
            ),
        ];
        for (dialect, text, expected) in cases {
            assert_eq!(split(text, *dialect), *expected, "{text}");
        }
    }
}
