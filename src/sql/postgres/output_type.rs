//! The types of expressions in select lists, as far as their text tells them.

use pg_query::NodeEnum;
use pg_query::protobuf::{AConst, AExpr, AExprKind, FuncCall, SqlValueFunctionOp, SubLinkType, a_const};

use super::node::{inner, kind};
use super::{data_type, expression};
use crate::schema::{Name, Type};

/// What is known of an expression's type.
pub enum Typed {
    /// Nothing.
    Unknown,
    /// A constant without a type of its own: NULL.
    Untyped,
    /// The type.
    Known(Type),
    /// The type of this column.
    Like((Option<Name>, Name)),
}

/// What is known of a value's type. The parser bounds the depth.
pub fn of(value: &NodeEnum) -> Typed {
    match value {
        NodeEnum::ColumnRef(column) => expression::reference(column).map_or(Typed::Unknown, Typed::Like),
        NodeEnum::TypeCast(cast) => cast.type_name.as_ref().map_or(Typed::Unknown, |name| Typed::Known(data_type::lower(name))),
        NodeEnum::AConst(constant) => of_constant(constant),
        NodeEnum::FuncCall(call) => of_call(call),
        NodeEnum::SqlvalueFunction(function) => of_value_function(function.op()),
        NodeEnum::CoalesceExpr(expression) => first_typed(expression.args.iter().filter_map(kind)),
        NodeEnum::MinMaxExpr(expression) => first_typed(expression.args.iter().filter_map(kind)),
        NodeEnum::CaseExpr(case) => {
            let results = case.args.iter().filter_map(kind).filter_map(|when| match when {
                NodeEnum::CaseWhen(when) => inner(&when.result),
                _ => None,
            });
            first_typed(results.chain(inner(&case.defresult)))
        }
        NodeEnum::AExpr(expression) => of_operator(expression),
        NodeEnum::BoolExpr(_) | NodeEnum::NullTest(_) | NodeEnum::BooleanTest(_) => built_in("boolean"),
        NodeEnum::SubLink(link) if link.sub_link_type() == SubLinkType::ExistsSublink => built_in("boolean"),
        _ => Typed::Unknown,
    }
}

fn built_in(name: &str) -> Typed {
    Typed::Known(Type::builtin(name))
}

/// The type of the first that has one.
fn first_typed<'a>(values: impl Iterator<Item = &'a NodeEnum>) -> Typed {
    values.map(of).find(|typed| !matches!(typed, Typed::Untyped)).unwrap_or(Typed::Untyped)
}

fn of_constant(constant: &AConst) -> Typed {
    match &constant.val {
        Some(a_const::Val::Ival(_)) => built_in("integer"),
        Some(a_const::Val::Fval(_)) => built_in("numeric"),
        Some(a_const::Val::Boolval(_)) => built_in("boolean"),
        Some(a_const::Val::Sval(_)) => built_in("text"),
        Some(a_const::Val::Bsval(_)) => built_in("bit"),
        None => Typed::Untyped,
    }
}

fn of_call(call: &FuncCall) -> Typed {
    let first = || call.args.first().and_then(kind).map_or(Typed::Unknown, of);
    match expression::function_name(call).name.as_str() {
        "max" | "min" | "lag" | "lead" | "first_value" | "last_value" | "any_value" => first(),
        "count" | "row_number" | "rank" | "dense_rank" => built_in("bigint"),
        "now" | "clock_timestamp" | "statement_timestamp" | "transaction_timestamp" => built_in("timestamp with time zone"),
        "gen_random_uuid" | "uuid_generate_v4" => built_in("uuid"),
        "bool_or" | "bool_and" | "every" => built_in("boolean"),
        "string_agg" | "concat" | "lower" | "upper" | "replace" | "md5" | "format" => built_in("text"),
        _ => Typed::Unknown,
    }
}

fn of_value_function(operator: SqlValueFunctionOp) -> Typed {
    use SqlValueFunctionOp as Op;
    match operator {
        Op::SvfopCurrentDate => built_in("date"),
        Op::SvfopCurrentTimestamp => built_in("timestamp with time zone"),
        Op::SvfopLocaltimestamp => built_in("timestamp without time zone"),
        _ => Typed::Unknown,
    }
}

fn of_operator(expression: &AExpr) -> Typed {
    const COMPARISONS: &[&str] = &["=", "<>", "!=", "<", "<=", ">", ">="];
    let name = expression.name.last().and_then(super::node::string).unwrap_or_default();
    match expression.kind() {
        AExprKind::AexprOp if COMPARISONS.contains(&name) => built_in("boolean"),
        AExprKind::AexprNullif => inner(&expression.lexpr).map_or(Typed::Unknown, of),
        AExprKind::AexprOp => Typed::Unknown,
        _ => built_in("boolean"),
    }
}
