//! Extended statistics: what `CREATE STATISTICS` has `ANALYZE` look for among several columns.

use std::sync::Arc;

use super::{KeyPart, Name, QualifiedName};
use crate::source::{Span, Spanned};

/// A statistics object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Its name; unnamed only in a change that has not been applied.
    pub name: QualifiedName,
    /// The table or materialized view it is about.
    pub relation: QualifiedName,
    /// `ndistinct`, `dependencies`, `mcv`; none where all are meant.
    pub kinds: Vec<Name>,
    /// Columns, then expressions.
    pub parts: Vec<KeyPart>,
    /// `SET STATISTICS`.
    pub target: Option<i32>,
    /// `COMMENT ON STATISTICS`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// The name where it was made, or the keyword.
    pub span: Span,
}

impl Statistics {
    /// Its columns that stand by themselves.
    pub fn columns(&self) -> impl Iterator<Item = &Name> {
        self.parts.iter().filter_map(KeyPart::column)
    }
}
