//! Constraints: adding, dropping and altering them.

use std::sync::Arc;

use super::outcome::{Outcome, done, refusal_because, refuse, refuse_at, shown};
use super::store::edit_table;
use super::{ErrorKind, Refusal, dependents, foreign_keys, indexes, naming, resolve};
use crate::schema::{Constraint, ConstraintKind, Expression, Index, IndexKey, Name, QualifiedName, Schema, Table, TypeKind};
use crate::source::{Span, Spanned};

/// `ADD constraint`, with the index it makes and the copies that partitions and children get.
pub(super) fn add(
    schema: &mut Schema,
    span: Span,
    table: &QualifiedName,
    constraint: &Constraint,
    index: Option<&Index>,
    using_index: Option<&Name>,
) -> Outcome {
    check_columns(schema, table, constraint)?;
    let mut constraint = constraint.clone();
    match &constraint.kind {
        ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::Exclude { .. } => {
            return add_key(schema, span, table, constraint, index, using_index);
        }
        ConstraintKind::Check { expression, no_inherit } => {
            let expression = dependents::resolved(schema, expression);
            constraint.columns = distinct_columns(schema, table, &expression);
            constraint.kind = ConstraintKind::Check { expression, no_inherit: *no_inherit };
        }
        ConstraintKind::ForeignKey(key) => {
            constraint.name = named(schema, table, &constraint)?;
            constraint.kind = ConstraintKind::ForeignKey(foreign_keys::resolved(schema, table, &constraint, &key.clone())?);
        }
    }
    constraint.name = named(schema, table, &constraint)?;
    push(schema, table, constraint.clone());
    super::children::pass_on_constraint(schema, span, table, &constraint);
    done()
}

fn push(schema: &mut Schema, table: &QualifiedName, constraint: Constraint) {
    edit_table(schema, table, |table| table.constraints.push(Arc::new(constraint)));
}

/// A primary key, unique or exclusion constraint and its index.
fn add_key(
    schema: &mut Schema,
    span: Span,
    table: &QualifiedName,
    mut constraint: Constraint,
    index: Option<&Index>,
    using_index: Option<&Name>,
) -> Outcome {
    if matches!(constraint.kind, ConstraintKind::PrimaryKey) {
        refuse_second_primary_key(schema, table)?;
    }
    if let Some(index) = using_index {
        return adopt_index(schema, table, constraint, index);
    }
    if !constraint.name.is_unnamed() {
        refuse_taken(schema, table, &constraint.name)?;
    }
    let mut index = index.cloned().unwrap_or_else(|| index_of(&constraint));
    index.name = constraint.name.clone();
    let excludes = matches!(constraint.kind, ConstraintKind::Exclude { .. });
    let index = indexes::named(schema, table, index, excludes)?;
    constraint.name = index.name.clone();
    forbid_nulls(schema, table, &constraint);
    edit_table(schema, table, |table| {
        table.indexes.push(Arc::new(index.clone()));
        table.constraints.push(Arc::new(constraint.clone()));
    });
    super::children::pass_on_key(schema, span, table, Some(&constraint), &index);
    done()
}

fn refuse_second_primary_key(schema: &Schema, table: &QualifiedName) -> Result<(), Refusal> {
    match schema.table(table).and_then(Table::primary_key) {
        Some(first) => {
            let message = format!("multiple primary keys for table `{}` are not allowed", shown(table));
            refuse_at(ErrorKind::InvalidDefinition, message, first.span, "the primary key it has")
        }
        None => Ok(()),
    }
}

/// The index a key constraint makes where the change does not say.
pub(super) fn index_of(constraint: &Constraint) -> Index {
    let primary = matches!(constraint.kind, ConstraintKind::PrimaryKey);
    let keys = constraint.columns.iter().cloned().map(IndexKey::plain).collect();
    let unique = primary || matches!(constraint.kind, ConstraintKind::Unique);
    Index { unique, primary, from_constraint: true, ..Index::plain(constraint.name.clone(), "btree", keys, constraint.span) }
}

/// `USING INDEX`: the index takes the constraint's name, or gives it its own.
fn adopt_index(schema: &mut Schema, table: &QualifiedName, mut constraint: Constraint, name: &Name) -> Outcome {
    let Some(index) = schema.table(table).and_then(|table| table.index(name)).cloned() else {
        return refuse(ErrorKind::UndefinedObject, format!("index `{name}` does not exist"));
    };
    if index.from_constraint {
        let message = format!("index `{name}` is already associated with a constraint");
        return refuse_at(ErrorKind::InvalidDefinition, message, index.span, "the index");
    }
    let problem = match &index {
        Index { unique: false, .. } => Some("is not a unique index"),
        Index { predicate: Some(_), .. } => Some("is a partial index"),
        index if index.key_columns().any(|column| column.is_none()) => Some("contains expressions"),
        _ => None,
    };
    if let Some(problem) = problem {
        return refuse_at(ErrorKind::WrongObjectType, format!("`{name}` {problem}"), index.span, "the index");
    }
    if constraint.name.is_unnamed() {
        constraint.name = name.clone();
    } else if constraint.name != *name {
        refuse_taken(schema, table, &constraint.name)?;
    }
    constraint.columns = index.key_columns().flatten().cloned().collect();
    forbid_nulls(schema, table, &constraint);
    let primary = matches!(constraint.kind, ConstraintKind::PrimaryKey);
    edit_table(schema, table, |table| {
        if let Some(index) = table.indexes.iter_mut().find(|index| index.name == *name) {
            let index = Arc::make_mut(index);
            (index.name, index.from_constraint, index.primary) = (constraint.name.clone(), true, primary);
        }
        table.constraints.push(Arc::new(constraint));
    });
    done()
}

/// A primary key makes its columns NOT NULL.
pub(super) fn forbid_nulls(schema: &mut Schema, table: &QualifiedName, constraint: &Constraint) {
    if !matches!(constraint.kind, ConstraintKind::PrimaryKey) {
        return;
    }
    edit_table(schema, table, |table| {
        for column in table.columns.iter_mut().filter(|column| column.nullable.value && constraint.columns.contains(&column.name)) {
            Arc::make_mut(column).nullable = Spanned::new(false, constraint.span);
        }
    });
}

/// The columns of the constraint exist; those of a CHECK, too.
fn check_columns(schema: &Schema, table: &QualifiedName, constraint: &Constraint) -> Result<(), Refusal> {
    if let ConstraintKind::Check { expression, .. } = &constraint.kind {
        return check_expression(schema, table, expression);
    }
    for column in &constraint.columns {
        if resolve::required_column(schema, table, column).is_err() {
            let message = match constraint.kind {
                ConstraintKind::ForeignKey(_) => format!("column `{column}` referenced in foreign key constraint does not exist"),
                _ => format!("column `{column}` named in key does not exist"),
            };
            return Err(refusal_because(ErrorKind::UndefinedColumn, message, schema.table(table).map(|table| table.span), "the table"));
        }
    }
    Ok(())
}

/// Every column an expression names exists.
pub(super) fn check_expression(schema: &Schema, table: &QualifiedName, expression: &Expression) -> Result<(), Refusal> {
    for column in expression.tree.columns() {
        let whole_row = *column == table.name;
        if !whole_row && resolve::required_column(schema, table, column).is_err() && !reads_row(schema, table, expression) {
            let message = format!("column `{column}` does not exist");
            return Err(refusal_because(ErrorKind::UndefinedColumn, message, schema.table(table).map(|table| table.span), "the table"));
        }
    }
    Ok(())
}

/// Whether the expression may reach into composite columns, whose attributes look like columns.
fn reads_row(schema: &Schema, table: &QualifiedName, _expression: &Expression) -> bool {
    let is_composite = |name: &QualifiedName| {
        schema.types.get(name).is_some_and(|definition| matches!(definition.kind, TypeKind::Composite { .. }))
            || schema.tables.contains_key(name)
    };
    schema.table(table).is_some_and(|table| table.columns.iter().any(|column| is_composite(&column.data_type.value.name)))
}

/// The columns a CHECK mentions, each once.
fn distinct_columns(schema: &Schema, table: &QualifiedName, expression: &Expression) -> Vec<Name> {
    let mut columns: Vec<Name> = Vec::new();
    for column in expression.tree.columns() {
        if !columns.contains(column) && schema.column(table, column).is_some() {
            columns.push(column.clone());
        }
    }
    columns
}

/// The name of a CHECK or foreign key: as written and free, or PostgreSQL's.
fn named(schema: &Schema, table: &QualifiedName, constraint: &Constraint) -> Result<Name, Refusal> {
    if !constraint.name.is_unnamed() {
        refuse_same_name(schema, table, &constraint.name)?;
        return Ok(constraint.name.clone());
    }
    Ok(implicit_name(schema, table, constraint))
}

/// The name PostgreSQL gives to a CHECK or foreign key.
pub(super) fn implicit_name(schema: &Schema, table: &QualifiedName, constraint: &Constraint) -> Name {
    let columns = || constraint.columns.iter().map(Name::as_str);
    let (second, label) = match (&constraint.kind, constraint.columns.as_slice()) {
        (ConstraintKind::ForeignKey(_), _) => (Some(naming::joined(columns())), "fkey"),
        (_, [only]) => (Some(only.to_string()), "check"),
        _ => (None, "check"),
    };
    naming::constraint_name(schema, &table.schema, &table.name, second.as_deref(), label)
}

/// A constraint's name is unique within its table.
pub(super) fn refuse_same_name(schema: &Schema, table: &QualifiedName, name: &Name) -> Result<(), Refusal> {
    match schema.table(table).and_then(|table| table.constraint(name)) {
        Some(there) => {
            let message = format!("constraint `{name}` for relation `{}` already exists", shown(table));
            refuse_at(ErrorKind::DuplicateObject, message, there.span, "the constraint of that name")
        }
        None => Ok(()),
    }
}

/// A key's name is unique among the constraints of its table and the relations of its schema.
fn refuse_taken(schema: &Schema, table: &QualifiedName, name: &Name) -> Result<(), Refusal> {
    indexes::refuse_taken(schema, &QualifiedName::new(table.schema.clone(), name.clone()))?;
    refuse_same_name(schema, table, name)
}

/// The constraint, or an error that it does not exist.
pub(super) fn required(schema: &Schema, table: &QualifiedName, name: &Name) -> Result<Arc<Constraint>, Refusal> {
    let found = schema.tables.get(table).and_then(|table| table.constraints.iter().find(|constraint| constraint.name == *name));
    found.cloned().ok_or_else(|| super::outcome::refusal(ErrorKind::UndefinedObject, absent(table, name)))
}

/// ``constraint `c` of relation `t` does not exist``
pub(super) fn absent(table: &QualifiedName, name: &Name) -> String {
    format!("constraint `{name}` of relation `{}` does not exist", shown(table))
}

/// Changes a constraint of a table and those that partitions and children have from it.
pub(super) fn edit(schema: &mut Schema, table: &QualifiedName, name: &Name, change: impl Fn(&mut Constraint)) {
    let children = schema.descendants(table);
    for (position, holder) in std::iter::once(table).chain(&children).enumerate() {
        edit_table(schema, holder, |table| {
            let found = table.constraints.iter_mut().find(|constraint| constraint.name == *name && (position == 0 || constraint.inherited));
            if let Some(constraint) = found {
                change(Arc::make_mut(constraint));
            }
        });
    }
}

/// `VALIDATE CONSTRAINT`.
pub(super) fn validate(schema: &mut Schema, span: Span, table: &QualifiedName, name: &Name) -> Outcome {
    let constraint = required(schema, table, name)?;
    if !matches!(constraint.kind, ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. }) {
        let message = format!("constraint `{name}` of relation `{}` is not a foreign key or check constraint", shown(table));
        return refuse(ErrorKind::WrongObjectType, message);
    }
    edit(schema, table, name, |constraint| {
        if !constraint.validated.value {
            constraint.validated = Spanned::new(true, span);
        }
    });
    done()
}

/// `ALTER CONSTRAINT`.
pub(super) fn alter(schema: &mut Schema, table: &QualifiedName, name: &Name, deferrable: bool, initially_deferred: bool) -> Outcome {
    let constraint = required(schema, table, name)?;
    if !matches!(constraint.kind, ConstraintKind::ForeignKey(_)) {
        let message = format!("constraint `{name}` of relation `{}` is not a foreign key constraint", shown(table));
        return refuse(ErrorKind::WrongObjectType, message);
    }
    edit(schema, table, name, |constraint| {
        (constraint.deferrable, constraint.initially_deferred) = (deferrable, initially_deferred);
    });
    done()
}
