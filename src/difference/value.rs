//! Values of attributes: when the catalog holds the same one, and how they are written.

use super::expressions;
use crate::schema::{Expression, IndexKey, KeyPart, PartitionBy, QualifiedName, Type};

/// An attribute's value.
pub(super) enum Value<'a> {
    None,
    Text(String),
    /// An expression, and the type of what it gives a value to.
    Expression(&'a Expression, Option<&'a Type>),
    Type(&'a Type),
    /// A name that may lack its schema.
    Name(&'a QualifiedName),
    Keys(&'a [IndexKey]),
    PartitionKey(&'a PartitionBy),
}

impl<'a> Value<'a> {
    pub(super) fn default_of(expression: Option<&'a Expression>, data_type: &'a Type) -> Self {
        expression.map_or(Value::None, |expression| Value::Expression(expression, Some(data_type)))
    }

    /// Whether the catalog holds the same.
    pub(super) fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None) => true,
            (Value::Text(one), Value::Text(other)) => one == other,
            (Value::Expression(one, data_type), Value::Expression(other, _)) => expressions::are_same(one, other, *data_type),
            (Value::Type(one), Value::Type(other)) => expressions::are_same_types(one, other),
            (Value::Name(one), Value::Name(other)) => expressions::are_same_names(one, other),
            (Value::Keys(one), Value::Keys(other)) => {
                one.len() == other.len() && one.iter().zip(*other).all(|(one, other)| is_same_key(one, other))
            }
            (Value::PartitionKey(one), Value::PartitionKey(other)) => one == other,
            _ => false,
        }
    }

    /// The value as SQL, where there is one.
    pub(super) fn to_sql(&self) -> Option<String> {
        match self {
            Value::None => None,
            Value::Text(text) => Some(text.clone()),
            Value::Expression(expression, _) => Some(expression.text.to_string()),
            Value::Type(data_type) => Some(data_type.to_string()),
            Value::Name(name) => Some(name.to_sql()),
            Value::Keys(keys) => Some(joined(keys, key_text)),
            Value::PartitionKey(partition) => Some(format!("{} ({})", partition.strategy, joined(&partition.keys, part_text))),
        }
    }
}

impl<'a> From<&'a Type> for Value<'a> {
    fn from(data_type: &'a Type) -> Self {
        Value::Type(data_type)
    }
}

impl<'a> From<Option<&'a Type>> for Value<'a> {
    fn from(data_type: Option<&'a Type>) -> Self {
        data_type.map_or(Value::None, Value::Type)
    }
}

impl<'a> From<Option<&'a QualifiedName>> for Value<'a> {
    fn from(name: Option<&'a QualifiedName>) -> Self {
        name.map_or(Value::None, Value::Name)
    }
}

impl<'a> From<Option<&'a PartitionBy>> for Value<'a> {
    fn from(partition: Option<&'a PartitionBy>) -> Self {
        partition.map_or(Value::None, Value::PartitionKey)
    }
}

impl<'a> From<&'a [IndexKey]> for Value<'a> {
    fn from(keys: &'a [IndexKey]) -> Self {
        Value::Keys(keys)
    }
}

fn joined<T>(list: &[T], text: impl Fn(&T) -> String) -> String {
    list.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn is_same_key(one: &IndexKey, other: &IndexKey) -> bool {
    let IndexKey { part, collation, operator_class, descending, nulls_first } = one;
    let same_part = match (part, &other.part) {
        (KeyPart::Expression(one), KeyPart::Expression(other)) => expressions::are_same(one, other, None),
        (one, other) => one == other,
    };
    same_part
        && *descending == other.descending
        && *nulls_first == other.nulls_first
        && is_same_choice(collation.as_ref(), other.collation.as_ref(), |name| name == "default")
        && is_same_choice(operator_class.as_ref(), other.operator_class.as_ref(), is_default_class)
}

/// Whether two choices are the same where the default may be written or not.
fn is_same_choice(one: Option<&QualifiedName>, other: Option<&QualifiedName>, is_default: impl Fn(&str) -> bool) -> bool {
    let chosen = |name: Option<&QualifiedName>| name.map(|name| name.name.clone()).filter(|name| !is_default(name));
    chosen(one) == chosen(other)
}

/// Whether PostgreSQL takes an operator class where none is written: all of B-tree's but those for patterns, which are
/// named after their type, and a few of the other methods.
fn is_default_class(name: &str) -> bool {
    let not_default = ["pattern_ops", "path_ops", "trgm_ops", "bloom_ops", "minmax_multi_ops", "l2_ops", "ip_ops", "cosine_ops"];
    !not_default.iter().any(|suffix| name.ends_with(suffix))
}

fn part_text(part: &KeyPart) -> String {
    match part {
        KeyPart::Column(name) => name.to_sql(),
        KeyPart::Expression(expression) => format!("({})", expression.text),
    }
}

fn key_text(key: &IndexKey) -> String {
    let collation = key.collation.as_ref().map(|name| format!(" COLLATE {}", name.to_sql())).unwrap_or_default();
    let class = key.operator_class.as_ref().map(|name| format!(" {}", name.to_sql())).unwrap_or_default();
    let direction = if key.descending { " DESC" } else { "" };
    let nulls = match (key.descending, key.nulls_first) {
        (false, true) => " NULLS FIRST",
        (true, false) => " NULLS LAST",
        _ => "",
    };
    format!("{}{collation}{class}{direction}{nulls}", part_text(&key.part))
}
