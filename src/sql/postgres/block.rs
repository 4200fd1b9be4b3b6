//! Blocks of code: the SQL in them is lowered as any other.

use std::ops::Range;

use super::question;
use super::text::Text;
use crate::catalog::{Record, Select, Term};
use crate::schema::Function;
use crate::source::{SourceMap, Span};
use crate::sql::plpgsql::Variable;
use crate::sql::split::{self, Chunk, TokenKind};
use crate::sql::{Ask, Body, Call, Statement, Step, plpgsql};

/// Blocks in blocks deeper than this are not understood.
const MAX_NESTING: usize = 8;

/// What a `DO` statement does.
pub fn lower(text: &Text) -> Body {
    let quoted = text.tokens.iter().find(|token| matches!(token.kind, TokenKind::String | TokenKind::DollarString));
    let language = text.tokens.iter().position(|token| token.is_word(text.text, "language"));
    let other_language = language.is_some_and(|index| !text.is_name(index + 1, "plpgsql"));
    let body = quoted.filter(|_| !other_language && text.nesting < MAX_NESTING).and_then(|token| token.inside_quotes(text.text));
    // Doubled quotes and escapes would have to be undone, and spans would no longer fit.
    let verbatim = |range: &Range<usize>| {
        quoted.is_some_and(|token| token.kind == TokenKind::DollarString) || !text.text[range.clone()].contains(['\'', '\\'])
    };
    body.filter(verbatim).map_or_else(plpgsql::not_understood, |range| plpgsql::block(text, range))
}

/// What a call of a function does.
pub fn function_steps(sources: &SourceMap, function: &Function, call: &Call) -> Vec<Step> {
    let written = function.body_span.filter(|span| sources.text(*span) == &*function.body);
    let text = match written {
        Some(span) => Text::new(&function.body, span.file, span.range().start),
        None => Text::assembled(&function.body, function.span, 0),
    };
    let whole = 0..function.body.len();
    match function.language.as_str() {
        "plpgsql" => plpgsql::function_body(&text, whole, &function.arguments, call),
        "sql" => plpgsql::Source::statements(&text, whole).into_iter().map(Step::Statement).collect(),
        "c" | "internal" => Vec::new(),
        _ => vec![Step::Statement(Statement { span: text.statement(), body: plpgsql::not_understood() })],
    }
}

/// What the code behind a question does with one of the answers.
pub fn resumed(ask: &Ask, answer: Option<Record>) -> Vec<Step> {
    plpgsql::resumed(&Text::of_kept(ask.continuation.code()), &ask.continuation, answer)
}

impl plpgsql::Source for Text<'_> {
    fn text(&self) -> &str {
        self.text
    }

    fn kept(&self) -> plpgsql::Kept {
        Text::kept(self)
    }

    fn term(&self, text: &str, variable: Variable) -> Option<Term> {
        question::term(text, variable)
    }

    fn select(&self, text: &str, variable: Variable) -> Option<Select> {
        question::select(text, variable)
    }

    fn span(&self, range: Range<usize>) -> Span {
        self.bytes(range)
    }

    fn statements(&self, range: Range<usize>) -> Vec<Statement> {
        let chunks = split::statements(self.text, range).into_iter();
        chunks.map(|chunk| statement(&self.within(chunk.range.clone()), &chunk)).collect()
    }

    fn assembled(&self, text: &str, span: Span) -> Vec<Statement> {
        let chunks = split::statements(text, 0..text.len()).into_iter();
        chunks.map(|chunk| statement(&Text::assembled(&text[chunk.range.clone()], span, self.nesting + 1), &chunk)).collect()
    }
}

fn statement(text: &Text, chunk: &Chunk) -> Statement {
    Statement { span: text.statement(), body: super::chunk(text, chunk) }
}
