//! Values of the catalogs' columns, and how they compare.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::schema::{Name, QualifiedName};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum {
    /// Nothing is known of it.
    Unknown,
    /// It is not NULL, and nothing else is known of it.
    Some,
    /// A name the server gave, as to its own catalogs or to NOT NULL constraints: it begins like none that people write.
    SystemName,
    /// NULL.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A number.
    Integer(i64),
    /// A text or name.
    Text(Arc<str>),
    /// An array.
    Array(Vec<Datum>),
    /// What an oid stands for.
    Object(Object),
    /// The number of a column in its table. Columns that were dropped are not counted, so it says more than a number.
    Position(Arc<QualifiedName>, i64),
}

/// What an oid stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// The database itself.
    Database,
    /// Something the server comes with.
    System,
    /// A schema.
    Namespace(Name),
    /// A table, view, index, sequence or composite type.
    Relation(QualifiedName),
    /// A constraint of a table.
    Constraint(QualifiedName, Name),
    /// A trigger or policy of a table.
    Attachment(QualifiedName, Name),
    /// A type of the schema, or a built-in one by its internal name.
    Type(QualifiedName),
    /// A function, with its arguments' types.
    Function(QualifiedName, Arc<str>),
}

impl Datum {
    /// A text.
    pub fn text(text: &str) -> Self {
        Datum::Text(text.into())
    }

    /// A text where there is one, and NULL otherwise.
    pub(super) fn optional(text: Option<&str>) -> Self {
        text.map_or(Datum::Null, Datum::text)
    }

    /// Not known, but not NULL, where there is anything; NULL otherwise.
    pub(super) fn some_if(is_set: bool) -> Self {
        if is_set { Datum::Some } else { Datum::Null }
    }

    /// `YES` or `NO`.
    pub(super) fn yes_or_no(value: bool) -> Self {
        Datum::text(if value { "YES" } else { "NO" })
    }

    /// A boolean, where it is known.
    pub(super) fn of(value: Option<bool>) -> Self {
        value.map_or(Datum::Unknown, Datum::Boolean)
    }

    /// Whether it is true; NULL is not; `None` where it is not known.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Datum::Boolean(value) => Some(*value),
            Datum::Null => Some(false),
            Datum::Text(text) => match &**text {
                "true" | "t" => Some(true),
                "false" | "f" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is NULL, where that is known.
    pub(super) fn is_null(&self) -> Option<bool> {
        match self {
            Datum::Unknown => None,
            other => Some(*other == Datum::Null),
        }
    }

    /// As a text, where that is known. An object has one only by a cast.
    pub(super) fn as_text(&self) -> Option<String> {
        match self {
            Datum::Text(text) => Some(text.to_string()),
            Datum::Integer(number) => Some(number.to_string()),
            Datum::Boolean(value) => Some(if *value { "true".into() } else { "false".into() }),
            _ => None,
        }
    }

    pub(super) fn as_integer(&self) -> Option<i64> {
        match self {
            Datum::Integer(number) => Some(*number),
            Datum::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

/// Whether two values that are not NULL are equal, where that is known.
pub(super) fn equal(left: &Datum, right: &Datum) -> Option<bool> {
    match (left, right) {
        (Datum::Unknown | Datum::Some, _) | (_, Datum::Unknown | Datum::Some) => None,
        (Datum::SystemName, Datum::Text(text)) | (Datum::Text(text), Datum::SystemName) => (!may_be_system_name(text)).then_some(false),
        (Datum::Position(table, position), Datum::Position(other, number)) => (table == other).then_some(position == number),
        // System columns count downwards.
        (Datum::Position(..), Datum::Integer(..=0)) | (Datum::Integer(..=0), Datum::Position(..)) => Some(false),
        (Datum::Array(left), Datum::Array(right)) if left.len() != right.len() => Some(false),
        (Datum::Array(left), Datum::Array(right)) => all(left.iter().zip(right).map(|(left, right)| equal(left, right))),
        (Datum::Object(Object::System), Datum::Object(Object::System)) => None,
        (Datum::Object(left), Datum::Object(right)) => Some(left == right),
        (Datum::Boolean(value), other) | (other, Datum::Boolean(value)) => other.truth().map(|truth| truth == *value),
        (Datum::Integer(number), other) | (other, Datum::Integer(number)) => other.as_integer().map(|other| other == *number),
        (Datum::Text(left), Datum::Text(right)) => Some(left == right),
        _ => None,
    }
}

/// The order of two values that are not NULL, where that is known. Names sort by their bytes in every database.
pub(super) fn order(left: &Datum, right: &Datum) -> Option<Ordering> {
    match (left, right) {
        (Datum::Position(table, position), Datum::Position(other, number)) => (table == other).then(|| position.cmp(number)),
        // A column that people made.
        (Datum::Position(..), Datum::Integer(0)) => Some(Ordering::Greater),
        (Datum::Integer(0), Datum::Position(..)) => Some(Ordering::Less),
        (Datum::Integer(number), other) => Some(number.cmp(&other.as_integer()?)),
        (other, Datum::Integer(number)) => Some(other.as_integer()?.cmp(number)),
        (Datum::Text(left), Datum::Text(right)) => Some(left.cmp(right)),
        (Datum::Boolean(left), Datum::Boolean(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether all are true, where that is known.
pub(super) fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// Whether one is true, where that is known.
pub(super) fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.map(|part| part.map(|part| !part))).map(|none| !none)
}

/// Whether the server may have given this name.
fn may_be_system_name(text: &str) -> bool {
    /// Plain words among the names of `information_schema`.
    const WORDS: [&str; 16] = [
        "attributes",
        "collations",
        "columns",
        "domains",
        "parameters",
        "routines",
        "schemata",
        "sequences",
        "tables",
        "transforms",
        "triggers",
        "views",
        "user_mappings",
        "enabled_roles",
        "applicable_roles",
        "character_sets",
    ];
    WORDS.contains(&text)
        || text.starts_with("pg_")
        || text.starts_with("sql_")
        || text.contains("_usage")
        || text.starts_with("RI_")
        || text.starts_with(|first: char| first.is_ascii_digit() || first == '.')
}
