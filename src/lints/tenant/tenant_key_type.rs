//! A tenant key whose type cannot hold the root's key.

use super::{Place, alter, path, per_migration, references, title};
use crate::diagnostic::Severity;
use crate::lint::tenancy::{KeyKind, Root, Tenancy, TenantKey, leads_an_index};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Action, Column, Name, Schema, Table, Type};

/// Pieces of evidence, a UUID root among them, that make it an error.
const CERTAIN: usize = 3;
/// Tables that do it right, of which labels name at most so many.
const PRECEDENTS: usize = 3;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let tenancy = &context.history.facts.tenancy;
    let Some(root) = &tenancy.root else { return Vec::new() };
    let of_severity = |severity| {
        let keys = tenancy.keys().filter(|key| severity_of(root, key) == Some(severity));
        let places = keys.filter_map(|key| place(context.schema, root, key)).collect();
        let findings = per_migration(context, places, "column", "").into_iter();
        findings.map(|finding| explain(tenancy, root, finding.severity(severity))).collect::<Vec<_>>()
    };
    [Severity::Error, Severity::Warning].into_iter().flat_map(of_severity).collect()
}

fn severity_of(root: &Root, key: &TenantKey) -> Option<Severity> {
    match &key.kind {
        KeyKind::Mistyped { evidence } if root.data_type.is("uuid") && evidence.len() >= CERTAIN => Some(Severity::Error),
        KeyKind::Mistyped { .. } => Some(Severity::Warning),
        _ => None,
    }
}

fn place(schema: &Schema, root: &Root, key: &TenantKey) -> Option<Place> {
    let table = schema.table(&key.table)?;
    let column = table.column(&key.column)?;
    let data_type = &column.data_type.value;
    let handle = handle_of_same_type(schema, root, data_type);
    let holds = match handle {
        Some(handle) => format!(", only something like its `{handle}`"),
        None => String::new(),
    };
    Some(Place {
        span: column.data_type.span,
        object: path(table, &column.name),
        label: format!(
            "`{}` is `{data_type}`, which cannot hold or reference the `{}` key of `{}`{holds}",
            title(table, &column.name),
            root.data_type,
            root.table.name
        ),
        sql: repair(root, table, column, handle),
    })
}

/// A unique column of the root with the very type of the key: what the key was probably meant to hold.
fn handle_of_same_type<'a>(schema: &'a Schema, root: &Root, data_type: &Type) -> Option<&'a Name> {
    let table = schema.table(&root.table)?;
    let unique = table.indexes.iter().filter(|index| index.unique && index.keys.len() == 1);
    let mut columns = unique.filter_map(|index| index.key_columns().next().flatten()).filter_map(|name| table.column(name));
    let telling = data_type.max_characters().is_some();
    columns.find(|column| telling && column.data_type.value == *data_type).map(|column| &column.name)
}

/// The column as it should have been declared, and the statements that turn it into that afterwards.
fn repair(root: &Root, table: &Table, column: &Column, handle: Option<&Name>) -> String {
    let name = column.name.to_sql();
    let (null, rule) = if column.nullable.value { ("", Action::SetNull) } else { (" NOT NULL", Action::Cascade) };
    let (sql_type, references) = (root.data_type.to_string().to_uppercase(), references(root, rule));
    let index = format!("\nCREATE INDEX ON {} ({name});", table.name.to_sql());
    let converted = match handle {
        Some(handle) => look_up(root, table, column, handle, &references),
        None => {
            let using = if column.data_type.value.is_string() { format!(" USING {name}::{}", root.data_type) } else { String::new() };
            let alter = alter(table);
            let index = if leads_an_index(table, &column.name) { "" } else { &index };
            format!("{alter} ALTER COLUMN {name} TYPE {sql_type}{using};\n{alter} ADD FOREIGN KEY ({name}) {references};{index}")
        }
    };
    let index = if handle.is_some() { &index } else { "" };
    format!("-- not applied yet: declare it as  {name} {sql_type}{null} {references}\n{converted}{index}")
}

/// A column that holds the tenants' handles is replaced by one that holds the key they belong to.
fn look_up(root: &Root, table: &Table, column: &Column, handle: &Name, references: &str) -> String {
    let (alter, own, parent) = (alter(table), table.name.to_sql(), root.table.to_sql());
    let (name, old) = (column.name.to_sql(), Name::from(format!("old_{}", column.name)).to_sql());
    let required = if column.nullable.value { String::new() } else { format!("\n{alter} ALTER COLUMN {name} SET NOT NULL;") };
    format!(
        "{alter} RENAME COLUMN {name} TO {old};\n\
         {alter} ADD COLUMN {name} {} {references};\n\
         UPDATE {own} SET {name} = parent.{} FROM {parent} AS parent WHERE parent.{} = {own}.{old};{required}\n\
         {alter} DROP COLUMN {old};",
        root.data_type.to_string().to_uppercase(),
        root.column.to_sql(),
        handle.to_sql()
    )
}

/// Adds the precedent and the referenced key.
fn explain(tenancy: &Tenancy, root: &Root, finding: Finding) -> Finding {
    let precedents = tenancy.keys().filter(|key| key.kind == KeyKind::Reference).take(PRECEDENTS);
    let finding = precedents.fold(finding, |finding, key| {
        let (table, column) = (&key.table.name, &key.column);
        finding
            .because(key.span, format!("`{table}` does it right: `{column}` is `{}` and references `{}`", root.data_type, root.table.name))
    });
    finding.because(root.span, format!("the key to reference: {}({}), `{}`", root.table.to_sql(), root.column.to_sql(), root.data_type))
}
