//! What both kinds of diagrams show: which tables, which columns of them, which relations.

use crate::schema::{ConstraintKind, ForeignKey, Name, QualifiedName, Schema, Table};

/// How much of the tables is shown, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All columns.
    Columns,
    /// Columns that are part of a key.
    Keys,
    /// Names of tables.
    Names,
}

/// A foreign key as a line between two tables.
pub(super) struct Relation<'a> {
    pub(super) child: &'a QualifiedName,
    pub(super) parent: &'a QualifiedName,
    pub(super) columns: &'a [Name],
    /// Every row of the child has a parent.
    pub(super) required: bool,
    /// A parent has one such child at most.
    pub(super) one_to_one: bool,
    /// A child is known by its parent: the foreign key is part of its primary key.
    pub(super) identifying: bool,
}

/// The name that a diagram shows; `public` is left out.
pub(super) fn title(table: &QualifiedName) -> String {
    if table.schema == "public" { table.name.to_string() } else { table.to_string() }
}

/// The tables, partitions left out as their parents stand for them.
pub(super) fn tables(schema: &Schema) -> Vec<&Table> {
    let is_shown = |table: &&Table| table.partition_of.as_ref().is_none_or(|of| !schema.tables.contains_key(&of.parent));
    schema.tables.values().map(AsRef::as_ref).filter(is_shown).collect()
}

/// The foreign keys between these tables.
pub(super) fn relations<'a>(tables: &[&'a Table]) -> Vec<Relation<'a>> {
    let shown: std::collections::BTreeSet<&QualifiedName> = tables.iter().map(|table| &table.name).collect();
    let keys = tables.iter().flat_map(|table| table.foreign_keys().map(move |(constraint, key)| (*table, &constraint.columns[..], key)));
    keys.filter(|(_, _, key)| shown.contains(&key.references)).map(|(table, columns, key)| relation(table, columns, key)).collect()
}

fn relation<'a>(table: &'a Table, columns: &'a [Name], key: &'a ForeignKey) -> Relation<'a> {
    let nullable = |name: &Name| table.column(name).is_none_or(|column| column.nullable.value);
    let primary = table.primary_key().map(|key| &key.columns[..]).unwrap_or_default();
    Relation {
        child: &table.name,
        parent: &key.references,
        columns,
        required: !columns.iter().any(nullable),
        one_to_one: is_unique(table, columns),
        identifying: !columns.is_empty() && columns.iter().all(|column| primary.contains(column)),
    }
}

/// Whether a unique index over some of these columns, and no others, allows each combination once.
fn is_unique(table: &Table, columns: &[Name]) -> bool {
    let mut unique = table.indexes.iter().filter(|index| index.unique && index.valid && index.predicate.is_none());
    unique.any(|index| index.key_columns().all(|key| key.is_some_and(|key| columns.contains(key))))
}

/// `PK`, `FK`, `UK`: the kinds of keys a column is part of.
pub(super) fn keys(table: &Table, column: &Name) -> Vec<&'static str> {
    let part_of = |wanted: fn(&ConstraintKind) -> bool| {
        table.constraints.iter().any(|constraint| wanted(&constraint.kind) && constraint.columns.contains(column))
    };
    let primary = part_of(|kind| matches!(kind, ConstraintKind::PrimaryKey));
    let foreign = part_of(|kind| matches!(kind, ConstraintKind::ForeignKey(_)));
    let unique = !primary && is_unique(table, std::slice::from_ref(column));
    [(primary, "PK"), (foreign, "FK"), (unique, "UK")].into_iter().filter(|(holds, _)| *holds).map(|(_, key)| key).collect()
}

/// The columns that are shown.
pub(super) fn columns(table: &Table, detail: Detail) -> impl Iterator<Item = &crate::schema::Column> {
    let is_shown = move |name: &Name| match detail {
        Detail::Columns => true,
        Detail::Keys => !keys(table, name).is_empty(),
        Detail::Names => false,
    };
    table.columns.iter().map(AsRef::as_ref).filter(move |column| is_shown(&column.name))
}

/// As short as it is unmistakable: `timestamptz` for `timestamp with time zone`.
pub(super) fn type_name(data_type: &crate::schema::Type) -> String {
    let written = data_type.to_string();
    for (long, short) in
        [("character varying", "varchar"), ("character", "char"), ("double precision", "float8"), ("bit varying", "varbit")]
    {
        if let Some(rest) = written.strip_prefix(long) {
            return format!("{short}{rest}");
        }
    }
    match (written.strip_prefix("timestamp").or_else(|| written.strip_prefix("time")), written.split_once(" with")) {
        (Some(_), Some((head, zone))) => {
            let array = if zone.ends_with("[]") { "[]" } else { "" };
            let zoned = if zone.starts_with("out") { "" } else { "tz" };
            match head.split_once('(') {
                Some((name, precision)) => format!("{name}{zoned}({precision}{array}"),
                None => format!("{head}{zoned}{array}"),
            }
        }
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Type;

    #[test]
    fn types_are_named_in_a_word_where_one_is_known() {
        for (canonical, modifiers, array, expected) in [
            ("timestamp with time zone", &[][..], false, "timestamptz"),
            ("timestamp with time zone", &["3"], true, "timestamptz(3)[]"),
            ("timestamp without time zone", &[], true, "timestamp[]"),
            ("time with time zone", &[], false, "timetz"),
            ("character varying", &["50"], false, "varchar(50)"),
            ("character", &["2"], false, "char(2)"),
            ("numeric", &["10", "2"], false, "numeric(10,2)"),
        ] {
            let modifiers = modifiers.iter().map(|modifier| Name::from(*modifier)).collect();
            let data_type = Type { modifiers, array, ..Type::builtin(canonical) };
            assert_eq!(type_name(&data_type), expected);
        }
    }
}
