//! `CREATE TABLE` in all its forms.

use std::sync::Arc;

use super::outcome::{Outcome, done, existing, refuse, refuse_at, shown};
use super::store::{edit_table, put_table, remove_table};
use super::{ErrorKind, Like, Query, Refusal, children, columns, constraints, indexes, levels, queries, resolve, statistics};
use crate::schema::{
    Column, Constraint, ConstraintKind, Expression, Identity, Index, KeyPart, Name, Persistence, QualifiedName, Schema, Storage, Table,
};
use crate::source::{Span, Spanned};

/// `CREATE TABLE`.
pub(super) fn create(
    schema: &mut Schema,
    span: Span,
    written: &Table,
    if_not_exists: bool,
    like: &[Like],
    query: Option<&Query>,
) -> Outcome {
    let name = resolve::new_name(schema, &written.name, written.persistence == Persistence::Temporary)?;
    if let Some(there) = indexes::relation_span(schema, &name) {
        let differs = if_not_exists && query.is_none() && differs(schema, span, &name, written, like);
        return existing(if_not_exists, differs, ErrorKind::DuplicateTable, indexes::already(&name), Some(there));
    }
    if let Some(there) = schema.types.get(&name) {
        return refuse_at(ErrorKind::DuplicateObject, format!("type `{}` already exists", shown(&name)), there.span, "it was created here");
    }
    build(schema, span, &name, written, like, query)
}

/// Whether the existing table is another than the one described: PostgreSQL would make something else of the statement.
fn differs(schema: &Schema, span: Span, name: &QualifiedName, written: &Table, like: &[Like]) -> bool {
    let Some(there) = schema.table(name).filter(|there| !there.columns_uncertain) else { return !schema.is_uncertain(name) };
    let mut scratch = schema.clone();
    remove_table(&mut scratch, name);
    if build(&mut scratch, span, name, written, like, None).is_err() {
        return false;
    }
    scratch.table(name).is_some_and(|described| !same_definition(&scratch, there, described))
}

fn same_definition(schema: &Schema, there: &Table, described: &Table) -> bool {
    let same_columns = there.columns.len() == described.columns.len()
        && described
            .columns
            .iter()
            .all(|column| there.column(&column.name).is_some_and(|own| !columns::differs(schema, there, own, column)));
    same_columns && same_checks(there, described) && keys(there) == keys(described)
}

/// The constraints that are told by their columns.
fn keys(table: &Table) -> Vec<String> {
    let told = table.constraints.iter().filter(|constraint| !matches!(constraint.kind, ConstraintKind::Check { .. }));
    let mut keys: Vec<String> = told.map(|constraint| format!("{:?} {:?}", constraint.kind, constraint.columns)).collect();
    keys.sort();
    keys
}

/// Whether each check of the one table has its like in the other, and there are no more.
fn same_checks(one: &Table, other: &Table) -> bool {
    let mut left: Vec<&Expression> = other.checks().map(|(_, expression)| expression).collect();
    let found = one.checks().all(|(_, expression)| match left.iter().position(|like| like.says_the_same(expression)) {
        Some(index) => {
            left.swap_remove(index);
            true
        }
        None => false,
    });
    found && left.is_empty()
}

fn build(schema: &mut Schema, span: Span, name: &QualifiedName, written: &Table, like: &[Like], query: Option<&Query>) -> Outcome {
    let mut table = Table::new(name.clone(), written.span);
    table.persistence = written.persistence;
    table.foreign = written.foreign;
    table.partition_by = written.partition_by.clone();
    table.columns_uncertain = written.columns_uncertain;
    table.comment = written.comment.clone();
    table.options = written.options.clone();
    let sources = like_sources(schema, like)?;
    connect(schema, &mut table, written)?;
    if let Some(query) = query {
        query.level.iter().try_for_each(|level| levels::check(schema, level))?;
        queries::fill_table(schema, &mut table, query)?;
    }
    let mut own = written.columns.as_slice();
    for (source, like) in sources.iter().zip(like) {
        let taken = written.columns.len() - own.len();
        let (before, behind) = own.split_at(like.position.saturating_sub(taken).min(own.len()));
        own = behind;
        add_columns(schema, &mut table, before)?;
        match source {
            Some(source) => copy_columns(schema, &mut table, source, like)?,
            None => table.columns_uncertain = true,
        }
    }
    add_columns(schema, &mut table, own)?;
    check_partition_key(&table)?;
    let parents: Vec<QualifiedName> = table.inherits.clone();
    let partitioned_parent = table.partition_of.as_ref().map(|of| of.parent.clone());
    put_table(schema, table);
    for parent in &parents {
        children::inherit_checks(schema, parent, name);
    }
    add_constraints(schema, span, name, written, |kind| !matches!(kind, ConstraintKind::ForeignKey(_)))?;
    for (source, like) in sources.iter().zip(like) {
        if let Some(source) = source {
            copy_constraints(schema, span, name, source, like)?;
        }
    }
    if let Some(parent) = partitioned_parent {
        children::inherit_from_partitioned(schema, &parent, name);
    }
    add_constraints(schema, span, name, written, |kind| matches!(kind, ConstraintKind::ForeignKey(_)))?;
    edit_table(schema, name, |table| table.changed = None);
    done()
}

/// Finds the parents and takes over their columns.
fn connect(schema: &Schema, table: &mut Table, written: &Table) -> Result<(), Refusal> {
    for parent in &written.inherits {
        let name = parent_name(schema, table, parent)?;
        table.inherits.push(name);
    }
    if let Some(of) = &written.partition_of {
        let parent = parent_name(schema, table, &of.parent)?;
        if schema.table(&parent).is_some_and(|parent| parent.partition_by.is_none()) {
            return refuse(ErrorKind::WrongObjectType, format!("`{}` is not partitioned", shown(&parent)));
        }
        table.partition_of = Some(crate::schema::Partition { parent, bound: of.bound.clone() });
    }
    Ok(())
}

fn parent_name(schema: &Schema, table: &mut Table, written: &QualifiedName) -> Result<QualifiedName, Refusal> {
    let Some(name) = resolve::required_relation(schema, written)? else {
        table.columns_uncertain = true;
        return Ok(written.clone());
    };
    let Some(parent) = schema.table(&name) else {
        return refuse(ErrorKind::WrongObjectType, format!("inherited relation `{}` is not a table", shown(&name)));
    };
    table.columns_uncertain |= parent.columns_uncertain;
    for column in &parent.columns {
        let mut inherited = Column { inherited: true, ..column.as_ref().clone() };
        inherited.identity = None;
        columns::merge_inherited(table, &inherited);
    }
    Ok(name)
}

/// The table's own columns; one that a parent has, too, becomes one column with it.
fn add_columns(schema: &mut Schema, table: &mut Table, columns: &[Arc<Column>]) -> Result<(), Refusal> {
    for column in columns {
        let there = table.columns.iter().position(|there| there.name == column.name);
        match there.and_then(|position| table.columns.get_mut(position)) {
            Some(there) if there.inherited => merge_into(Arc::make_mut(there), column),
            Some(there) => {
                let message = format!("column `{}` specified more than once", column.name);
                return refuse_at(ErrorKind::DuplicateColumn, message, there.span, "the first of that name");
            }
            None if column.data_type.value.name.name.is_unnamed() => {
                // Options for a column of a type or parent that the history does not show.
                table.columns_uncertain = true;
            }
            None => {
                let column = columns::prepare(schema, &table.name, column)?;
                table.columns.push(Arc::new(column));
            }
        }
    }
    Ok(())
}

fn merge_into(there: &mut Column, written: &Column) {
    there.inherited = false;
    there.span = written.span;
    if !written.nullable.value {
        there.nullable = written.nullable;
    }
    if written.default.is_some() {
        there.default = written.default.clone();
    }
}

fn check_partition_key(table: &Table) -> Result<(), Refusal> {
    let keys = table.partition_by.iter().flat_map(|by| &by.keys);
    for key in keys {
        let KeyPart::Column(column) = key else { continue };
        if table.column(column).is_none() && !table.columns_uncertain {
            return refuse(ErrorKind::UndefinedColumn, format!("column `{column}` named in partition key does not exist"));
        }
    }
    Ok(())
}

/// Adds the written constraints of some kinds; the k-th that makes an index has the k-th index.
fn add_constraints(
    schema: &mut Schema,
    span: Span,
    name: &QualifiedName,
    written: &Table,
    wanted: impl Fn(&ConstraintKind) -> bool,
) -> Result<(), Refusal> {
    let mut indexes = written.indexes.iter();
    for constraint in &written.constraints {
        let makes_index = matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::Exclude { .. });
        let index = if makes_index { indexes.next() } else { None };
        if wanted(&constraint.kind) {
            constraints::add(schema, span, name, constraint, index.map(Arc::as_ref), None)?;
        }
    }
    Ok(())
}

fn like_sources(schema: &Schema, like: &[Like]) -> Result<Vec<Option<Arc<Table>>>, Refusal> {
    like.iter()
        .map(|like| Ok(resolve::required_relation(schema, &like.source)?.and_then(|name| schema.tables.get(&name).cloned())))
        .collect()
}

/// What `LIKE` copies of how a column is kept.
fn like_storage(storage: &Storage, like: &Like) -> Option<Box<Storage>> {
    let strategy = storage.strategy.clone().filter(|_| like.storage);
    let compression = storage.compression.clone().filter(|_| like.compression);
    Storage::written(strategy, compression)
}

/// `LIKE`: names, types and NOT NULL always, the rest where it is included.
fn copy_columns(schema: &mut Schema, table: &mut Table, source: &Table, like: &Like) -> Result<(), Refusal> {
    table.columns_uncertain |= source.columns_uncertain;
    for column in &source.columns {
        let mut copy = Column::new(column.name.clone(), column.data_type.value.clone(), table.span);
        copy.nullable = Spanned::new(column.nullable.value, table.span);
        copy.collation = column.collation.clone();
        if like.defaults {
            copy.default = column.default.clone();
            copy.null_default = column.null_default.clone();
        }
        if like.generated {
            copy.generated = column.generated.clone();
        }
        if like.identity {
            copy.identity = column.identity.map(|identity: Spanned<Identity>| Spanned::new(identity.value, table.span));
        }
        copy.storage = column.storage.as_deref().and_then(|storage| like_storage(storage, like));
        if like.comments {
            copy.comment = column.comment.clone();
        }
        if table.column(&copy.name).is_some() {
            return refuse(ErrorKind::DuplicateColumn, format!("column `{}` specified more than once", copy.name));
        }
        let copy = columns::prepare(schema, &table.name, &copy)?;
        table.columns.push(Arc::new(copy));
    }
    Ok(())
}

/// `LIKE … INCLUDING CONSTRAINTS` copies checks under their names, `INCLUDING INDEXES` keys and indexes under new ones.
fn copy_constraints(schema: &mut Schema, span: Span, name: &QualifiedName, source: &Table, like: &Like) -> Result<(), Refusal> {
    let at = schema.table(name).map_or(span, |table| table.span);
    let copied = |constraint: &Constraint, name: Name| {
        let comment = constraint.comment.clone().filter(|_| like.comments);
        Constraint { name, span: at, inherited: false, comment, validated: Spanned::new(true, at), ..constraint.clone() }
    };
    for (check, _) in source.checks().filter(|_| like.constraints) {
        constraints::add(schema, span, name, &copied(check, check.name.clone()), None, None)?;
    }
    let mut copied_indexes: Vec<&Arc<Index>> = source.indexes.iter().filter(|_| like.indexes).collect();
    copied_indexes.sort_by_key(|index| !index.primary);
    for index in copied_indexes {
        let comment = index.comment.clone().filter(|_| like.comments);
        let copy = Index { name: Name::unnamed(), span: at, inherited: false, comment, ..index.as_ref().clone() };
        match source.constraint(&index.name).filter(|_| index.from_constraint) {
            Some(constraint) => constraints::add(schema, span, name, &copied(constraint, Name::unnamed()), Some(&copy), None)?,
            None => indexes::create(schema, span, name, &copy, false, false)?,
        };
    }
    if like.statistics {
        statistics::copy(schema, source, name, like.comments);
    }
    Ok(())
}
