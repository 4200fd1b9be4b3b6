//! Expressions of the parser to [`Expression`].
//!
//! Recursion is bounded: the parser's protobuf decoder gives up at a hundred levels.

use std::sync::Arc;

use pg_query::protobuf::{
    AConst, AExpr, AExprKind, BoolExprType, ColumnRef, FuncCall, LimitOption, NullTestType, ParseResult, RawStmt, ResTarget, SelectStmt,
    SetOperation, SqlValueFunctionOp, a_const,
};
use pg_query::{Node, NodeEnum};

use super::node::{inner, items, kind, names, qualified, string};
use super::{children, data_type, query};
use crate::schema::{BinaryOperator, Expression, ExpressionTree, Literal, Name, QualifiedName};

/// The expression with its canonical text.
pub fn lower(node: &Node) -> Expression {
    Expression { text: deparse(node).into(), tree: tree(node) }
}

/// The expression, where there is one.
pub fn lower_optional(node: &Option<Box<Node>>) -> Option<Expression> {
    node.as_deref().map(lower)
}

/// The expression in the parser's own spelling; empty if it has none.
pub fn deparse(node: &Node) -> String {
    let target = ResTarget { val: Some(Box::new(node.clone())), ..ResTarget::default() };
    let select = SelectStmt {
        target_list: vec![wrap(NodeEnum::ResTarget(Box::new(target)))],
        limit_option: LimitOption::Default.into(),
        op: SetOperation::SetopNone.into(),
        ..SelectStmt::default()
    };
    let written = deparse_statement(&wrap(NodeEnum::SelectStmt(Box::new(select))));
    written.strip_prefix("SELECT ").unwrap_or(&written).to_owned()
}

/// A statement in the parser's own spelling; empty if it has none.
pub fn deparse_statement(node: &Node) -> String {
    let statement = RawStmt { stmt: Some(Box::new(node.clone())), stmt_location: 0, stmt_len: 0 };
    let result = ParseResult { version: 0, stmts: vec![statement] };
    pg_query::deparse(&result, pg_query::DeparseOptions::default()).unwrap_or_default()
}

fn wrap(node: NodeEnum) -> Node {
    Node { node: Some(node) }
}

/// The expression's structure.
pub fn tree(node: &Node) -> ExpressionTree {
    let Some(node) = kind(node) else { return ExpressionTree::Other(Vec::new()) };
    match node {
        NodeEnum::ColumnRef(column) => column_reference(column),
        NodeEnum::AConst(constant) => literal(constant),
        NodeEnum::TypeCast(cast) => ExpressionTree::Cast { operand: boxed(&cast.arg), target: data_type::lower_optional(&cast.type_name) },
        NodeEnum::AExpr(expression) => operator(expression),
        NodeEnum::BoolExpr(expression) => boolean(expression.boolop(), &expression.args),
        NodeEnum::NullTest(test) => {
            ExpressionTree::IsNull { operand: boxed(&test.arg), negated: test.nulltesttype() == NullTestType::IsNotNull }
        }
        NodeEnum::FuncCall(call) => function(call),
        NodeEnum::SqlvalueFunction(function) => named_function(value_function(function.op()), &[]),
        NodeEnum::CoalesceExpr(expression) => named_function("coalesce", &expression.args),
        NodeEnum::MinMaxExpr(expression) => {
            use pg_query::protobuf::MinMaxOp;
            named_function(if expression.op() == MinMaxOp::IsGreatest { "greatest" } else { "least" }, &expression.args)
        }
        NodeEnum::AArrayExpr(array) => ExpressionTree::Array(trees(&array.elements)),
        NodeEnum::NamedArgExpr(argument) => optional_tree(&argument.arg),
        NodeEnum::SubLink(link) => subquery(&link.testexpr, &link.subselect),
        other => ExpressionTree::Other(children::of(other).into_iter().map(tree).collect()),
    }
}

fn optional_tree(node: &Option<Box<Node>>) -> ExpressionTree {
    node.as_deref().map_or_else(|| ExpressionTree::Other(Vec::new()), tree)
}

fn boxed(node: &Option<Box<Node>>) -> Box<ExpressionTree> {
    Box::new(optional_tree(node))
}

fn trees(nodes: &[Node]) -> Vec<ExpressionTree> {
    nodes.iter().map(tree).collect()
}

/// `qualifier.column` of a reference; `None` for `*`.
pub fn reference(column: &ColumnRef) -> Option<(Option<Name>, Name)> {
    let mut parts = column.fields.iter().rev();
    let name = string(parts.next()?)?;
    Some((parts.next().and_then(string).map(Name::from), name.into()))
}

fn column_reference(column: &ColumnRef) -> ExpressionTree {
    match reference(column) {
        Some((qualifier, name)) => ExpressionTree::Column { qualifier, name },
        None => ExpressionTree::Other(Vec::new()),
    }
}

fn literal(constant: &AConst) -> ExpressionTree {
    use a_const::Val;
    ExpressionTree::Literal(match &constant.val {
        Some(Val::Ival(value)) => Literal::Number(value.ival.to_string().into()),
        Some(Val::Fval(value)) => Literal::Number(value.fval.as_str().into()),
        Some(Val::Boolval(value)) => Literal::Boolean(value.boolval),
        Some(Val::Sval(value)) => Literal::String(value.sval.as_str().into()),
        Some(Val::Bsval(value)) => Literal::String(value.bsval.as_str().into()),
        None => Literal::Null,
    })
}

fn boolean(operator: BoolExprType, arguments: &[Node]) -> ExpressionTree {
    let parts = trees(arguments);
    match operator {
        BoolExprType::NotExpr => match parts.into_iter().next() {
            Some(part) => ExpressionTree::Not(Box::new(part)),
            None => ExpressionTree::Other(Vec::new()),
        },
        BoolExprType::OrExpr => ExpressionTree::Or(flatten(parts, |part| match part {
            ExpressionTree::Or(inner) => Ok(inner),
            other => Err(other),
        })),
        _ => ExpressionTree::And(flatten(parts, |part| match part {
            ExpressionTree::And(inner) => Ok(inner),
            other => Err(other),
        })),
    }
}

fn flatten(
    parts: Vec<ExpressionTree>,
    open: impl Fn(ExpressionTree) -> Result<Vec<ExpressionTree>, ExpressionTree>,
) -> Vec<ExpressionTree> {
    parts.into_iter().flat_map(|part| open(part).unwrap_or_else(|single| vec![single])).collect()
}

fn operator(expression: &AExpr) -> ExpressionTree {
    let name = qualified(&expression.name.clone()).name.clone();
    let (left, right) = (&expression.lexpr, &expression.rexpr);
    match expression.kind() {
        AExprKind::AexprOp if left.is_some() => binary(binary_operator(&name), left, right),
        AExprKind::AexprLike => binary(BinaryOperator::Named(if name.starts_with('!') { "NOT LIKE" } else { "LIKE" }.into()), left, right),
        AExprKind::AexprIlike => {
            binary(BinaryOperator::Named(if name.starts_with('!') { "NOT ILIKE" } else { "ILIKE" }.into()), left, right)
        }
        AExprKind::AexprDistinct => binary(BinaryOperator::Named("IS DISTINCT FROM".into()), left, right),
        AExprKind::AexprNotDistinct => binary(BinaryOperator::Named("IS NOT DISTINCT FROM".into()), left, right),
        AExprKind::AexprNullif => {
            let arguments = left.iter().chain(right).map(|node| tree(node)).collect();
            ExpressionTree::Function { name: QualifiedName::unqualified("nullif"), arguments }
        }
        AExprKind::AexprIn => in_list(left, right.as_deref().map(items).unwrap_or_default(), name == "<>"),
        AExprKind::AexprOpAny if name == "=" && array_elements(right).is_some() => {
            in_list(left, array_elements(right).unwrap_or_default(), false)
        }
        AExprKind::AexprOpAll if name == "<>" && array_elements(right).is_some() => {
            in_list(left, array_elements(right).unwrap_or_default(), true)
        }
        AExprKind::AexprBetween => between(left, right, false),
        AExprKind::AexprNotBetween => between(left, right, true),
        _ => ExpressionTree::Other(left.iter().chain(right).map(|node| tree(node)).collect()),
    }
}

fn binary(operator: BinaryOperator, left: &Option<Box<Node>>, right: &Option<Box<Node>>) -> ExpressionTree {
    ExpressionTree::Binary { operator, left: boxed(left), right: boxed(right) }
}

fn binary_operator(name: &str) -> BinaryOperator {
    match name {
        "=" => BinaryOperator::Equal,
        "<>" | "!=" => BinaryOperator::NotEqual,
        "<" => BinaryOperator::Less,
        "<=" => BinaryOperator::LessOrEqual,
        ">" => BinaryOperator::Greater,
        ">=" => BinaryOperator::GreaterOrEqual,
        other => BinaryOperator::Named(Arc::from(other)),
    }
}

fn in_list(operand: &Option<Box<Node>>, list: &[Node], negated: bool) -> ExpressionTree {
    ExpressionTree::In { operand: boxed(operand), list: trees(list), negated }
}

/// The elements of `ARRAY[…]`, casts of the whole array ignored.
fn array_elements(node: &Option<Box<Node>>) -> Option<&[Node]> {
    let mut node = node;
    loop {
        match inner(node)? {
            NodeEnum::TypeCast(cast) => node = &cast.arg,
            NodeEnum::AArrayExpr(array) => return Some(&array.elements),
            _ => return None,
        }
    }
}

fn between(operand: &Option<Box<Node>>, bounds: &Option<Box<Node>>, negated: bool) -> ExpressionTree {
    match bounds.as_deref().map(items) {
        Some([low, high]) => {
            ExpressionTree::Between { operand: boxed(operand), low: Box::new(tree(low)), high: Box::new(tree(high)), negated }
        }
        _ => ExpressionTree::Other(vec![optional_tree(operand)]),
    }
}

fn function(call: &FuncCall) -> ExpressionTree {
    let function = ExpressionTree::Function { name: function_name(call), arguments: trees(&call.args) };
    let extras = children::of_call_clauses(call);
    if extras.is_empty() {
        return function;
    }
    ExpressionTree::Other(std::iter::once(function).chain(extras.into_iter().map(tree)).collect())
}

/// The name a function is called by, without `pg_catalog`.
pub fn function_name(call: &FuncCall) -> QualifiedName {
    let name = qualified(&call.funcname);
    if name.schema == "pg_catalog" { QualifiedName::unqualified(name.name.clone()) } else { name }
}

fn named_function(name: &str, arguments: &[Node]) -> ExpressionTree {
    ExpressionTree::Function { name: QualifiedName::unqualified(name), arguments: trees(arguments) }
}

/// The lower-case name of `CURRENT_TIMESTAMP` and its kin.
pub fn value_function(operator: SqlValueFunctionOp) -> &'static str {
    use SqlValueFunctionOp as Op;
    match operator {
        Op::SvfopCurrentDate => "current_date",
        Op::SvfopCurrentTime | Op::SvfopCurrentTimeN => "current_time",
        Op::SvfopLocaltime | Op::SvfopLocaltimeN => "localtime",
        Op::SvfopLocaltimestamp | Op::SvfopLocaltimestampN => "localtimestamp",
        Op::SvfopCurrentRole => "current_role",
        Op::SvfopCurrentUser => "current_user",
        Op::SvfopUser => "user",
        Op::SvfopSessionUser => "session_user",
        Op::SvfopCurrentCatalog => "current_catalog",
        Op::SvfopCurrentSchema => "current_schema",
        Op::SvfopCurrentTimestamp | Op::SvfopCurrentTimestampN | Op::SqlvalueFunctionOpUndefined => "current_timestamp",
    }
}

fn subquery(test: &Option<Box<Node>>, select: &Option<Box<Node>>) -> ExpressionTree {
    let found = select.as_deref().map(query::references).unwrap_or_default();
    let columns = found.columns.into_iter().map(|(qualifier, name)| ExpressionTree::Column { qualifier, name });
    let functions = found.functions.into_iter().map(|name| ExpressionTree::Function { name, arguments: Vec::new() });
    let relations = found.relations.into_iter().map(|(name, _)| name).collect();
    let subquery = ExpressionTree::Subquery { relations, parts: columns.chain(functions).collect() };
    match test {
        Some(test) => ExpressionTree::Other(vec![tree(test), subquery]),
        None => subquery,
    }
}

/// The operator's name, schema left out.
pub fn operator_name(nodes: &[Node]) -> Arc<str> {
    names(nodes).last().map_or_else(|| Arc::from(""), |name| Arc::from(name.as_str()))
}
