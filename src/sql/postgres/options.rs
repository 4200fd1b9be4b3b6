//! Lists of options: storage parameters, and those of sequences and functions.

use std::sync::Arc;

use pg_query::protobuf::{DefElem, VariableSetKind, VariableSetStmt, ViewStmt};
use pg_query::{Node, NodeEnum};

use super::node::{self, inner, kind, option, qualified, string};
use super::{data_type, expression};
use crate::change::FunctionOption;
use crate::schema::{Name, Options, Parallel, SequenceOptions, Volatility};

/// `WITH (…)`.
pub fn lower(nodes: &[Node]) -> Options {
    pairs(nodes).into_iter().collect()
}

/// The names and values of options; those of a table's overflow table have `toast.` before their names.
pub fn pairs(nodes: &[Node]) -> Vec<(Name, Arc<str>)> {
    elements(nodes).map(|element| (option_name(element), value(element).into())).collect()
}

/// The names of options.
pub fn names(nodes: &[Node]) -> Vec<Name> {
    elements(nodes).map(option_name).collect()
}

fn elements(nodes: &[Node]) -> impl Iterator<Item = &DefElem> {
    nodes.iter().filter_map(|node| match kind(node)? {
        NodeEnum::DefElem(element) => Some(element.as_ref()),
        _ => None,
    })
}

fn option_name(element: &DefElem) -> Name {
    match element.defnamespace.as_str() {
        "" => element.defname.as_str().into(),
        namespace => format!("{namespace}.{}", element.defname).into(),
    }
}

/// An option's value as the catalog writes it: without one, it is true.
fn value(element: &DefElem) -> String {
    match inner(&element.arg) {
        None => "true".to_owned(),
        Some(NodeEnum::Integer(number)) => number.ival.to_string(),
        Some(NodeEnum::Float(number)) => number.fval.clone(),
        Some(NodeEnum::Boolean(boolean)) => boolean.boolval.to_string(),
        Some(NodeEnum::String(text)) => text.sval.clone(),
        Some(NodeEnum::TypeName(name)) => qualified(&name.names).to_string(),
        Some(NodeEnum::List(list)) => qualified(&list.items).to_string(),
        Some(_) => element.arg.as_deref().map(expression::deparse).unwrap_or_default(),
    }
}

/// The options of a view, `WITH CHECK OPTION` among them.
pub fn of_view(statement: &ViewStmt) -> Options {
    let mut options = lower(&statement.options);
    let check = match statement.with_check_option() {
        pg_query::protobuf::ViewCheckOption::LocalCheckOption => "local",
        pg_query::protobuf::ViewCheckOption::CascadedCheckOption => "cascaded",
        _ => return options,
    };
    options.set(&[("check_option".into(), check.into())]);
    options
}

/// The word of `SET STORAGE` or `SET COMPRESSION`; none where it is not written or the default.
pub fn storage_word(word: &str) -> Option<Name> {
    let word = word.to_ascii_lowercase();
    (!word.is_empty() && word != "default").then(|| word.into())
}

/// What is said of a sequence's values.
pub fn sequence(nodes: &[Node]) -> SequenceOptions {
    let number = |name: &str| option(nodes, name).and_then(integer);
    let bound = |name: &str| option(nodes, name).map(integer);
    SequenceOptions {
        data_type: option(nodes, "as").and_then(|element| match inner(&element.arg)? {
            NodeEnum::TypeName(name) => Some(data_type::lower(name)),
            _ => None,
        }),
        increment: number("increment"),
        min: bound("minvalue"),
        max: bound("maxvalue"),
        start: number("start"),
        cache: number("cache"),
        cycle: option(nodes, "cycle").map(node::is_set),
        name: option(nodes, "sequence_name").and_then(|element| element.arg.as_deref()).map(node::qualified_node),
    }
}

fn integer(element: &DefElem) -> Option<i64> {
    match inner(&element.arg)? {
        NodeEnum::Integer(number) => Some(number.ival.into()),
        // What does not fit 32 bits.
        NodeEnum::Float(number) => number.fval.parse().ok(),
        _ => None,
    }
}

/// The clauses of `CREATE FUNCTION` and `ALTER FUNCTION` but for language and body.
pub fn function(nodes: &[Node]) -> Vec<FunctionOption> {
    elements(nodes).filter_map(function_option).collect()
}

fn function_option(element: &DefElem) -> Option<FunctionOption> {
    use FunctionOption as O;
    let text = || value(element);
    Some(match element.defname.as_str() {
        "volatility" => O::Volatility(match text().as_str() {
            "immutable" => Volatility::Immutable,
            "stable" => Volatility::Stable,
            _ => Volatility::Volatile,
        }),
        "strict" => O::Strict(node::is_set(element)),
        "leakproof" => O::Leakproof(node::is_set(element)),
        "security" => O::SecurityDefiner(node::is_set(element)),
        "window" => O::Window,
        "parallel" => O::Parallel(match text().to_ascii_lowercase().as_str() {
            "safe" => Parallel::Safe,
            "restricted" => Parallel::Restricted,
            _ => Parallel::Unsafe,
        }),
        "cost" => O::Cost(text().into()),
        "rows" => O::Rows(text().into()),
        "support" => O::Support(element.arg.as_deref().map(node::qualified_node)?),
        "set" => match inner(&element.arg)? {
            NodeEnum::VariableSetStmt(statement) => setting(statement),
            _ => return None,
        },
        _ => return None,
    })
}

fn setting(statement: &VariableSetStmt) -> FunctionOption {
    let name = Name::from(statement.name.as_str());
    match statement.kind() {
        VariableSetKind::VarResetAll => FunctionOption::ResetAll,
        VariableSetKind::VarSetDefault | VariableSetKind::VarReset => FunctionOption::Reset(name),
        _ => FunctionOption::Set(name, statement.args.iter().map(setting_value).collect::<Vec<_>>().join(", ").into()),
    }
}

/// A value as SQL: words are written like names.
fn setting_value(node: &Node) -> String {
    match expression::tree(node) {
        crate::schema::ExpressionTree::Literal(crate::schema::Literal::String(text)) => crate::ddl::quote_literal(&text),
        _ => string(node).map_or_else(|| expression::deparse(node), str::to_owned),
    }
}
