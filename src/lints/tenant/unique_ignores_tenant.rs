//! A unique constraint on scoped data that leaves the tenant out.

use super::{Place, all_together, established, path};
use crate::lint::tenancy::{Tenancy, is_person, key_noun, table_noun, vendor, words};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Index, Name, Schema, Table};

/// Words of columns that are unique everywhere on purpose.
const GLOBAL: &[&str] = &[
    "token",
    "hash",
    "secret",
    "slug",
    "domain",
    "subdomain",
    "host",
    "hostname",
    "key",
    "uuid",
    "guid",
    "external",
    "code",
    "digest",
    "fingerprint",
    "url",
    "path",
    "handle",
    "sha",
    "nonce",
    "idempotency",
    "checksum",
    "arn",
];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let scoped = context.schema.tables.values().filter(|table| tenancy.is_scoped(&table.name) && !is_person(&table_noun(&table.name.name)));
    let indexes = scoped.flat_map(|table| table.indexes.iter().map(move |index| (table.as_ref(), index.as_ref())));
    let places = indexes.filter_map(|(table, index)| place(context.schema, tenancy, table, index)).collect();
    all_together(context, places, "unique constraint", "")
}

fn place(schema: &Schema, tenancy: &Tenancy, table: &Table, index: &Index) -> Option<Place> {
    let columns: Vec<&Name> = index.key_columns().collect::<Option<_>>()?;
    let unique = index.unique && !index.primary && !index.inherited && !columns.is_empty();
    let spared = columns.iter().any(|name| tenancy.key(&table.name, name).is_some() || is_global(schema, tenancy, table, name));
    let list = columns.iter().map(|name| name.to_sql()).collect::<Vec<_>>().join(", ");
    (unique && !spared).then(|| Place {
        span: index.span,
        object: path(table, &index.name),
        label: format!(
            "`{}` is unique over all tenants on ({list}): one tenant's value is refused to every other, and betrays that it exists",
            table.name.name
        ),
        sql: String::new(),
    })
}

/// Whether a value of the column is one tenant's or nobody's in particular by its nature.
fn is_global(schema: &Schema, tenancy: &Tenancy, table: &Table, name: &Name) -> bool {
    let by_name = words(name).iter().any(|word| GLOBAL.contains(&word.as_str())) || vendor(name).is_some() || key_noun(name).is_some();
    let by_type = schema.column(&table.name, name).is_some_and(|column| column.data_type.value.is("uuid"));
    let by_parent = table.foreign_keys_of(name).any(|(_, key)| tenancy.is_scoped(&key.references));
    by_name || by_type || by_parent
}
