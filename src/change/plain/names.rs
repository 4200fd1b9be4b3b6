//! Names, in whatever case they are written, and the names of what is left unnamed.

use super::super::outcome::no_relation;
use super::super::{Refusal, naming, resolve};
use crate::schema::{Constraint, ConstraintKind, Dialect, Index, Name, QualifiedName, Schema, TEMPORARY, Table};

/// The relation of this name, a temporary one first.
pub(super) fn relation(schema: &Schema, written: &QualifiedName) -> Option<QualifiedName> {
    let namespace = written.schema().cloned().unwrap_or_else(|| schema.creation_namespace());
    let spaces = [Name::from(TEMPORARY), namespace];
    let is_there = |name: &QualifiedName| schema.tables.contains_key(name) || schema.views.contains_key(name);
    let exact = spaces.iter().map(|space| QualifiedName::new(space.clone(), written.name.clone())).find(is_there);
    exact.or_else(|| {
        let names = schema.tables.keys().chain(schema.views.keys());
        let mut alike = names.filter(|name| name.name.eq_ignore_ascii_case(&written.name));
        alike.find(|name| spaces.iter().any(|space| space.eq_ignore_ascii_case(&name.schema))).cloned()
    })
}

/// The full name of an object that is about to be made.
pub(super) fn made(schema: &Schema, written: &QualifiedName, temporary: bool) -> QualifiedName {
    let namespace = if temporary { TEMPORARY.into() } else { written.schema().cloned().unwrap_or_else(|| schema.creation_namespace()) };
    QualifiedName::new(namespace, written.name.clone())
}

/// The table of this name: `None` where it may exist, outside of what the history shows.
pub(super) fn required_table(schema: &Schema, written: &QualifiedName) -> Result<Option<QualifiedName>, Refusal> {
    match relation(schema, written) {
        Some(name) if schema.tables.contains_key(&name) => Ok(Some(name)),
        Some(_) => Ok(None),
        None if may_exist_unseen(schema, written) => Ok(None),
        None => Err(no_relation(written)),
    }
}

/// Whether a relation of this name may exist although the history does not show it.
pub(super) fn may_exist_unseen(schema: &Schema, written: &QualifiedName) -> bool {
    let is_the_catalog_s = written.name.starts_with("sqlite_") || written.name.starts_with('#') || written.name.starts_with('@');
    let is_doubted = || schema.uncertainty.relations.iter().any(|name| name.name.eq_ignore_ascii_case(&written.name));
    is_the_catalog_s || resolve::may_exist_unseen(schema, written) || is_doubted()
}

/// The column of this name, as it is spelled in the table.
pub(super) fn column(table: &Table, written: &Name) -> Option<Name> {
    let columns = || table.columns.iter().map(|column| &column.name);
    columns().find(|name| *name == written).or_else(|| columns().find(|name| name.eq_ignore_ascii_case(written))).cloned()
}

/// The index of this name, as it is spelled in the table.
pub(super) fn index(table: &Table, written: &Name) -> Option<Name> {
    table.indexes.iter().map(|index| &index.name).find(|name| name.eq_ignore_ascii_case(written)).cloned()
}

/// The constraint of this name, as it is spelled in the table.
pub(super) fn constraint(table: &Table, written: &Name) -> Option<Name> {
    table.constraints.iter().map(|constraint| &constraint.name).find(|name| name.eq_ignore_ascii_case(written)).cloned()
}

/// The name of a constraint: as written, or as the database would name it.
pub(super) fn of_constraint(dialect: Dialect, table: &Table, written: &Constraint) -> Name {
    let primary = matches!(written.kind, ConstraintKind::PrimaryKey);
    match dialect {
        Dialect::MySql if primary => "PRIMARY".into(),
        // Names of constraints mean nothing to SQLite, which does not mind two of one name.
        Dialect::Sqlite if !written.name.is_unnamed() => free(table, written.name.as_str(), "_"),
        _ if !written.name.is_unnamed() => written.name.clone(),
        Dialect::MySql => of_mysql(table, written),
        Dialect::Sqlite if primary || matches!(written.kind, ConstraintKind::Unique) => {
            let number = table.indexes.iter().filter(|index| index.from_constraint).count() + 1;
            format!("sqlite_autoindex_{}_{number}", table.name.name).into()
        }
        _ => {
            let label = match written.kind {
                ConstraintKind::PrimaryKey => "pk",
                ConstraintKind::ForeignKey(_) => "fk",
                ConstraintKind::Check { .. } => "check",
                ConstraintKind::Unique | ConstraintKind::Exclude { .. } => "unique",
            };
            let columns = naming::joined(written.columns.iter().map(Name::as_str));
            free(table, &naming::object_name(&table.name.name, Some(&columns), label), "_")
        }
    }
}

fn of_mysql(table: &Table, written: &Constraint) -> Name {
    let numbered = |label: &str| {
        let prefix = format!("{}_{label}_", table.name.name);
        let numbers = table.constraints.iter().filter_map(|constraint| constraint.name.strip_prefix(prefix.as_str())?.parse::<u32>().ok());
        Name::from(format!("{prefix}{}", numbers.max().unwrap_or(0).saturating_add(1)))
    };
    match written.kind {
        ConstraintKind::ForeignKey(_) => numbered("ibfk"),
        ConstraintKind::Check { .. } => numbered("chk"),
        _ => after_column(table, written.columns.first()),
    }
}

/// MySQL names an index after its first column.
pub(super) fn of_index(table: &Table, index: &Index) -> Name {
    after_column(table, index.key_columns().next().flatten())
}

fn after_column(table: &Table, column: Option<&Name>) -> Name {
    let base = column.map_or("functional_index", Name::as_str);
    free(table, base, "_")
}

/// The name, or the first of `name_2`, `name_3` … that no index or constraint of the table has.
fn free(table: &Table, base: &str, separator: &str) -> Name {
    let taken = |name: &str| {
        let name = Name::from(name);
        index(table, &name).is_some() || constraint(table, &name).is_some()
    };
    if !taken(base) {
        return base.into();
    }
    let numbered = (2_u32..).map(|number| format!("{base}{separator}{number}"));
    numbered.into_iter().find(|name| !taken(name)).unwrap_or_default().into()
}
