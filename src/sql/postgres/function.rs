//! `CREATE FUNCTION`, `PROCEDURE`, `AGGREGATE`.

use std::ops::Range;

use pg_query::protobuf::{AlterFunctionStmt, CreateFunctionStmt, DefineStmt, FunctionParameter, FunctionParameterMode};
use pg_query::{Node, NodeEnum};

use super::node::{self, kind, option, qualified, string};
use super::text::Text;
use super::{data_type, expression, options, query, reference};
use crate::change::{Change, ChangeKind, ObjectReference, set_option};
use crate::schema::{ArgumentMode, Function, FunctionArgument, FunctionAttributes, FunctionKey, Name, QualifiedName, Type};
use crate::source::Span;
use crate::sql::split::TokenKind;

/// `CREATE FUNCTION` or `PROCEDURE`.
pub fn create(text: &Text, statement: &CreateFunctionStmt) -> Change {
    let arguments = arguments(&statement.parameters);
    let mut function = empty(text, qualified(&statement.funcname), arguments);
    function.returns = statement.return_type.as_ref().map(data_type::lower);
    function.returns_set = statement.return_type.as_ref().is_some_and(|name| name.setof);
    function.procedure = statement.is_procedure;
    options::function(&statement.options).iter().for_each(|option| set_option(&mut function, option));
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
        returns_set: false,
        sql_body: false,
        relations: Vec::new(),
        calls: Vec::new(),
        symbol: None,
        attributes: FunctionAttributes::default(),
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
        mode: match parameter.mode() {
            FunctionParameterMode::FuncParamOut => ArgumentMode::Out,
            FunctionParameterMode::FuncParamInout => ArgumentMode::InOut,
            FunctionParameterMode::FuncParamVariadic => ArgumentMode::Variadic,
            FunctionParameterMode::FuncParamTable => ArgumentMode::Table,
            _ => ArgumentMode::In,
        },
        is_input: !matches!(parameter.mode(), FunctionParameterMode::FuncParamOut | FunctionParameterMode::FuncParamTable),
        default: parameter.defexpr.as_deref().map(|default| expression::deparse(default).into()),
    }
}

/// `ALTER FUNCTION`, `ALTER PROCEDURE`; none where it alters what the model does not hold.
pub fn alter(text: &Text, statement: &AlterFunctionStmt) -> Option<Change> {
    let object = statement.func.as_ref()?;
    let options = options::function(&statement.actions);
    let ObjectReference::Function { name, arguments } = reference::function_reference(object) else { return None };
    let span = reference::name_behind(text, 2, &name.name);
    (!options.is_empty()).then_some(Change { kind: ChangeKind::AlterFunction { name, arguments, options }, span })
}

/// The body, and where it stands: between its quotes, or from `BEGIN ATOMIC` or `RETURN` on.
fn set_body(text: &Text, statement: &CreateFunctionStmt, function: &mut Function) {
    if let Some(node) = &statement.sql_body {
        let named = query::references(node);
        function.relations = named.relations.into_iter().map(|(name, _)| name).collect();
        function.calls = named.functions;
        let range = sql_body(text);
        function.sql_body = true;
        function.body = text.text.get(range.clone()).unwrap_or_default().into();
        function.body_span = Some(text.bytes(range));
        return;
    }
    let Some(element) = option(&statement.options, "as") else { return };
    let texts = element.arg.as_deref().map(node::items).unwrap_or_default();
    function.body = texts.first().and_then(string).unwrap_or_default().into();
    function.symbol = texts.get(1).and_then(string).map(Into::into);
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

/// What stands between the last parentheses: an aggregate's definition.
fn last_parentheses<'a>(text: &'a Text) -> &'a str {
    let mut opening = 0;
    let mut found = 0..0;
    while let Some(index) = (opening..text.tokens.len()).find(|index| text.is_symbol(*index, "(")) {
        opening = text.closing(index) + 1;
        let inside = |token: usize| text.tokens.get(token).map(|token| token.range.clone());
        found = inside(index).map_or(0, |range| range.end)..inside(opening - 1).map_or(0, |range| range.start);
    }
    text.text.get(found).unwrap_or_default()
}

/// `CREATE AGGREGATE`.
pub fn create_aggregate(text: &Text, statement: &DefineStmt) -> Change {
    let direct = statement.args.first().map(node::items).unwrap_or_default();
    let mut function = empty(text, qualified(&statement.defnames), arguments(direct));
    function.language = "internal".into();
    function.aggregate = true;
    function.body = last_parentheses(text).into();
    let span = function.span;
    Change { kind: ChangeKind::CreateFunction { function: Box::new(function), or_replace: statement.replace }, span }
}
