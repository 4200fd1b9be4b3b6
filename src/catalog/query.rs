//! Queries and expressions of procedural code, as far as they can be answered.

use super::Datum;
use crate::schema::Name;

/// `SELECT … FROM …`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Select {
    /// `DISTINCT`.
    pub distinct: bool,
    /// What is selected.
    pub items: Vec<Item>,
    /// What it is selected from; each item joins what stands before it.
    pub from: Vec<(JoinKind, From, Option<Term>)>,
    /// `WHERE`.
    pub filter: Option<Term>,
    /// `GROUP BY`.
    pub group: Vec<Term>,
    /// `HAVING`.
    pub having: Option<Term>,
    /// `ORDER BY`.
    pub order: Vec<Order>,
    /// `LIMIT`.
    pub limit: Option<Term>,
    /// The other operand of a `UNION ALL`, or of a `UNION` where `distinct` is set.
    pub union: Option<Box<Select>>,
}

/// An item of a select list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An expression, under a name.
    Term(Name, Term),
    /// `*` or `alias.*`.
    All(Option<Name>),
}

/// How an item of a FROM clause joins those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// `,`, `CROSS JOIN`, `JOIN … ON`.
    Inner,
    /// `LEFT JOIN`.
    Left,
}

/// What a query reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A catalog.
    Relation {
        /// `information_schema`, if not `pg_catalog`.
        schema: Option<Name>,
        /// Its name.
        name: Name,
        /// The name it goes by.
        alias: Name,
    },
    /// `(SELECT …) alias`.
    Query(Box<Select>, Name),
    /// `unnest(array) [WITH ORDINALITY] AS alias (element, number)`.
    Unnest {
        /// The array.
        array: Term,
        /// The name it goes by.
        alias: Name,
        /// Names of the element and its number.
        columns: [Name; 2],
    },
}

/// `ORDER BY term [DESC]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What decides.
    pub term: Term,
    /// `DESC`.
    pub descending: bool,
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function's name without its schema.
    pub function: Name,
    /// The arguments; none for `count(*)`.
    pub arguments: Vec<Term>,
    /// `DISTINCT` in an aggregate.
    pub distinct: bool,
    /// `ORDER BY` in an aggregate.
    pub order: Vec<Order>,
    /// `FILTER (WHERE …)` of an aggregate.
    pub filter: Option<Box<Term>>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A constant, or a variable's value.
    Value(Datum),
    /// `column` or `alias.column`.
    Column(Option<Name>, Name),
    /// A function's value.
    Call(Call),
    /// `left operator right`.
    Binary(Name, Box<Term>, Box<Term>),
    /// `left operator ANY (array)`.
    Any(Name, Box<Term>, Box<Term>),
    /// `left operator ALL (array)`.
    All(Name, Box<Term>, Box<Term>),
    /// `AND`.
    And(Vec<Term>),
    /// `OR`.
    Or(Vec<Term>),
    /// `NOT`.
    Not(Box<Term>),
    /// `IS NULL`.
    IsNull(Box<Term>),
    /// `IS TRUE`, `IS FALSE`.
    Is(Box<Term>, bool),
    /// `IN (…)` of expressions.
    In(Box<Term>, Vec<Term>),
    /// `IN (SELECT …)`.
    InQuery(Box<Term>, Box<Select>),
    /// `EXISTS (SELECT …)`.
    Exists(Box<Select>),
    /// `(SELECT …)`.
    Query(Box<Select>),
    /// `ARRAY (SELECT …)`.
    ArrayQuery(Box<Select>),
    /// `ARRAY […]`.
    Array(Vec<Term>),
    /// `array[index]`.
    Element(Box<Term>, Box<Term>),
    /// `value::type`.
    Cast(Box<Term>, Name, bool),
    /// `CASE [operand] WHEN … THEN … ELSE … END`, the operand compared in each condition.
    Case(Vec<(Term, Term)>, Box<Term>),
}

impl Term {
    /// A plain call of a function.
    pub fn function(name: &str, arguments: Vec<Term>) -> Self {
        Term::Call(Call { function: name.into(), arguments, distinct: false, order: Vec::new(), filter: None })
    }

    /// The parts of the term that are terms of the same query.
    pub(super) fn parts(&self) -> Vec<&Term> {
        match self {
            Term::Value(_) | Term::Column(..) | Term::Exists(_) | Term::Query(_) | Term::ArrayQuery(_) => Vec::new(),
            Term::Call(call) => {
                let order = call.order.iter().map(|order| &order.term);
                call.arguments.iter().chain(order).chain(call.filter.as_deref()).collect()
            }
            Term::Binary(_, left, right) | Term::Any(_, left, right) | Term::All(_, left, right) | Term::Element(left, right) => {
                vec![left, right]
            }
            Term::And(parts) | Term::Or(parts) | Term::Array(parts) => parts.iter().collect(),
            Term::Not(inner) | Term::IsNull(inner) | Term::Is(inner, _) | Term::InQuery(inner, _) | Term::Cast(inner, ..) => vec![inner],
            Term::In(operand, list) => std::iter::once(operand.as_ref()).chain(list).collect(),
            Term::Case(branches, otherwise) => {
                branches.iter().flat_map(|(when, then)| [when, then]).chain(std::iter::once(otherwise.as_ref())).collect()
            }
        }
    }

    /// Whether the term itself, or a term in it, is one that `is_meant`.
    pub(super) fn any(&self, is_meant: &dyn Fn(&Term) -> bool) -> bool {
        is_meant(self) || self.parts().into_iter().any(|part| part.any(is_meant))
    }

    /// Whether a query within the term has to be answered, or the schema looked at otherwise.
    pub fn asks(&self) -> bool {
        self.any(&|term| {
            matches!(term, Term::Exists(_) | Term::Query(_) | Term::ArrayQuery(_) | Term::InQuery(..))
                || matches!(term, Term::Cast(_, name, _) if name.starts_with("reg"))
                || matches!(term, Term::Call(call) if call.function.starts_with("to_reg") || call.function.starts_with("pg_"))
        })
    }

    /// Whether the term has a query in it.
    pub(super) fn has_query(&self) -> bool {
        self.any(&|term| matches!(term, Term::Exists(_) | Term::Query(_) | Term::ArrayQuery(_) | Term::InQuery(..)))
    }
}
