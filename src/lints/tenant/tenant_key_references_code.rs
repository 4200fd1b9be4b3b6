//! A tenant key whose foreign key points at a natural code instead of the primary key.

use super::{Place, path, per_migration, title};
use crate::lint::tenancy::{KeyKind, Root, TenantKey};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Name, Schema};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let tenancy = &context.history.facts.tenancy;
    let Some(root) = &tenancy.root else { return Vec::new() };
    // Without a table that references the primary key, the code is this schema's decision.
    let Some(precedent) = tenancy.keys().find(|key| key.kind == KeyKind::Reference) else { return Vec::new() };
    let places = tenancy.keys().filter_map(|key| place(context.schema, root, key)).collect();
    let ending = ": a code that is ever changed has to change in every row that copies it";
    let findings = per_migration(context, places, "tenant key", ending).into_iter();
    let label = format!("`{}.{}` references `{}.{}`", precedent.table.name, precedent.column, root.table.name, root.column);
    findings.map(|finding| finding.because(precedent.span, &label)).collect()
}

fn place(schema: &Schema, root: &Root, key: &TenantKey) -> Option<Place> {
    let KeyKind::CodeReference { column: code } = &key.kind else { return None };
    let table = schema.table(&key.table)?;
    // A second column beside a proper key repeats the code for reading; that is not this lint's.
    let natural = schema.column(&root.table, code)?.data_type.value.is_string();
    let constraint = table.foreign_keys_of(&key.column).find(|(_, foreign)| foreign.references == root.table)?.0;
    (natural && !is_beside_a_key(schema, root, key)).then(|| Place {
        span: constraint.span,
        object: path(table, &key.column),
        label: format!(
            "`{}` references the code `{}.{code}`, not the primary key `{}`",
            title(table, &key.column),
            root.table.name,
            root.column
        ),
        sql: repair(root, key, code, &constraint.name),
    })
}

fn is_beside_a_key(schema: &Schema, root: &Root, key: &TenantKey) -> bool {
    let Some(table) = schema.table(&key.table) else { return false };
    table.foreign_keys().any(|(_, foreign)| foreign.references == root.table && foreign.referenced_columns == [root.column.clone()])
}

fn repair(root: &Root, key: &TenantKey, code: &Name, constraint: &Name) -> String {
    let (table, parent) = (key.table.to_sql(), root.table.to_sql());
    let (old, target) = (key.column.to_sql(), root.column.to_sql());
    let new = Name::from(format!("{}_{}", root.noun, root.column)).to_sql();
    let new = if new == old { Name::from(format!("new_{}", key.column)).to_sql() } else { new };
    format!(
        "ALTER TABLE {table} ADD COLUMN {new} {} REFERENCES {parent}({target});\n\
         UPDATE {table} SET {new} = parent.{target} FROM {parent} AS parent WHERE parent.{} = {table}.{old};\n\
         ALTER TABLE {table} DROP CONSTRAINT {};",
        root.data_type,
        code.to_sql(),
        constraint.to_sql()
    )
}
