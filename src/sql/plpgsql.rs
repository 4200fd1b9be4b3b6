//! What PL/pgSQL does to the schema: `DO` blocks and function bodies become [`Step`]s.
//!
//! A block is read once for its structure and then run with what is known: constants, loops over literal lists, texts
//! put together for `EXECUTE`. Questions to the catalogs become [`super::Condition`]s that replay answers from the
//! model. What cannot be known becomes an opaque step that says what it may have touched.

mod ask;
mod calls;
mod catalog;
mod code;
mod condition;
mod dynamic;
mod filters;
mod interpret;
mod iteration;
mod objects;
mod structure;
#[cfg(test)]
mod tests;
mod token;
mod value;

pub use calls::{Call, calls};
pub use code::{Code, Piece, TypeSource, code};

use std::ops::Range;
use std::sync::Arc;

use self::value::Variables;
use super::{Body, Reach, Statement, Step};
use crate::catalog::{Record, Select, Term};
use crate::schema::{FunctionArgument, Name};
use crate::source::Span;

/// Why a block that makes no sense is opaque.
const NOT_UNDERSTOOD: &str = "a block that could not be understood";

/// Expressions in more parentheses than this are not understood.
const MAX_PARENTHESES: usize = 64;

/// What a name in code stands for, where that is a variable: its path, and the variable's value.
pub type Variable<'a> = &'a dyn Fn(&[Name]) -> Option<Term>;

/// Code that is read once more when more is known.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The code.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
    /// Whether it stands there letter by letter.
    pub is_written: bool,
    /// How many blocks it stands in.
    pub nesting: usize,
}

/// Where code goes on once a question to the catalogs is answered.
#[derive(Clone, Debug)]
pub struct Continuation {
    code: Kept,
    /// Where in the code it goes on, and where the code ends.
    range: Range<usize>,
    variables: Variables,
    /// The variables the answer goes into.
    targets: Vec<Name>,
}

impl Continuation {
    /// The whole code.
    pub fn code(&self) -> &Kept {
        &self.code
    }
}

/// The text a block stands in, and how the SQL within becomes statements.
pub trait Source {
    /// The text; ranges count from its beginning.
    fn text(&self) -> &str;

    /// All of it, to be read once more later.
    fn kept(&self) -> Kept;

    /// An expression, variables in it replaced.
    fn term(&self, text: &str, variable: Variable) -> Option<Term>;

    /// A query of the catalogs, variables in it replaced; `None` where it reads anything else.
    fn select(&self, text: &str, variable: Variable) -> Option<Select>;

    /// The place of a part of it.
    fn span(&self, range: Range<usize>) -> Span;

    /// The statements of a part of it.
    fn statements(&self, range: Range<usize>) -> Vec<Statement>;

    /// The statements of another text that was put together, each at `span`.
    fn assembled(&self, text: &str, span: Span) -> Vec<Statement>;
}

/// What the block at `range` does: what stands between the quotes of a `DO` statement.
pub fn block(source: &dyn Source, range: Range<usize>) -> Body {
    match steps(source, range, Variables::new()) {
        Some(steps) => Body::Block(steps),
        None => not_understood(),
    }
}

/// What a call does of the function with these parameters whose body stands at `range`.
pub fn function_body(source: &dyn Source, range: Range<usize>, parameters: &[FunctionArgument], call: &Call) -> Vec<Step> {
    let span = source.span(range.clone());
    steps(source, range, calls::bound(call, parameters))
        .unwrap_or_else(|| vec![Step::Statement(Statement { span, body: not_understood() })])
}

/// What the code behind a question does with one of the answers.
pub fn resumed(source: &dyn Source, continuation: &Continuation, answer: Option<Record>) -> Vec<Step> {
    let text = source.text();
    let run = || {
        let tokens = token::read(text, continuation.range.clone())?;
        interpret::resume(&structure::parse_list(&tokens)?, source, continuation.range.end, interpret::answered(continuation, answer))
    };
    run().unwrap_or_else(|| vec![Step::Statement(Statement { span: source.span(0..text.len()), body: not_understood() })])
}

/// A `DO` statement whose body cannot be read where it stands.
pub fn not_understood() -> Body {
    Body::Opaque { reason: NOT_UNDERSTOOD.into(), may_touch: Reach::anything() }
}

fn steps(source: &dyn Source, range: Range<usize>, variables: Variables) -> Option<Vec<Step>> {
    let end = range.end;
    let tokens = token::read(source.text(), range).filter(|tokens| token::depth(tokens) <= MAX_PARENTHESES)?;
    if tokens.is_empty() {
        return Some(Vec::new());
    }
    let block = structure::parse(&tokens)?;
    interpret::run(&block, source, end, variables)
}
