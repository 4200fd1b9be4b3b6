//! A CHECK that refuses every value, or none.

use std::collections::HashMap;

use super::allowed::{Allowed, Subject, subject, understand};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{known_tables, path};
use crate::schema::{BinaryOperator, Constraint, ExpressionTree, Literal, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let checks =
        known_tables(context.schema).flat_map(|table| table.checks().map(move |(constraint, expression)| (table, constraint, expression)));
    let own = checks.filter(|(_, constraint, _)| !constraint.inherited);
    own.filter_map(|(table, constraint, expression)| Some(finding(table, constraint, &verdict(&expression.tree)?))).collect()
}

fn finding(table: &Table, constraint: &Constraint, verdict: &str) -> Finding {
    let message = format!("`{}` on `{}` {verdict}", constraint.name, table.name.name);
    Finding::new(constraint.span, message).object(path(table, &constraint.name))
}

fn verdict(tree: &ExpressionTree) -> Option<String> {
    // CHECK (false) NO INHERIT is how a parent table says that it holds no rows itself.
    if matches!(tree, ExpressionTree::Literal(Literal::Boolean(true))) {
        return Some("is always true: it checks nothing".to_owned());
    }
    if let Some(null) = compares_with_null(tree) {
        return Some(format!("{null}, which is never false: it checks nothing"));
    }
    if excludes_each_other(tree) {
        return Some("is true for every value, since none can be two things at once: AND was meant, or NOT IN".to_owned());
    }
    let (subject, allowed) = understand(tree)?;
    let (Subject::Column(column) | Subject::Length(column)) = subject;
    let is_contradiction = allowed.is_empty() && matches!(tree, ExpressionTree::And(_) | ExpressionTree::Between { .. });
    is_contradiction.then(|| match allowed {
        Allowed::Range(_) => format!("has no value of `{column}` between its bounds: every row with a value is refused"),
        Allowed::Values(_) => format!("leaves no value for `{column}`: every row with a value is refused"),
    })
}

/// `x = NULL`, `x <> NULL`, `x IN ('a', NULL)`: NULL instead of false, and a CHECK lets NULL pass.
fn compares_with_null(tree: &ExpressionTree) -> Option<&'static str> {
    let is_null = |tree: &ExpressionTree| matches!(tree.without_casts(), ExpressionTree::Literal(Literal::Null));
    match tree {
        ExpressionTree::Binary { operator: BinaryOperator::Named(_), .. } => None,
        ExpressionTree::Binary { left, right, .. } => (is_null(left) || is_null(right)).then_some("compares with NULL"),
        ExpressionTree::In { list, negated: false, .. } => list.iter().any(is_null).then_some("has NULL in its list"),
        ExpressionTree::Or(parts) => parts.iter().find_map(compares_with_null),
        _ => None,
    }
}

/// `x <> 'a' OR x <> 'b'`.
fn excludes_each_other(tree: &ExpressionTree) -> bool {
    let ExpressionTree::Or(parts) = tree else { return false };
    let mut excluded: HashMap<Subject, &ExpressionTree> = HashMap::new();
    parts.iter().any(|part| {
        let ExpressionTree::Binary { operator: BinaryOperator::NotEqual, left, right } = part else { return false };
        let (Some(subject), value @ ExpressionTree::Literal(_)) = (subject(left), right.without_casts()) else { return false };
        *excluded.entry(subject).or_insert(value) != value
    })
}
