//! Which values a condition lets a column have, where that can be said exactly: a list of values, or a range of numbers.

use std::collections::BTreeSet;

use crate::schema::{BinaryOperator, ExpressionTree, Literal, Name};

/// What a condition is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A column's value.
    Column(Name),
    /// `length(column)` or `char_length(column)`.
    Length(Name),
}

/// The values a condition allows besides NULL, which no CHECK refuses unless it says so.
#[derive(Clone, Debug, PartialEq)]
pub enum Allowed {
    /// Exactly these.
    Values(BTreeSet<String>),
    /// Numbers in a range.
    Range(Range),
}

/// A range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The lower bound, and whether it is itself allowed.
    pub low: (f64, bool),
    /// The upper bound, and whether it is itself allowed.
    pub high: (f64, bool),
}

impl Range {
    /// All numbers.
    pub const ALL: Self = Self { low: (f64::NEG_INFINITY, false), high: (f64::INFINITY, false) };

    /// Whether no number is in it.
    pub fn is_empty(&self) -> bool {
        self.low.0 > self.high.0 || (self.low.0 == self.high.0 && !(self.low.1 && self.high.1))
    }

    /// The numbers in both.
    pub fn intersect(self, other: Self) -> Self {
        let low = if tighter_low(other.low, self.low) { other.low } else { self.low };
        let high = if tighter_low(negated(other.high), negated(self.high)) { other.high } else { self.high };
        Self { low, high }
    }

    /// Whether every number of `other` is in it.
    pub fn contains(&self, other: &Self) -> bool {
        !tighter_low(self.low, other.low) && !tighter_low(negated(self.high), negated(other.high))
    }

    fn has(&self, number: f64) -> bool {
        let above = number > self.low.0 || (number == self.low.0 && self.low.1);
        let below = number < self.high.0 || (number == self.high.0 && self.high.1);
        above && below
    }
}

fn negated((bound, included): (f64, bool)) -> (f64, bool) {
    (-bound, included)
}

/// Whether the first lower bound leaves out more than the second.
fn tighter_low(first: (f64, bool), second: (f64, bool)) -> bool {
    first.0 > second.0 || (first.0 == second.0 && !first.1 && second.1)
}

impl Allowed {
    /// The values both allow.
    pub fn intersect(self, other: Self) -> Self {
        match (self, other) {
            (Allowed::Values(left), Allowed::Values(right)) => Allowed::Values(&left & &right),
            (Allowed::Range(left), Allowed::Range(right)) => Allowed::Range(left.intersect(right)),
            (Allowed::Values(values), Allowed::Range(range)) | (Allowed::Range(range), Allowed::Values(values)) => {
                Allowed::Values(values.into_iter().filter(|value| value.parse().is_ok_and(|number| range.has(number))).collect())
            }
        }
    }

    /// Whether it allows nothing.
    pub fn is_empty(&self) -> bool {
        match self {
            Allowed::Values(values) => values.is_empty(),
            Allowed::Range(range) => range.is_empty(),
        }
    }
}

/// What a condition says, where it says something about one subject only and all of it is understood.
pub fn understand(tree: &ExpressionTree) -> Option<(Subject, Allowed)> {
    match tree {
        ExpressionTree::And(parts) => understand_all(parts),
        ExpressionTree::Or(parts) => understand_any(parts),
        ExpressionTree::In { operand, list, negated: false } => {
            let values = list.iter().map(constant).collect::<Option<BTreeSet<String>>>()?;
            Some((subject(operand)?, Allowed::Values(values)))
        }
        ExpressionTree::Between { operand, low, high, negated: false } => {
            Some((subject(operand)?, Allowed::Range(Range { low: (number(low)?, true), high: (number(high)?, true) })))
        }
        ExpressionTree::Binary { operator, left, right } => comparison(operator, left, right),
        _ => None,
    }
}

/// `a AND b` where both are understood; a part about NULL says nothing about values.
fn understand_all(parts: &[ExpressionTree]) -> Option<(Subject, Allowed)> {
    let mut all: Option<(Subject, Allowed)> = None;
    for part in parts.iter().filter(|part| !is_null_test(part)) {
        let (subject, allowed) = understand(part)?;
        all = Some(match all {
            None => (subject, allowed),
            Some((known, before)) if known == subject => (subject, before.intersect(allowed)),
            Some(_) => return None,
        });
    }
    all
}

/// `a OR b` where both are lists; `OR column IS NULL` adds nothing to what a CHECK allows.
fn understand_any(parts: &[ExpressionTree]) -> Option<(Subject, Allowed)> {
    let mut any: Option<(Subject, Allowed)> = None;
    for part in parts {
        if matches!(part, ExpressionTree::IsNull { negated: false, .. }) {
            continue;
        }
        let (subject, allowed) = understand(part)?;
        any = Some(match (any, allowed) {
            (None, allowed) => (subject, allowed),
            (Some((known, Allowed::Values(mut before))), Allowed::Values(values)) if known == subject => {
                before.extend(values);
                (subject, Allowed::Values(before))
            }
            _ => return None,
        });
    }
    any
}

fn is_null_test(tree: &ExpressionTree) -> bool {
    matches!(tree, ExpressionTree::IsNull { negated: true, .. })
}

fn comparison(operator: &BinaryOperator, left: &ExpressionTree, right: &ExpressionTree) -> Option<(Subject, Allowed)> {
    use BinaryOperator as O;
    let (subject, operator, value) = match subject(left) {
        Some(subject) => (subject, operator.clone(), right),
        None => (subject(right)?, mirrored(operator)?, left),
    };
    let from = |bound| Some(Allowed::Range(Range { low: bound, ..Range::ALL }));
    let to = |bound| Some(Allowed::Range(Range { high: bound, ..Range::ALL }));
    let allowed = match operator {
        O::Equal => constant(value).map(|value| Allowed::Values(BTreeSet::from([value]))),
        O::Less => to((number(value)?, false)),
        O::LessOrEqual => to((number(value)?, true)),
        O::Greater => from((number(value)?, false)),
        O::GreaterOrEqual => from((number(value)?, true)),
        O::NotEqual | O::Named(_) => None,
    }?;
    Some((subject, allowed))
}

fn mirrored(operator: &BinaryOperator) -> Option<BinaryOperator> {
    use BinaryOperator as O;
    Some(match operator {
        O::Equal => O::Equal,
        O::Less => O::Greater,
        O::LessOrEqual => O::GreaterOrEqual,
        O::Greater => O::Less,
        O::GreaterOrEqual => O::LessOrEqual,
        O::NotEqual | O::Named(_) => return None,
    })
}

/// The column, or its length, an expression is.
pub fn subject(tree: &ExpressionTree) -> Option<Subject> {
    match tree.without_casts() {
        ExpressionTree::Column { name, .. } => Some(Subject::Column(name.clone())),
        ExpressionTree::Function { name, arguments } => {
            let [argument] = arguments.as_slice() else { return None };
            let is_length = ["length", "char_length", "character_length"].iter().any(|length| name.name == *length);
            is_length.then(|| argument.as_column().cloned()).flatten().map(Subject::Length)
        }
        _ => None,
    }
}

/// A string or number as text. NULL is no value.
fn constant(tree: &ExpressionTree) -> Option<String> {
    match tree.without_casts() {
        ExpressionTree::Literal(Literal::String(text) | Literal::Number(text)) => Some(text.to_string()),
        ExpressionTree::Literal(Literal::Boolean(value)) => Some(value.to_string()),
        _ => None,
    }
}

/// A number, with or without a sign.
pub fn number(tree: &ExpressionTree) -> Option<f64> {
    match tree.without_casts() {
        ExpressionTree::Literal(Literal::Number(text)) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_what_it_does_not_cut_off() {
        let range = |low, high| Range { low, high };
        let percent = range((0.0, true), (100.0, true));
        for (other, contained) in [
            (range((0.0, true), (100.0, true)), true),
            (range((0.0, false), (99.0, true)), true),
            (range((-1.0, true), (100.0, true)), false),
            (range((0.0, true), (101.0, false)), false),
            (Range::ALL, false),
        ] {
            assert_eq!(percent.contains(&other), contained, "{other:?}");
        }
        assert!(!range((0.0, false), (100.0, true)).contains(&percent), "0 itself is cut off");
    }

    #[test]
    fn bounds_that_cross_leave_nothing() {
        let above = Range { low: (5.0, false), ..Range::ALL };
        assert!(above.intersect(Range { high: (3.0, true), ..Range::ALL }).is_empty());
        assert!(above.intersect(Range { high: (5.0, true), ..Range::ALL }).is_empty(), "5 is not above 5");
        assert!(!above.intersect(Range { high: (6.0, true), ..Range::ALL }).is_empty());
    }
}
