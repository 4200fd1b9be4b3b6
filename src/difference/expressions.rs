//! Whether two spellings are one to PostgreSQL, which keeps expressions and types parsed and not as they were written.

use crate::schema::{Expression, ExpressionTree, Literal, QualifiedName, Type};

/// Whether two expressions mean the same; `data_type` is that of the column they are to give a value to.
pub(super) fn are_same(one: &Expression, other: &Expression, data_type: Option<&Type>) -> bool {
    match one.text == other.text {
        true => one.tree == other.tree || groups(&one.tree) == groups(&other.tree),
        false => are_same_trees(&one.tree, &other.tree, data_type),
    }
}

/// How many conditions each AND and OR joins: `a AND (b AND c)` is kept as it is written, and its text does not say so.
fn groups(tree: &ExpressionTree) -> Vec<usize> {
    let mut groups = Vec::new();
    tree.walk(&mut |node| {
        if let ExpressionTree::And(parts) | ExpressionTree::Or(parts) = node {
            groups.push(parts.len());
        }
    });
    groups
}

/// Whether two types are the same; one of them may lack its schema, or may not be known.
pub(super) fn are_same_types(one: &Type, other: &Type) -> bool {
    let is_known = !one.is("unknown") && !other.is("unknown");
    !is_known || one.modifiers == other.modifiers && one.array == other.array && are_same_names(&one.name, &other.name)
}

/// Whether two names are the same as far as they were written.
pub(super) fn are_same_names(one: &QualifiedName, other: &QualifiedName) -> bool {
    let is_open = |name: &QualifiedName| name.schema().is_none_or(|schema| *schema == "pg_catalog");
    one.name == other.name && (one.schema == other.schema || is_open(one) || is_open(other))
}

fn are_same_trees(one: &ExpressionTree, other: &ExpressionTree, data_type: Option<&Type>) -> bool {
    use ExpressionTree as E;
    let (one, other) = (without_own_cast(one, data_type), without_own_cast(other, data_type));
    match (one, other) {
        (E::Column { name: one, .. }, E::Column { name: other, .. }) => one == other,
        (E::Literal(one), E::Literal(other)) => are_same_constants(one, other),
        (E::Cast { operand: one, target }, E::Cast { operand: other, target: other_target }) => {
            are_same_types(target, other_target) && are_same_trees(one, other, Some(target))
        }
        (E::Binary { operator: a, left: b, right: c }, E::Binary { operator: d, left: e, right: f }) => {
            a == d && are_same_operands(b, e) && are_same_operands(c, f)
        }
        (E::In { operand: a, list: b, negated: c }, E::In { operand: d, list: e, negated: f }) => {
            c == f && are_same_operands(a, d) && are_same_lists(b, e)
        }
        (E::Between { operand: a, low: b, high: c, negated: d }, E::Between { operand: e, low: f, high: g, negated: h }) => {
            d == h && are_same_trees(a, e, None) && are_same_trees(b, f, None) && are_same_trees(c, g, None)
        }
        (E::And(one), E::And(other)) | (E::Or(one), E::Or(other)) | (E::Array(one), E::Array(other)) => are_same_lists(one, other),
        (E::Not(one), E::Not(other)) => are_same_trees(one, other, None),
        (E::IsNull { operand: a, negated: b }, E::IsNull { operand: c, negated: d }) => b == d && are_same_trees(a, c, None),
        (E::Function { name: a, arguments: b }, E::Function { name: c, arguments: d }) => {
            are_same_names(a, c) && b.len() == d.len() && b.iter().zip(d).all(|(one, other)| are_same_operands(one, other))
        }
        // What these trees do not say the texts do, and they differ.
        _ => false,
    }
}

fn are_same_lists(one: &[ExpressionTree], other: &[ExpressionTree]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| are_same_trees(one, other, None))
}

/// A constant for a column of a type is of that type, whether or not a cast says so; a constant that is compared takes
/// the other side's type, which is mostly text.
fn without_own_cast<'a>(tree: &'a ExpressionTree, data_type: Option<&Type>) -> &'a ExpressionTree {
    let ExpressionTree::Cast { operand, target } = tree else { return tree };
    let is_own = match data_type {
        Some(data_type) => are_same_names(&data_type.name, &target.name) && data_type.array == target.array,
        None => is_plain_string(target),
    };
    match operand.without_casts() {
        ExpressionTree::Literal(_) if is_own => operand.without_casts(),
        ExpressionTree::Array(_) if is_plain_string(&Type { array: false, ..target.clone() }) => operand.without_casts(),
        _ => tree,
    }
}

fn is_plain_string(data_type: &Type) -> bool {
    data_type.is_string() && data_type.modifiers.is_empty()
}

/// An operand without the cast that PostgreSQL puts there by itself: text functions take any string, arithmetic and
/// comparisons bring both sides to one type of number.
fn without_implicit_cast(tree: &ExpressionTree) -> &ExpressionTree {
    const NUMBERS: [&str; 3] = ["bigint", "numeric", "double precision"];
    let ExpressionTree::Cast { operand, target } = tree else { return tree };
    let is_number = target.modifiers.is_empty() && NUMBERS.iter().any(|name| target.is(name));
    match operand.as_ref() {
        ExpressionTree::Literal(Literal::Number(_)) if is_number => operand,
        ExpressionTree::Column { .. } if is_number || target.is("text") => operand,
        _ => tree,
    }
}

fn are_same_operands(one: &ExpressionTree, other: &ExpressionTree) -> bool {
    are_same_trees(one, other, None) || are_same_trees(without_implicit_cast(one), without_implicit_cast(other), None)
}

fn are_same_constants(one: &Literal, other: &Literal) -> bool {
    match (one, other) {
        // Read as a value of the column's type, `'1'` is 1.
        (Literal::String(text), Literal::Number(number)) | (Literal::Number(number), Literal::String(text)) => text == number,
        (Literal::String(text), Literal::Boolean(true)) | (Literal::Boolean(true), Literal::String(text)) => {
            matches!(&**text, "t" | "true")
        }
        (Literal::String(text), Literal::Boolean(false)) | (Literal::Boolean(false), Literal::String(text)) => {
            matches!(&**text, "f" | "false")
        }
        _ => one == other,
    }
}
