//! Functions, procedures and aggregates.

use super::join;
use super::quote::dollar_quote;
use crate::schema::{Function, FunctionArgument, FunctionKey};

/// `CREATE FUNCTION` or `CREATE PROCEDURE`
pub fn create_function(function: &Function) -> String {
    let arguments = join(function.arguments.iter().map(argument));
    let mut written = format!("CREATE {} {}({arguments})", kind(function), function.key.name.to_sql());
    if let Some(returns) = &function.returns {
        written.push_str(&format!(" RETURNS {returns}"));
    }
    written.push_str(&format!("\nLANGUAGE {}", function.language.to_sql()));
    if function.security_definer {
        written.push_str(" SECURITY DEFINER");
    }
    format!("{written}\nAS {}", dollar_quote(&function.body))
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
    let name = argument.name.as_ref().map(|name| format!("{} ", name.to_sql())).unwrap_or_default();
    let default = argument.default.as_ref().map(|default| format!(" DEFAULT {default}")).unwrap_or_default();
    format!("{name}{}{default}", argument.data_type)
}

/// `name(type, type)`, by which `DROP` and `COMMENT` know a function.
pub fn function_signature(key: &FunctionKey) -> String {
    format!("{}({})", key.name.to_sql(), join(key.arguments.iter().map(ToString::to_string)))
}
