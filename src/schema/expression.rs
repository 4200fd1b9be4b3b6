//! SQL expressions as far as lints need to understand them, free of any parser's types.

use std::sync::Arc;

use super::{Name, QualifiedName, Type};

/// A default, check, predicate, index key or policy condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The expression as SQL, in one canonical spelling (the parser's own deparse where it has one).
    pub text: Arc<str>,
    /// What it says, as far as it is understood.
    pub tree: ExpressionTree,
}

impl Expression {
    /// Whether another says the same, as far as both are understood.
    pub fn says_the_same(&self, other: &Expression) -> bool {
        self.text == other.text || self.tree.says_the_same(&other.tree)
    }
}

/// An expression's structure. What no lint looks into is [`ExpressionTree::Other`], which still lists its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpressionTree {
    /// A column, with the qualifier that was written before it (`t.c`, `NEW.c`).
    Column {
        /// Table, alias, `new`, `old`.
        qualifier: Option<Name>,
        /// The column.
        name: Name,
    },
    /// A constant.
    Literal(Literal),
    /// `operand::type` or `CAST(operand AS type)`.
    Cast {
        /// What is cast.
        operand: Box<ExpressionTree>,
        /// To what.
        target: Type,
    },
    /// A comparison, arithmetic or other binary operator.
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// Left operand.
        left: Box<ExpressionTree>,
        /// Right operand.
        right: Box<ExpressionTree>,
    },
    /// `operand IN (…)`, `operand = ANY (ARRAY[…])` and their negations.
    In {
        /// What is looked for.
        operand: Box<ExpressionTree>,
        /// The list.
        list: Vec<ExpressionTree>,
        /// `NOT IN`, `<> ALL`.
        negated: bool,
    },
    /// `operand BETWEEN low AND high`.
    Between {
        /// What is compared.
        operand: Box<ExpressionTree>,
        /// Lower bound, included.
        low: Box<ExpressionTree>,
        /// Upper bound, included.
        high: Box<ExpressionTree>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `a AND b AND …`.
    And(Vec<ExpressionTree>),
    /// `a OR b OR …`.
    Or(Vec<ExpressionTree>),
    /// `NOT a`.
    Not(Box<ExpressionTree>),
    /// `a IS NULL` or, negated, `a IS NOT NULL`.
    IsNull {
        /// What is tested.
        operand: Box<ExpressionTree>,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// A function call, `now()`, `CURRENT_TIMESTAMP` (under its lower-case name).
    Function {
        /// The function.
        name: QualifiedName,
        /// Its arguments.
        arguments: Vec<ExpressionTree>,
    },
    /// `ARRAY[…]`.
    Array(Vec<ExpressionTree>),
    /// Anything else: its parts in source order, so that columns and functions in it are still found.
    Other(Vec<ExpressionTree>),
    /// A subquery: relations it reads; columns in it are not this table's.
    Subquery {
        /// Relations named in it.
        relations: Vec<QualifiedName>,
        /// Column and function references in it.
        parts: Vec<ExpressionTree>,
    },
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `'text'`.
    String(Arc<str>),
    /// `12`, `1.5`, as written.
    Number(Arc<str>),
    /// `TRUE`, `FALSE`.
    Boolean(bool),
    /// `NULL`.
    Null,
}

/// Binary operators that lints tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// Any other, by its SQL name (`||`, `~`, `LIKE`, `@>` …).
    Named(Arc<str>),
}

impl ExpressionTree {
    /// Visits this node and everything below it, parents first.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a ExpressionTree)) {
        visit(self);
        // Most expressions have no parts, and then this allocates nothing.
        let mut pending = self.children();
        pending.reverse();
        while let Some(node) = pending.pop() {
            visit(node);
            pending.extend(node.children().into_iter().rev());
        }
    }

    /// The direct parts, in source order.
    pub fn children(&self) -> Vec<&ExpressionTree> {
        use ExpressionTree as E;
        match self {
            E::Column { .. } | E::Literal(_) => Vec::new(),
            E::Cast { operand, .. } | E::Not(operand) | E::IsNull { operand, .. } => vec![operand],
            E::Binary { left, right, .. } => vec![left, right],
            E::In { operand, list, .. } => std::iter::once(operand.as_ref()).chain(list).collect(),
            E::Between { operand, low, high, .. } => vec![operand, low, high],
            E::And(parts) | E::Or(parts) | E::Array(parts) | E::Other(parts) => parts.iter().collect(),
            E::Function { arguments, .. } => arguments.iter().collect(),
            E::Subquery { parts, .. } => parts.iter().collect(),
        }
    }

    /// Names of all columns mentioned, subqueries left out, in order and with repetition.
    pub fn columns(&self) -> Vec<&Name> {
        let mut columns = Vec::new();
        let mut pending = vec![self];
        while let Some(node) = pending.pop() {
            match node {
                ExpressionTree::Column { name, .. } => columns.push(name),
                ExpressionTree::Subquery { .. } => {}
                _ => pending.extend(node.children().into_iter().rev()),
            }
        }
        columns
    }

    /// The node under any casts.
    pub fn without_casts(&self) -> &ExpressionTree {
        let mut node = self;
        while let ExpressionTree::Cast { operand, .. } = node {
            node = operand;
        }
        node
    }

    /// Whether another says the same in other words: casts that the catalog writes out and people leave out are ignored.
    /// What is not understood is taken for different.
    pub fn says_the_same(&self, other: &ExpressionTree) -> bool {
        let mut pending = vec![(self, other)];
        while let Some((one, other)) = pending.pop() {
            let (one, other) = (one.without_idle_casts(), other.without_idle_casts());
            let (parts, other_parts) = (one.children(), other.children());
            if !one.is_the_same_node(other) || parts.len() != other_parts.len() {
                return false;
            }
            pending.extend(parts.into_iter().zip(other_parts));
        }
        true
    }

    /// The node under casts of constants, and of texts to text.
    fn without_idle_casts(&self) -> &ExpressionTree {
        let mut node = self;
        while let ExpressionTree::Cast { operand, target } = node {
            let is_text = target.is("text") || target.is("character varying");
            if !is_text && !matches!(operand.without_casts(), ExpressionTree::Literal(_) | ExpressionTree::Array(_)) {
                break;
            }
            node = operand;
        }
        node
    }

    /// Whether two nodes are the same but for their parts.
    fn is_the_same_node(&self, other: &ExpressionTree) -> bool {
        use ExpressionTree as E;
        match (self, other) {
            (E::Column { .. }, E::Column { .. }) | (E::Literal(_), E::Literal(_)) => self == other,
            (E::Cast { target, .. }, E::Cast { target: to, .. }) => target == to,
            (E::Binary { operator, .. }, E::Binary { operator: with, .. }) => operator == with,
            (E::In { negated, .. }, E::In { negated: not, .. })
            | (E::Between { negated, .. }, E::Between { negated: not, .. })
            | (E::IsNull { negated, .. }, E::IsNull { negated: not, .. }) => negated == not,
            (E::Function { name, .. }, E::Function { name: called, .. }) => name == called,
            (E::And(_), E::And(_)) | (E::Or(_), E::Or(_)) | (E::Not(_), E::Not(_)) | (E::Array(_), E::Array(_)) => true,
            _ => false,
        }
    }

    /// The text of a string constant, casts ignored.
    pub fn as_string(&self) -> Option<&str> {
        match self.without_casts() {
            ExpressionTree::Literal(Literal::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The name of a plain column, casts ignored.
    pub fn as_column(&self) -> Option<&Name> {
        match self.without_casts() {
            ExpressionTree::Column { name, .. } => Some(name),
            _ => None,
        }
    }
}
