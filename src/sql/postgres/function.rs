//! `CREATE FUNCTION`, `PROCEDURE`, `AGGREGATE`.

use std::ops::Range;

use pg_query::protobuf::{CreateFunctionStmt, DefineStmt, FunctionParameter, FunctionParameterMode};
use pg_query::{Node, NodeEnum};

use super::node::{self, inner, is_set, kind, option, qualified, string};
use super::text::Text;
use super::{data_type, expression, reference};
use crate::change::{Change, ChangeKind};
use crate::schema::{Function, FunctionArgument, FunctionKey, Name, QualifiedName, Type};
use crate::source::Span;
use crate::sql::split::TokenKind;

/// `CREATE FUNCTION` or `PROCEDURE`.
pub fn create(text: &Text, statement: &CreateFunctionStmt) -> Change {
    let arguments = arguments(&statement.parameters);
    let mut function = empty(text, qualified(&statement.funcname), arguments);
    function.returns = statement.return_type.as_ref().map(data_type::lower);
    function.procedure = statement.is_procedure;
    function.security_definer = option(&statement.options, "security").is_some_and(is_set);
    function.sets_search_path = statement.options.iter().any(sets_search_path);
    if let Some(language) = option(&statement.options, "language").and_then(|element| element.arg.as_deref()).and_then(string) {
        function.language = language.into();
    }
    set_body(text, statement, &mut function);
    let span = function.span;
    Change { kind: ChangeKind::CreateFunction { function: Box::new(function), or_replace: statement.replace }, span }
}

fn empty(text: &Text, name: QualifiedName, arguments: Vec<FunctionArgument>) -> Function {
    let inputs = arguments.iter().filter(|argument| argument.is_input).map(|argument| argument.data_type.clone());
    let inputs: Vec<Type> = inputs.map(data_type::without_modifiers).collect();
    let keyword = ["function", "procedure", "aggregate"].iter().find_map(|word| text.find_words(0..text.tokens.len(), &[word]));
    Function {
        span: reference::name_behind(text, keyword.unwrap_or(0) + 1, &name.name),
        key: FunctionKey { name, arguments: inputs },
        arguments,
        returns: None,
        language: "sql".into(),
        body: "".into(),
        body_span: None,
        security_definer: false,
        sets_search_path: false,
        procedure: false,
        aggregate: false,
        comment: None,
    }
}

fn arguments(parameters: &[Node]) -> Vec<FunctionArgument> {
    parameters.iter().filter_map(parameter).map(argument).collect()
}

fn parameter(node: &Node) -> Option<&FunctionParameter> {
    match kind(node)? {
        NodeEnum::FunctionParameter(parameter) => Some(parameter),
        _ => None,
    }
}

fn argument(parameter: &FunctionParameter) -> FunctionArgument {
    FunctionArgument {
        name: Some(parameter.name.as_str()).filter(|name| !name.is_empty()).map(Name::from),
        data_type: data_type::lower_optional(&parameter.arg_type),
        is_input: !matches!(parameter.mode(), FunctionParameterMode::FuncParamOut | FunctionParameterMode::FuncParamTable),
        default: parameter.defexpr.as_deref().map(|default| expression::deparse(default).into()),
    }
}

fn sets_search_path(node: &Node) -> bool {
    let Some(NodeEnum::DefElem(element)) = kind(node) else { return false };
    matches!(inner(&element.arg), Some(NodeEnum::VariableSetStmt(set)) if element.defname == "set" && set.name == "search_path")
}

/// The body, and where it stands: between its quotes, or from `BEGIN ATOMIC` or `RETURN` on.
fn set_body(text: &Text, statement: &CreateFunctionStmt, function: &mut Function) {
    if statement.sql_body.is_some() {
        let range = sql_body(text);
        function.body = text.text.get(range.clone()).unwrap_or_default().into();
        function.body_span = Some(text.bytes(range));
        return;
    }
    let Some(element) = option(&statement.options, "as") else { return };
    let body = element.arg.as_deref().map(node::items).and_then(|items| items.first()).and_then(string);
    function.body = body.unwrap_or_default().into();
    function.body_span = quoted_body(text);
}

fn sql_body(text: &Text) -> Range<usize> {
    let all = 0..text.tokens.len();
    let start = text.find_words(all.clone(), &["begin", "atomic"]).or_else(|| text.find_words(all, &["return"]));
    let start = start.and_then(|index| text.tokens.get(index)).map_or(0, |token| token.range.start);
    start..text.text.len()
}

fn quoted_body(text: &Text) -> Option<Span> {
    let is_string =
        |index: usize| text.tokens.get(index).is_some_and(|token| matches!(token.kind, TokenKind::String | TokenKind::DollarString));
    let index = (0..text.tokens.len()).find(|index| text.is_word(*index, "as") && is_string(index + 1))?;
    text.tokens.get(index + 1)?.inside_quotes(text.text).map(|range| text.bytes(range))
}

/// `CREATE AGGREGATE`.
pub fn create_aggregate(text: &Text, statement: &DefineStmt) -> Change {
    let direct = statement.args.first().map(node::items).unwrap_or_default();
    let mut function = empty(text, qualified(&statement.defnames), arguments(direct));
    function.language = "internal".into();
    function.aggregate = true;
    let span = function.span;
    Change { kind: ChangeKind::CreateFunction { function: Box::new(function), or_replace: statement.replace }, span }
}
