//! Types of columns.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::{Dialect, Name, QualifiedName};

/// A data type under one name: PostgreSQL's `format_type` (`character varying`, `integer`, `uuid`,
/// `timestamp without time zone`), whatever alias the SQL used, also for other databases where they have the type.
#[derive(Clone, Debug)]
pub struct Type {
    /// The schema of a user-defined type; unnamed for built-in types, and in a
    /// [`crate::change::Change`] where the SQL did not say one.
    pub name: QualifiedName,
    /// `(n)`, `(p, s)`, `(interval fields)`.
    pub modifiers: Vec<Name>,
    /// Whether this is an array of it.
    pub array: bool,
    /// The database whose word for it is printed; it makes no other type of it.
    pub dialect: Dialect,
}

/// Names of types that hold text.
const STRINGS: [&str; 9] = ["text", "character varying", "character", "nvarchar", "nchar", "ntext", "longtext", "mediumtext", "tinytext"];

/// Names of types that hold whole numbers.
const INTEGERS: [&str; 5] = ["bigint", "integer", "smallint", "mediumint", "tinyint"];

impl Type {
    /// A built-in type without modifiers, by its canonical name.
    pub fn builtin(name: &str) -> Self {
        Self::of(QualifiedName::builtin(name))
    }

    /// PostgreSQL's type of this name, without modifiers.
    pub fn of(name: QualifiedName) -> Self {
        Self { name, modifiers: Vec::new(), array: false, dialect: Dialect::Postgres }
    }

    /// Whether this is the built-in scalar type of this canonical name, whatever its modifiers.
    pub fn is(&self, canonical: &str) -> bool {
        !self.array && self.name.schema().is_none() && self.name.name == *canonical
    }

    /// `text`, `character varying`, `character`, `citext`, and what else MySQL and SQL Server have for text.
    pub fn is_string(&self) -> bool {
        let is_text = || STRINGS.iter().any(|name| self.is(name));
        is_text() || (!self.array && self.name.name == "citext")
    }

    /// `smallint`, `integer` or `bigint`, and MySQL's others, `unsigned` or not.
    pub fn is_integer(&self) -> bool {
        let name = self.name.name.strip_suffix(" unsigned").unwrap_or(&self.name.name);
        !self.array && self.name.schema().is_none() && INTEGERS.contains(&name)
    }

    /// The most characters a `character varying(n)`, `character(n)` or one of SQL Server's like them holds.
    pub fn max_characters(&self) -> Option<usize> {
        let is_fixed = self.is("character") || self.is("nchar");
        if !is_fixed && !self.is("character varying") && !self.is("nvarchar") {
            return None;
        }
        match self.modifiers.first() {
            Some(length) => length.parse().ok(),
            None => is_fixed.then_some(1),
        }
    }

    /// What makes two types one: all but the word that is printed.
    fn identity(&self) -> (&QualifiedName, &[Name], bool) {
        (&self.name, &self.modifiers, self.array)
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Type {}

impl PartialOrd for Type {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Type {
    fn cmp(&self, other: &Self) -> Ordering {
        self.identity().cmp(&other.identity())
    }
}

impl Hash for Type {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// As the database's own catalog has it: PostgreSQL's `character varying(50)`, `timestamp(3) with time zone` and
/// `integer[]`, MySQL's `int unsigned`, SQL Server's `nvarchar(max)`.
impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dialect {
            Dialect::Postgres | Dialect::Sqlite => self.format_type(formatter),
            Dialect::MySql => self.format_words(MYSQL, formatter),
            Dialect::SqlServer => self.format_words(SQL_SERVER, formatter),
        }
    }
}

/// MySQL's words for types that go by PostgreSQL's.
const MYSQL: &[(&str, &str)] = &[
    ("character", "char"),
    ("character varying", "varchar"),
    ("double precision", "double"),
    ("integer", "int"),
    ("numeric", "decimal"),
    ("real", "float"),
];

/// SQL Server's.
const SQL_SERVER: &[(&str, &str)] = &[
    ("character", "char"),
    ("character varying", "varchar"),
    ("double precision", "float"),
    ("integer", "int"),
    ("numeric", "decimal"),
    ("uuid", "uniqueidentifier"),
];

impl Type {
    /// As PostgreSQL's `format_type` does.
    fn format_type(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.name.schema() {
            None => self.name.name.to_string(),
            Some(_) => self.name.to_sql(),
        };
        // `interval day to second(3)`: fields stand before the parentheses.
        let has_fields = self.modifiers.first().is_some_and(|first| self.name.name == "interval" && first.starts_with(char::is_alphabetic));
        let (fields, numbers) = self.modifiers.split_at(usize::from(has_fields));
        let name = fields.iter().fold(name, |name, fields| format!("{name} {fields}"));
        let modifiers = if numbers.is_empty() {
            String::new()
        } else {
            format!("({})", numbers.iter().map(Name::as_str).collect::<Vec<_>>().join(","))
        };
        // `timestamp(3) with time zone`: the modifier stands inside the name.
        match name.split_once(' ') {
            Some((head @ ("timestamp" | "time"), tail)) => write!(formatter, "{head}{modifiers} {tail}")?,
            _ => write!(formatter, "{name}{modifiers}")?,
        }
        if self.array { formatter.write_str("[]") } else { Ok(()) }
    }

    /// In a database's own words, attributes such as `unsigned` last.
    fn format_words(&self, words: &[(&str, &str)], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.name.as_str();
        let end = ["unsigned", "signed", "zerofill"].iter().filter_map(|attribute| name.find(&format!(" {attribute}"))).min();
        let (kind, attributes) = name.split_at(end.unwrap_or(name.len()));
        let own = words.iter().find(|(ours, _)| *ours == kind).map_or(kind, |(_, own)| own);
        formatter.write_str(own)?;
        if !self.modifiers.is_empty() {
            write!(formatter, "({})", self.modifiers.iter().map(Name::as_str).collect::<Vec<_>>().join(","))?;
        }
        formatter.write_str(attributes)
    }
}
