//! What MySQL, SQLite and SQL Server do to their catalogs, done to the model.
//!
//! They know fewer dependencies than PostgreSQL, and none of them refuses what is still in use in the ways PostgreSQL
//! does; names are found in whatever case they are written.

mod columns;
mod keys;
mod names;
mod objects;
mod sqlite;
mod tables;

use super::outcome::{Outcome, done, refuse_at, shown};
use super::store::edit_table;
use super::{ChangeKind, ErrorKind, ObjectReference, Refusal, resolve};
use crate::schema::{Dialect, Name, QualifiedName, Schema};
use crate::source::Span;

/// Does one change.
pub(super) fn carry_out(schema: &mut Schema, span: Span, kind: &ChangeKind) -> Outcome {
    use ChangeKind as K;
    match kind {
        K::CreateNamespace { name, .. } => objects::create_namespace(schema, span, name),
        K::CreateTable { table, if_not_exists, like, .. } => tables::create(schema, table, *if_not_exists, like.first()),
        K::CreateView { view, query, or_replace, if_not_exists } => {
            objects::create_view(schema, span, view, query, *or_replace, *if_not_exists)
        }
        K::CreateTrigger { table, trigger, .. } => objects::create_trigger(schema, span, table, trigger),
        K::CreateFunction { function, .. } => objects::create_function(schema, function),
        K::Drop { object: ObjectReference::Table(name), if_exists, .. } | K::DropCopied { table: name, if_exists, .. } => {
            tables::drop(schema, name, *if_exists)
        }
        K::Drop { object: ObjectReference::Index(name), if_exists, .. } => keys::drop_named_index(schema, span, name, *if_exists),
        K::Drop { object, if_exists, .. } => objects::drop(schema, object, *if_exists),
        K::Rename { object: ObjectReference::Table(name), to, .. } => tables::rename(schema, span, name, to),
        K::Truncate { table, .. } => names::required_table(schema, table).and_then(|_| done()),
        other => alter(schema, span, other),
    }
}

/// Whether the table that a statement writes rows to is there, and the columns.
pub(super) fn check_target(schema: &Schema, written: &QualifiedName, columns: &[Name]) -> Result<(), Refusal> {
    if schema.dialect == Dialect::SqlServer {
        return Ok(());
    }
    let Some(table) = names::required_table(schema, written)?.and_then(|name| schema.table(&name)) else { return Ok(()) };
    let is_known = !table.columns_uncertain && !schema.is_uncertain(&table.name);
    let hidden = ["rowid", "oid", "_rowid_"];
    let is_there =
        |column: &Name| names::column(table, column).is_some() || hidden.iter().any(|hidden| column.eq_ignore_ascii_case(hidden));
    match columns.iter().find(|column| is_known && !is_there(column)) {
        Some(column) => {
            let message = format!("column `{column}` of table `{}` does not exist", shown(&table.name));
            refuse_at(ErrorKind::UndefinedColumn, message, table.span, "the table")
        }
        None => Ok(()),
    }
}

/// The changes that concern one table.
fn alter(schema: &mut Schema, span: Span, kind: &ChangeKind) -> Outcome {
    use ChangeKind as K;
    let written = match kind {
        K::AddColumn { table, .. }
        | K::DropColumn { table, .. }
        | K::RenameColumn { table, .. }
        | K::SetType { table, .. }
        | K::SetNullable { table, .. }
        | K::SetDefault { table, .. }
        | K::SetIdentity { table, .. }
        | K::AddConstraint { table, .. }
        | K::DropConstraint { table, .. }
        | K::CreateIndex { table, .. }
        | K::Keep { table, .. }
        | K::DropIndex { table, .. }
        | K::RenameIndex { table, .. } => table,
        _ => return done(),
    };
    let is_sqlite = schema.dialect == Dialect::Sqlite;
    if is_sqlite {
        sqlite::check_form(kind)?;
    }
    on_table(schema, span, written, |schema, name| match kind {
        K::DropColumn { column, .. } if is_sqlite => {
            sqlite::check_drop(schema, name, column)?;
            columns::drop(schema, name, column, false)
        }
        K::AddColumn { column, if_not_exists, .. } => columns::add(schema, name, column, *if_not_exists),
        K::DropColumn { column, if_exists, .. } => columns::drop(schema, name, column, *if_exists),
        K::RenameColumn { column, to, .. } => columns::rename(schema, span, name, column, to),
        K::SetType { column, data_type, collation, .. } => columns::edit(schema, name, column, |column| {
            if column.data_type.value != *data_type {
                column.data_type = crate::source::Spanned::new(data_type.clone(), span);
            }
            column.collation = collation.clone();
        }),
        K::SetNullable { column, nullable, .. } => columns::set_nullable(schema, span, name, column, *nullable),
        K::SetDefault { column, default, .. } => columns::edit(schema, name, column, |column| {
            column.default = columns::kept_default(default.clone().map(|default| crate::source::Spanned::new(default, span).into()));
        }),
        K::SetIdentity { column, identity, .. } => columns::edit(schema, name, column, |column| {
            column.identity = identity.map(|identity| crate::source::Spanned::new(identity, span));
        }),
        K::AddConstraint { constraint, index, .. } => keys::add_constraint(schema, name, constraint, index.as_deref()),
        K::DropConstraint { constraint, if_exists, .. } => keys::drop_constraint(schema, name, constraint, *if_exists),
        K::Keep { keeping, .. } => tables::keep(schema, name, keeping),
        K::CreateIndex { index, if_not_exists, .. } => keys::create_index(schema, name, index, *if_not_exists),
        K::DropIndex { index, if_exists, .. } => keys::drop_index(schema, name, index, *if_exists),
        K::RenameIndex { index, to, .. } => keys::rename_index(schema, name, index, to),
        _ => done(),
    })
}

/// Does something to a table that is there. About what replay may be wrong about, errors are none.
fn on_table(schema: &mut Schema, span: Span, written: &QualifiedName, act: impl FnOnce(&mut Schema, &QualifiedName) -> Outcome) -> Outcome {
    let Some(name) = names::required_table(schema, written)? else { return done() };
    let before = schema.clone();
    match act(schema, &name) {
        Err(_) if before.is_uncertain(&name) => {
            *schema = before;
            done()
        }
        Ok(applied) if applied.no_effect.is_none() => {
            edit_table(schema, &name, |table| resolve::note(table, span));
            Ok(applied)
        }
        other => other,
    }
}
