//! Which changes of a column's type leave its rows as they are.

use crate::schema::{Column, Expression, ExpressionTree, QualifiedName, Schema, Type, TypeKind};

/// What a change of type means for what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeChange {
    /// Every row stays as it is.
    Kept,
    /// Rows stay, but sort or compare in another way: indexes are built again.
    OtherOrder,
    /// Every row is written again.
    Rewrite,
}

/// What a change of `column` to a type as written means for what is stored.
pub fn type_change(
    schema: &Schema,
    column: &Column,
    data_type: &Type,
    collation: Option<&QualifiedName>,
    using: Option<&Expression>,
    in_utc: bool,
) -> TypeChange {
    let computes = using.is_some_and(|using| !is_the_column(&using.tree, column));
    // A generated column is computed again whatever its type.
    if computes || column.generated.as_ref().is_some_and(|generated| generated.value.stored) {
        return TypeChange::Rewrite;
    }
    match of_types(schema, &column.data_type.value, data_type) {
        TypeChange::Kept if collation != column.collation.as_ref() => TypeChange::OtherOrder,
        TypeChange::Rewrite if in_utc && differ_in_zone(&column.data_type.value, data_type) => TypeChange::OtherOrder,
        change => change,
    }
}

/// In UTC the same number stands for a timestamp with and without a time zone.
fn differ_in_zone(from: &Type, to: &Type) -> bool {
    let names = [&from.name.name, &to.name.name].map(|name| name.as_str());
    let is_zone = |name: &str| matches!(name, "timestamp with time zone" | "timestamp without time zone");
    names.into_iter().all(is_zone) && !from.array && !to.array && from.modifiers == to.modifiers
}

/// `column` or `column::type`: nothing but the change itself.
fn is_the_column(using: &ExpressionTree, column: &Column) -> bool {
    matches!(using.without_casts(), ExpressionTree::Column { name, .. } if *name == column.name)
}

/// The definition of a type that the history made.
pub(super) fn definition<'a>(schema: &'a Schema, data_type: &Type) -> Option<&'a TypeKind> {
    if data_type.array {
        return None;
    }
    let name = schema.resolve(data_type.name.schema(), &data_type.name.name, |name| schema.types.contains_key(name))?;
    schema.types.get(&name).map(|definition| &definition.kind)
}

fn of_types(schema: &Schema, from: &Type, to: &Type) -> TypeChange {
    if super::columns::has_constrained_domain(schema, to) && !same_name(schema, from, to) {
        return TypeChange::Rewrite;
    }
    let (from, to) = (base(schema, from), base(schema, to));
    if from.array || to.array {
        let same = from.array == to.array && same_name(schema, from, to) && from.modifiers == to.modifiers;
        return if same { TypeChange::Kept } else { TypeChange::Rewrite };
    }
    if same_name(schema, from, to) {
        return if keeps_modifiers(from, to) { TypeChange::Kept } else { TypeChange::Rewrite };
    }
    binary_coercion(from, to)
}

/// The type under a domain.
fn base<'a>(schema: &'a Schema, data_type: &'a Type) -> &'a Type {
    let mut data_type = data_type;
    for _ in 0..16 {
        match definition(schema, data_type) {
            Some(TypeKind::Domain { base, .. }) => data_type = base,
            _ => break,
        }
    }
    data_type
}

fn same_name(schema: &Schema, one: &Type, other: &Type) -> bool {
    let resolve = |data_type: &Type| {
        let found = schema.resolve(data_type.name.schema(), &data_type.name.name, |name| schema.types.contains_key(name));
        found.unwrap_or_else(|| data_type.name.clone())
    };
    one.array == other.array && (one.name == other.name || resolve(one) == resolve(other))
}

/// Types whose values are stored alike.
fn binary_coercion(from: &Type, to: &Type) -> TypeChange {
    let unlimited = to.modifiers.is_empty();
    match (from.name.name.as_str(), to.name.name.as_str()) {
        ("character varying", "text") | ("cidr", "inet") | ("xml", "text" | "character varying") if unlimited => TypeChange::Kept,
        ("text", "character varying") if unlimited => TypeChange::Kept,
        ("integer" | "regclass" | "regtype" | "regproc", "oid") | ("oid", "integer" | "regclass" | "regtype" | "regproc") => {
            TypeChange::Kept
        }
        ("text" | "character varying", "citext") | ("citext", "text" | "character varying") if unlimited => TypeChange::OtherOrder,
        ("bit", "bit varying") if unlimited => TypeChange::Kept,
        _ => TypeChange::Rewrite,
    }
}

/// Whether all values of a type fit it with other modifiers, as PostgreSQL can tell without looking at them.
fn keeps_modifiers(from: &Type, to: &Type) -> bool {
    let numbers = |data_type: &Type| data_type.modifiers.iter().map(|modifier| modifier.parse::<i64>().ok()).collect::<Option<Vec<i64>>>();
    if from.modifiers == to.modifiers {
        return true;
    }
    let (Some(before), Some(after)) = (numbers(from), numbers(to)) else { return to.modifiers.is_empty() };
    match (from.name.name.as_str(), before.as_slice(), after.as_slice()) {
        ("character varying" | "bit varying", _, []) => true,
        ("character varying" | "bit varying", [before], [after]) => before <= after,
        ("numeric", _, []) => true,
        ("numeric", [before, rest @ ..], [after, others @ ..]) => before <= after && scale(rest) == scale(others),
        // Without a precision, and with the largest, these keep six digits.
        (name, before, after) if name.starts_with("time") || name == "interval" => precision(before) <= precision(after),
        _ => false,
    }
}

fn scale(modifiers: &[i64]) -> i64 {
    modifiers.first().copied().unwrap_or(0)
}

fn precision(modifiers: &[i64]) -> i64 {
    modifiers.first().copied().unwrap_or(6)
}
