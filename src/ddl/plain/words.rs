//! Names and texts between the quotes of each database.

use crate::ddl::join;
use crate::schema::{Dialect, Name, QualifiedName};

/// How a database writes names.
#[derive(Clone, Copy)]
pub struct Words(pub Dialect);

impl Words {
    /// A name: always between backticks in MySQL, whose own output has them; elsewhere in quotes where it needs them.
    pub fn name(self, name: &str) -> String {
        let is_plain = || {
            let begins = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            begins && plain && !self.0.reserves(&name.to_ascii_lowercase())
        };
        match self.0 {
            Dialect::MySql => format!("`{}`", name.replace('`', "``")),
            _ if is_plain() => name.to_owned(),
            Dialect::SqlServer => format!("[{}]", name.replace(']', "]]")),
            Dialect::Sqlite | Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A name with its schema, unless that is the usual one.
    pub fn qualified(self, name: &QualifiedName) -> String {
        match name.schema().filter(|schema| **schema != "public") {
            Some(schema) => format!("{}.{}", self.name(schema), self.name(&name.name)),
            None => self.name(&name.name),
        }
    }

    /// Names as a list between parentheses.
    pub fn list(self, names: &[Name]) -> String {
        format!("({})", join(names.iter().map(|name| self.name(name))))
    }
}

/// A text between quotes, for MySQL.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
