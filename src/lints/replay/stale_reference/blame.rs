//! The statement that took a relation or column away.

use super::gone::Gone;
use super::shown;
use crate::change::{Change, ChangeKind, ObjectReference};
use crate::history::History;
use crate::schema::{Name, QualifiedName};
use crate::source::Span;

/// What took it away.
pub struct Blame {
    /// The name in the statement.
    pub span: Span,
    /// What it does: "renaming `a` to `b`".
    pub action: String,
    /// The name to use from now on.
    pub successor: Option<String>,
}

/// The change that took it away, if a statement behind the function names it.
pub fn find(history: &History, gone: &Gone) -> Option<Blame> {
    let migration = history.migrations.get(gone.migration)?;
    let changes: Vec<&Change> = migration.up.iter().flat_map(|statement| statement.changes()).collect();
    let behind = |change: &&&Change| change.span.file != gone.function.file || change.span.start > gone.function.start;
    let of_column = || changes.iter().rev().filter(behind).find_map(|change| column_change(change, gone));
    let of_relation = || changes.iter().rev().filter(behind).find_map(|change| relation_change(change, gone));
    of_column().or_else(of_relation)
}

fn column_change(change: &Change, gone: &Gone) -> Option<Blame> {
    let wanted = gone.column.as_ref()?;
    match &change.kind {
        ChangeKind::DropColumn { table, column, .. } if column == wanted && is_same(table, &gone.relation) => {
            Some(blame(change, format!("dropping {}", gone.describe()), None))
        }
        ChangeKind::RenameColumn { table, column, to, .. } if column == wanted && is_same(table, &gone.relation) => {
            Some(blame(change, format!("renaming {} to `{to}`", gone.describe()), Some(to.to_string())))
        }
        _ => None,
    }
}

fn relation_change(change: &Change, gone: &Gone) -> Option<Blame> {
    let relation = format!("`{}`", shown(&gone.relation));
    match &change.kind {
        ChangeKind::Drop { object, .. } if names(object, &gone.relation) => Some(blame(change, format!("dropping {relation}"), None)),
        ChangeKind::Rename { object, to, .. } if names(object, &gone.relation) => {
            let successor = successor(object, to, &gone.relation);
            Some(blame(change, format!("renaming {relation} to `{successor}`"), Some(successor)))
        }
        ChangeKind::SetSchema { object, schema, .. } if names(object, &gone.relation) => {
            let successor = format!("{schema}.{}", gone.relation.name);
            Some(blame(change, format!("moving {relation} to the schema `{schema}`"), Some(successor)))
        }
        _ => None,
    }
}

fn blame(change: &Change, action: String, successor: Option<String>) -> Blame {
    Blame { span: change.span, action, successor }
}

fn successor(object: &ObjectReference, to: &Name, relation: &QualifiedName) -> String {
    match object {
        ObjectReference::Namespace(_) => format!("{to}.{}", relation.name),
        _ => shown(&QualifiedName::new(relation.schema.clone(), to.clone())),
    }
}

fn names(object: &ObjectReference, relation: &QualifiedName) -> bool {
    use ObjectReference as R;
    match object {
        R::Table(name) | R::ForeignTable(name) | R::View(name) | R::MaterializedView(name) => is_same(name, relation),
        R::Namespace(name) => *name == relation.schema,
        _ => false,
    }
}

/// Whether a written name may mean the relation.
fn is_same(written: &QualifiedName, relation: &QualifiedName) -> bool {
    written.name == relation.name && written.schema().is_none_or(|schema| *schema == relation.schema)
}
