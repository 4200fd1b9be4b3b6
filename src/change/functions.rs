//! Functions, procedures and aggregates: making and altering them.

use std::sync::Arc;

use super::outcome::{Outcome, done, refuse, refuse_at, shown};
use super::{ErrorKind, FunctionOption, Refusal, dependents, resolve};
use crate::schema::{ArgumentMode, Function, FunctionArgument, FunctionKey, QualifiedName, Schema, Type};

/// `CREATE FUNCTION`, `CREATE PROCEDURE`.
pub(super) fn create(schema: &mut Schema, written: &Function, or_replace: bool) -> Outcome {
    let name = resolve::new_name(schema, &written.key.name, false)?;
    let found = |written: &Type| resolve::data_type(schema, written).unwrap_or_else(|_| written.clone());
    let arguments = written.key.arguments.iter().map(|argument| resolve::data_type(schema, argument));
    let key = FunctionKey { name, arguments: arguments.collect::<Result<_, _>>()? };
    let mut function = Function { key: key.clone(), ..written.clone() };
    function.arguments.iter_mut().for_each(|argument| argument.data_type = found(&argument.data_type));
    function.returns = function.returns.as_ref().map(found);
    for relation in &mut function.relations {
        *relation = resolve::relation(schema, relation).unwrap_or_else(|| relation.clone());
    }
    if let Some(there) = schema.functions.get(&key) {
        if !or_replace {
            let message = format!("function `{}` already exists with same argument types", shown(&key.name));
            return refuse_at(ErrorKind::DuplicateFunction, message, there.span, "it was created here");
        }
        check_replacement(there, &function)?;
        function.comment = there.comment.clone();
    }
    schema.functions.insert(key, Arc::new(function));
    done()
}

/// What stays as it is when a function is replaced: its kind, what it yields, the names of its inputs, and that an
/// argument can be left out.
fn check_replacement(there: &Function, function: &Function) -> Result<(), Refusal> {
    if there.procedure != function.procedure || there.aggregate != function.aggregate {
        return refuse_at(ErrorKind::WrongObjectType, "cannot change routine kind".to_owned(), there.span, "the existing routine");
    }
    let refuse = |message: String| refuse_at(ErrorKind::InvalidDefinition, message, there.span, "the existing function");
    if !function.procedure && !function.aggregate && yields_another(there, function) {
        return refuse("cannot change return type of existing function".to_owned());
    }
    let mut names = inputs(there).zip(inputs(function)).filter_map(|(old, new)| Some((old.name.as_ref()?, new.name.as_ref())));
    if let Some((name, _)) = names.find(|(old, new)| *new != Some(*old)) {
        return refuse(format!("cannot change name of input parameter `{name}`"));
    }
    let defaults = |function| inputs(function).filter(|argument| argument.default.is_some()).count();
    if defaults(function) < defaults(there) {
        return refuse("cannot remove parameter defaults from existing function".to_owned());
    }
    Ok(())
}

fn inputs(function: &Function) -> impl Iterator<Item = &FunctionArgument> {
    function.arguments.iter().filter(|argument| argument.is_input)
}

fn yields_another(there: &Function, function: &Function) -> bool {
    let rows = |function| match result(function) {
        Some(data_type) if !data_type.is("record") => Vec::new(),
        _ => outputs(function).collect::<Vec<_>>(),
    };
    let differs = match (result(there), result(function)) {
        (Some(old), Some(new)) => !may_be_same(old, new),
        (old, new) => old.or(new).is_some_and(|data_type| !data_type.is("record")),
    };
    let (old, new) = (rows(there), rows(function));
    let same_column =
        |(old, new): (&&FunctionArgument, &&FunctionArgument)| old.name == new.name && may_be_same(&old.data_type, &new.data_type);
    differs || there.returns_set != function.returns_set || old.len() != new.len() || !old.iter().zip(&new).all(same_column)
}

/// The type of what it yields; `None` is a record.
fn result(function: &Function) -> Option<&Type> {
    let mut outputs = outputs(function);
    let only = outputs.next().filter(|_| outputs.next().is_none());
    function.returns.as_ref().or(only.map(|argument| &argument.data_type))
}

fn outputs(function: &Function) -> impl Iterator<Item = &FunctionArgument> {
    function.arguments.iter().filter(|argument| !matches!(argument.mode, ArgumentMode::In | ArgumentMode::Variadic))
}

/// Functions keep no modifiers, `table.column%TYPE` stands for the column's type, and a type that was not seen made may be
/// written with its schema or without.
fn may_be_same(one: &Type, other: &Type) -> bool {
    let same_schema = one.name.schema().is_none_or(|schema| other.name.schema().is_none_or(|other| schema == other));
    let is_a_columns = |data_type: &Type| data_type.name.name.ends_with("%type");
    is_a_columns(one) || is_a_columns(other) || (one.array == other.array && one.name.name == other.name.name && same_schema)
}

/// `ALTER FUNCTION`, `ALTER PROCEDURE`.
pub(super) fn alter(schema: &mut Schema, written: &QualifiedName, arguments: Option<&[Type]>, options: &[FunctionOption]) -> Outcome {
    let Some(name) = dependents::function(schema, written) else {
        let unseen = resolve::may_exist_unseen(schema, written);
        let message = format!("function `{}` does not exist", shown(written));
        return if unseen { done() } else { refuse(ErrorKind::UndefinedFunction, message) };
    };
    if let Some(function) = meant(schema, &name, arguments).and_then(|key| schema.functions.get_mut(&key)) {
        let function = Arc::make_mut(function);
        options.iter().for_each(|option| set_option(function, option));
    }
    done()
}

/// The function with these input arguments; the first of the name where none are written.
pub(super) fn meant(schema: &Schema, name: &QualifiedName, arguments: Option<&[Type]>) -> Option<FunctionKey> {
    let found = |written: &Type| resolve::data_type(schema, written).unwrap_or_else(|_| written.clone());
    let arguments: Option<Vec<Type>> = arguments.map(|arguments| arguments.iter().map(found).collect());
    let meant = |key: &&FunctionKey| arguments.as_ref().is_none_or(|arguments| key.arguments == *arguments);
    schema.functions_named(name).map(|function| &function.key).find(meant).cloned()
}

/// Carries out one clause on a function.
pub fn set_option(function: &mut Function, option: &FunctionOption) {
    use FunctionOption as O;
    let attributes = &mut function.attributes;
    match option {
        O::Volatility(volatility) => attributes.volatility = *volatility,
        O::Strict(strict) => attributes.strict = *strict,
        O::Leakproof(leakproof) => attributes.leakproof = *leakproof,
        O::SecurityDefiner(definer) => function.security_definer = *definer,
        O::Window => attributes.window = true,
        O::Parallel(parallel) => attributes.parallel = *parallel,
        O::Cost(cost) => attributes.cost = Some(cost.clone()),
        O::Rows(rows) => attributes.rows = Some(rows.clone()),
        O::Support(support) => attributes.support = Some(support.clone()),
        O::Set(name, value) => {
            match attributes.settings.iter_mut().find(|(set, _)| set == name) {
                Some(there) => there.1 = value.clone(),
                None => attributes.settings.push((name.clone(), value.clone())),
            }
            function.sets_search_path |= *name == "search_path";
        }
        O::Reset(name) => {
            attributes.settings.retain(|(set, _)| set != name);
            function.sets_search_path &= *name != "search_path";
        }
        O::ResetAll => {
            attributes.settings.clear();
            function.sets_search_path = false;
        }
    }
}
