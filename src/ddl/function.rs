//! Functions, procedures and aggregates.

use super::quote::dollar_quote;
use super::{join, quote_literal};
use crate::schema::{ArgumentMode, Function, FunctionArgument, FunctionAttributes, FunctionKey, Parallel, Volatility};

/// `CREATE FUNCTION`, `PROCEDURE` or `AGGREGATE`
pub fn create_function(function: &Function) -> String {
    let arguments = join(function.arguments.iter().filter(|argument| argument.mode != ArgumentMode::Table).map(argument));
    let head = format!("CREATE {} {}({arguments})", kind(function), function.key.name.to_sql());
    if function.aggregate {
        let arguments = if arguments.is_empty() { "*" } else { &arguments };
        return format!("CREATE AGGREGATE {}({arguments}) ({})", function.key.name.to_sql(), function.body);
    }
    let mut clauses = vec![format!("LANGUAGE {}", function.language.to_sql())];
    if function.security_definer {
        clauses.push("SECURITY DEFINER".to_owned());
    }
    clauses.extend(function_attributes(&function.attributes));
    format!("{head}{}\n{}\n{}", returns(function), clauses.join(" "), body(function))
}

fn returns(function: &Function) -> String {
    let columns: Vec<&FunctionArgument> = function.arguments.iter().filter(|argument| argument.mode == ArgumentMode::Table).collect();
    if !columns.is_empty() {
        return format!(" RETURNS TABLE ({})", join(columns.into_iter().map(argument)));
    }
    let set = if function.returns_set { "SETOF " } else { "" };
    function.returns.as_ref().map(|returns| format!(" RETURNS {set}{returns}")).unwrap_or_default()
}

fn body(function: &Function) -> String {
    match &function.symbol {
        _ if function.sql_body => function.body.to_string(),
        Some(symbol) => format!("AS {}, {}", quote_literal(&function.body), quote_literal(symbol)),
        None => format!("AS {}", dollar_quote(&function.body)),
    }
}

/// `STABLE`, `STRICT`, `SET …`: a clause for each attribute that is not the default.
pub fn function_attributes(attributes: &FunctionAttributes) -> Vec<String> {
    let volatility = match attributes.volatility {
        Volatility::Volatile => None,
        Volatility::Stable => Some("STABLE"),
        Volatility::Immutable => Some("IMMUTABLE"),
    };
    let parallel = match attributes.parallel {
        Parallel::Unsafe => None,
        Parallel::Restricted => Some("PARALLEL RESTRICTED"),
        Parallel::Safe => Some("PARALLEL SAFE"),
    };
    let flags = [(attributes.window, "WINDOW"), (attributes.strict, "STRICT"), (attributes.leakproof, "LEAKPROOF")];
    let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, clause)| clause);
    let cost = attributes.cost.as_ref().map(|cost| format!("COST {cost}"));
    let rows = attributes.rows.as_ref().map(|rows| format!("ROWS {rows}"));
    let support = attributes.support.as_ref().map(|support| format!("SUPPORT {}", support.to_sql()));
    let value = |value: &str| if value.is_empty() { "''".to_owned() } else { value.to_owned() };
    let settings = attributes.settings.iter().map(|(name, text)| format!("SET {name} TO {}", value(text)));
    let words = volatility.into_iter().chain(flags).chain(parallel).map(str::to_owned);
    words.chain(cost).chain(rows).chain(support).chain(settings).collect()
}

/// The word `CREATE` and `DROP` know it by.
pub(super) fn kind(function: &Function) -> &'static str {
    match (function.procedure, function.aggregate) {
        (true, _) => "PROCEDURE",
        (_, true) => "AGGREGATE",
        _ => "FUNCTION",
    }
}

fn argument(argument: &FunctionArgument) -> String {
    let mode = match argument.mode {
        ArgumentMode::In | ArgumentMode::Table => "",
        ArgumentMode::Out => "OUT ",
        ArgumentMode::InOut => "INOUT ",
        ArgumentMode::Variadic => "VARIADIC ",
    };
    let name = argument.name.as_ref().map(|name| format!("{} ", name.to_sql())).unwrap_or_default();
    let default = argument.default.as_ref().map(|default| format!(" DEFAULT {default}")).unwrap_or_default();
    format!("{mode}{name}{}{default}", argument.data_type)
}

/// `name(type, type)`, by which `DROP` and `COMMENT` know a function.
pub fn function_signature(key: &FunctionKey) -> String {
    format!("{}({})", key.name.to_sql(), join(key.arguments.iter().map(ToString::to_string)))
}
