//! A tenant key, not a foreign key, that no index leads with. Foreign keys are `foreign-key-without-index`'s.

use super::{Place, by_file, established, key_columns, path};
use crate::lint::tenancy::{KeyKind, leads_an_index};
use crate::lint::{Finding, SchemaContext};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let keys: Vec<_> = key_columns(context.schema, tenancy).filter(|(key, _, _)| key.kind == KeyKind::Unreferenced).collect();
    let bare = keys.into_iter().filter(|(_, table, column)| !leads_an_index(table, &column.name) && table.partition_by.is_none());
    let places = bare
        .map(|(_, table, column)| Place {
            span: column.span,
            object: path(table, &column.name),
            label: format!("none on `{}` with `{}` either", table.name, column.name),
            sql: format!("CREATE INDEX ON {} ({});", table.name.to_sql(), column.name.to_sql()),
        })
        .collect();
    let groups = by_file(context.history.history, places).into_iter();
    let finding = |group: super::Group| {
        let first = group.places.first().map(|place| place.object.clone())?;
        let message = format!(
            "no index leads with the tenant key `{first}`{}: every query of one tenant reads the rows of all",
            group.more("tenant key")
        );
        group.finding(message)
    };
    groups.filter_map(finding).collect()
}
