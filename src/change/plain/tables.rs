//! Tables: making, dropping and renaming them.

use std::sync::Arc;

use super::super::outcome::{Outcome, done, existing, missing_relation, refuse_at, shown};
use super::super::store::{edit_table, put_table, remove_table};
use super::super::{ErrorKind, Keeping, Like, ObjectReference, Refusal, renames};
use super::{columns, keys, names};
use crate::schema::{ConstraintKind, Dialect, Name, Persistence, QualifiedName, Schema, Table};
use crate::source::Span;

/// `CREATE TABLE`.
pub(super) fn create(schema: &mut Schema, written: &Table, if_not_exists: bool, like: Option<&Like>) -> Outcome {
    let name = names::made(schema, &written.name, written.persistence == Persistence::Temporary);
    if let Some(there) = names::relation(schema, &name).filter(|there| there.schema == name.schema) {
        let differs = schema.table(&there).is_some_and(|there| if_not_exists && differs(there, written));
        let because = schema.table(&there).map(|table| table.span);
        let message = format!("table `{}` already exists", shown(&name));
        return existing(if_not_exists, differs, ErrorKind::DuplicateTable, message, because);
    }
    let mut table = Table::new(name.clone(), written.span);
    table.persistence = written.persistence;
    table.columns_uncertain = written.columns_uncertain;
    table.comment = written.comment.clone();
    table.options = written.options.clone();
    match like.map(|like| names::required_table(schema, &like.source)).transpose()? {
        Some(Some(source)) => copy(schema, &mut table, &source),
        Some(None) => table.columns_uncertain = true,
        None => {}
    }
    add_columns(&mut table, written)?;
    put_table(schema, table);
    add_keys(schema, &name, written)?;
    edit_table(schema, &name, |table| table.changed = None);
    done()
}

/// Whether the existing table is another than the one described, as far as their columns go.
fn differs(there: &Table, described: &Table) -> bool {
    let has = |name: &Name| names::column(there, name).is_some();
    let known = !there.columns_uncertain && !described.columns_uncertain;
    known && (there.columns.len() != described.columns.len() || !described.columns.iter().all(|column| has(&column.name)))
}

/// `LIKE`: everything but foreign keys.
fn copy(schema: &Schema, table: &mut Table, source: &QualifiedName) {
    let Some(source) = schema.table(source) else { return };
    table.columns = source.columns.clone();
    table.columns_uncertain = source.columns_uncertain;
    table.indexes = source.indexes.clone();
    let is_copied = |kind: &ConstraintKind| !matches!(kind, ConstraintKind::ForeignKey(_));
    table.constraints = source.constraints.iter().filter(|constraint| is_copied(&constraint.kind)).cloned().collect();
}

fn add_columns(table: &mut Table, written: &Table) -> Result<(), Refusal> {
    for column in &written.columns {
        if let Some(first) = names::column(table, &column.name).and_then(|name| table.column(&name)) {
            let message = format!("column `{}` specified more than once", column.name);
            return refuse_at(ErrorKind::DuplicateColumn, message, first.span, "the first of that name");
        }
        table.columns.push(Arc::new(columns::prepared(column)));
    }
    Ok(())
}

/// Keys and indexes first, then foreign keys, which make an index only where there is none.
fn add_keys(schema: &mut Schema, name: &QualifiedName, written: &Table) -> Result<(), Refusal> {
    let is_foreign = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey(_));
    let mut behind = written.indexes.iter().filter(|index| index.from_constraint);
    for constraint in written.constraints.iter().filter(|constraint| !is_foreign(&constraint.kind)) {
        let has_index = matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique);
        let index = if has_index { behind.next() } else { None };
        keys::add_constraint(schema, name, constraint, index.map(AsRef::as_ref))?;
    }
    for index in written.indexes.iter().filter(|index| !index.from_constraint) {
        keys::create_index(schema, name, index, false)?;
    }
    for constraint in written.constraints.iter().filter(|constraint| is_foreign(&constraint.kind)) {
        keys::add_constraint(schema, name, constraint, None)?;
    }
    Ok(())
}

/// `DROP TABLE`: foreign keys of others go on to name it.
pub(super) fn drop(schema: &mut Schema, written: &QualifiedName, if_exists: bool) -> Outcome {
    match names::relation(schema, written) {
        Some(name) if schema.tables.contains_key(&name) => {
            remove_table(schema, &name);
            done()
        }
        None if !names::may_exist_unseen(schema, written) => missing_relation(if_exists, written),
        _ => done(),
    }
}

/// `RENAME TO`: foreign keys of others follow.
pub(super) fn rename(schema: &mut Schema, span: Span, written: &QualifiedName, to: &Name) -> Outcome {
    let Some(name) = names::required_table(schema, written)? else { return done() };
    let applied = renames::rename(schema, span, &ObjectReference::Table(name.clone()), to, false)?;
    match schema.dialect {
        Dialect::MySql => rename_numbered_keys(schema, &name, to),
        Dialect::Sqlite => rename_with_table(schema, &name, to),
        Dialect::Postgres | Dialect::SqlServer => {}
    }
    Ok(applied)
}

/// SQLite renames the indexes behind keys with their table. Names of constraints mean nothing to it: ours follow too.
fn rename_with_table(schema: &mut Schema, old: &QualifiedName, to: &Name) {
    let renamed = |name: &Name| {
        let (start, rest) = match name.strip_prefix("sqlite_autoindex_") {
            Some(rest) => ("sqlite_autoindex_", rest),
            None => ("", name.as_str()),
        };
        let number = rest.strip_prefix(old.name.as_str())?.strip_prefix('_')?;
        Some(Name::from(format!("{start}{to}_{number}")))
    };
    edit_table(schema, &QualifiedName::new(old.schema.clone(), to.clone()), |table| {
        for constraint in &mut table.constraints {
            if let Some(name) = renamed(&constraint.name) {
                Arc::make_mut(constraint).name = name;
            }
        }
        for index in table.indexes.iter_mut().filter(|index| index.from_constraint) {
            if let Some(name) = renamed(&index.name) {
                Arc::make_mut(index).name = name;
            }
        }
    });
}

/// The names that MySQL gave foreign keys are made of the table's.
fn rename_numbered_keys(schema: &mut Schema, old: &QualifiedName, to: &Name) {
    let prefix = format!("{}_ibfk_", old.name);
    edit_table(schema, &QualifiedName::new(old.schema.clone(), to.clone()), |table| {
        for constraint in &mut table.constraints {
            if let Some(number) = constraint.name.strip_prefix(prefix.as_str()).map(str::to_owned) {
                Arc::make_mut(constraint).name = format!("{to}_ibfk_{number}").into();
            }
        }
    });
}

/// What a table is kept in, and how its texts are stored. Where nothing was said of it, what is known to be the default
/// stays unsaid, and so does what cannot be compared with it.
pub(super) fn keep(schema: &mut Schema, name: &QualifiedName, keeping: &Keeping) -> Outcome {
    let (option, value) = match keeping {
        Keeping::Engine(engine) => ("engine", engine),
        Keeping::Convert(charset) => ("charset", charset),
        _ => return done(),
    };
    let there = schema.table(name).and_then(|table| table.options.get(option));
    let is_kept = match there {
        Some(there) => there.eq_ignore_ascii_case(value),
        None => option == "charset" || value.eq_ignore_ascii_case("innodb"),
    };
    if !is_kept {
        edit_table(schema, name, |table| table.options.set(&[(option.into(), value.as_str().into())]));
    }
    done()
}
