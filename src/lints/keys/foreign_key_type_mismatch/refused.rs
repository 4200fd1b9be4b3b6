//! What MySQL and SQL Server refuse about the types of a foreign key's columns.

use crate::schema::{Column, Dialect, Table, Type};

/// Why the database refuses a foreign key between these columns, in words.
pub fn refusal(dialect: Dialect, own: (&Table, &Column), referenced: (&Table, &Column)) -> Option<String> {
    let (own_type, referenced_type) = (&own.1.data_type.value, &referenced.1.data_type.value);
    let refuses = || format!("{} refuses the foreign key", dialect.name());
    match dialect {
        Dialect::MySql if is_text(own_type) && is_text(referenced_type) => {
            differing_text(own, referenced).map(|difference| format!("they differ in {difference}, so {}", refuses()))
        }
        Dialect::MySql => {
            let differ = own_type.name != referenced_type.name;
            let of_one_kind = |data_type: &Type| data_type.is_integer() || is_text(data_type);
            (differ && of_one_kind(own_type) && of_one_kind(referenced_type)).then(refuses)
        }
        Dialect::SqlServer => {
            let is_known =
                |data_type: &Type| data_type.is_integer() || data_type.is_string() || data_type.is("uuid") || data_type.is("numeric");
            let is_same = own_type.name == referenced_type.name && own_type.modifiers == referenced_type.modifiers;
            (!is_same && is_known(own_type) && is_known(referenced_type)).then(refuses)
        }
        Dialect::Postgres | Dialect::Sqlite => None,
    }
}

/// Types that MySQL lets reference each other, whatever their lengths.
fn is_text(data_type: &Type) -> bool {
    data_type.is("character") || data_type.is("character varying")
}

/// What two columns of text are known to differ in. What nobody says is the database's, and not known.
fn differing_text(own: (&Table, &Column), referenced: (&Table, &Column)) -> Option<String> {
    let (own, referenced) = (Text::of(own.0, own.1), Text::of(referenced.0, referenced.1));
    let (Some(left), Some(right)) = (&own.charset, &referenced.charset) else { return None };
    if left != right {
        return Some(format!("character set, {left} and {right}"));
    }
    let is_binary = |collation: &Option<String>| collation.as_ref().is_some_and(|name| name.ends_with("_bin"));
    match (&own.collation, &referenced.collation) {
        (Some(left), Some(right)) => (left != right).then(|| format!("collation, {left} and {right}")),
        // No character set has a binary collation by default.
        (left, right) => (is_binary(left) || is_binary(right)).then(|| "collation".to_owned()),
    }
}

/// How a column's characters are kept, as far as the column or its table says it.
struct Text {
    charset: Option<String>,
    collation: Option<String>,
}

impl Text {
    fn of(table: &Table, column: &Column) -> Self {
        let of_column = column.storage.as_ref().and_then(|storage| storage.options.get("character set"));
        let collation = column.collation.as_ref().map(|collation| collation.name.as_str());
        match (of_column, collation) {
            (None, None) => Self::new(table.options.get("charset"), table.options.get("collate")),
            (charset, collation) => Self::new(charset, collation),
        }
    }

    /// A collation's name begins with that of its character set.
    fn new(charset: Option<&str>, collation: Option<&str>) -> Self {
        let collation = collation.map(str::to_ascii_lowercase);
        let of_collation = collation.as_deref().and_then(|name| name.split('_').next()).map(str::to_owned);
        let charset = charset.map(str::to_ascii_lowercase).or(of_collation);
        // MySQL's utf8 has had two names.
        Self { charset: charset.map(|name| if name == "utf8" { "utf8mb3".to_owned() } else { name }), collation }
    }
}
