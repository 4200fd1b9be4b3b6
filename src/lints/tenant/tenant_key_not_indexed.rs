//! A tenant key, not a foreign key, that no index leads with. Foreign keys are `foreign-key-without-index`'s.

use super::{Place, established, key_columns, path, per_migration, title};
use crate::lint::tenancy::{KeyKind, leads_an_index};
use crate::lint::{Finding, SchemaContext};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let keys = key_columns(context.schema, tenancy).filter(|(key, _, _)| key.kind == KeyKind::Unreferenced);
    let bare = keys.filter(|(_, table, column)| !leads_an_index(table, &column.name) && table.partition_by.is_none());
    let places = bare.map(|(_, table, column)| Place {
        span: column.span,
        object: path(table, &column.name),
        label: format!("no index leads with the tenant key `{}`", title(table, &column.name)),
        sql: format!("CREATE INDEX ON {} ({});", table.name.to_sql(), column.name.to_sql()),
    });
    per_migration(context, places.collect(), "tenant key", ": every query of one tenant reads the rows of all")
}
