//! What PL/pgSQL does to the schema: `DO` blocks and function bodies become [`Step`]s.
//!
//! A block is read once for its structure and then run with what is known: constants, loops over literal lists, texts
//! put together for `EXECUTE`. Questions to the catalogs become [`super::Condition`]s that replay answers from the
//! model. What cannot be known becomes an opaque step that says what it may have touched.

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

use self::value::Variables;
use super::{Body, Reach, Statement, Step};
use crate::schema::FunctionArgument;
use crate::source::Span;

/// Why a block that makes no sense is opaque.
const NOT_UNDERSTOOD: &str = "a block that could not be understood";

/// Expressions in more parentheses than this are not understood.
const MAX_PARENTHESES: usize = 64;

/// The text a block stands in, and how the SQL within becomes statements.
pub trait Source {
    /// The text; ranges count from its beginning.
    fn text(&self) -> &str;

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

/// A `DO` statement whose body cannot be read where it stands.
pub fn not_understood() -> Body {
    Body::Opaque { reason: NOT_UNDERSTOOD.into(), may_touch: Reach::anything() }
}

fn steps(source: &dyn Source, range: Range<usize>, variables: Variables) -> Option<Vec<Step>> {
    let tokens = token::read(source.text(), range).filter(|tokens| token::depth(tokens) <= MAX_PARENTHESES)?;
    if tokens.is_empty() {
        return Some(Vec::new());
    }
    let block = structure::parse(&tokens)?;
    interpret::run(&block, source, variables)
}
