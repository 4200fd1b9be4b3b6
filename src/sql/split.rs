//! Cuts SQL text into statements.
//!
//! A statement ends at its semicolon and nowhere else: not at one inside quotes, comments, a `BEGIN ATOMIC … END`
//! body or the action list of a rule. Nothing is lost: what does not close is a chunk that says so, and reading goes
//! on at the next line that looks like a statement.

mod lexer;

use std::ops::Range;

pub use lexer::{Token, TokenKind, Tokens, comments, tokens};

/// A piece of the text between two semicolons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// What it is.
    pub kind: ChunkKind,
    /// From the first token to the last, the semicolon left out.
    pub range: Range<usize>,
}

/// What a chunk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkKind {
    /// A statement.
    Statement,
    /// A psql command.
    MetaCommand,
    /// A statement with a quote or comment that never closes; the range of the opening.
    Unterminated(Range<usize>),
}

/// In comments, how migration tools mark where a statement ends that needs no semicolon: goose and sql-migrate,
/// Drizzle, bun, migratus.
pub(super) const STATEMENT_ENDS: [&str; 4] = [" StatementEnd", "--> statement-breakpoint", "--bun:split", "--;;"];

/// How often reading goes on behind something that does not close. Each time the rest of the file is read again.
const MAX_RESUMES: usize = 20;

/// The statements of `range` of a text; empty ones (`;;`) are left out, and so is the data behind `COPY … FROM stdin`.
pub fn statements(text: &str, range: Range<usize>) -> Vec<Chunk> {
    let range = range.start.min(text.len())..range.end.min(text.len());
    let mut splitter = Splitter { text, range, wanted: usize::MAX, chunks: Vec::new(), resumes: 0, copies_have_data: true };
    splitter.split();
    splitter.chunks
}

/// Whether a text has more than one statement.
pub fn holds_several(text: &str) -> bool {
    let mut splitter = Splitter { text, range: 0..text.len(), wanted: 2, chunks: Vec::new(), resumes: 0, copies_have_data: true };
    splitter.split();
    splitter.chunks.len() > 1
}

struct Splitter<'a> {
    text: &'a str,
    range: Range<usize>,
    /// How many chunks are enough.
    wanted: usize,
    chunks: Vec<Chunk>,
    resumes: usize,
    /// Until the first `COPY … FROM stdin` without an end mark: there is none for those behind it either.
    copies_have_data: bool,
}

impl Splitter<'_> {
    fn split(&mut self) {
        let mut next = Some(self.range.start);
        while let Some(position) = next {
            next = self.split_from(position);
        }
    }

    /// Splits until something has to be skipped that is not made of tokens; gives where to go on.
    fn split_from(&mut self, position: usize) -> Option<usize> {
        let mut open = OpenStatement::default();
        for token in tokens(self.text, position..self.range.end) {
            if open.range.as_ref().is_some_and(|range| self.ends_in(range.end..token.range.start)) {
                self.close(&mut open);
            }
            match token.kind {
                TokenKind::Unterminated => return self.unterminated(&open, token),
                TokenKind::MetaCommand => {
                    self.close(&mut open);
                    let is_copy = copies_from_stdin(token.text(self.text));
                    let data = is_copy.then(|| self.data(token.range.end)).flatten();
                    self.chunks.push(Chunk { kind: ChunkKind::MetaCommand, range: token.range });
                    if data.is_some() {
                        return data;
                    }
                }
                TokenKind::Punctuation if token.text(self.text) == ";" && !open.holds_semicolons() => {
                    let data = self.copy_data(&open, token.range.end);
                    self.close(&mut open);
                    if self.chunks.len() >= self.wanted {
                        return None;
                    }
                    if data.is_some() {
                        return data;
                    }
                }
                _ => open.push(self.text, &token),
            }
        }
        self.close(&mut open);
        None
    }

    /// Whether a migration tool's mark for the end of a statement stands among these comments.
    fn ends_in(&self, blanks: Range<usize>) -> bool {
        let comments = self.text.get(blanks).unwrap_or_default();
        comments.contains("--") && STATEMENT_ENDS.iter().any(|mark| comments.contains(mark))
    }

    fn close(&mut self, open: &mut OpenStatement) {
        if let Some(range) = std::mem::take(open).range {
            self.chunks.push(Chunk { kind: ChunkKind::Statement, range });
        }
    }

    fn unterminated(&mut self, open: &OpenStatement, token: Token) -> Option<usize> {
        let start = open.range.as_ref().map_or(token.range.start, |range| range.start);
        let rest = self.text.get(token.range.start..self.range.end)?;
        let resume = Some(rest).filter(|_| self.resumes < MAX_RESUMES).and_then(next_statement_line);
        let resume = resume.map(|offset| token.range.start + offset);
        let end = resume.unwrap_or(self.range.end);
        let end = start + self.text.get(start..end)?.trim_end().len();
        self.resumes += 1;
        let opening = token.range.start..(token.range.start + opening_length(rest)).min(end.max(token.range.start));
        self.chunks.push(Chunk { kind: ChunkKind::Unterminated(opening), range: start..end });
        resume
    }

    /// Where the data of a `COPY … FROM stdin` that ends at `position` is over.
    fn copy_data(&mut self, open: &OpenStatement, position: usize) -> Option<usize> {
        if open.copies_from_stdin() { self.data(position) } else { None }
    }

    /// Where data that begins behind `position` is over.
    fn data(&mut self, position: usize) -> Option<usize> {
        if !self.copies_have_data {
            return None;
        }
        let data = self.text.get(position..self.range.end)?;
        let mut offset = position;
        for line in data.split_inclusive('\n') {
            offset += line.len();
            if line.trim_end_matches(['\r', '\n']) == "\\." {
                return Some(offset);
            }
        }
        self.copies_have_data = false;
        None
    }
}

/// What must be known of a statement to see where it ends.
#[derive(Default)]
struct OpenStatement {
    range: Option<Range<usize>>,
    /// The first words, in lower case.
    words: Vec<String>,
    /// The last two words were `FROM stdin`.
    from_stdin: bool,
    previous_word: PreviousWord,
    parentheses: usize,
    /// Open `BEGIN ATOMIC` and the `CASE`s within.
    blocks: usize,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum PreviousWord {
    Begin,
    From,
    #[default]
    Other,
}

impl OpenStatement {
    fn push(&mut self, text: &str, token: &Token) {
        let start = self.range.as_ref().map_or(token.range.start, |range| range.start);
        self.range = Some(start..token.range.end);
        match token.text(text) {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.saturating_sub(1),
            word if token.kind == TokenKind::Word => return self.push_word(word),
            _ => {}
        }
        self.previous_word = PreviousWord::Other;
    }

    fn push_word(&mut self, word: &str) {
        if self.words.len() < 4 {
            self.words.push(word.to_ascii_lowercase());
        }
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        if is("stdin") && self.previous_word == PreviousWord::From {
            self.from_stdin = true;
        } else if is("atomic")
            && self.previous_word == PreviousWord::Begin
            && self.parentheses == 0
            && self.creates(&["function", "procedure"])
        {
            self.blocks = 1;
        } else if is("case") && self.blocks > 0 {
            self.blocks += 1;
        } else if is("end") {
            self.blocks = self.blocks.saturating_sub(1);
        }
        self.previous_word = match () {
            () if is("begin") => PreviousWord::Begin,
            () if is("from") => PreviousWord::From,
            () => PreviousWord::Other,
        };
    }

    /// Whether it begins with `CREATE [OR REPLACE]` and one of these.
    fn creates(&self, kinds: &[&str]) -> bool {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["create", "or", "replace", kind, ..] | ["create", kind, ..] => kinds.contains(kind),
            _ => false,
        }
    }

    /// Elsewhere a semicolon in parentheses is a mistake, and ends the statement so that the next ones are still read.
    fn holds_semicolons(&self) -> bool {
        self.blocks > 0 || (self.parentheses > 0 && self.creates(&["rule"]))
    }

    fn copies_from_stdin(&self) -> bool {
        self.from_stdin && self.words.first().is_some_and(|word| word == "copy")
    }
}

/// Whether a psql command is `\copy … from stdin`.
fn copies_from_stdin(command: &str) -> bool {
    let mut words = command.split_whitespace().map(str::to_ascii_lowercase);
    words.next().is_some_and(|word| word == "\\copy")
        && words.skip_while(|word| word != "from").nth(1).is_some_and(|word| matches!(word.trim_end_matches(';'), "stdin" | "pstdin"))
}

/// Offset of the first line, after the one that is begun, which starts as a statement does.
fn next_statement_line(text: &str) -> Option<usize> {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let word_end = line.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(line.len());
        if offset > 0 && STATEMENT_WORDS.contains(&line[..word_end].to_ascii_lowercase().as_str()) {
            return Some(offset);
        }
        offset += line.len();
    }
    None
}

const STATEMENT_WORDS: &[&str] = &[
    "alter", "begin", "comment", "commit", "copy", "create", "delete", "do", "drop", "grant", "insert", "revoke", "select", "set",
    "truncate", "update", "with",
];

/// How many bytes open the quote or comment that `text` begins with.
fn opening_length(text: &str) -> usize {
    match text.as_bytes() {
        [b'$', rest @ ..] => rest.iter().position(|byte| *byte == b'$').map_or(1, |offset| offset + 2),
        [b'/', b'*', ..] => 2,
        _ => text.find(['\'', '"']).map_or(1, |offset| offset + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        statements(text, 0..text.len()).into_iter().map(|chunk| &text[chunk.range]).collect()
    }

    #[test]
    fn statements_end_at_their_own_semicolon() {
        let cases: &[(&str, &[&str])] = &[
            ("select 1; select 2", &["select 1", "select 2"]),
            (";; select 1 ;;", &["select 1"]),
            ("\u{feff}select 1;\r\nselect 2;\r\n", &["select 1", "select 2"]),
            ("select ';', \";\", E'\\';', $$;$$, $a$;$$;$a$; x", &["select ';', \";\", E'\\';', $$;$$, $a$;$$;$a$", "x"]),
            ("select '\\'; x", &["select '\\'", "x"]),
            ("select 'a''b;', U&'\\0061;', U&\"d;\" ; x", &["select 'a''b;', U&'\\0061;', U&\"d;\"", "x"]),
            ("a /* ; /* ; */ ; */ b -- ;\n c; d", &["a /* ; /* ; */ ; */ b -- ;\n c", "d"]),
            ("-- only a comment;\n", &[]),
            ("select 1 +--;\n1; x", &["select 1 +--;\n1", "x"]),
            ("select a$b$c; x$b$", &["select a$b$c", "x$b$"]),
            ("select $1; x", &["select $1", "x"]),
            (
                "create rule r as on insert to t do (select 1; select 2); x",
                &["create rule r as on insert to t do (select 1; select 2)", "x"],
            ),
            ("create table t (a int; select 1;", &["create table t (a int", "select 1"]),
            (
                "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end; x",
                &["create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end", "x"],
            ),
            ("begin; create table t (); end; x", &["begin", "create table t ()", "end", "x"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_mark_of_a_migration_tool_ends_a_statement() {
        for mark in ["\n-- +goose StatementEnd\n-- +goose StatementBegin\n", "--> statement-breakpoint\n", "\n--bun:split\n", "\n--;;\n"] {
            assert_eq!(split(&format!("select 1{mark}select 2;")), ["select 1", "select 2"], "{mark}");
        }
    }

    #[test]
    fn copy_data_is_no_statement() {
        let text = "copy t (a) from stdin;\n1;drop\t'\n\\.\nselect 1;";
        assert_eq!(split(text), ["copy t (a) from stdin", "select 1"]);
        let without_end = "copy t from stdin;\nselect 1;";
        assert_eq!(split(without_end), ["copy t from stdin", "select 1"], "without an end mark nothing is swallowed");
    }

    #[test]
    fn psql_commands_are_chunks_of_their_own() {
        let text = "\\set ON_ERROR_STOP on\r\nselect 'x' \\gexec\n\\i other.sql\nselect 1;";
        let chunks = statements(text, 0..text.len());
        let kinds: Vec<(bool, &str)> =
            chunks.iter().map(|chunk| (chunk.kind == ChunkKind::MetaCommand, &text[chunk.range.clone()])).collect();
        assert_eq!(
            kinds,
            [(true, "\\set ON_ERROR_STOP on"), (false, "select 'x'"), (true, "\\gexec"), (true, "\\i other.sql"), (false, "select 1")]
        );
    }

    #[test]
    fn what_does_not_close_is_reported_and_the_rest_is_read() {
        for (opening, text) in [
            ("'", "select 1; select 'abc, 2;\ncreate table t (a int);\n"),
            ("$fn$", "select 1; select $fn$abc, 2;\ncreate table t (a int);\n"),
            ("\"", "select 1; select \"abc, 2;\ncreate table t (a int);\n"),
            ("/*", "select 1; select /* abc, 2;\ncreate table t (a int);\n"),
        ] {
            let chunks = statements(text, 0..text.len());
            let texts: Vec<&str> = chunks.iter().map(|chunk| &text[chunk.range.clone()]).collect();
            assert_eq!((texts.len(), texts[0], texts[2]), (3, "select 1", "create table t (a int)"), "{text}");
            let ChunkKind::Unterminated(range) = &chunks[1].kind else { panic!("{text}: {chunks:?}") };
            assert_eq!(&text[range.clone()], opening, "{text}");
        }
    }

    #[test]
    fn tokens_are_postgresqls() {
        let text = "a.b::int4 := 1.5e-3 + .5 >= 1..2 [x] U&\"q\" $tag$ body $tag$";
        let all: Vec<&str> = tokens(text, 0..text.len()).map(|token| &text[token.range]).collect();
        let expected =
            ["a", ".", "b", "::", "int4", ":=", "1.5e-3", "+", ".5", ">=", "1", "..", "2", "[", "x", "]", "U&\"q\"", "$tag$ body $tag$"];
        assert_eq!(all, expected);
    }
}
