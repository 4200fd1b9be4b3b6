//! Calls of functions, and what is known of the values they are given.

use super::iteration::{self, Turn};
use super::token::{Token, after, dotted, enclosed, find_outer, read, split_outer};
use super::value::{Value, Variables, evaluate};
use crate::schema::{FunctionArgument, Name, QualifiedName};
use crate::sql::Condition;

/// Texts longer than this are not searched for arguments.
const MAX_TEXT: usize = 10_000;

/// A query that calls functions for more rows than this is not followed row by row.
const MAX_ROWS: usize = 1000;

/// A call of a function.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function, by its written name.
    pub function: QualifiedName,
    /// Whether it is called at all. A query may find no rows to call it for.
    pub condition: Condition,
    /// `None` where not even their number is known.
    arguments: Option<Vec<Argument>>,
}

#[derive(Clone, Debug)]
struct Argument {
    /// `name => value`.
    name: Option<Name>,
    value: Value,
}

impl Call {
    /// A call with arguments of which nothing is known.
    pub fn unknown(function: QualifiedName) -> Self {
        Self { function, condition: Condition::Constant(true), arguments: None }
    }

    /// Whether a function with these parameters can be meant.
    pub fn fits(&self, parameters: &[FunctionArgument]) -> bool {
        let Some(arguments) = &self.arguments else { return true };
        let inputs: Vec<&FunctionArgument> = parameters.iter().filter(|parameter| parameter.is_input).collect();
        let named = |argument: &Argument| {
            argument.name.is_none() || inputs.iter().any(|parameter| parameter.name.is_some() && parameter.name == argument.name)
        };
        let required = inputs.iter().filter(|parameter| parameter.default.is_none()).count();
        (required..=inputs.len()).contains(&arguments.len()) && arguments.iter().all(named)
    }
}

/// The calls in a statement that calls these functions.
pub fn calls(statement: &str, functions: &[QualifiedName]) -> Vec<Call> {
    let tokens = if functions.is_empty() || statement.len() > MAX_TEXT { None } else { read(statement, 0..statement.len()) };
    of_tokens(&tokens.unwrap_or_default(), functions, &Variables::new())
}

/// The same where the statement stands in a block with variables.
pub(super) fn of_tokens(statement: &[Token], functions: &[QualifiedName], variables: &Variables) -> Vec<Call> {
    let mut calls = listed(statement, variables).unwrap_or_default();
    calls.retain(|call| functions.contains(&call.function));
    let is_listed = |function: &&QualifiedName| calls.iter().any(|call| call.function == **function);
    let elsewhere: Vec<Call> = functions.iter().filter(|function| !is_listed(function)).cloned().map(Call::unknown).collect();
    calls.extend(elsewhere);
    calls
}

/// The calls that are a select list's items, or behind `CALL`, for every row in turn.
fn listed(statement: &[Token], variables: &Variables) -> Option<Vec<Call>> {
    const TAIL: [&str; 10] = ["from", "where", "order", "limit", "group", "having", "union", "intersect", "except", "into"];
    if let Some(procedure) = after(statement, &["call"]) {
        return Some(item(procedure, variables, &Condition::Constant(true)).into_iter().collect());
    }
    let list = after(statement, &["select"]).or_else(|| after(statement, &["perform"]))?;
    let end = find_outer(list, |token| token.is_any_word(&TAIL) || token.is_symbol(";")).unwrap_or(list.len());
    let items = split_outer(&list[..end], |token| token.is_symbol(","));
    let tail: Vec<&Token> = list[end..].iter().filter(|token| !token.is_symbol(";")).collect();
    if tail.is_empty() {
        return Some(items.into_iter().filter_map(|part| item(part, variables, &Condition::Constant(true))).collect());
    }
    let Some(turns) = rows(statement, variables) else {
        // Nobody knows the rows: a name may mean a column, and there may be none.
        return Some(items.into_iter().filter_map(|part| item(part, &Variables::new(), &Condition::Unknown)).collect());
    };
    let calls = turns.into_iter().flat_map(|(turn, row)| {
        let call = |part: &&[Token]| item(part, &row, &turn.condition);
        items.iter().filter_map(call).collect::<Vec<Call>>()
    });
    Some(calls.collect())
}

/// The rows of a query over constants and nothing else, with the variables each of them adds.
fn rows(statement: &[Token], variables: &Variables) -> Option<Vec<(Turn, Variables)>> {
    const FILTERS: [&str; 8] = ["where", "limit", "group", "having", "union", "intersect", "except", "join"];
    let from = find_outer(statement, |token| token.is_word("from"))?;
    if find_outer(statement, |token| token.is_any_word(&FILTERS) || token.is_symbol(";")).is_some() {
        return None;
    }
    let order = find_outer(statement, |token| token.is_word("order")).unwrap_or(statement.len());
    let relation = statement.get(from + 1..order)?;
    if split_outer(relation, |token| token.is_symbol(",")).len() > 1 {
        return None;
    }
    let turns = iteration::rows(statement.get(..order)?, variables).filter(|turns| turns.len() <= MAX_ROWS)?;
    let alias = relation.iter().rev().find_map(Token::identifier);
    let alias = match relation.last() {
        Some(last) if last.is_symbol(")") => alias_before_columns(relation),
        _ => alias,
    };
    let row = |turn: Turn| {
        let Value::Record(fields) = &turn.value else { return None };
        let mut row = variables.clone();
        row.extend(alias.iter().map(|alias| (alias.clone(), turn.value.clone())));
        row.extend(fields.iter().cloned());
        Some((turn, row))
    };
    turns.into_iter().map(row).collect()
}

/// The `v` of `(VALUES …) AS v(a, b)`.
fn alias_before_columns(relation: &[Token]) -> Option<Name> {
    let open = relation.iter().rposition(|token| token.is_symbol("("))?;
    relation.get(open.checked_sub(1)?)?.identifier()
}

/// `function(argument, …)`, which may go by another name.
fn item(tokens: &[Token], variables: &Variables, condition: &Condition) -> Option<Call> {
    let (parts, rest) = dotted(tokens)?;
    let (inside, _) = enclosed(rest).filter(|_| rest.first().is_some_and(|token| token.is_symbol("(")))?;
    let function = match &parts[..] {
        [name] => QualifiedName::unqualified(name.clone()),
        [schema, name] => QualifiedName::new(schema.clone(), name.clone()),
        _ => return None,
    };
    let variadic = inside.iter().any(|token| token.is_word("variadic"));
    let written = if inside.is_empty() { Vec::new() } else { split_outer(inside, |token| token.is_symbol(",")) };
    let arguments = written.into_iter().map(|tokens| argument(tokens, variables)).collect();
    Some(Call { function, condition: condition.clone(), arguments: (!variadic).then_some(arguments) })
}

fn argument(tokens: &[Token], variables: &Variables) -> Argument {
    match tokens {
        [name, arrow, value @ ..] if arrow.is_symbol("=>") || arrow.is_symbol(":=") => {
            Argument { name: name.identifier(), value: evaluate(value, variables) }
        }
        value => Argument { name: None, value: evaluate(value, variables) },
    }
}

/// The variables a function's body begins with: its parameters, by name and as `$1`.
pub(super) fn bound(call: &Call, parameters: &[FunctionArgument]) -> Variables {
    let mut variables = Variables::new();
    let inputs = parameters.iter().filter(|parameter| parameter.is_input);
    for (position, parameter) in inputs.enumerate() {
        let value = given(call, position, parameter);
        variables.insert(format!("${}", position + 1).into(), value.clone());
        variables.extend(parameter.name.clone().map(|name| (name, value)));
    }
    let outputs = parameters.iter().filter(|parameter| !parameter.is_input);
    variables.extend(outputs.filter_map(|parameter| parameter.name.clone()).map(|name| (name, Value::Unknown)));
    variables
}

fn given(call: &Call, position: usize, parameter: &FunctionArgument) -> Value {
    let Some(arguments) = &call.arguments else { return Value::Unknown };
    let at_position = arguments.get(position).filter(|argument| argument.name.is_none());
    let by_name = || arguments.iter().find(|argument| argument.name.is_some() && argument.name == parameter.name);
    let value = match (at_position.or_else(by_name), &parameter.default) {
        (Some(argument), _) => argument.value.clone(),
        (None, Some(default)) => {
            let tokens = read(default, 0..default.len()).unwrap_or_default();
            evaluate(&tokens, &Variables::new())
        }
        (None, None) => Value::Unknown,
    };
    if keeps_its_spelling(parameter) { value } else { Value::Unknown }
}

/// Whether a value of the parameter's type, made a text again, reads as it was given. A date does not.
fn keeps_its_spelling(parameter: &FunctionArgument) -> bool {
    const RESPELLED: [&str; 8] = ["date", "time", "interval", "json", "bytea", "inet", "money", "character"];
    let name = &parameter.data_type.name.name;
    !RESPELLED.iter().any(|respelled| name.starts_with(respelled)) || name.starts_with("character varying")
}
