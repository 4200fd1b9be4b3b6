//! Constraints and indexes.

use std::sync::Arc;

use super::super::outcome::{Outcome, done, existing, missing, refuse_at, shown};
use super::super::store::edit_table;
use super::super::{ErrorKind, Refusal, constraints};
use super::names;
use crate::schema::{
    Constraint, ConstraintKind, Dialect, ForeignKey, Index, IndexKey, KeyPart, Name, Options, QualifiedName, Schema, Table,
};

/// How an index is marked that a foreign key has made: it gives way to the next that does as well.
const IMPLICIT: &str = "implicit";

/// `ADD constraint`, with the index it makes.
pub(super) fn add_constraint(schema: &mut Schema, name: &QualifiedName, written: &Constraint, index: Option<&Index>) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    let mut constraint = written.clone();
    for column in &mut constraint.columns {
        *column = spelled(table, column, written)?;
    }
    let primary = matches!(constraint.kind, ConstraintKind::PrimaryKey);
    if let Some(first) = table.primary_key().filter(|_| primary) {
        let message = format!("multiple primary keys for table `{}` are not allowed", shown(name));
        return refuse_at(ErrorKind::InvalidDefinition, message, first.span, "the primary key it has");
    }
    if schema.dialect == Dialect::Sqlite && is_redundant(table, &constraint) {
        return done();
    }
    constraint.name = names::of_constraint(schema.dialect, table, &constraint);
    if let Some(there) = names::constraint(table, &constraint.name).and_then(|name| table.constraint(&name)) {
        let message = format!("constraint `{}` of table `{}` already exists", constraint.name, shown(name));
        return refuse_at(ErrorKind::DuplicateObject, message, there.span, "the constraint of that name");
    }
    if let ConstraintKind::ForeignKey(key) = &constraint.kind {
        let key = resolved(schema, name, key);
        constraint.kind = ConstraintKind::ForeignKey(key);
        return add_foreign_key(schema, name, constraint, !written.name.is_unnamed());
    }
    if schema.dialect == Dialect::Sqlite && primary && !numbers_rows(table, &constraint) {
        drop_redundant(schema, name, &constraint.columns);
    }
    if matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique) {
        let index = index.cloned().unwrap_or_else(|| constraints::index_of(&constraint));
        push_index(schema, name, Index { name: constraint.name.clone(), ..index });
        constraints::forbid_nulls(schema, name, &constraint);
    }
    edit_table(schema, name, |table| table.constraints.push(Arc::new(constraint)));
    done()
}

/// SQLite makes nothing of a UNIQUE over what is unique by an index already.
fn is_redundant(table: &Table, constraint: &Constraint) -> bool {
    let is_same = |other: &Constraint| match other.kind {
        ConstraintKind::Unique => other.columns == constraint.columns,
        // A single INTEGER is the row's own number, and has no index.
        ConstraintKind::PrimaryKey => other.columns == constraint.columns && !numbers_rows(table, other),
        _ => false,
    };
    matches!(constraint.kind, ConstraintKind::Unique) && table.constraints.iter().any(|other| is_same(other))
}

/// A UNIQUE over the columns of the primary key becomes that.
fn drop_redundant(schema: &mut Schema, name: &QualifiedName, columns: &[Name]) {
    edit_table(schema, name, |table| {
        let is_same = |there: &Constraint| matches!(there.kind, ConstraintKind::Unique) && there.columns == columns;
        let gone: Vec<Name> = table.constraints.iter().filter(|there| is_same(there)).map(|there| there.name.clone()).collect();
        table.constraints.retain(|there| !gone.contains(&there.name));
        table.indexes.retain(|index| !(index.from_constraint && gone.contains(&index.name)));
    });
}

fn numbers_rows(table: &Table, key: &Constraint) -> bool {
    let [column] = key.columns.as_slice() else { return false };
    table.column(column).is_some_and(|column| column.data_type.value.is("integer")) && table.options.get("without_rowid").is_none()
}

/// A column of a constraint as the table spells it.
fn spelled(table: &Table, column: &Name, constraint: &Constraint) -> Result<Name, Refusal> {
    match names::column(table, column) {
        Some(name) => Ok(name),
        // A text in double quotes is a text where no column has the name, and a CHECK may mention what is none.
        None if table.columns_uncertain || matches!(constraint.kind, ConstraintKind::Check { .. }) => Ok(column.clone()),
        None => {
            let message = format!("column `{column}` named in key does not exist");
            refuse_at(ErrorKind::UndefinedColumn, message, table.span, "the table")
        }
    }
}

/// The referenced table and columns as they are spelled, where they are there: they need not be.
fn resolved(schema: &Schema, table: &QualifiedName, key: &ForeignKey) -> ForeignKey {
    let mut key = key.clone();
    let written = match key.references.schema() {
        Some(_) => key.references.clone(),
        None => QualifiedName::new(table.schema.clone(), key.references.name.clone()),
    };
    key.references = names::relation(schema, &written).unwrap_or(written);
    let Some(referenced) = schema.table(&key.references) else { return key };
    if key.referenced_columns.is_empty() {
        key.referenced_columns = referenced.primary_key().map(|primary| primary.columns.clone()).unwrap_or_default();
    }
    for column in &mut key.referenced_columns {
        if let Some(name) = names::column(referenced, column) {
            *column = name;
        }
    }
    key
}

fn add_foreign_key(schema: &mut Schema, name: &QualifiedName, constraint: Constraint, is_named: bool) -> Outcome {
    let columns = &constraint.columns;
    // An index that was made for a longer key does; one for the same columns gives way to the new key's.
    let does = |index: &Index| begins_with(index, columns) && (!is_implicit(index) || index.keys.len() > columns.len());
    let table = schema.table(name);
    if let Some(table) = table.filter(|table| schema.dialect.indexes_foreign_keys() && !table.indexes.iter().any(|index| does(index))) {
        let mut index = Index { from_constraint: false, unique: false, ..constraints::index_of(&constraint) };
        index.name = if is_named { constraint.name.clone() } else { names::of_index(table, &index) };
        index.options = Options::from_iter([(IMPLICIT.into(), "true".into())]);
        push_index(schema, name, index);
    }
    edit_table(schema, name, |table| table.constraints.push(Arc::new(constraint)));
    done()
}

fn is_implicit(index: &Index) -> bool {
    index.options.get(IMPLICIT).is_some()
}

/// Whether an index finds rows by these columns, in their order.
fn begins_with(index: &Index, columns: &[Name]) -> bool {
    let keys: Vec<Option<&Name>> = index.key_columns().take(columns.len()).collect();
    *index.method == *"btree" && keys.len() == columns.len() && keys.iter().zip(columns).all(|(key, column)| *key == Some(column))
}

/// Adds an index; one that a foreign key made for itself and does not need any longer is gone.
fn push_index(schema: &mut Schema, name: &QualifiedName, index: Index) {
    edit_table(schema, name, |table| {
        table.indexes.retain(|there| {
            let columns: Vec<Name> = there.key_columns().flatten().cloned().collect();
            !is_implicit(there) || !begins_with(&index, &columns)
        });
        table.indexes.push(Arc::new(index));
    });
}

/// `DROP CONSTRAINT`, `DROP PRIMARY KEY`, `DROP FOREIGN KEY`.
pub(super) fn drop_constraint(schema: &mut Schema, name: &QualifiedName, written: &Name, if_exists: bool) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    let Some(constraint) = names::constraint(table, written) else {
        // SQL Server's defaults are constraints, and names of checks differ from version to version.
        let may_be_unseen = schema.dialect != Dialect::MySql || written.contains("chk") || written.starts_with("CONSTRAINT");
        let message = format!("constraint `{written}` of table `{}` does not exist", shown(name));
        return if may_be_unseen { done() } else { missing(if_exists, ErrorKind::UndefinedObject, message) };
    };
    edit_table(schema, name, |table| {
        table.constraints.retain(|there| there.name != constraint);
        table.indexes.retain(|index| !(index.from_constraint && index.name == constraint));
    });
    done()
}

/// `CREATE INDEX`.
pub(super) fn create_index(schema: &mut Schema, name: &QualifiedName, written: &Index, if_not_exists: bool) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    let mut index = written.clone();
    for key in &mut index.keys {
        let IndexKey { part: KeyPart::Column(column), .. } = key else { continue };
        match names::column(table, column) {
            Some(name) => *column = name,
            None if table.columns_uncertain => {}
            None => {
                let message = format!("column `{column}` does not exist");
                return refuse_at(ErrorKind::UndefinedColumn, message, table.span, "the table");
            }
        }
    }
    if index.name.is_unnamed() {
        index.name = names::of_index(table, &index);
    }
    if let Some((holder, there)) = taken(schema, name, &index.name) {
        let differs = holder.name != *name || there.keys != index.keys || there.unique != index.unique;
        let message = format!("index `{}` already exists", index.name);
        return existing(if_not_exists, differs, ErrorKind::DuplicateTable, message, Some(there.span));
    }
    push_index(schema, name, index);
    done()
}

fn taken<'a>(schema: &'a Schema, table: &QualifiedName, index: &Name) -> Option<(&'a Table, &'a Index)> {
    if schema.dialect.names_indexes_within_tables() {
        let table = schema.table(table)?;
        return table.index(&names::index(table, index)?).map(|index| (table, index));
    }
    find_index(schema, &QualifiedName::new(table.schema.clone(), index.clone()))
}

/// The index of this name, in whatever table.
fn find_index<'a>(schema: &'a Schema, written: &QualifiedName) -> Option<(&'a Table, &'a Index)> {
    let namespace = written.schema().cloned().unwrap_or_else(|| schema.creation_namespace());
    let exact = QualifiedName::new(namespace, written.name.clone());
    schema.index(&exact).or_else(|| {
        let mut alike = schema.members.indexes().filter(|name| name.name.eq_ignore_ascii_case(&written.name));
        schema.index(alike.next()?)
    })
}

/// `DROP INDEX` of an index that is named in its schema.
pub(super) fn drop_named_index(schema: &mut Schema, span: crate::source::Span, written: &QualifiedName, if_exists: bool) -> Outcome {
    match find_index(schema, written).map(|(table, index)| (table.name.clone(), index.name.clone())) {
        Some((table, index)) => super::on_table(schema, span, &table, |schema, table| drop_index(schema, table, &index, if_exists)),
        None if names::may_exist_unseen(schema, written) => done(),
        None => missing(if_exists, ErrorKind::UndefinedObject, format!("index `{}` does not exist", shown(written))),
    }
}

/// `DROP INDEX … ON table`; that of a key takes the key along.
pub(super) fn drop_index(schema: &mut Schema, name: &QualifiedName, written: &Name, if_exists: bool) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    let Some(index) = names::index(table, written) else {
        let message = format!("index `{written}` of table `{}` does not exist", shown(name));
        return missing(if_exists, ErrorKind::UndefinedObject, message);
    };
    edit_table(schema, name, |table| {
        let is_key = table.index(&index).is_some_and(|index| index.from_constraint);
        table.indexes.retain(|there| there.name != index);
        table.constraints.retain(|there| !(is_key && there.name == index));
    });
    done()
}

/// `RENAME INDEX`.
pub(super) fn rename_index(schema: &mut Schema, name: &QualifiedName, written: &Name, to: &Name) -> Outcome {
    let Some(table) = schema.table(name) else { return done() };
    let Some(index) = names::index(table, written) else {
        let message = format!("index `{written}` of table `{}` does not exist", shown(name));
        return missing(false, ErrorKind::UndefinedObject, message);
    };
    edit_table(schema, name, |table| {
        let is_key = table.index(&index).is_some_and(|index| index.from_constraint);
        for there in table.indexes.iter_mut().filter(|there| there.name == index) {
            Arc::make_mut(there).name = to.clone();
        }
        for there in table.constraints.iter_mut().filter(|there| is_key && there.name == index) {
            Arc::make_mut(there).name = to.clone();
        }
    });
    done()
}
