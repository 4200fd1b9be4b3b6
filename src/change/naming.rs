//! PostgreSQL's names for what the SQL leaves unnamed: keys, checks, indexes, sequences.

use crate::schema::{ExpressionTree, Index, KeyPart, Name, QualifiedName, Schema, Type};

/// A first part, an optional second and a label joined by `_`, cut to [`Name::MAX_BYTES`]: the longer part gives way first.
pub(super) fn object_name(first: &str, second: Option<&str>, label: &str) -> Name {
    let overhead = label.len() + 1 + usize::from(second.is_some());
    let available = Name::MAX_BYTES.saturating_sub(overhead);
    let (mut first_bytes, mut second_bytes) = (first.len(), second.map_or(0, str::len));
    while first_bytes + second_bytes > available {
        if first_bytes > second_bytes {
            first_bytes -= 1;
        } else {
            second_bytes -= 1;
        }
    }
    let first = clip(first, first_bytes);
    match second {
        Some(second) => format!("{first}_{}_{label}", clip(second, second_bytes)).into(),
        None => format!("{first}_{label}").into(),
    }
}

/// At most `bytes` bytes of a text, no character cut in two.
fn clip(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The first free name among `label`, `label1`, `label2` …
fn first_free(first: &str, second: Option<&str>, label: &str, taken: impl Fn(&Name) -> bool) -> Name {
    let mut name = object_name(first, second, label);
    let mut pass = 0_u32;
    while taken(&name) {
        pass += 1;
        name = object_name(first, second, &format!("{label}{pass}"));
    }
    name
}

/// A name no relation of the schema has; for the index of a constraint, no constraint either.
pub(super) fn relation_name(schema: &Schema, namespace: &Name, first: &str, second: Option<&str>, label: &str, constraint: bool) -> Name {
    first_free(first, second, label, |name| {
        let name = QualifiedName::new(namespace.clone(), name.clone());
        schema.relation(&name).is_some() || (constraint && schema.members.has_constraint(&name))
    })
}

/// A name no constraint of the schema has.
pub(super) fn constraint_name(schema: &Schema, namespace: &Name, first: &str, second: Option<&str>, label: &str) -> Name {
    first_free(first, second, label, |name| schema.members.has_constraint(&QualifiedName::new(namespace.clone(), name.clone())))
}

/// A name no statistics of the schema have.
pub(super) fn statistics_name(schema: &Schema, table: &QualifiedName, columns: &str) -> Name {
    first_free(&table.name, Some(columns), "stat", |name| {
        schema.statistics.contains_key(&QualifiedName::new(table.schema.clone(), name.clone()))
    })
}

/// Column names joined as they appear in the middle of an implicit name.
pub(super) fn joined<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for column in columns {
        if !joined.is_empty() {
            joined.push('_');
        }
        joined.push_str(column);
        if joined.len() > Name::MAX_BYTES {
            break;
        }
    }
    joined
}

/// The name of an index that was given none, from its table and columns.
pub(super) fn index_name(schema: &Schema, table: &QualifiedName, index: &Index, excludes: bool) -> Name {
    let first = table.name.as_str();
    if index.primary {
        return relation_name(schema, &table.schema, first, None, "pkey", true);
    }
    let columns = index_columns(index);
    let second = joined(columns.iter().map(String::as_str));
    let label = match (excludes, index.from_constraint) {
        (true, _) => "excl",
        (false, true) => "key",
        (false, false) => "idx",
    };
    relation_name(schema, &table.schema, first, Some(&second), label, index.from_constraint)
}

/// What the columns of the index relation are called; included columns count, repeated names get a number.
fn index_columns(index: &Index) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let keys = index.keys.iter().map(|key| match &key.part {
        KeyPart::Column(column) => column.to_string(),
        KeyPart::Expression(expression) => expression_name(&expression.tree).unwrap_or_else(|| "expr".to_owned()),
    });
    for original in keys.chain(index.include.iter().map(Name::to_string)) {
        let mut name = original.clone();
        let mut pass = 0_u32;
        while names.contains(&name) {
            pass += 1;
            let number = pass.to_string();
            name = format!("{}{number}", clip(&original, Name::MAX_BYTES - number.len()));
        }
        names.push(name);
    }
    names
}

/// The name PostgreSQL finds for an indexed expression, where it finds one.
fn expression_name(tree: &ExpressionTree) -> Option<String> {
    match tree {
        ExpressionTree::Column { name, .. } => Some(name.to_string()),
        ExpressionTree::Function { name, .. } => Some(name.name.to_string()),
        ExpressionTree::Array(_) => Some("array".to_owned()),
        ExpressionTree::Cast { operand, target } => match operand.as_ref() {
            ExpressionTree::Cast { .. } => expression_name(operand.without_casts()).or_else(|| Some(internal_type_name(target))),
            operand => expression_name(operand).or_else(|| Some(internal_type_name(target))),
        },
        _ => None,
    }
}

/// The name a built-in type has in the catalog.
fn internal_type_name(data_type: &Type) -> String {
    let canonical = data_type.name.name.as_str();
    let known = INTERNAL_NAMES.iter().find(|(formatted, _)| *formatted == canonical);
    known.map_or(canonical, |(_, internal)| internal).to_owned()
}

const INTERNAL_NAMES: &[(&str, &str)] = &[
    ("smallint", "int2"),
    ("integer", "int4"),
    ("bigint", "int8"),
    ("real", "float4"),
    ("double precision", "float8"),
    ("boolean", "bool"),
    ("character varying", "varchar"),
    ("character", "bpchar"),
    ("bit varying", "varbit"),
    ("timestamp without time zone", "timestamp"),
    ("timestamp with time zone", "timestamptz"),
    ("time without time zone", "time"),
    ("time with time zone", "timetz"),
];
