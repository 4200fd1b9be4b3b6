//! The tables and views of `pg_catalog`, as far as procedural code of migrations asks them.

use std::sync::Arc;

use super::relation::{Rows, doubtful, namespace_object, relation_object, schema_name};
use super::{Datum, Object};
use crate::schema::{
    Action, Constraint, ConstraintKind, Identity, Index, Name, Persistence, PolicyCommand, QualifiedName, Schema, Table, Type, TypeKind,
};

/// The columns of a catalog; `None` for those that are not modelled.
pub(super) fn columns(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "pg_tables" => &["schemaname", "tablename", "tableowner", "tablespace", "hasindexes", "hasrules", "hastriggers", "rowsecurity"],
        "pg_views" => &["schemaname", "viewname", "viewowner", "definition"],
        "pg_matviews" => &["schemaname", "matviewname", "matviewowner", "definition"],
        "pg_sequences" => &["schemaname", "sequencename", "data_type", "last_value"],
        "pg_indexes" => &["schemaname", "tablename", "indexname", "tablespace", "indexdef"],
        "pg_policies" => &["schemaname", "tablename", "policyname", "permissive", "roles", "cmd", "qual", "with_check"],
        "pg_namespace" => &["oid", "nspname", "nspowner"],
        "pg_extension" => &["oid", "extname", "extversion", "extnamespace"],
        "pg_class" => &[
            "oid",
            "relname",
            "relnamespace",
            "relkind",
            "relpersistence",
            "relispartition",
            "relrowsecurity",
            "relforcerowsecurity",
            "reltuples",
            "relowner",
        ],
        "pg_attribute" => &[
            "attrelid",
            "attname",
            "attnum",
            "atttypid",
            "atttypmod",
            "attnotnull",
            "atthasdef",
            "attisdropped",
            "attidentity",
            "attgenerated",
            "attinhcount",
        ],
        "pg_constraint" => &[
            "oid",
            "conname",
            "connamespace",
            "contype",
            "condeferrable",
            "condeferred",
            "convalidated",
            "conrelid",
            "contypid",
            "conindid",
            "conparentid",
            "confrelid",
            "confupdtype",
            "confdeltype",
            "conkey",
            "confkey",
        ],
        "pg_index" => {
            &["indexrelid", "indrelid", "indisunique", "indisprimary", "indisvalid", "indkey", "indpred", "indexprs", "indnkeyatts"]
        }
        "pg_trigger" => &["oid", "tgname", "tgrelid", "tgisinternal", "tgenabled", "tgfoid"],
        "pg_policy" => &["oid", "polname", "polrelid", "polcmd", "polpermissive"],
        "pg_inherits" => &["inhrelid", "inhparent", "inhseqno", "inhdetachpending"],
        "pg_type" => &["oid", "typname", "typnamespace", "typtype", "typcategory"],
        "pg_enum" => &["enumtypid", "enumlabel", "enumsortorder"],
        _ => return None,
    })
}

/// Adds the rows of a catalog.
pub(super) fn fill(schema: &Schema, name: &str, rows: &mut Rows) {
    match name {
        "pg_views" | "pg_matviews" => views(schema, name == "pg_matviews", rows),
        "pg_sequences" => {
            for name in schema.sequences.keys() {
                rows.add(!schema.is_uncertain(name), &[("schemaname", schema_name(name)), ("sequencename", Datum::text(&name.name))]);
            }
        }
        "pg_namespace" => namespaces(schema, rows),
        "pg_extension" => {
            let names = schema.extensions.keys().cloned().chain([Name::from("plpgsql")]);
            names.for_each(|name| rows.add(true, &[("extname", Datum::text(&name))]));
        }
        "pg_class" => classes(schema, rows),
        "pg_inherits" => inheritance(schema, rows),
        "pg_type" => types(schema, rows),
        "pg_enum" => labels(schema, rows),
        _ => schema.tables.values().for_each(|table| of_table(schema, name, table, rows)),
    }
    others(schema, name, rows);
}

/// What the server itself, extensions and statements that could not be followed have there.
fn others(schema: &Schema, name: &str, rows: &mut Rows) {
    match name {
        "pg_tables" | "pg_views" | "pg_indexes" => {
            for namespace in ["pg_catalog", "information_schema"] {
                let names = ["tablename", "viewname", "indexname"].map(|name| (name, Datum::SystemName));
                rows.add(false, &[&[("schemaname", Datum::text(namespace))][..], &names].concat());
            }
        }
        "pg_class" => {
            for namespace in ["pg_catalog", "information_schema", "pg_toast"] {
                let namespace = namespace_object(&Datum::text(namespace));
                rows.add(false, &[("oid", Datum::Object(Object::System)), ("relname", Datum::SystemName), ("relnamespace", namespace)]);
            }
        }
        "pg_type" => {
            let namespace = namespace_object(&Datum::text("pg_catalog"));
            rows.add(false, &[("oid", Datum::Object(Object::System)), ("typname", Datum::Some), ("typnamespace", namespace)]);
        }
        _ => {}
    }
    if matches!(name, "pg_namespace" | "pg_extension" | "pg_enum") {
        return;
    }
    // None of them is one of those that the model holds.
    let unseen = ["oid", "conrelid", "attrelid", "indrelid", "indexrelid", "tgrelid", "polrelid", "inhrelid"];
    let unseen = unseen.map(|column| (column, Datum::Object(Object::System)));
    for (namespace, name) in doubtful(schema) {
        let names = ["tablename", "viewname", "matviewname", "relname"].map(|column| (column, name.clone()));
        let namespaces = [("schemaname", namespace.clone()), ("relnamespace", namespace_object(&namespace))];
        rows.add(false, &[&names[..], &namespaces, &unseen].concat());
    }
}

fn namespaces(schema: &Schema, rows: &mut Rows) {
    let system = ["pg_catalog", "information_schema", "pg_toast"].into_iter().map(Name::from);
    for name in schema.namespaces.keys().cloned().chain(system) {
        rows.add(true, &[("oid", Datum::Object(Object::Namespace(name.clone()))), ("nspname", Datum::text(&name))]);
    }
}

fn views(schema: &Schema, materialized: bool, rows: &mut Rows) {
    let name = if materialized { "matviewname" } else { "viewname" };
    for (view, _) in schema.views.iter().filter(|(_, view)| view.materialized == materialized) {
        rows.add(
            !schema.is_uncertain(view),
            &[("schemaname", schema_name(view)), (name, Datum::text(&view.name)), ("definition", Datum::Some)],
        );
    }
}

fn class(schema: &Schema, name: &QualifiedName, kind: &str, rows: &mut Rows) {
    let table = schema.table(name);
    let is_set = |test: fn(&Table) -> bool| Datum::Boolean(table.is_some_and(test));
    let persistence = match table.map(|table| table.persistence) {
        Some(Persistence::Temporary) => "t",
        Some(Persistence::Unlogged) => "u",
        _ => "p",
    };
    let values = [
        ("oid", relation_object(name)),
        ("relname", Datum::text(&name.name)),
        ("relnamespace", namespace_object(&schema_name(name))),
        ("relkind", Datum::text(kind)),
        ("relpersistence", Datum::text(persistence)),
        ("relispartition", is_set(|table| table.partition_of.is_some())),
        ("relrowsecurity", is_set(|table| table.row_security.enabled.is_some())),
        ("relforcerowsecurity", is_set(|table| table.row_security.forced.is_some())),
    ];
    rows.add(!schema.is_uncertain(name), &values);
}

fn classes(schema: &Schema, rows: &mut Rows) {
    for (name, table) in &schema.tables {
        let kind = match (table.foreign, &table.partition_by) {
            (true, _) => "f",
            (false, Some(_)) => "p",
            (false, None) => "r",
        };
        class(schema, name, kind, rows);
        for index in &table.indexes {
            let kind = if table.partition_by.is_some() { "I" } else { "i" };
            class(schema, &index_name(table, index), kind, rows);
        }
    }
    schema.views.iter().for_each(|(name, view)| class(schema, name, if view.materialized { "m" } else { "v" }, rows));
    schema.sequences.keys().for_each(|name| class(schema, name, "S", rows));
    let composite = schema.types.iter().filter(|(_, definition)| matches!(definition.kind, TypeKind::Composite { .. }));
    composite.for_each(|(name, _)| class(schema, name, "c", rows));
}

fn index_name(table: &Table, index: &Index) -> QualifiedName {
    QualifiedName::new(table.name.schema().cloned().unwrap_or_else(|| "public".into()), index.name.clone())
}

fn inheritance(schema: &Schema, rows: &mut Rows) {
    for (parent, children) in &schema.children {
        for child in children {
            let values = [("inhrelid", relation_object(child)), ("inhparent", relation_object(parent))];
            rows.add(!schema.is_uncertain(child) && !schema.is_uncertain(parent), &values);
        }
    }
}

fn types(schema: &Schema, rows: &mut Rows) {
    for (name, definition) in &schema.types {
        let kind = match definition.kind {
            TypeKind::Enum { .. } => "e",
            TypeKind::Domain { .. } => "d",
            TypeKind::Composite { .. } => "c",
            TypeKind::Range { .. } => "r",
            TypeKind::Base => "b",
        };
        let values = [
            ("oid", Datum::Object(Object::Type(name.clone()))),
            ("typname", Datum::text(&name.name)),
            ("typnamespace", namespace_object(&schema_name(name))),
            ("typtype", Datum::text(kind)),
        ];
        rows.add(!schema.is_uncertain(name), &values);
    }
    // Tables and views have types of their names, all types have arrays.
    for name in schema.tables.keys().chain(schema.views.keys()) {
        let values = [
            ("oid", Datum::Some),
            ("typname", Datum::text(&name.name)),
            ("typnamespace", namespace_object(&schema_name(name))),
            ("typtype", Datum::text("c")),
        ];
        rows.add(!schema.is_uncertain(name), &values);
    }
}

fn labels(schema: &Schema, rows: &mut Rows) {
    for (name, definition) in &schema.types {
        let TypeKind::Enum { labels } = &definition.kind else { continue };
        for (number, label) in (1..).zip(labels) {
            let values = [
                ("enumtypid", Datum::Object(Object::Type(name.clone()))),
                ("enumlabel", Datum::text(&label.value)),
                ("enumsortorder", Datum::Integer(number)),
            ];
            rows.add(!schema.is_uncertain(name), &values);
        }
    }
}

fn of_table(schema: &Schema, catalog: &str, table: &Table, rows: &mut Rows) {
    let certain = !schema.is_uncertain(&table.name);
    let attached = !schema.has_uncertain_attachments(&table.name);
    match catalog {
        "pg_tables" if !table.foreign => {
            let values = [
                ("schemaname", schema_name(&table.name)),
                ("tablename", Datum::text(&table.name.name)),
                ("rowsecurity", Datum::Boolean(table.row_security.enabled.is_some())),
            ];
            rows.add(certain, &values);
        }
        "pg_indexes" | "pg_index" => table.indexes.iter().for_each(|index| index_row(catalog, table, index, certain, rows)),
        "pg_attribute" => attributes(schema, table, certain, rows),
        "pg_constraint" => table.constraints.iter().for_each(|constraint| constraint_row(schema, table, constraint, certain, rows)),
        "pg_policies" | "pg_policy" => policies(table, attached, rows),
        "pg_trigger" => triggers(table, attached, rows),
        _ => {}
    }
}

fn policies(table: &Table, certain: bool, rows: &mut Rows) {
    for policy in &table.policies {
        let (word, letter) = match policy.command {
            PolicyCommand::All => ("ALL", "*"),
            PolicyCommand::Select => ("SELECT", "r"),
            PolicyCommand::Insert => ("INSERT", "a"),
            PolicyCommand::Update => ("UPDATE", "w"),
            PolicyCommand::Delete => ("DELETE", "d"),
        };
        let roles = policy.roles.iter().map(|role| Datum::text(role)).collect();
        let values = [
            ("oid", Datum::Object(Object::Attachment(table.name.clone(), policy.name.clone()))),
            ("schemaname", schema_name(&table.name)),
            ("tablename", Datum::text(&table.name.name)),
            ("policyname", Datum::text(&policy.name)),
            ("polname", Datum::text(&policy.name)),
            ("polrelid", relation_object(&table.name)),
            ("permissive", Datum::text(if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" })),
            ("polpermissive", Datum::Boolean(policy.permissive)),
            ("roles", Datum::Array(roles)),
            ("cmd", Datum::text(word)),
            ("polcmd", Datum::text(letter)),
            ("qual", Datum::some_if(policy.using.is_some())),
            ("with_check", Datum::some_if(policy.check.is_some())),
        ];
        rows.add(certain, &values);
    }
    if !certain {
        let table = [
            ("schemaname", schema_name(&table.name)),
            ("tablename", Datum::text(&table.name.name)),
            ("polrelid", relation_object(&table.name)),
        ];
        rows.add(false, &table);
    }
}

fn triggers(table: &Table, certain: bool, rows: &mut Rows) {
    for trigger in &table.triggers {
        let values = [
            ("oid", Datum::Object(Object::Attachment(table.name.clone(), trigger.name.clone()))),
            ("tgname", Datum::text(&trigger.name)),
            ("tgrelid", relation_object(&table.name)),
            ("tgisinternal", Datum::Boolean(false)),
        ];
        rows.add(certain, &values);
    }
    // Those behind foreign keys, and those that nobody has seen.
    rows.add(false, &[("tgname", Datum::SystemName), ("tgrelid", relation_object(&table.name)), ("tgisinternal", Datum::Boolean(true))]);
    if !certain {
        rows.add(false, &[("tgrelid", relation_object(&table.name))]);
    }
}

fn position(table: &Table, column: &Name) -> Datum {
    let found = (1..).zip(&table.columns).find(|(_, candidate)| candidate.name == *column);
    found.map_or(Datum::Some, |(number, _)| Datum::Position(Arc::new(table.name.clone()), number))
}

fn positions(table: Option<&Table>, columns: &[Name]) -> Datum {
    table.map_or(Datum::Some, |table| Datum::Array(columns.iter().map(|column| position(table, column)).collect()))
}

fn attributes(schema: &Schema, table: &Table, certain: bool, rows: &mut Rows) {
    let relation = ("attrelid", relation_object(&table.name));
    for column in &table.columns {
        let identity = match column.identity.map(|identity| identity.value) {
            Some(Identity::Always) => "a",
            Some(Identity::ByDefault) => "d",
            None => "",
        };
        let values = [
            relation.clone(),
            ("attname", Datum::text(&column.name)),
            ("attnum", position(table, &column.name)),
            ("atttypid", type_object(schema, &column.data_type.value)),
            ("attnotnull", Datum::Boolean(!column.nullable.value)),
            ("atthasdef", Datum::Boolean(column.default.is_some() || column.generated.is_some())),
            ("attisdropped", Datum::Boolean(false)),
            ("attidentity", Datum::text(identity)),
        ];
        rows.add(certain, &values);
    }
    // Those the server adds, those that were dropped, and those that nobody has seen.
    let name = ("attname", Datum::SystemName);
    rows.add(false, &[relation.clone(), name.clone(), ("attnum", Datum::Integer(-1)), ("attisdropped", Datum::Boolean(false))]);
    let dropped = Datum::Position(Arc::new(table.name.clone()), -1);
    rows.add(false, &[relation.clone(), name, ("attnum", dropped), ("attisdropped", Datum::Boolean(true))]);
    if table.columns_uncertain {
        rows.add(false, &[relation, ("attisdropped", Datum::Boolean(false))]);
    }
}

fn type_object(schema: &Schema, data_type: &Type) -> Datum {
    if !data_type.array && schema.types.contains_key(&data_type.name) {
        return Datum::Object(Object::Type(data_type.name.clone()));
    }
    Datum::Some
}

fn index_row(catalog: &str, table: &Table, index: &Index, certain: bool, rows: &mut Rows) {
    let name = index_name(table, index);
    if catalog == "pg_indexes" {
        let values = [
            ("schemaname", schema_name(&table.name)),
            ("tablename", Datum::text(&table.name.name)),
            ("indexname", Datum::text(&index.name)),
            ("indexdef", Datum::Some),
        ];
        return rows.add(certain, &values);
    }
    let keys: Option<Vec<Name>> = index.key_columns().map(|column| column.cloned()).collect();
    let keys = keys.filter(|_| index.include.is_empty()).map_or(Datum::Some, |keys| positions(Some(table), &keys));
    let values = [
        ("indexrelid", relation_object(&name)),
        ("indrelid", relation_object(&table.name)),
        ("indisunique", Datum::Boolean(index.unique)),
        ("indisprimary", Datum::Boolean(index.primary)),
        ("indisvalid", Datum::Boolean(index.valid)),
        ("indkey", keys),
        ("indpred", Datum::some_if(index.predicate.is_some())),
        ("indexprs", Datum::some_if(index.key_columns().any(|column| column.is_none()))),
    ];
    rows.add(certain, &values);
}

fn constraint_row(schema: &Schema, table: &Table, constraint: &Constraint, certain: bool, rows: &mut Rows) {
    let kind = match constraint.kind {
        ConstraintKind::PrimaryKey => "p",
        ConstraintKind::Unique => "u",
        ConstraintKind::ForeignKey(_) => "f",
        ConstraintKind::Check { .. } => "c",
        ConstraintKind::Exclude { .. } => "x",
    };
    let key = match &constraint.kind {
        ConstraintKind::ForeignKey(key) => Some(key),
        _ => None,
    };
    let action = |action: Option<Action>| {
        let letter = match action.unwrap_or(Action::NoAction) {
            Action::NoAction => "a",
            Action::Restrict => "r",
            Action::Cascade => "c",
            Action::SetNull => "n",
            Action::SetDefault => "d",
        };
        Datum::text(if key.is_some() { letter } else { " " })
    };
    let referenced = key.map(|key| &key.references);
    let values = [
        ("oid", Datum::Object(Object::Constraint(table.name.clone(), constraint.name.clone()))),
        ("conname", Datum::text(&constraint.name)),
        ("connamespace", namespace_object(&schema_name(&table.name))),
        ("contype", Datum::text(kind)),
        ("condeferrable", Datum::Boolean(constraint.deferrable)),
        ("condeferred", Datum::Boolean(constraint.initially_deferred)),
        ("convalidated", Datum::Boolean(constraint.validated.value)),
        ("conrelid", relation_object(&table.name)),
        ("contypid", Datum::Integer(0)),
        ("confrelid", referenced.map_or(Datum::Integer(0), relation_object)),
        ("confupdtype", action(key.and_then(|key| key.on_update))),
        ("confdeltype", action(key.and_then(|key| key.on_delete))),
        ("conkey", positions(Some(table), &constraint.columns)),
        ("confkey", key.map_or(Datum::Null, |key| positions(schema.table(&key.references), &key.referenced_columns))),
    ];
    rows.add(certain, &values);
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

/// Whether the server comes with a type of this printed name.
pub fn is_built_in(printed: &str) -> bool {
    INTERNAL_NAMES.iter().any(|(name, _)| printed == *name)
}

/// Whether the server comes with a type of this internal name.
pub fn is_internal(name: &str) -> bool {
    INTERNAL_NAMES.iter().any(|(_, internal)| name == *internal)
}

/// The name of a type in `pg_type`.
pub fn internal_name(data_type: &Type) -> String {
    let name = data_type.name.name.as_str();
    let internal = INTERNAL_NAMES.iter().find(|(printed, _)| *printed == name).map_or(name, |(_, internal)| internal);
    if data_type.array { format!("_{internal}") } else { internal.to_owned() }
}
