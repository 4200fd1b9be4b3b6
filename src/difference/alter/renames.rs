//! Objects that go by another name: they are renamed, as dropping and making them anew would cost their contents.

use crate::change::{Change, ChangeKind, ObjectReference};
use crate::difference::{Difference, DifferenceKind, Object, between};
use crate::schema::{Name, QualifiedName, Schema};
use crate::source::Span;

/// `from` with every object under the name it has in `to`, and the statements that rename them. An object is the same
/// where it was made at the same place.
pub(super) fn apply(from: &Schema, to: &Schema) -> (Schema, Vec<String>) {
    let mut schema = from.clone();
    let mut statements = Vec::new();
    // Parts go by the names of their tables.
    for rename in [table as Rename, type_name, column, constraint, index] {
        let differences = between(&schema, to);
        for (old, new, span) in pairs(&differences) {
            let Some((kind, statement)) = rename(old, new) else { continue };
            if schema.apply(&Change { kind, span }).is_ok() {
                statements.push(statement);
            }
        }
    }
    (schema, statements)
}

type Rename = fn(&Object, &Object) -> Option<(ChangeKind, String)>;

/// What is gone, what has come, and the place where both were made.
fn pairs(differences: &[Difference]) -> Vec<(&Object, &Object, Span)> {
    let of = |kind: DifferenceKind| differences.iter().filter(move |difference| difference.kind == kind);
    let mut come: Vec<&Difference> = of(DifferenceKind::Added).collect();
    let gone = of(DifferenceKind::Removed);
    gone.filter_map(|old| {
        let span = old.before?;
        let same =
            |new: &&Difference| new.after == Some(span) && std::mem::discriminant(&new.object) == std::mem::discriminant(&old.object);
        let position = come.iter().position(same)?;
        Some((&old.object, &come.swap_remove(position).object, span))
    })
    .collect()
}

fn table(old: &Object, new: &Object) -> Option<(ChangeKind, String)> {
    let (Object::Table(old), Object::Table(new)) = (old, new) else { return None };
    whole("TABLE", old, new, ObjectReference::Table(old.clone()))
}

fn type_name(old: &Object, new: &Object) -> Option<(ChangeKind, String)> {
    let (Object::Type(old), Object::Type(new)) = (old, new) else { return None };
    whole("TYPE", old, new, ObjectReference::Type(old.clone()))
}

fn index(old: &Object, new: &Object) -> Option<(ChangeKind, String)> {
    let (Object::Index(table, old), Object::Index(other, new)) = (old, new) else { return None };
    let (old, new) = (beside(table, old), beside(other, new));
    whole("INDEX", &old, &new, ObjectReference::Index(old.clone()))
}

fn beside(table: &QualifiedName, name: &Name) -> QualifiedName {
    QualifiedName::new(table.schema.clone(), name.clone())
}

fn whole(kind: &str, old: &QualifiedName, new: &QualifiedName, object: ObjectReference) -> Option<(ChangeKind, String)> {
    let statement = format!("ALTER {kind} {} RENAME TO {}", old.to_sql(), new.name.to_sql());
    let change = ChangeKind::Rename { object, to: new.name.clone(), if_exists: false };
    (old.schema == new.schema).then_some((change, statement))
}

fn column(old: &Object, new: &Object) -> Option<(ChangeKind, String)> {
    let (Object::Column(table, old), Object::Column(other, new)) = (old, new) else { return None };
    let statement = format!("ALTER TABLE {} RENAME COLUMN {} TO {}", table.to_sql(), old.to_sql(), new.to_sql());
    let change = ChangeKind::RenameColumn { table: table.clone(), column: old.clone(), to: new.clone(), if_table_exists: false };
    (table == other).then_some((change, statement))
}

fn constraint(old: &Object, new: &Object) -> Option<(ChangeKind, String)> {
    let (Object::Constraint(table, old), Object::Constraint(other, new)) = (old, new) else { return None };
    let statement = format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", table.to_sql(), old.to_sql(), new.to_sql());
    let change = ChangeKind::RenameConstraint { table: table.clone(), constraint: old.clone(), to: new.clone() };
    (table == other).then_some((change, statement))
}
