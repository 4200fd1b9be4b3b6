//! Identifiers.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use super::Dialect;
use super::recent::{Recent, recall, remember};

/// An identifier as the database stores it: folded to lower case unless it was quoted, without quotes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// PostgreSQL's longest identifier, in bytes: NAMEDATALEN - 1.
    pub const MAX_BYTES: usize = 63;

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// No name at all: a constraint or index that [`crate::change`] still has to name as PostgreSQL would.
    pub fn unnamed() -> Self {
        static UNNAMED: LazyLock<Name> = LazyLock::new(|| Name("".into()));
        UNNAMED.clone()
    }

    /// Whether this is [`Name::unnamed`].
    pub fn is_unnamed(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is a keyword that cannot name a column or table without quotes.
    pub fn is_reserved(&self) -> bool {
        Dialect::Postgres.reserves(self)
    }

    /// As it must be written in SQL: in double quotes unless it folds to itself and is no keyword.
    pub fn to_sql(&self) -> String {
        let mut bytes = self.0.bytes();
        let starts_plain = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let plain = starts_plain && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'$');
        if plain && !self.is_reserved() { self.0.to_string() } else { format!("\"{}\"", self.0.replace('"', "\"\"")) }
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A history says the same names over and over.
impl From<&str> for Name {
    fn from(name: &str) -> Self {
        thread_local!(static RECENT: Recent<Name> = Recent::default());
        recall(&RECENT, name, |known| known == name).unwrap_or_else(|| remember(&RECENT, name, Self(name.into())))
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        name.as_str().into()
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", &*self.0)
    }
}

/// The name of an object and the schema it lives in.
///
/// In a [`crate::change::Change`] as it comes from the parser the schema may be missing; in a
/// [`super::Schema`] it never is.
///
/// It is one pointer to its [`NameParts`], read as `name.schema` and `name.name`: maps keyed by it are copied, in part,
/// by every change to a schema.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct QualifiedName(Arc<NameParts>);

/// The two halves of a [`QualifiedName`].
#[derive(Debug, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::derived_hash_with_manual_eq, reason = "equal names are the same ones, only found out sooner")]
pub struct NameParts {
    /// The schema; unnamed where the SQL did not say one.
    pub schema: Name,
    /// The object's own name.
    pub name: Name,
}

/// Names of different objects seldom differ in their schema.
impl PartialEq for NameParts {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.schema == other.schema
    }
}

impl Deref for QualifiedName {
    type Target = NameParts;
    fn deref(&self) -> &NameParts {
        &self.0
    }
}

impl Ord for QualifiedName {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for QualifiedName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for QualifiedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("QualifiedName").field("schema", &self.schema).field("name", &self.name).finish()
    }
}

impl QualifiedName {
    /// `schema.name`.
    pub fn new(schema: impl Into<Name>, name: impl Into<Name>) -> Self {
        thread_local!(static RECENT: Recent<QualifiedName> = Recent::default());
        let parts = NameParts { schema: schema.into(), name: name.into() };
        let known = recall(&RECENT, &parts.name, |known| *known.0 == parts);
        known.unwrap_or_else(|| remember(&RECENT, &parts.name.clone(), Self(Arc::new(parts))))
    }

    /// `name` as written without a schema.
    pub fn unqualified(name: impl Into<Name>) -> Self {
        Self::new(Name::unnamed(), name)
    }

    /// The name of a built-in type. Those of most columns are there once for all of them.
    pub fn builtin(name: &str) -> Self {
        static COMMON: LazyLock<Vec<QualifiedName>> = LazyLock::new(|| {
            let names = ["text", "integer", "bigint", "boolean", "uuid", "jsonb", "smallint", "numeric", "date", "character varying"];
            let times = ["timestamp with time zone", "timestamp without time zone"];
            names.into_iter().chain(times).map(QualifiedName::unqualified).collect()
        });
        COMMON.iter().find(|common| common.name == *name).cloned().unwrap_or_else(|| Self::unqualified(name))
    }

    /// The schema, where one was written.
    pub fn schema(&self) -> Option<&Name> {
        Some(&self.schema).filter(|schema| !schema.is_unnamed())
    }

    /// As it must be written in SQL; `public` is left out.
    pub fn to_sql(&self) -> String {
        match self.schema() {
            Some(schema) if *schema != "public" => format!("{}.{}", schema.to_sql(), self.name.to_sql()),
            _ => self.name.to_sql(),
        }
    }
}

/// `schema.name` without quotes, as reports name objects.
impl fmt::Display for QualifiedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.schema() {
            Some(schema) => write!(formatter, "{schema}.{}", self.name),
            None => write!(formatter, "{}", self.name),
        }
    }
}
