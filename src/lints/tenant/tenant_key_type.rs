//! A tenant key whose type cannot hold the root's key.

use super::{Place, alter, path, per_migration, references, title};
use crate::diagnostic::Severity;
use crate::lint::tenancy::{KeyKind, Root, Tenancy, TenantKey, leads_an_index};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Schema, Table, Type};

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
    let holds = match handle_of_same_type(schema, root, data_type) {
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
        sql: repair(root, table, column),
    })
}

/// A unique column of the root with the very type of the key: what the key was probably meant to hold.
fn handle_of_same_type<'a>(schema: &'a Schema, root: &Root, data_type: &Type) -> Option<&'a str> {
    let table = schema.table(&root.table)?;
    let unique = table.indexes.iter().filter(|index| index.unique && index.keys.len() == 1);
    let mut columns = unique.filter_map(|index| index.key_columns().next().flatten()).filter_map(|name| table.column(name));
    columns.find(|column| column.data_type.value == *data_type).map(|column| column.name.as_str())
}

/// The statements that turn the column into the key it should be.
fn repair(root: &Root, table: &Table, column: &Column) -> String {
    let (alter, name) = (alter(table), column.name.to_sql());
    let sql_type = root.data_type.to_string().to_uppercase();
    let (null, rule) = if column.nullable.value { ("", "SET NULL") } else { (" NOT NULL", "CASCADE") };
    let references = format!("{} ON DELETE {rule}", references(root));
    let index = format!("CREATE INDEX ON {} ({name});", table.name.to_sql());
    let index = if leads_an_index(table, &column.name) { String::new() } else { format!("\n{index}") };
    let using = if column.data_type.value.is_string() { format!(" USING {name}::{}", root.data_type) } else { String::new() };
    format!(
        "-- not applied yet: declare it as  {name} {sql_type}{null} {references}\n\
         {alter} ALTER COLUMN {name} TYPE {sql_type}{using};\n\
         {alter} ADD FOREIGN KEY ({name}) {references};{index}"
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
