//! Answers what procedural code asks the catalogs, from the model.
//!
//! `None` means that the model does not know: a statement that could not be followed may have made or removed the
//! object, or it may have been there before the first migration.

use crate::schema::{Column, Constraint, ConstraintKind, Name, QualifiedName, Schema, Table, TypeKind};
use crate::sql::{CatalogName, CatalogQuery, CatalogRelation, ColumnProperty, ColumnTest, Condition, ConstraintClass, Scope};

impl Condition {
    /// Whether the condition holds for this schema, where that can be known.
    pub fn evaluate(&self, schema: &Schema) -> Option<bool> {
        match self {
            Condition::Exists(query) => query.finds(schema),
            Condition::Not(inner) => inner.evaluate(schema).map(|holds| !holds),
            Condition::All(parts) => decided_by(parts, schema, false),
            Condition::Any(parts) => decided_by(parts, schema, true),
            Condition::Constant(value) => Some(*value),
            Condition::Unknown => None,
        }
    }
}

/// One part that is `decisive` settles it; otherwise every part must be known.
fn decided_by(parts: &[Condition], schema: &Schema, decisive: bool) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part.evaluate(schema) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!decisive)
}

impl CatalogQuery {
    fn finds(&self, schema: &Schema) -> Option<bool> {
        if schema.uncertainty.everything.is_some() {
            return None;
        }
        match self {
            CatalogQuery::Relation { name, kinds } => name.any(schema, |name| relation_exists(schema, name, kinds)),
            CatalogQuery::Column { table, column, tests } => table.any(schema, |table| column_exists(schema, table, column, tests)),
            CatalogQuery::Constraint { table, name, kind, columns } => {
                let is_meant = |constraint: &Constraint| {
                    name.as_ref().is_none_or(|name| constraint.name == *name)
                        && kind.is_none_or(|kind| class(constraint) == kind)
                        && columns.iter().all(|column| constraint.columns.contains(column))
                };
                part_exists(schema, table.as_ref(), |table| table.constraints.iter().any(|constraint| is_meant(constraint)))
            }
            CatalogQuery::Index { table, name } => name.any(schema, |name| index_exists(schema, table.as_ref(), name)),
            CatalogQuery::Type { name } => type_exists(schema, name),
            CatalogQuery::EnumLabel { name, label } => name.any(schema, |name| label_exists(schema, name, label)),
            CatalogQuery::Trigger { table, name } => {
                part_exists(schema, table.as_ref(), |table| table.triggers.iter().any(|trigger| trigger.name == *name))
            }
            CatalogQuery::Policy { table, name } => {
                part_exists(schema, table.as_ref(), |table| table.policies.iter().any(|policy| policy.name == *name))
            }
            CatalogQuery::Function { name } => function_exists(schema, name),
            CatalogQuery::Namespace { name } => Some(schema.namespaces.contains_key(name) || is_system_schema(name)),
            CatalogQuery::Extension { name } => Some(schema.extensions.contains_key(name) || *name == "plpgsql"),
        }
    }
}

impl CatalogName {
    /// The names it may stand for; `None` where it names a schema that no migration has made.
    fn candidates(&self, schema: &Schema) -> Option<Vec<QualifiedName>> {
        let namespaces: Vec<Name> = match &self.scope {
            Scope::Anywhere => schema.namespaces.keys().cloned().collect(),
            Scope::SearchPath => schema.search_path.clone(),
            Scope::Current => vec![schema.creation_namespace()],
            Scope::Schema(name) if schema.namespaces.contains_key(name) => vec![name.clone()],
            Scope::Schema(_) => return None,
        };
        Some(namespaces.into_iter().map(|namespace| QualifiedName::new(namespace, self.name.clone())).collect())
    }

    /// Whether `exists` holds for one of the names.
    fn any(&self, schema: &Schema, exists: impl Fn(&QualifiedName) -> Option<bool>) -> Option<bool> {
        let mut known = true;
        for name in self.candidates(schema)? {
            match Some(&name).filter(|name| !schema.is_uncertain(name)).and_then(&exists) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => known = false,
            }
        }
        known.then_some(false)
    }
}

fn relation_exists(schema: &Schema, name: &QualifiedName, kinds: &[CatalogRelation]) -> Option<bool> {
    let Some(kind) = relation_kind(schema, name) else { return Some(false) };
    Some(kinds.is_empty() || kinds.contains(&kind))
}

fn relation_kind(schema: &Schema, name: &QualifiedName) -> Option<CatalogRelation> {
    if let Some(table) = schema.tables.get(name) {
        return Some(match (table.foreign, &table.partition_by) {
            (true, _) => CatalogRelation::ForeignTable,
            (false, Some(_)) => CatalogRelation::PartitionedTable,
            (false, None) => CatalogRelation::Table,
        });
    }
    if let Some(view) = schema.views.get(name) {
        return Some(if view.materialized { CatalogRelation::MaterializedView } else { CatalogRelation::View });
    }
    if schema.index_tables.contains_key(name) {
        return Some(CatalogRelation::Index);
    }
    if schema.sequences.contains_key(name) {
        return Some(CatalogRelation::Sequence);
    }
    let definition = schema.types.get(name)?;
    matches!(definition.kind, TypeKind::Composite { .. }).then_some(CatalogRelation::CompositeType)
}

fn column_exists(schema: &Schema, table: &QualifiedName, column: &Name, tests: &[ColumnTest]) -> Option<bool> {
    if let Some(view) = schema.views.get(table) {
        let listed = view.columns.contains(column);
        return match (listed, view.columns_known) {
            (false, true) => Some(false),
            (true, _) if tests.is_empty() => Some(true),
            _ => None,
        };
    }
    let Some(table) = schema.table(table) else { return Some(false) };
    match table.column(column) {
        Some(column) => all_pass(schema, column, tests),
        None if table.columns_uncertain => None,
        None => Some(false),
    }
}

fn all_pass(schema: &Schema, column: &Column, tests: &[ColumnTest]) -> Option<bool> {
    let results: Vec<Option<bool>> = tests.iter().map(|test| Some(has_property(schema, column, &test.property)? != test.negated)).collect();
    if results.contains(&Some(false)) {
        return Some(false);
    }
    (!results.contains(&None)).then_some(true)
}

fn has_property(schema: &Schema, column: &Column, property: &ColumnProperty) -> Option<bool> {
    let data_type = &column.data_type.value;
    match property {
        ColumnProperty::DataType(name) => Some(information_schema_type(schema, data_type)? == name.as_str()),
        ColumnProperty::UdtName(name) => Some(internal_name(data_type) == name.as_str()),
        ColumnProperty::Nullable => Some(column.nullable.value),
        ColumnProperty::MaximumLength(length) => Some(!data_type.array && data_type.max_characters() == Some(*length)),
        ColumnProperty::HasDefault => Some(column.default.is_some()),
        ColumnProperty::Identity => Some(column.identity.is_some()),
    }
}

/// The word of `information_schema.columns.data_type`; `None` for a type nobody has seen defined.
fn information_schema_type(schema: &Schema, data_type: &crate::schema::Type) -> Option<String> {
    if data_type.array {
        return Some("ARRAY".into());
    }
    let written = data_type.name.schema();
    let Some(name) = schema.resolve(written, &data_type.name.name, |name| schema.types.contains_key(name)) else {
        // Built-in types have no schema; what an extension brings is user-defined as well.
        let is_built_in = written.is_none() && INTERNAL_NAMES.iter().any(|(name, _)| data_type.name.name == **name);
        return is_built_in.then(|| data_type.name.name.to_string());
    };
    match &schema.types.get(&name)?.kind {
        TypeKind::Domain { base, .. } if base.array => Some("ARRAY".into()),
        TypeKind::Domain { base, .. } => Some(base.name.name.to_string()),
        _ => Some("USER-DEFINED".into()),
    }
}

/// What `format_type` prints and what `pg_type.typname` holds.
const INTERNAL_NAMES: [(&str, &str); 27] = [
    ("bigint", "int8"),
    ("bit", "bit"),
    ("boolean", "bool"),
    ("bytea", "bytea"),
    ("character varying", "varchar"),
    ("character", "bpchar"),
    ("cidr", "cidr"),
    ("date", "date"),
    ("double precision", "float8"),
    ("inet", "inet"),
    ("integer", "int4"),
    ("interval", "interval"),
    ("json", "json"),
    ("jsonb", "jsonb"),
    ("money", "money"),
    ("name", "name"),
    ("numeric", "numeric"),
    ("oid", "oid"),
    ("real", "float4"),
    ("smallint", "int2"),
    ("text", "text"),
    ("time without time zone", "time"),
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
    ("tsvector", "tsvector"),
    ("uuid", "uuid"),
    ("xml", "xml"),
];

fn internal_name(data_type: &crate::schema::Type) -> String {
    let name = data_type.name.name.as_str();
    let internal = INTERNAL_NAMES.iter().find(|(printed, _)| *printed == name).map_or(name, |(_, internal)| internal);
    if data_type.array { format!("_{internal}") } else { internal.to_owned() }
}

fn class(constraint: &Constraint) -> ConstraintClass {
    match constraint.kind {
        ConstraintKind::PrimaryKey => ConstraintClass::PrimaryKey,
        ConstraintKind::Unique => ConstraintClass::Unique,
        ConstraintKind::ForeignKey(_) => ConstraintClass::ForeignKey,
        ConstraintKind::Check { .. } => ConstraintClass::Check,
        ConstraintKind::Exclude { .. } => ConstraintClass::Exclude,
    }
}

/// Whether the table, or any where none is named, has such a part.
fn part_exists(schema: &Schema, table: Option<&CatalogName>, has_part: impl Fn(&Table) -> bool) -> Option<bool> {
    match table {
        Some(table) => table.any(schema, |name| Some(schema.table(name).is_some_and(&has_part))),
        None => {
            let found = schema.tables.iter().any(|(name, table)| has_part(table) && !schema.is_uncertain(name));
            (found || schema.uncertainty.relations.is_empty()).then_some(found)
        }
    }
}

fn index_exists(schema: &Schema, table: Option<&CatalogName>, index: &QualifiedName) -> Option<bool> {
    let Some(owner) = schema.index_tables.get(index) else { return Some(false) };
    match table {
        None => Some(true),
        Some(table) => Some(owner.name == table.name && table.candidates(schema)?.contains(owner)),
    }
}

/// A type of an extension, or one the server comes with, is not in the model.
fn type_exists(schema: &Schema, name: &CatalogName) -> Option<bool> {
    let is_built_in = INTERNAL_NAMES.iter().any(|(_, internal)| name.name == **internal);
    if is_built_in && matches!(name.scope, Scope::Anywhere | Scope::SearchPath) {
        return Some(true);
    }
    name.any(schema, |name| Some(schema.types.contains_key(name)))
}

fn label_exists(schema: &Schema, name: &QualifiedName, label: &Name) -> Option<bool> {
    match schema.types.get(name).map(|definition| &definition.kind) {
        Some(TypeKind::Enum { labels }) => Some(labels.iter().any(|candidate| candidate.value == *label)),
        _ => Some(false),
    }
}

/// Functions the server or an extension comes with are not in the model.
fn function_exists(schema: &Schema, name: &CatalogName) -> Option<bool> {
    let is_defined = |name: &QualifiedName| schema.functions.keys().any(|key| key.name == *name);
    let found = name.any(schema, |name| Some(is_defined(name)))?;
    let may_be_built_in = matches!(name.scope, Scope::Anywhere | Scope::SearchPath) && ["gen_random_uuid", "uuidv7"].contains(&&*name.name);
    (found || !(may_be_built_in || !schema.extensions.is_empty() && name.name.starts_with("uuid_generate"))).then_some(found)
}

fn is_system_schema(name: &str) -> bool {
    matches!(name, "pg_catalog" | "information_schema" | "pg_toast")
}
