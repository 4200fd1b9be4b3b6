//! What a schema holds besides tables: types, sequences, views, functions, extensions.

use std::sync::Arc;

use imbl::Vector;

use super::{Canonical, Expression, FunctionAttributes, Name, Options, QualifiedName, SequenceValues, Trigger, Type};
use crate::source::{Span, Spanned};

/// One of PostgreSQL's schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Where it was made; `None` for `public`.
    pub span: Option<Span>,
    /// `COMMENT ON SCHEMA`.
    pub comment: Option<Spanned<Arc<str>>>,
}

/// A view or materialized view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: QualifiedName,
    /// `MATERIALIZED`.
    pub materialized: bool,
    /// The names of its columns, as far as they are known.
    pub columns: Vec<Name>,
    /// Their types, as far as these are known.
    pub column_types: Vec<Option<Type>>,
    /// Whether `columns` is complete.
    pub columns_known: bool,
    /// The query, in the parser's own deparse.
    pub query: Canonical,
    /// Relations the query reads, resolved when the view was made and carried through renames.
    pub relations: Vec<QualifiedName>,
    /// The names these go by in the query.
    pub aliases: Vec<(Name, QualifiedName)>,
    /// Columns the query names, with their relation.
    pub column_references: Vec<(QualifiedName, Name)>,
    /// Functions the query calls, by their written names.
    pub functions: Vec<QualifiedName>,
    /// `WITH (security_invoker)`.
    pub security_invoker: bool,
    /// All of `WITH (…)`, and `WITH CHECK OPTION` as the catalog keeps it.
    pub options: Options,
    /// False for a materialized view made `WITH NO DATA`.
    pub populated: bool,
    /// Indexes on a materialized view.
    pub indexes: Vec<Arc<super::Index>>,
    /// Triggers on a view.
    pub triggers: Vec<Arc<Trigger>>,
    /// `COMMENT ON VIEW`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// `COMMENT ON COLUMN`, by column.
    pub column_comments: Vec<(Name, Spanned<Arc<str>>)>,
    /// The name where it was made.
    pub span: Span,
    /// Every later change to it, oldest first.
    pub changed: Vector<Span>,
}

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: QualifiedName,
    /// `AS type`; `bigint` where not written.
    pub data_type: Type,
    /// What it counts.
    pub values: SequenceValues,
    /// `OWNED BY table.column`.
    pub owned_by: Option<(QualifiedName, Name)>,
    /// Belongs to an identity column, which cannot be dropped without it.
    pub identity: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `COMMENT ON SEQUENCE`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// The name, or the column's, where it was made.
    pub span: Span,
}

/// A user-defined type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDefinition {
    /// Its name.
    pub name: QualifiedName,
    /// What it is.
    pub kind: TypeKind,
    /// `COMMENT ON TYPE`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// The name where it was made.
    pub span: Span,
    /// Every later change to it, oldest first.
    pub changed: Vector<Span>,
}

/// Kinds of user-defined types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// `AS ENUM`, labels in sort order.
    Enum {
        /// The labels.
        labels: Vec<EnumLabel>,
    },
    /// `CREATE DOMAIN`.
    Domain {
        /// The underlying type.
        base: Type,
        /// `NOT NULL`.
        not_null: bool,
        /// `DEFAULT`.
        default: Option<Expression>,
        /// `CHECK`s over `VALUE`.
        checks: Vec<DomainCheck>,
    },
    /// `AS (attribute type, …)`.
    Composite {
        /// The attributes in order.
        attributes: Vec<Attribute>,
    },
    /// `AS RANGE`; holds the subtype.
    Range {
        /// `SUBTYPE`.
        subtype: Type,
    },
    /// A base or shell type.
    Base,
}

/// One label of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumLabel {
    /// The label.
    pub value: Name,
    /// Where it was added.
    pub span: Span,
}

/// A domain's check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainCheck {
    /// Its name; unnamed only in a change that has not been applied.
    pub name: Name,
    /// The condition, over `value`.
    pub expression: Expression,
    /// False from `NOT VALID` until `VALIDATE CONSTRAINT`.
    pub validated: bool,
    /// Where it was written.
    pub span: Span,
}

/// One attribute of a composite type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub data_type: Type,
    /// Where it was made.
    pub span: Span,
}

/// What tells overloaded functions apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionKey {
    /// The name.
    pub name: QualifiedName,
    /// Types of the input arguments, without modifiers.
    pub arguments: Vec<Type>,
}

/// A function or procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Name and input argument types.
    pub key: FunctionKey,
    /// All arguments as declared.
    pub arguments: Vec<FunctionArgument>,
    /// `RETURNS`; `None` for procedures and functions with OUT arguments only.
    pub returns: Option<Type>,
    /// `RETURNS SETOF` or `RETURNS TABLE`.
    pub returns_set: bool,
    /// `sql`, `plpgsql`, …
    pub language: Name,
    /// The body as written between its quotes, or the `BEGIN ATOMIC` text.
    pub body: Arc<str>,
    /// The body is SQL itself (`BEGIN ATOMIC …`, `RETURN …`) and not a text.
    pub sql_body: bool,
    /// Relations that SQL of the body names: they are looked up when the function is made.
    pub relations: Vec<QualifiedName>,
    /// Functions it calls, likewise, by their written names.
    pub calls: Vec<QualifiedName>,
    /// The symbol in an object file: the second text of `AS`.
    pub symbol: Option<Arc<str>>,
    /// Where the body's text stands, so that findings can point into it.
    pub body_span: Option<Span>,
    /// `SECURITY DEFINER`.
    pub security_definer: bool,
    /// Whether a `SET search_path` is attached.
    pub sets_search_path: bool,
    /// Everything else it promises, and its settings.
    pub attributes: FunctionAttributes,
    /// `CREATE PROCEDURE`.
    pub procedure: bool,
    /// `CREATE AGGREGATE`.
    pub aggregate: bool,
    /// `COMMENT ON FUNCTION`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// The name where it was made or last replaced.
    pub span: Span,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionArgument {
    /// Its name, where it has one.
    pub name: Option<Name>,
    /// Its type.
    pub data_type: Type,
    /// `IN`, `INOUT` or `VARIADIC`, as opposed to `OUT` and `TABLE`.
    pub is_input: bool,
    /// Which of these.
    pub mode: ArgumentMode,
    /// Its default, as SQL.
    pub default: Option<Arc<str>>,
}

/// What a function's argument is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentMode {
    /// `IN`.
    In,
    /// `OUT`.
    Out,
    /// `INOUT`.
    InOut,
    /// `VARIADIC`.
    Variadic,
    /// A column of `RETURNS TABLE`.
    Table,
}

/// An installed extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The schema its objects are in.
    pub schema: Option<Name>,
    /// Where it was installed.
    pub span: Span,
}
