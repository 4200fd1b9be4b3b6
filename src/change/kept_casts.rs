//! Casts that a new type of a column leaves behind.
//!
//! PostgreSQL makes indexes and checks of a retyped column anew from their text, in which the casts stand that it had put
//! there by itself for the type before. Where they do not go without saying for the new type, they stay.
//!
//! A cast that stays stands twice in the tree, as one that stands once may go without saying.

use std::sync::Arc;

use super::dependents;
use super::store::edit_table;
use crate::schema::{ConstraintKind, Expression, ExpressionTree, Index, KeyPart, Literal, Name, QualifiedName, Schema, Table, Type};

/// Number types, the one that others become first behind them.
const NUMBERS: [&str; 5] = ["smallint", "integer", "bigint", "numeric", "double precision"];

/// Where integers end: they are compared with each other as they are.
const INTEGERS: usize = 3;

/// Carries the casts through the expressions that name a column whose type has changed.
pub(super) fn carry(schema: &mut Schema, before: &Schema, table: &QualifiedName, column: &Name) {
    let (Some(old), Some(new)) = (before.table(table), schema.table(table)) else { return };
    let carried = |expression: &Expression| {
        dependents::mentions(expression, column).then(|| carried(schema, (old, new), expression)).filter(|carried| carried != expression)
    };
    let mut edits: Vec<(usize, Option<usize>, Expression)> = Vec::new();
    for (number, index) in new.indexes.iter().enumerate() {
        let keys = index.keys.iter().enumerate().filter_map(|(key, part)| Some((Some(key), part.part.expression()?)));
        let all = keys.chain(index.predicate.as_ref().map(|predicate| (None, predicate)));
        edits.extend(all.filter_map(|(key, expression)| Some((number, key, carried(expression)?))));
    }
    let checks: Vec<(usize, Expression)> = (new.constraints.iter().enumerate())
        .filter_map(|(number, constraint)| match &constraint.kind {
            ConstraintKind::Check { expression, .. } => Some((number, carried(expression)?)),
            _ => None,
        })
        .collect();
    let types = new.clone();
    let settles = types.indexes.iter().any(|index| needs_settling(&types, index));
    if edits.is_empty() && checks.is_empty() && !settles {
        return;
    }
    edit_table(schema, table, |table| {
        edits.into_iter().for_each(|(number, key, expression)| set_in_index(table, number, key, expression));
        for (number, carried) in checks {
            let constraint = table.constraints.get_mut(number).map(Arc::make_mut);
            if let Some(ConstraintKind::Check { expression, .. }) = constraint.map(|constraint| &mut constraint.kind) {
                *expression = carried;
            }
        }
        for index in table.indexes.iter_mut().filter(|index| needs_settling(&types, index)) {
            settle(&types, Arc::make_mut(index));
        }
    });
}

fn set_in_index(table: &mut Table, number: usize, key: Option<usize>, expression: Expression) {
    let Some(index) = table.indexes.get_mut(number).map(Arc::make_mut) else { return };
    match key {
        None => index.predicate = Some(expression),
        Some(key) => {
            if let Some(key) = index.keys.get_mut(key) {
                key.part = KeyPart::Expression(expression);
            }
        }
    }
}

/// `date(c)` of a date is the column itself.
pub(super) fn settle(table: &Table, index: &mut Index) {
    for key in &mut index.keys {
        if let (true, Some(column)) = (is_cast_to_itself(table, &key.part), called_with(&key.part)) {
            key.part = KeyPart::Column(column.clone());
        }
    }
}

fn needs_settling(table: &Table, index: &Index) -> bool {
    index.keys.iter().any(|key| is_cast_to_itself(table, &key.part))
}

/// The column that a key's function is called with, where that is all.
fn called_with(part: &KeyPart) -> Option<&Name> {
    match part.expression().map(|expression| &expression.tree)? {
        ExpressionTree::Function { arguments, .. } => match arguments.as_slice() {
            [ExpressionTree::Column { name, .. }] => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a key is a call that is written like one of a function, and is a cast to the type that the column has.
fn is_cast_to_itself(table: &Table, part: &KeyPart) -> bool {
    let Some(ExpressionTree::Function { name, .. }) = part.expression().map(|expression| &expression.tree) else { return false };
    let Some(column) = called_with(part) else { return false };
    let is_type = |data_type: &Type| data_type.is(&name.name) && data_type.modifiers.is_empty() && !data_type.array;
    name.schema().is_none_or(|schema| *schema == "pg_catalog")
        && table.column(column).is_some_and(|column| is_type(&column.data_type.value))
}

/// The expression under the new types of its table's columns.
fn carried(schema: &Schema, (old, new): (&Table, &Table), expression: &Expression) -> Expression {
    let mut carried = expression.clone();
    let mut text: Option<String> = Some(expression.text.to_string());
    super::rewrite::each_node(&mut carried.tree, &mut |node| {
        let Some(parameters) = parameters(schema, node) else { return };
        let operands = operands(node);
        let kept = kept_casts(&parameters, &operands, old, new);
        for (operand, kept) in operands.into_iter().zip(kept) {
            let written = spelled(operand);
            let bare = without_kept(operand).clone();
            *operand = match kept {
                Some(target) => twice(bare, target),
                None => bare,
            };
            let now = spelled(operand);
            if now != written {
                text = text.take().and_then(|text| replaced(&text, &written, &now));
            }
        }
    });
    match text {
        Some(text) => Expression { text: text.into(), ..carried },
        None => expression.clone(),
    }
}

/// How the operands of a node come to their types.
enum Parameters {
    /// To the widest of all of them.
    Common,
    /// To one type of number, but for integers.
    Comparable,
    /// To those of a function's parameters.
    Of(Vec<Type>),
}

fn parameters(schema: &Schema, node: &ExpressionTree) -> Option<Parameters> {
    match node {
        ExpressionTree::Binary { .. } | ExpressionTree::Between { .. } => Some(Parameters::Comparable),
        ExpressionTree::Function { name, .. } if ["coalesce", "greatest", "least"].contains(&name.name.as_str()) => {
            Some(Parameters::Common)
        }
        ExpressionTree::Function { name, arguments } => {
            let name = dependents::function(schema, name)?;
            let mut functions = schema.functions_named(&name);
            let only = functions.next().filter(|_| functions.next().is_none())?;
            (only.key.arguments.len() == arguments.len()).then(|| Parameters::Of(only.key.arguments.clone()))
        }
        _ => None,
    }
}

fn operands(node: &mut ExpressionTree) -> Vec<&mut ExpressionTree> {
    match node {
        ExpressionTree::Binary { left, right, .. } => vec![left, right],
        ExpressionTree::Between { operand, low, high, .. } => vec![operand, low, high],
        ExpressionTree::Function { arguments, .. } => arguments.iter_mut().collect(),
        _ => Vec::new(),
    }
}

/// For each operand the cast that stays. Where not all types are known, those that stay already.
fn kept_casts(parameters: &Parameters, operands: &[&mut ExpressionTree], old: &Table, new: &Table) -> Vec<Option<Type>> {
    let kept: Vec<Option<Type>> = operands.iter().map(|operand| kept_cast(operand)).collect();
    let types = |table: &Table| operands.iter().map(|operand| natural_type(table, without_kept(operand))).collect::<Option<Vec<Type>>>();
    let (Some(before), Some(after)) = (types(old), types(new)) else { return kept };
    let effective: Vec<Type> = before.iter().zip(&kept).map(|(data_type, kept)| kept.as_ref().unwrap_or(data_type).clone()).collect();
    let written = kept.into_iter().zip(implied(parameters, &effective)).map(|(kept, implied)| implied.or(kept));
    let written: Vec<Option<Type>> =
        written.zip(&after).map(|(cast, data_type)| cast.filter(|cast| !is_no_cast(cast, data_type))).collect();
    if implied(parameters, &after) == written { vec![None; written.len()] } else { written }
}

/// Even a cast that only takes away the length stays.
fn is_no_cast(cast: &Type, data_type: &Type) -> bool {
    is_same(cast, data_type) && data_type.modifiers.is_empty()
}

fn is_same(one: &Type, other: &Type) -> bool {
    one.name == other.name && one.array == other.array
}

/// The casts that go without saying.
fn implied(parameters: &Parameters, types: &[Type]) -> Vec<Option<Type>> {
    let ranks: Option<Vec<usize>> = types.iter().map(rank).collect();
    let widest = ranks.as_ref().and_then(|ranks| ranks.iter().max().copied());
    let to_widest = |from: usize| {
        let number = widest.and_then(|widest| NUMBERS.get(widest)).map(|name| Type::builtin(name));
        types.iter().map(|data_type| number.clone().filter(|number| widest >= Some(from) && !is_same(number, data_type))).collect()
    };
    match parameters {
        Parameters::Common => to_widest(0),
        Parameters::Comparable => to_widest(INTEGERS),
        Parameters::Of(parameters) => {
            let cast = |(parameter, data_type): (&Type, &Type)| {
                (!is_same(parameter, data_type)).then(|| Type { modifiers: Vec::new(), ..parameter.clone() })
            };
            parameters.iter().zip(types).map(cast).collect()
        }
    }
}

fn rank(data_type: &Type) -> Option<usize> {
    NUMBERS.iter().position(|name| data_type.is(name) && !data_type.array)
}

/// The type of a column, or of a number.
fn natural_type(table: &Table, tree: &ExpressionTree) -> Option<Type> {
    match tree {
        ExpressionTree::Column { name, .. } => table.column(name).map(|column| column.data_type.value.clone()),
        ExpressionTree::Literal(Literal::Number(number)) => Some(Type::builtin(if number.parse::<i32>().is_ok() {
            "integer"
        } else if number.parse::<i64>().is_ok() {
            "bigint"
        } else {
            "numeric"
        })),
        _ => None,
    }
}

/// The cast of an operand that stays from an earlier type.
fn kept_cast(tree: &ExpressionTree) -> Option<Type> {
    match tree {
        ExpressionTree::Cast { operand, target } => {
            matches!(operand.as_ref(), ExpressionTree::Cast { target: inner, .. } if inner == target).then(|| target.clone())
        }
        _ => None,
    }
}

fn without_kept(tree: &ExpressionTree) -> &ExpressionTree {
    if kept_cast(tree).is_some() { tree.without_casts() } else { tree }
}

fn twice(tree: ExpressionTree, target: Type) -> ExpressionTree {
    let once = ExpressionTree::Cast { operand: Box::new(tree), target: target.clone() };
    ExpressionTree::Cast { operand: Box::new(once), target }
}

/// An operand as the expression's text has it; empty for those that are never cast here.
fn spelled(tree: &ExpressionTree) -> String {
    let bare = match without_kept(tree) {
        ExpressionTree::Column { name, .. } => name.to_sql(),
        ExpressionTree::Literal(Literal::Number(number)) => number.to_string(),
        _ => return String::new(),
    };
    match kept_cast(tree) {
        Some(target) => format!("{bare}::{target}"),
        None => bare,
    }
}

/// The text with one operand in another spelling, if it is found exactly once.
fn replaced(text: &str, from: &str, to: &str) -> Option<String> {
    let is_part = |character: Option<char>| character.is_some_and(|character| character.is_alphanumeric() || "_$.\"'".contains(character));
    let places = text.match_indices(from).filter_map(|(place, _)| text.get(..place).zip(text.get(place + from.len()..)));
    let mut found = places.filter(|(before, behind)| {
        !is_part(before.chars().next_back()) && !is_part(behind.chars().next()) && !before.trim_end().ends_with("::")
    });
    let (before, behind) = found.next().filter(|_| found.next().is_none())?;
    Some(format!("{before}{to}{behind}"))
}
