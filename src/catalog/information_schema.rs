//! The views of `information_schema`, as far as procedural code of migrations asks them.

use super::relation::{Rows, doubtful, schema_name};
use super::{Datum, Object, system};
use crate::schema::{Action, Column, Constraint, ConstraintKind, Name, QualifiedName, Schema, Table, TypeKind};

/// The columns of a view of `information_schema`; `None` for those that are not modelled.
pub(super) fn columns(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "tables" => &["table_catalog", "table_schema", "table_name", "table_type"],
        "views" => &["table_catalog", "table_schema", "table_name", "view_definition"],
        "columns" => &[
            "table_catalog",
            "table_schema",
            "table_name",
            "column_name",
            "ordinal_position",
            "column_default",
            "is_nullable",
            "data_type",
            "character_maximum_length",
            "udt_name",
            "udt_schema",
            "is_identity",
            "identity_generation",
            "is_generated",
            "numeric_precision",
            "numeric_scale",
            "datetime_precision",
        ],
        "table_constraints" => &[
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "table_catalog",
            "table_schema",
            "table_name",
            "constraint_type",
            "is_deferrable",
            "initially_deferred",
        ],
        "key_column_usage" => &[
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "table_catalog",
            "table_schema",
            "table_name",
            "column_name",
            "ordinal_position",
            "position_in_unique_constraint",
        ],
        "constraint_column_usage" => {
            &["table_catalog", "table_schema", "table_name", "column_name", "constraint_catalog", "constraint_schema", "constraint_name"]
        }
        "referential_constraints" => &[
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "unique_constraint_schema",
            "unique_constraint_name",
            "update_rule",
            "delete_rule",
        ],
        "check_constraints" => &["constraint_catalog", "constraint_schema", "constraint_name", "check_clause"],
        "schemata" => &["catalog_name", "schema_name"],
        "sequences" => &["sequence_catalog", "sequence_schema", "sequence_name"],
        "triggers" => &["trigger_catalog", "trigger_schema", "trigger_name", "event_object_schema", "event_object_table"],
        _ => return None,
    })
}

/// Adds the rows of a view.
pub(super) fn fill(schema: &Schema, name: &str, rows: &mut Rows) {
    match name {
        "tables" => tables(schema, rows),
        "views" => views(schema, rows),
        "columns" => schema.tables.values().for_each(|table| columns_of(schema, table, rows)),
        "schemata" => namespaces(schema, rows),
        "sequences" => {
            for name in schema.sequences.keys() {
                rows.add(!schema.is_uncertain(name), &[("sequence_schema", schema_name(name)), ("sequence_name", Datum::text(&name.name))]);
            }
        }
        "triggers" => triggers(schema, rows),
        _ => schema.tables.values().for_each(|table| constraints_of(schema, name, table, rows)),
    }
    if !matches!(name, "schemata" | "sequences") {
        others(schema, name, rows);
    }
}

fn table_identity(name: &QualifiedName) -> [(&'static str, Datum); 3] {
    [("table_catalog", Datum::Object(Object::Database)), ("table_schema", schema_name(name)), ("table_name", Datum::text(&name.name))]
}

/// What the server itself, extensions and statements that could not be followed have there.
fn others(schema: &Schema, name: &str, rows: &mut Rows) {
    let kind = if name == "triggers" { ["event_object_schema", "event_object_table"] } else { ["table_schema", "table_name"] };
    let has_catalogs = matches!(name, "tables" | "columns" | "views");
    for namespace in ["pg_catalog", "information_schema"].iter().filter(|_| has_catalogs) {
        rows.add(false, &[(kind[0], Datum::text(namespace)), (kind[1], Datum::SystemName)]);
    }
    for (namespace, name) in doubtful(schema) {
        rows.add(false, &[(kind[0], namespace.clone()), (kind[1], name), ("constraint_schema", namespace)]);
    }
}

fn tables(schema: &Schema, rows: &mut Rows) {
    for table in schema.tables.values() {
        let kind = if table.foreign { "FOREIGN" } else { "BASE TABLE" };
        let values = [&table_identity(&table.name)[..], &[("table_type", Datum::text(kind))]].concat();
        rows.add(!schema.is_uncertain(&table.name), &values);
    }
    for (name, _) in schema.views.iter().filter(|(_, view)| !view.materialized) {
        let values = [&table_identity(name)[..], &[("table_type", Datum::text("VIEW"))]].concat();
        rows.add(!schema.is_uncertain(name), &values);
    }
}

fn views(schema: &Schema, rows: &mut Rows) {
    for (name, _) in schema.views.iter().filter(|(_, view)| !view.materialized) {
        let values = [&table_identity(name)[..], &[("view_definition", Datum::Some)]].concat();
        rows.add(!schema.is_uncertain(name), &values);
    }
}

fn namespaces(schema: &Schema, rows: &mut Rows) {
    let system = ["pg_catalog", "information_schema", "pg_toast"].into_iter().map(Name::from);
    for name in schema.namespaces.keys().cloned().chain(system) {
        rows.add(true, &[("catalog_name", Datum::Object(Object::Database)), ("schema_name", Datum::text(&name))]);
    }
}

fn columns_of(schema: &Schema, table: &Table, rows: &mut Rows) {
    let certain = !schema.is_uncertain(&table.name);
    for (number, column) in (1..).zip(&table.columns) {
        let position = Datum::Position(std::sync::Arc::new(table.name.clone()), number);
        let values = [&table_identity(&table.name)[..], &[("ordinal_position", position)], &column_values(schema, column)[..]].concat();
        rows.add(certain, &values);
    }
    if table.columns_uncertain {
        rows.add(false, &table_identity(&table.name));
    }
}

fn column_values(schema: &Schema, column: &Column) -> Vec<(&'static str, Datum)> {
    let data_type = &column.data_type.value;
    let length = data_type.max_characters().and_then(|length| i64::try_from(length).ok());
    let is_text = data_type.is("character varying") || data_type.is("character");
    let definition = schema.types.get(&data_type.name).map(|definition| &definition.kind);
    let is_domain = matches!(definition, Some(TypeKind::Domain { .. }));
    let printed = match definition {
        _ if data_type.array => Datum::text("ARRAY"),
        Some(TypeKind::Domain { .. }) => Datum::Unknown,
        Some(_) => Datum::text("USER-DEFINED"),
        None if data_type.name.schema().is_none() && system::is_built_in(&data_type.name.name) => Datum::text(&data_type.name.name),
        // What an extension brings.
        None => Datum::Unknown,
    };
    let identity = column.identity.map(|identity| match identity.value {
        crate::schema::Identity::Always => "ALWAYS",
        crate::schema::Identity::ByDefault => "BY DEFAULT",
    });
    vec![
        ("column_name", Datum::text(&column.name)),
        ("column_default", Datum::some_if(column.default.is_some())),
        ("is_nullable", Datum::yes_or_no(column.nullable.value)),
        ("data_type", printed),
        ("character_maximum_length", length.filter(|_| is_text).map_or(Datum::Null, Datum::Integer)),
        ("udt_name", if is_domain { Datum::Unknown } else { Datum::text(&system::internal_name(data_type)) }),
        ("is_identity", Datum::yes_or_no(identity.is_some())),
        ("identity_generation", Datum::optional(identity)),
        ("is_generated", Datum::text(if column.generated.is_some() { "ALWAYS" } else { "NEVER" })),
    ]
}

fn triggers(schema: &Schema, rows: &mut Rows) {
    for table in schema.tables.values() {
        for trigger in &table.triggers {
            // One row for each event, all alike here.
            for _ in &trigger.events {
                let values = [
                    ("trigger_schema", schema_name(&table.name)),
                    ("trigger_name", Datum::text(&trigger.name)),
                    ("event_object_schema", schema_name(&table.name)),
                    ("event_object_table", Datum::text(&table.name.name)),
                ];
                rows.add(!schema.has_uncertain_attachments(&table.name), &values);
            }
        }
        if schema.has_uncertain_attachments(&table.name) {
            rows.add(false, &[("event_object_schema", schema_name(&table.name)), ("event_object_table", Datum::text(&table.name.name))]);
        }
    }
}

fn constraints_of(schema: &Schema, view: &str, table: &Table, rows: &mut Rows) {
    let certain = !schema.is_uncertain(&table.name);
    for constraint in &table.constraints {
        let identity = [
            ("constraint_catalog", Datum::Object(Object::Database)),
            ("constraint_schema", schema_name(&table.name)),
            ("constraint_name", Datum::text(&constraint.name)),
        ];
        let with = |values: &[(&'static str, Datum)]| [&identity[..], &table_identity(&table.name), values].concat();
        match view {
            "table_constraints" => rows.add(certain, &with(&kind_of(constraint))),
            "key_column_usage" if is_key(constraint) => {
                for (number, column) in (1..).zip(&constraint.columns) {
                    rows.add(certain, &with(&[("column_name", Datum::text(column)), ("ordinal_position", Datum::Integer(number))]));
                }
            }
            "constraint_column_usage" => used_columns(schema, table, constraint, rows),
            "referential_constraints" => referential(constraint, &with(&[]), certain, rows),
            "check_constraints" if matches!(constraint.kind, ConstraintKind::Check { .. }) => {
                rows.add(certain, &with(&[("check_clause", Datum::Some)]));
            }
            _ => {}
        }
    }
    if matches!(view, "table_constraints" | "check_constraints") {
        not_null(table, certain, rows);
    }
}

/// NOT NULL is a constraint under a name of numbers there.
fn not_null(table: &Table, certain: bool, rows: &mut Rows) {
    for column in table.columns.iter().filter(|column| !column.nullable.value) {
        let values = [
            ("constraint_schema", schema_name(&table.name)),
            ("constraint_name", Datum::SystemName),
            ("constraint_type", Datum::text("CHECK")),
            ("check_clause", Datum::text(&format!("{} IS NOT NULL", column.name.to_sql()))),
        ];
        rows.add(certain, &[&table_identity(&table.name)[..], &values].concat());
    }
}

fn is_key(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::ForeignKey(_))
}

fn kind_of(constraint: &Constraint) -> Vec<(&'static str, Datum)> {
    let kind = match constraint.kind {
        ConstraintKind::PrimaryKey => Datum::text("PRIMARY KEY"),
        ConstraintKind::Unique => Datum::text("UNIQUE"),
        ConstraintKind::ForeignKey(_) => Datum::text("FOREIGN KEY"),
        ConstraintKind::Check { .. } => Datum::text("CHECK"),
        ConstraintKind::Exclude { .. } => Datum::Null,
    };
    vec![
        ("constraint_type", kind),
        ("is_deferrable", Datum::yes_or_no(constraint.deferrable)),
        ("initially_deferred", Datum::yes_or_no(constraint.initially_deferred)),
    ]
}

/// Columns a constraint uses: those of a foreign key are the referenced ones.
fn used_columns(schema: &Schema, table: &Table, constraint: &Constraint, rows: &mut Rows) {
    let (used, columns) = match &constraint.kind {
        ConstraintKind::ForeignKey(key) => (&key.references, &key.referenced_columns),
        _ => (&table.name, &constraint.columns),
    };
    for column in columns {
        let values = [
            ("column_name", Datum::text(column)),
            ("constraint_schema", schema_name(&table.name)),
            ("constraint_name", Datum::text(&constraint.name)),
        ];
        rows.add(!schema.is_uncertain(&table.name), &[&table_identity(used)[..], &values].concat());
    }
}

fn referential(constraint: &Constraint, identity: &[(&'static str, Datum)], certain: bool, rows: &mut Rows) {
    let ConstraintKind::ForeignKey(key) = &constraint.kind else { return };
    let rule = |action: Option<Action>| Datum::text(action.unwrap_or(Action::NoAction).to_sql());
    let values = [("delete_rule", rule(key.on_delete)), ("update_rule", rule(key.on_update))];
    rows.add(certain, &[identity, &values].concat());
}
