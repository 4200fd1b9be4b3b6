//! Functions, procedures and aggregates: making and altering them.

use std::sync::Arc;

use super::outcome::{Outcome, done, refuse, refuse_at, shown};
use super::{ErrorKind, FunctionOption, Refusal, dependents, resolve};
use crate::schema::{Function, FunctionKey, QualifiedName, Schema, Type};

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
        check_same_kind(there, &function)?;
        function.comment = there.comment.clone();
    }
    schema.functions.insert(key, Arc::new(function));
    done()
}

fn check_same_kind(there: &Function, function: &Function) -> Result<(), Refusal> {
    if there.procedure != function.procedure || there.aggregate != function.aggregate {
        return refuse_at(ErrorKind::WrongObjectType, "cannot change routine kind".to_owned(), there.span, "the existing routine");
    }
    if !function.procedure && there.returns != function.returns {
        let message = "cannot change return type of existing function".to_owned();
        return refuse_at(ErrorKind::InvalidDefinition, message, there.span, "the existing function");
    }
    Ok(())
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
