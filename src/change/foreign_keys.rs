//! Foreign keys: what they reference, and whether they can.

use super::outcome::{refuse, refuse_at, shown};
use super::{ErrorKind, Refusal, columns, resolve};
use crate::schema::{Constraint, ForeignKey, Index, Name, QualifiedName, Schema, Table, Type, TypeKind};

/// The foreign key with its table found and its columns filled in, or the reason why it cannot be.
pub(super) fn resolved(schema: &Schema, table: &QualifiedName, constraint: &Constraint, key: &ForeignKey) -> Result<ForeignKey, Refusal> {
    let mut key = key.clone();
    let Some(name) = resolve::required_relation(schema, &key.references)? else { return Ok(key) };
    let Some(referenced) = schema.table(&name) else {
        return refuse(ErrorKind::WrongObjectType, format!("referenced relation `{}` is not a table", shown(&name)));
    };
    key.references = name.clone();
    match check(schema, table, constraint, &mut key, referenced) {
        Err(_) if schema.is_uncertain(&name) || referenced.columns_uncertain => Ok(key),
        Err(refusal) => Err(refusal),
        Ok(()) => Ok(key),
    }
}

fn check(schema: &Schema, table: &QualifiedName, constraint: &Constraint, key: &mut ForeignKey, referenced: &Table) -> Result<(), Refusal> {
    if key.referenced_columns.is_empty() {
        let primary = referenced.primary_key().map(|primary| primary.columns.clone());
        let Some(primary) = primary else {
            let message = format!("there is no primary key for referenced table `{}`", shown(&referenced.name));
            return refuse_at(ErrorKind::UndefinedObject, message, referenced.span, "the referenced table");
        };
        key.referenced_columns = primary;
    }
    for column in &key.referenced_columns {
        if !resolve::required_column(schema, &referenced.name, column).unwrap_or(false) {
            let message = format!("column `{column}` referenced in foreign key constraint does not exist in `{}`", shown(&referenced.name));
            return refuse_at(ErrorKind::UndefinedColumn, message, referenced.span, "the referenced table");
        }
    }
    if key.referenced_columns.len() != constraint.columns.len() {
        let message = "number of referencing and referenced columns for foreign key disagree".to_owned();
        return refuse(ErrorKind::InvalidDefinition, message);
    }
    if index_behind(referenced, &key.referenced_columns).is_none() {
        return refuse_at(ErrorKind::InvalidDefinition, no_unique(referenced, key), referenced.span, "the referenced table");
    }
    types_match(schema, table, constraint, key)
}

fn no_unique(referenced: &Table, key: &ForeignKey) -> String {
    let deferrable = referenced.indexes.iter().any(|index| fits(index, &key.referenced_columns) && is_deferrable(referenced, index));
    if deferrable {
        format!("cannot use a deferrable unique constraint for referenced table `{}`", shown(&referenced.name))
    } else {
        format!("there is no unique constraint matching given keys for referenced table `{}`", shown(&referenced.name))
    }
}

/// The index that enforces the uniqueness of these columns for foreign keys.
pub(super) fn index_behind<'a>(referenced: &'a Table, columns: &[Name]) -> Option<&'a Index> {
    referenced.indexes.iter().map(AsRef::as_ref).find(|index| fits(index, columns) && !is_deferrable(referenced, index))
}

fn fits(index: &Index, columns: &[Name]) -> bool {
    let same_length = index.keys.len() == columns.len();
    index.unique && index.predicate.is_none() && same_length && index.key_columns().all(|key| key.is_some_and(|key| columns.contains(key)))
}

fn is_deferrable(table: &Table, index: &Index) -> bool {
    index.from_constraint && table.constraint(&index.name).is_some_and(|constraint| constraint.deferrable)
}

fn types_match(schema: &Schema, table: &QualifiedName, constraint: &Constraint, key: &ForeignKey) -> Result<(), Refusal> {
    for (column, referenced) in constraint.columns.iter().zip(&key.referenced_columns) {
        let (Some(from), Some(to)) = (schema.column(table, column), schema.column(&key.references, referenced)) else { continue };
        let (own, other) = (&from.data_type.value, &to.data_type.value);
        if !schema.uncertainty.conversions && !comparable(schema, own, other) {
            let name = &constraint.name;
            let message = format!(
                "foreign key constraint `{name}` cannot be implemented: key columns `{column}` and `{referenced}` are of incompatible types: {own} and {other}"
            );
            return refuse_at(ErrorKind::DatatypeMismatch, message, to.data_type.span, "the referenced column's type");
        }
    }
    Ok(())
}

/// Foreign keys that a column takes part in, on either side, still fit its type.
pub(super) fn check_types(schema: &Schema, table: &QualifiedName, column: &Name) -> Result<(), Refusal> {
    let own = schema
        .table(table)
        .into_iter()
        .flat_map(|found| found.foreign_keys_of(column).map(move |(constraint, key)| (found, constraint, key)));
    let others = schema.references_to(table).filter(|(_, _, key)| key.referenced_columns.contains(column));
    for (holder, constraint, key) in own.chain(others) {
        types_match(schema, &holder.name, constraint, key)?;
    }
    Ok(())
}

/// Whether a foreign key of one type can reference a key of another. Types this knows nothing of can.
fn comparable(schema: &Schema, from: &Type, to: &Type) -> bool {
    let (from, to) = (columns::base_type(schema, from), columns::base_type(schema, to));
    if from.array != to.array {
        return false;
    }
    match (family(schema, from), family(schema, to)) {
        (Some(own), Some(other)) if !from.array => {
            if own == Family::Enum && other == Family::Enum {
                from.name == to.name
            } else {
                own == other || widens(own, other)
            }
        }
        _ => true,
    }
}

/// Types with equality operators among themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Integer,
    Numeric,
    Float,
    Text,
    DateTime,
    Uuid,
    Boolean,
    Enum,
}

/// Whether values of the first cast to the second without being told to.
fn widens(from: Family, to: Family) -> bool {
    matches!((from, to), (Family::Integer, Family::Numeric | Family::Float) | (Family::Numeric, Family::Float))
}

fn family(schema: &Schema, data_type: &Type) -> Option<Family> {
    if schema.types.get(&data_type.name).is_some_and(|definition| matches!(definition.kind, TypeKind::Enum { .. })) {
        return Some(Family::Enum);
    }
    if data_type.name.schema().is_some() {
        return None;
    }
    match data_type.name.name.as_str() {
        "smallint" | "integer" | "bigint" => Some(Family::Integer),
        "numeric" => Some(Family::Numeric),
        "real" | "double precision" => Some(Family::Float),
        "text" | "character varying" | "character" => Some(Family::Text),
        "date" | "timestamp without time zone" | "timestamp with time zone" => Some(Family::DateTime),
        "uuid" => Some(Family::Uuid),
        "boolean" => Some(Family::Boolean),
        _ => None,
    }
}
