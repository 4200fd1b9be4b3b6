//! `RENAME COLUMN`, carried through everything that names the column.

use std::sync::Arc;

use super::outcome::{Outcome, done, refuse, refuse_at, shown};
use super::store::edit_table;
use super::{ErrorKind, indexes, resolve, rewrite, statistics};
use crate::schema::{Canonical, ConstraintKind, KeyPart, Name, QualifiedName, RelationKind, Schema, Table, TypeKind, View};
use crate::source::Span;

/// `RENAME COLUMN` of tables, views and composite types.
pub(super) fn rename_column(
    schema: &mut Schema,
    span: Span,
    written: &QualifiedName,
    column: &Name,
    to: &Name,
    if_table_exists: bool,
) -> Outcome {
    let found = resolve::relation(schema, written);
    match found.as_ref().and_then(|name| schema.relation(name)).zip(found) {
        Some((RelationKind::View, name)) => rename_view_column(schema, &name, column, to),
        Some((RelationKind::CompositeType, name)) => rename_attribute(schema, span, &name, column, to),
        _ => {
            resolve::on_table(schema, written, span, if_table_exists, |schema, table| rename_table_column(schema, span, table, column, to))
        }
    }
}

fn rename_view_column(schema: &mut Schema, name: &QualifiedName, column: &Name, to: &Name) -> Outcome {
    let known = schema.views.get(name).is_some_and(|view| view.columns_known && !view.columns.contains(column));
    if known {
        return refuse(ErrorKind::UndefinedColumn, format!("column `{column}` does not exist"));
    }
    indexes::edit_view(schema, name, |view| {
        view.columns.iter_mut().filter(|existing| *existing == column).for_each(|existing| *existing = to.clone());
    });
    indexes::edit_view(schema, name, |view| {
        view.column_comments.iter_mut().filter(|(commented, _)| commented == column).for_each(|(commented, _)| *commented = to.clone());
    });
    rename_view_references(schema, name, column, to);
    statistics::rename_column(schema, name, column, to);
    done()
}

fn rename_attribute(schema: &mut Schema, span: Span, name: &QualifiedName, attribute: &Name, to: &Name) -> Outcome {
    let Some(definition) = schema.types.get_mut(name) else { return done() };
    let definition = Arc::make_mut(definition);
    let TypeKind::Composite { attributes } = &mut definition.kind else { return done() };
    let Some(found) = attributes.iter_mut().find(|existing| existing.name == *attribute) else {
        return refuse(ErrorKind::UndefinedColumn, format!("column `{attribute}` does not exist"));
    };
    found.name = to.clone();
    definition.changed.push_back(span);
    done()
}

fn rename_table_column(schema: &mut Schema, span: Span, table: &QualifiedName, column: &Name, to: &Name) -> Outcome {
    if resolve::required_column(schema, table, column).is_err() {
        let message = format!("column `{column}` does not exist");
        return refuse(ErrorKind::UndefinedColumn, message);
    }
    if let Some(found) = schema.column(table, column).filter(|column| column.inherited) {
        return refuse_at(ErrorKind::InvalidDefinition, format!("cannot rename inherited column `{column}`"), found.span, "the column");
    }
    if let Some(there) = schema.column(table, to) {
        let message = format!("column `{to}` of relation `{}` already exists", shown(table));
        return refuse_at(ErrorKind::DuplicateColumn, message, there.span, "it was created here");
    }
    let children = schema.descendants(table);
    for name in std::iter::once(table).chain(&children) {
        edit_table(schema, name, |table| {
            rename_column_in(table, column, to);
            resolve::note(table, span);
        });
        rename_references(schema, name, column, to);
        rename_view_references(schema, name, column, to);
        rename_owners(schema, name, column, to);
        statistics::rename_column(schema, name, column, to);
    }
    done()
}

fn rename_column_in(table: &mut Table, from: &Name, to: &Name) {
    let replace = |names: &mut Vec<Name>| names.iter_mut().filter(|name| *name == from).for_each(|name| *name = to.clone());
    table.columns.iter_mut().filter(|column| column.name == *from).for_each(|column| Arc::make_mut(column).name = to.clone());
    for constraint in table.constraints.iter_mut().filter(|constraint| constraint.columns.contains(from)) {
        let constraint = Arc::make_mut(constraint);
        replace(&mut constraint.columns);
        if let ConstraintKind::ForeignKey(key) = &mut constraint.kind {
            replace(&mut key.delete_set_columns);
        }
    }
    for index in &mut table.indexes {
        let index = Arc::make_mut(index);
        replace(&mut index.include);
        rename_keys(index.keys.iter_mut().map(|key| &mut key.part), from, to);
    }
    if let Some(by) = &mut table.partition_by {
        rename_keys(by.keys.iter_mut(), from, to);
    }
    table.triggers.iter_mut().for_each(|trigger| replace(&mut Arc::make_mut(trigger).columns));
    rewrite::rename_column_in_table(table, from, to);
}

fn rename_keys<'a>(parts: impl Iterator<Item = &'a mut KeyPart>, from: &Name, to: &Name) {
    for part in parts {
        match part {
            KeyPart::Column(column) if column == from => *column = to.clone(),
            _ => {}
        }
    }
}

/// Foreign keys of any table that reference the column.
fn rename_references(schema: &mut Schema, table: &QualifiedName, from: &Name, to: &Name) {
    let holders: Vec<QualifiedName> = schema.references_to(table).map(|(holder, _, _)| holder.name.clone()).collect();
    for holder in holders {
        edit_table(schema, &holder, |holder| {
            for constraint in &mut holder.constraints {
                if let ConstraintKind::ForeignKey(key) = &mut Arc::make_mut(constraint).kind
                    && key.references == *table
                {
                    key.referenced_columns.iter_mut().filter(|name| *name == from).for_each(|name| *name = to.clone());
                }
            }
        });
    }
}

fn rename_view_references(schema: &mut Schema, relation: &QualifiedName, from: &Name, to: &Name) {
    let readers: Vec<QualifiedName> =
        schema.views.values().filter(|view| view.relations.contains(relation)).map(|view| view.name.clone()).collect();
    for name in readers {
        let others = others_with_column(schema, &name, relation, from);
        indexes::edit_view(schema, &name, |view| {
            view.query = rename_in_query(view, relation, from, to, others);
            let references = view.column_references.iter_mut().filter(|(holder, name)| holder == relation && name == from);
            references.for_each(|(_, name)| *name = to.clone());
        });
    }
}

/// Whether a view reads another relation that has a column of the name, or may have.
fn others_with_column(schema: &Schema, view: &QualifiedName, relation: &QualifiedName, column: &Name) -> bool {
    let has = |name: &QualifiedName| match (schema.table(name), schema.views.get(name)) {
        (Some(table), _) => table.columns_uncertain || table.column(column).is_some(),
        (_, Some(view)) => !view.columns_known || view.columns.contains(column),
        _ => true,
    };
    schema.views.get(view).is_some_and(|view| view.relations.iter().any(|other| other != relation && has(other)))
}

/// The view's query with the column under its new name. Where another relation has a column of the old name, only what
/// is written with the relation's own name or alias can be told to be this one's.
fn rename_in_query(view: &View, relation: &QualifiedName, from: &Name, to: &Name, others: bool) -> Canonical {
    let named = view.column_references.iter().any(|(holder, name)| holder == relation && name == from);
    if !named {
        return view.query.clone();
    }
    let qualifiers = view.aliases.iter().filter(|(_, name)| name == relation).map(|(alias, _)| alias.clone()).collect::<Vec<_>>();
    let (from, to) = (from.clone(), to.to_sql());
    view.query.edited(move |text| {
        let place = if others { rewrite::Place::ColumnOf(&qualifiers) } else { rewrite::Place::Column };
        rewrite::replace_identifier(text, &from, &to, place)
    })
}

fn rename_owners(schema: &mut Schema, table: &QualifiedName, from: &Name, to: &Name) {
    let owner = (table.clone(), from.clone());
    let owned: Vec<QualifiedName> = schema
        .sequences
        .values()
        .filter(|sequence| sequence.owned_by.as_ref() == Some(&owner))
        .map(|sequence| sequence.name.clone())
        .collect();
    for name in owned {
        if let Some(sequence) = schema.sequences.get_mut(&name) {
            Arc::make_mut(sequence).owned_by = Some((table.clone(), to.clone()));
        }
    }
}
