//! Expressions of sqlparser as the model's.

use std::sync::Arc;

use sqlparser::ast::{
    BinaryOperator as Operator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, SelectItem, SetExpr, Statement,
    UnaryOperator, Value,
};

use super::{parser, types};
use crate::schema::{BinaryOperator, Dialect, Expression, ExpressionTree, Literal, Name, QualifiedName};

/// The expression and its text.
pub fn lower(expression: &Expr, dialect: Dialect) -> Expression {
    let expression = without_parentheses(expression);
    Expression { text: expression.to_string().into(), tree: tree(expression, dialect) }
}

/// The expression that is written.
pub fn parse(written: &str, dialect: Dialect) -> Result<Expression, String> {
    let Statement::Query(query) = parser::parse(&format!("SELECT {written}"), dialect)? else { return Err("no expression".to_owned()) };
    let SetExpr::Select(select) = *query.body else { return Err("no expression".to_owned()) };
    match select.projection.as_slice() {
        [SelectItem::UnnamedExpr(value)] => Ok(lower(value, dialect)),
        _ => Err("no expression".to_owned()),
    }
}

/// The expression within its parentheses.
pub fn without_parentheses(expression: &Expr) -> &Expr {
    let mut inner = expression;
    while let Expr::Nested(nested) = inner {
        inner = nested;
    }
    inner
}

fn boxed(expression: &Expr, dialect: Dialect) -> Box<ExpressionTree> {
    Box::new(tree(expression, dialect))
}

fn tree(expression: &Expr, dialect: Dialect) -> ExpressionTree {
    use ExpressionTree as T;
    let lowered = |part: &Expr| boxed(part, dialect);
    let all = |parts: &[Expr]| parts.iter().map(|part| tree(part, dialect)).collect::<Vec<_>>();
    match expression {
        Expr::Nested(inner) => tree(inner, dialect),
        // SQLite and MySQL read a text in double quotes where no column has the name.
        Expr::Identifier(name) => column(None, &name.value),
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [.., table, name] => column(Some(table.value.as_str().into()), &name.value),
            [name] => column(None, &name.value),
            [] => T::Other(Vec::new()),
        },
        Expr::Value(value) => literal(&value.value),
        Expr::IsNull(operand) => T::IsNull { operand: lowered(operand), negated: false },
        Expr::IsNotNull(operand) => T::IsNull { operand: lowered(operand), negated: true },
        Expr::InList { expr, list, negated } => T::In { operand: lowered(expr), list: all(list), negated: *negated },
        Expr::Between { expr, negated, low, high } => {
            T::Between { operand: lowered(expr), low: lowered(low), high: lowered(high), negated: *negated }
        }
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => T::Not(lowered(expr)),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match tree(expr, dialect) {
            T::Literal(Literal::Number(number)) => T::Literal(Literal::Number(format!("-{number}").into())),
            other => T::Other(vec![other]),
        },
        Expr::UnaryOp { expr, .. } | Expr::Collate { expr, .. } => T::Other(vec![tree(expr, dialect)]),
        Expr::Cast { expr, data_type, .. } => T::Cast { operand: lowered(expr), target: types::lower(data_type, dialect) },
        Expr::BinaryOp { left, op, right } => binary(left, op, right, dialect),
        Expr::Like { expr, pattern, negated, .. } => {
            let operator = if *negated { "NOT LIKE" } else { "LIKE" };
            T::Binary { operator: BinaryOperator::Named(operator.into()), left: lowered(expr), right: lowered(pattern) }
        }
        Expr::Function(call) => T::Function { name: function_name(&call.name), arguments: arguments(&call.args, dialect) },
        Expr::Case { operand, conditions, else_result, .. } => {
            let conditions = conditions.iter().flat_map(|when| [&when.condition, &when.result]);
            let parts = operand.iter().map(AsRef::as_ref).chain(conditions).chain(else_result.iter().map(AsRef::as_ref));
            T::Other(parts.map(|part| tree(part, dialect)).collect())
        }
        Expr::Tuple(parts) => T::Other(all(parts)),
        Expr::Substring { expr, .. } | Expr::Trim { expr, .. } | Expr::Extract { expr, .. } => T::Other(vec![tree(expr, dialect)]),
        Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => T::Subquery { relations: Vec::new(), parts: Vec::new() },
        _ => T::Other(Vec::new()),
    }
}

fn column(qualifier: Option<Name>, name: &str) -> ExpressionTree {
    let keywords = ["current_timestamp", "current_date", "current_time", "localtime", "localtimestamp"];
    let lower = name.to_ascii_lowercase();
    if qualifier.is_none() && keywords.contains(&lower.as_str()) {
        return ExpressionTree::Function { name: QualifiedName::unqualified(lower), arguments: Vec::new() };
    }
    match lower.as_str() {
        "true" | "false" if qualifier.is_none() => ExpressionTree::Literal(Literal::Boolean(lower == "true")),
        _ => ExpressionTree::Column { qualifier, name: name.into() },
    }
}

fn literal(value: &Value) -> ExpressionTree {
    let literal = match value {
        Value::Number(number, _) => Literal::Number(number.as_str().into()),
        Value::Boolean(value) => Literal::Boolean(*value),
        Value::Null => Literal::Null,
        other => match other.clone().into_string() {
            Some(text) => Literal::String(text.into()),
            None => return ExpressionTree::Other(Vec::new()),
        },
    };
    ExpressionTree::Literal(literal)
}

fn binary(left: &Expr, operator: &Operator, right: &Expr, dialect: Dialect) -> ExpressionTree {
    let (left, right) = (tree(left, dialect), tree(right, dialect));
    let joined = |parts: [ExpressionTree; 2], is_and: bool| {
        parts.into_iter().flat_map(move |part| match part {
            ExpressionTree::And(parts) if is_and => parts,
            ExpressionTree::Or(parts) if !is_and => parts,
            other => vec![other],
        })
    };
    let operator = match operator {
        Operator::And => return ExpressionTree::And(joined([left, right], true).collect()),
        Operator::Or => return ExpressionTree::Or(joined([left, right], false).collect()),
        Operator::Eq => BinaryOperator::Equal,
        Operator::NotEq => BinaryOperator::NotEqual,
        Operator::Lt => BinaryOperator::Less,
        Operator::LtEq => BinaryOperator::LessOrEqual,
        Operator::Gt => BinaryOperator::Greater,
        Operator::GtEq => BinaryOperator::GreaterOrEqual,
        other => BinaryOperator::Named(other.to_string().into()),
    };
    ExpressionTree::Binary { operator, left: Box::new(left), right: Box::new(right) }
}

fn function_name(name: &ObjectName) -> QualifiedName {
    let text: Arc<str> = name.to_string().to_ascii_lowercase().into();
    QualifiedName::unqualified(&*text)
}

fn arguments(arguments: &FunctionArguments, dialect: Dialect) -> Vec<ExpressionTree> {
    let FunctionArguments::List(list) = arguments else { return Vec::new() };
    let argument = |argument: &FunctionArg| match argument {
        FunctionArg::Named { arg: FunctionArgExpr::Expr(value), .. }
        | FunctionArg::ExprNamed { arg: FunctionArgExpr::Expr(value), .. }
        | FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(tree(value, dialect)),
        _ => None,
    };
    list.args.iter().filter_map(argument).collect()
}
