//! Answers of MySQL, SQLite and SQL Server, whose catalogs find names in whatever case.

use super::class;
use crate::schema::{Name, Schema, Table};
use crate::sql::CatalogQuery;

/// Whether there is what a query asks for; `None` where the model does not know.
pub(super) fn finds(query: &CatalogQuery, schema: &Schema) -> Option<bool> {
    let is = |one: &Name, other: &Name| one.eq_ignore_ascii_case(other);
    match query {
        CatalogQuery::Relation { name, kinds } if kinds.is_empty() => {
            let is_view = schema.views.keys().any(|view| is(&view.name, &name.name));
            if is_view { Some(true) } else { table(schema, &name.name).map(|table| table.is_some()) }
        }
        CatalogQuery::Column { table: of, column, tests } if tests.is_empty() => match table(schema, &of.name)? {
            Some(table) if table.columns.iter().any(|there| is(&there.name, column)) => Some(true),
            Some(table) => (!table.columns_uncertain).then_some(false),
            None => Some(false),
        },
        CatalogQuery::Index { table: Some(of), name } => {
            Some(table(schema, &of.name)?.is_some_and(|table| table.indexes.iter().any(|index| is(&index.name, &name.name))))
        }
        CatalogQuery::Constraint { table: Some(of), name, kind, columns } => {
            let found = table(schema, &of.name)?.is_some_and(|table| {
                table.constraints.iter().any(|constraint| {
                    name.as_ref().is_none_or(|name| is(&constraint.name, name))
                        && kind.is_none_or(|kind| class(constraint) == kind)
                        && columns.iter().all(|column| constraint.columns.iter().any(|there| is(there, column)))
                })
            });
            Some(found)
        }
        _ => None,
    }
}

/// The table of this name, if there is one; `None` where that is in doubt.
fn table<'a>(schema: &'a Schema, name: &Name) -> Option<Option<&'a Table>> {
    if schema.uncertainty.relations.iter().any(|doubted| doubted.name.eq_ignore_ascii_case(name)) {
        return None;
    }
    let found = schema.tables.values().find(|table| table.name.name.eq_ignore_ascii_case(name)).map(AsRef::as_ref);
    match found {
        Some(table) if schema.is_uncertain(&table.name) => None,
        found => Some(found),
    }
}
