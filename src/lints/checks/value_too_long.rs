//! An allowed value or default that the column is too short for.

use std::collections::HashMap;

use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{known_tables, later, path};
use crate::schema::{BinaryOperator, Column, Expression, ExpressionTree, Name, Table};
use crate::source::Span;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    known_tables(context.schema).flat_map(|table| in_checks(context, table).into_iter().chain(in_defaults(context, table))).collect()
}

fn in_checks(context: &SchemaContext, table: &Table) -> Vec<Finding> {
    let own = table.checks().filter(|(constraint, _)| !constraint.inherited);
    let finding = |span, (name, values): (&Name, Vec<&str>)| {
        let column = table.column(name)?;
        let values: Vec<&str> = values.into_iter().filter(|value| is_too_long(column, value)).collect();
        let first = values.first()?;
        let rest = if values.len() > 1 { format!(" (and {} more)", values.len() - 1) } else { String::new() };
        let message = format!("the check on `{}.{name}` allows '{first}'{rest}", table.name.name);
        Some(finding(context, table, column, span, &message, &values))
    };
    own.flat_map(|(constraint, expression)| {
        allowed_values(expression).into_iter().filter_map(move |allowed| finding(constraint.span, allowed))
    })
    .collect()
}

fn in_defaults<'a>(context: &'a SchemaContext, table: &'a Table) -> impl Iterator<Item = Finding> + 'a {
    let columns = table.columns.iter().filter(|column| !column.inherited);
    columns.filter_map(move |column| {
        let default = column.default.as_ref()?;
        // An explicit cast to a length cuts the value off without a word.
        let ExpressionTree::Literal(_) = without_plain_casts(&default.value.tree) else { return None };
        let value = default.value.tree.as_string().filter(|value| is_too_long(column, value))?;
        let message = format!("the default of `{}.{}` is '{value}'", table.name.name, column.name);
        Some(finding(context, table, column, default.span, &message, &[value]))
    })
}

fn without_plain_casts(tree: &ExpressionTree) -> &ExpressionTree {
    match tree {
        ExpressionTree::Cast { operand, target } if target.modifiers.is_empty() && !target.is("character") => without_plain_casts(operand),
        tree => tree,
    }
}

/// Blanks at the end do not count: PostgreSQL cuts them off.
fn is_too_long(column: &Column, value: &str) -> bool {
    column.data_type.value.max_characters().is_some_and(|length| value.trim_end_matches(' ').chars().count() > length)
}

fn finding(context: &SchemaContext, table: &Table, column: &Column, span: Span, message: &str, values: &[&str]) -> Finding {
    let data_type = &column.data_type.value;
    let needed = values.iter().map(|value| value.chars().count()).max().unwrap_or_default();
    let of_type = column.data_type.span;
    let blamed = later(context.history.history, span, of_type);
    let (other, label) =
        if blamed == span { (of_type, format!("`{}` is {data_type}", column.name)) } else { (span, "the value stands here".to_owned()) };
    let help = format!("ALTER TABLE {} ALTER COLUMN {} TYPE varchar({needed});", table.name.to_sql(), column.name.to_sql());
    Finding::new(blamed, format!("{message}, which has {needed} characters: {data_type} cannot hold it, and storing it fails"))
        .object(path(table, &column.name))
        .because(other, label)
        .help(help)
}

/// The strings a condition lists for each column. What stands under NOT is not allowed, and may be as long as it likes.
fn allowed_values(expression: &Expression) -> Vec<(&Name, Vec<&str>)> {
    let mut values: HashMap<&Name, Vec<&str>> = HashMap::new();
    let mut pending = vec![&expression.tree];
    while let Some(tree) = pending.pop() {
        match tree {
            ExpressionTree::And(parts) | ExpressionTree::Or(parts) => pending.extend(parts.iter().rev()),
            ExpressionTree::In { operand, list, negated: false } => {
                if let Some(column) = operand.as_column() {
                    values.entry(column).or_default().extend(list.iter().filter_map(ExpressionTree::as_string));
                }
            }
            ExpressionTree::Binary { operator: BinaryOperator::Equal, left, right } => {
                if let (Some(column), Some(value)) = (left.as_column(), right.as_string()) {
                    values.entry(column).or_default().push(value);
                }
            }
            _ => {}
        }
    }
    let mut values: Vec<(&Name, Vec<&str>)> = values.into_iter().collect();
    values.sort();
    values
}
