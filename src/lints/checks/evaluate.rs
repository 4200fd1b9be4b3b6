//! What a condition says about one value, in SQL's three-valued logic, where that can be known.

use std::cmp::Ordering;

use crate::schema::{BinaryOperator, ExpressionTree, Literal, Name};

/// The outcome of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It is NULL, which a CHECK lets pass.
    Null,
    /// It cannot be known from the text.
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Truth::True } else { Truth::False }
    }
}

impl Truth {
    fn negate(self) -> Self {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            other => other,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
            (Truth::Null, _) | (_, Truth::Null) => Truth::Null,
            (Truth::True, Truth::True) => Truth::True,
        }
    }
}

/// The condition's outcome in a row where `column` is `value`; other columns are unknown.
pub fn evaluate(tree: &ExpressionTree, column: &Name, value: &Literal) -> Truth {
    let inner = |tree: &ExpressionTree| evaluate(tree, column, value);
    let term = |tree: &ExpressionTree| term(tree, column, value);
    match tree {
        ExpressionTree::And(parts) => parts.iter().map(inner).fold(Truth::True, Truth::and),
        ExpressionTree::Or(parts) => parts.iter().map(|part| inner(part).negate()).fold(Truth::True, Truth::and).negate(),
        ExpressionTree::Not(operand) => inner(operand).negate(),
        ExpressionTree::IsNull { operand, negated } => {
            term(operand).map_or(Truth::Unknown, |value| Truth::from((value == Literal::Null) != *negated))
        }
        ExpressionTree::Binary { operator, left, right } => compare(operator, term(left), term(right)),
        ExpressionTree::In { operand, list, negated } => {
            let equal = |item: &ExpressionTree| compare(&BinaryOperator::Equal, term(operand), term(item));
            let found = list.iter().map(|item| equal(item).negate()).fold(Truth::True, Truth::and).negate();
            if *negated { found.negate() } else { found }
        }
        ExpressionTree::Between { operand, low, high, negated } => {
            let above = compare(&BinaryOperator::GreaterOrEqual, term(operand), term(low));
            let within = above.and(compare(&BinaryOperator::LessOrEqual, term(operand), term(high)));
            if *negated { within.negate() } else { within }
        }
        other => match term(other) {
            Some(Literal::Boolean(value)) => value.into(),
            Some(Literal::Null) => Truth::Null,
            _ => Truth::Unknown,
        },
    }
}

/// The constant an operand is, the column replaced by its value.
fn term(tree: &ExpressionTree, column: &Name, value: &Literal) -> Option<Literal> {
    match tree.without_casts() {
        ExpressionTree::Literal(literal) => Some(literal.clone()),
        ExpressionTree::Column { name, .. } if name == column => Some(value.clone()),
        ExpressionTree::Function { name, arguments } => {
            let [argument] = arguments.as_slice() else { return None };
            if !["length", "char_length", "character_length"].iter().any(|length| name.name == *length) {
                return None;
            }
            match term(argument, column, value)? {
                Literal::String(text) => Some(Literal::Number(text.chars().count().to_string().into())),
                Literal::Null => Some(Literal::Null),
                _ => None,
            }
        }
        _ => None,
    }
}

fn compare(operator: &BinaryOperator, left: Option<Literal>, right: Option<Literal>) -> Truth {
    let (Some(left), Some(right)) = (left, right) else { return Truth::Unknown };
    if left == Literal::Null || right == Literal::Null {
        return Truth::Null;
    }
    let Some(ordering) = order(&left, &right, operator) else { return Truth::Unknown };
    match operator {
        BinaryOperator::Equal => (ordering == Ordering::Equal).into(),
        BinaryOperator::NotEqual => (ordering != Ordering::Equal).into(),
        BinaryOperator::Less => (ordering == Ordering::Less).into(),
        BinaryOperator::LessOrEqual => (ordering != Ordering::Greater).into(),
        BinaryOperator::Greater => (ordering == Ordering::Greater).into(),
        BinaryOperator::GreaterOrEqual => (ordering != Ordering::Less).into(),
        BinaryOperator::Named(_) => Truth::Unknown,
    }
}

/// Strings are only told apart, not ordered: that is the collation's business.
fn order(left: &Literal, right: &Literal, operator: &BinaryOperator) -> Option<Ordering> {
    let is_equality = matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
    match (left, right) {
        (Literal::String(left), Literal::String(right)) => is_equality.then(|| left.cmp(right)),
        (Literal::Boolean(left), Literal::Boolean(right)) => Some(left.cmp(right)),
        (Literal::Number(left), Literal::Number(right)) => left.parse::<f64>().ok()?.partial_cmp(&right.parse().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_unknown_columns_never_make_a_condition_false() {
        let column = |name: &str| Box::new(ExpressionTree::Column { qualifier: None, name: name.into() });
        let number = |text: &str| Box::new(ExpressionTree::Literal(Literal::Number(text.into())));
        let above =
            |name: &str, low: &str| ExpressionTree::Binary { operator: BinaryOperator::Greater, left: column(name), right: number(low) };
        let zero = Literal::Number("0".into());
        for (condition, value, expected) in [
            (above("a", "1"), &zero, Truth::False),
            (above("a", "-1"), &zero, Truth::True),
            (above("a", "1"), &Literal::Null, Truth::Null),
            (above("b", "1"), &zero, Truth::Unknown),
            (ExpressionTree::Or(vec![above("a", "1"), above("b", "1")]), &zero, Truth::Unknown),
            (ExpressionTree::And(vec![above("a", "1"), above("b", "1")]), &zero, Truth::False),
        ] {
            assert_eq!(evaluate(&condition, &"a".into(), value), expected, "{condition:?} for {value:?}");
        }
    }
}
