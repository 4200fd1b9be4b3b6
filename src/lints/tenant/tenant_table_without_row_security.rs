//! A table of tenants' rows without row-level security, where its siblings have it.

use std::collections::BTreeMap;

use super::{Place, alter, established, per_migration, proper_key};
use crate::lint::tenancy::{Tenancy, takes_part};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Name, Schema, Table};

/// So many siblings must have it before it is taken for the custom here.
const CUSTOM: usize = 2;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let mut namespaces: BTreeMap<&Name, Vec<&Table>> = BTreeMap::new();
    for table in scoped(context.schema, tenancy) {
        namespaces.entry(&table.name.schema).or_default().push(table);
    }
    let places = namespaces.values().flat_map(|tables| {
        let secured = tables.iter().filter(|table| table.row_security.enabled.is_some()).count();
        let is_custom = secured >= CUSTOM && secured * 2 >= tables.len();
        let bare = tables.iter().filter(move |table| is_custom && table.row_security.enabled.is_none());
        bare.filter_map(move |table| place(tenancy, table, secured, tables.len()))
    });
    per_migration(context, places.collect(), "table", ": whoever may read such a table reads the rows of every tenant")
}

/// Tables that carry the key, each known to the last policy.
fn scoped<'a>(schema: &'a Schema, tenancy: &'a Tenancy) -> impl Iterator<Item = &'a Table> {
    let tables = schema.tables.values().map(AsRef::as_ref).filter(|table| takes_part(schema, table) && tenancy.is_scoped(&table.name));
    // An underscore in front is how one marks what is not for the application.
    let tables = tables.filter(|table| !table.name.name.starts_with('_'));
    tables.filter(|table| !schema.has_uncertain_attachments(&table.name))
}

fn place(tenancy: &Tenancy, table: &Table, secured: usize, all: usize) -> Option<Place> {
    let key = proper_key(tenancy, &table.name)?;
    Some(Place {
        span: table.span,
        object: table.name.to_string(),
        label: format!(
            "`{}` carries `{}` and has no row-level security, unlike {secured} of the {all} tables with a tenant key",
            table.name.name, key.column
        ),
        sql: format!("{} ENABLE ROW LEVEL SECURITY;", alter(table)),
    })
}
