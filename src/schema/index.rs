//! Indexes, and what they are over.

use std::sync::Arc;

use super::{Expression, Name, Options, QualifiedName};
use crate::source::{Span, Spanned};

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name; unnamed only in a change that has not been applied. It lives in its table's schema.
    pub name: Name,
    /// `btree`, `hash`, `gin`, `gist`, `spgist`, `brin` or an extension's.
    pub method: Name,
    /// Key columns and expressions, in order.
    pub keys: Vec<IndexKey>,
    /// `INCLUDE` columns.
    pub include: Vec<Name>,
    /// `UNIQUE`.
    pub unique: bool,
    /// Behind the primary key.
    pub primary: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// Made by the constraint of the same name.
    pub from_constraint: bool,
    /// Comes from an index of a partitioned parent.
    pub inherited: bool,
    /// False where `ON ONLY` left it waiting for its partitions.
    pub valid: bool,
    /// `WITH (…)`.
    pub options: Options,
    /// The table was last clustered by it.
    pub clustered: bool,
    /// `COMMENT ON INDEX`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// The name, or the statement's or constraint's keyword, where it was made.
    pub span: Span,
}

impl Index {
    /// An index that says nothing of itself but what it holds.
    pub fn plain(name: Name, method: &str, keys: Vec<IndexKey>, span: Span) -> Self {
        Self {
            name,
            method: method.into(),
            keys,
            include: Vec::new(),
            unique: false,
            primary: false,
            nulls_not_distinct: false,
            predicate: None,
            from_constraint: false,
            inherited: false,
            valid: true,
            options: Options::default(),
            clustered: false,
            comment: None,
            span,
        }
    }

    /// For each key, the column it is, or `None` for an expression.
    pub fn key_columns(&self) -> impl Iterator<Item = Option<&Name>> {
        self.keys.iter().map(|key| key.part.column())
    }

    /// The expressions among its keys, and its predicate.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.keys.iter().filter_map(|key| key.part.expression()).chain(&self.predicate)
    }
}

/// A column or an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPart {
    /// A plain column.
    Column(Name),
    /// An expression over columns.
    Expression(Expression),
}

impl KeyPart {
    /// The column, where it is one.
    pub fn column(&self) -> Option<&Name> {
        match self {
            KeyPart::Column(column) => Some(column),
            KeyPart::Expression(_) => None,
        }
    }

    /// The expression, where it is one.
    pub fn expression(&self) -> Option<&Expression> {
        match self {
            KeyPart::Column(_) => None,
            KeyPart::Expression(expression) => Some(expression),
        }
    }
}

/// One key of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexKey {
    /// What is indexed.
    pub part: KeyPart,
    /// `COLLATE`, where written.
    pub collation: Option<QualifiedName>,
    /// The operator class, where written; in MySQL, how many of a column's first characters count: `(20)`.
    pub operator_class: Option<QualifiedName>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`; the default for `DESC`.
    pub nulls_first: bool,
}

impl IndexKey {
    /// A column in the usual order.
    pub fn plain(column: Name) -> Self {
        Self { part: KeyPart::Column(column), collation: None, operator_class: None, descending: false, nulls_first: false }
    }
}
