//! What written names stand for, and when a name that is not found proves an error.
//!
//! A history may build on objects it never made: an application server's or a hosting provider's schemas,
//! extensions, the system catalog. A name that may be one of those is nothing to refuse.

use std::sync::Arc;

use super::outcome::{Outcome, done, missing_relation, no_relation, no_type, refuse, shown};
use super::{ErrorKind, Refusal, types};
use crate::schema::{Name, QualifiedName, RelationKind, Schema, TEMPORARY, Table, Type};
use crate::source::Span;

/// The relation a written name stands for.
pub(super) fn relation(schema: &Schema, written: &QualifiedName) -> Option<QualifiedName> {
    schema.resolve(written.schema(), &written.name, |name| schema.relation(name).is_some())
}

/// The table, or `None` where the name stands for something else or nothing.
pub(super) fn table(schema: &Schema, written: &QualifiedName) -> Option<QualifiedName> {
    relation(schema, written).filter(|name| schema.tables.contains_key(name))
}

/// The type a written name stands for.
pub(super) fn user_type(schema: &Schema, written: &QualifiedName) -> Option<QualifiedName> {
    schema.resolve(written.schema(), &written.name, |name| schema.types.contains_key(name))
}

/// The full name of an object that is about to be made.
pub(super) fn new_name(schema: &Schema, written: &QualifiedName, temporary: bool) -> Result<QualifiedName, Refusal> {
    let namespace = match written.schema() {
        _ if temporary => Name::from(TEMPORARY),
        Some(namespace) => namespace.clone(),
        None => schema.creation_namespace(),
    };
    if is_certainly_absent(schema, &namespace) {
        return refuse(ErrorKind::UndefinedSchema, format!("schema `{namespace}` does not exist"));
    }
    Ok(QualifiedName::new(namespace, written.name.clone()))
}

/// Whether the history makes a schema itself, and at this point it is not there.
fn is_certainly_absent(schema: &Schema, namespace: &Name) -> bool {
    schema.absent_namespaces.contains(namespace) && !schema.namespaces.contains_key(namespace)
}

/// Whether an object of this name may exist although the history does not show it.
pub(super) fn may_exist_unseen(schema: &Schema, written: &QualifiedName) -> bool {
    if BOOKKEEPING.contains(&written.name.as_str()) {
        return true;
    }
    let outside = |namespace: &Name| {
        !schema.namespaces.contains_key(namespace) && *namespace != "$user" && !schema.absent_namespaces.contains(namespace)
    };
    let uncertain = |namespace: &Name| schema.is_uncertain(&QualifiedName::new(namespace.clone(), written.name.clone()));
    match written.schema() {
        Some(namespace) => outside(namespace) || uncertain(namespace),
        None => written.name.starts_with("pg_") || schema.search_path.iter().any(|namespace| outside(namespace) || uncertain(namespace)),
    }
}

/// Tables in which migration tools keep their own records; no migration makes them.
const BOOKKEEPING: &[&str] = &[
    "schema_migrations",
    "schema_migration",
    "schema_version",
    "schema_history",
    "flyway_schema_history",
    "goose_db_version",
    "gorp_migrations",
    "_prisma_migrations",
    "_sqlx_migrations",
    "__diesel_schema_migrations",
    "__drizzle_migrations",
    "__EFMigrationsHistory",
    "alembic_version",
    "ar_internal_metadata",
    "atlas_schema_revisions",
    "databasechangelog",
    "databasechangeloglock",
    "django_migrations",
    "knex_migrations",
    "knex_migrations_lock",
    "pgmigrations",
    "refinery_schema_history",
    "schemaversion",
    "SequelizeMeta",
    "typeorm_migrations",
];

/// A relation that must exist: `Ok(None)` where it may, outside of what the history shows.
pub(super) fn required_relation(schema: &Schema, written: &QualifiedName) -> Result<Option<QualifiedName>, Refusal> {
    match relation(schema, written) {
        None if !may_exist_unseen(schema, written) => Err(no_relation(written)),
        found => Ok(found),
    }
}

/// Does something to a table named in a change and notes on the table that it was done.
///
/// Where the table may exist unseen, or replay may be wrong about it, errors are none.
pub(super) fn on_table(
    schema: &mut Schema,
    written: &QualifiedName,
    span: Span,
    if_exists: bool,
    act: impl FnOnce(&mut Schema, &QualifiedName) -> Outcome,
) -> Outcome {
    let Some(name) = relation(schema, written) else {
        return if may_exist_unseen(schema, written) { done() } else { missing_relation(if_exists, written) };
    };
    match schema.relation(&name) {
        Some(RelationKind::Table) => {}
        // A view's triggers and defaults are not modelled.
        Some(RelationKind::View) => return done(),
        _ => return refuse(ErrorKind::WrongObjectType, format!("`{}` is not a table", shown(&name))),
    }
    let uncertain = schema.is_uncertain(&name).then(|| schema.clone());
    match (act(schema, &name), uncertain) {
        (Err(_), Some(before)) => {
            *schema = before;
            done()
        }
        (Ok(applied), _) if applied.no_effect.is_none() => {
            if let Some(table) = schema.tables.get_mut(&name) {
                note(Arc::make_mut(table), span);
            }
            Ok(applied)
        }
        (outcome, _) => outcome,
    }
}

/// Notes a change on a table.
pub(super) fn note(table: &mut Table, span: Span) {
    table.changed = Some(span);
}

/// Whether the column is known to exist; an error where it is known not to.
pub(super) fn required_column(schema: &Schema, table: &QualifiedName, column: &Name) -> Result<bool, Refusal> {
    let Some(found) = schema.table(table) else { return Ok(false) };
    if found.column(column).is_some() {
        Ok(true)
    } else if found.columns_uncertain || SYSTEM_COLUMNS.contains(&column.as_str()) || inherits_unseen(schema, found) {
        Ok(false)
    } else {
        refuse(ErrorKind::UndefinedColumn, absent_column(table, column))
    }
}

/// ``column `c` of relation `t` does not exist``
pub(super) fn absent_column(table: &QualifiedName, column: &Name) -> String {
    format!("column `{column}` of relation `{}` does not exist", shown(table))
}

/// Whether columns may come from a parent the history does not show.
fn inherits_unseen(schema: &Schema, table: &Table) -> bool {
    super::store::parents(table).any(|parent| !schema.tables.contains_key(parent))
}

pub(super) const SYSTEM_COLUMNS: &[&str] = &["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

/// The type with the schema it is in. One that is nowhere to be found is an error.
pub(super) fn data_type(schema: &Schema, written: &Type) -> Result<Type, Refusal> {
    let in_catalog = written.name.schema().is_none_or(|namespace| *namespace == "pg_catalog");
    if in_catalog && types::is_builtin(&written.name.name) {
        return Ok(Type { name: QualifiedName::builtin(&written.name.name), ..written.clone() });
    }
    let row_type = || table(schema, &written.name).or_else(|| relation(schema, &written.name));
    if let Some(name) = user_type(schema, &written.name).or_else(row_type) {
        return Ok(Type { name, ..written.clone() });
    }
    if types::may_be_an_extension_s(schema, &written.name.name) || may_exist_unseen(schema, &written.name) {
        return Ok(written.clone());
    }
    Err(no_type(&written.name))
}
