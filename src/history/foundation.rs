//! What a history builds on without making it: the schema that was there before its first migration.

use std::collections::{BTreeMap, HashSet};

use imbl::OrdSet;

use super::{EventKind, History};
use crate::change::{Change, ChangeKind, ErrorKind, Missing, Refusal};
use crate::layout::Kind;
use crate::schema::{Dialect, Name, QualifiedName, Schema};
use crate::source::Span;
use crate::sql::Statement;

/// Fewer missing relations than this are mistakes.
const SEVERAL: usize = 3;

/// For each missing relation, the migrations make so many tables at most; otherwise the missing ones are mistakes.
const PROPORTION: usize = 5;

/// Relations that are needed and never made, in the order they are needed, those that are known already among them; none where
/// they are too few to be meant.
pub(super) fn of(history: &History) -> Vec<(QualifiedName, Span)> {
    let refusals = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Refused(refusal) => Some((missing(refusal)?, event.span)),
        _ => None,
    });
    let mut refusals = refusals.peekable();
    if refusals.peek().is_none() {
        return history.foundation.clone();
    }
    let statements = history.migrations.iter().flat_map(|migration| &migration.up);
    let changes: Vec<&Change> = statements.flat_map(|statement| statement.changes()).collect();
    let tables = changes.iter().filter(|change| matches!(change.kind, ChangeKind::CreateTable { .. })).count();
    let made: HashSet<&Name> = changes.into_iter().filter_map(made).collect();
    let mut needed: BTreeMap<QualifiedName, Span> = history.foundation.iter().cloned().collect();
    for (name, span) in refusals.filter(|(name, _)| !made.contains(&name.name)) {
        needed.entry(name).or_insert(span);
    }
    // Where some migrations are programs, those make what the SQL builds on.
    // Flyway runs what makes no table together with a directory that does.
    let is_part = history.directory.kind == Kind::Flyway && tables == 0;
    let is_meant = is_part || !history.directory.foreign.is_empty() || needed.len() >= SEVERAL && needed.len() * PROPORTION >= tables;
    let mut needed: Vec<(QualifiedName, Span)> = needed.into_iter().filter(|_| is_meant).collect();
    needed.sort_by_key(|(_, span)| (history.migration_of(*span), *span));
    needed
}

/// The schema to start from: empty as far as is known, with these relations somewhere in it.
pub(super) fn schema(dialect: Dialect, foundation: &[(QualifiedName, Span)], absent_namespaces: OrdSet<Name>) -> Schema {
    let mut schema = Schema { absent_namespaces, ..Schema::empty(dialect) };
    schema.uncertainty.relations.extend(foundation.iter().map(|(name, _)| name.clone()));
    schema
}

/// The relation that a refusal says does not exist.
fn missing(refusal: &Refusal) -> Option<QualifiedName> {
    match refusal.missing.as_ref().filter(|_| refusal.error == ErrorKind::UndefinedTable)? {
        Missing::Relation(name) if name.schema().is_none() => Some(QualifiedName::new("public", name.name.clone())),
        Missing::Relation(name) => Some(name.clone()),
        Missing::Type(_) => None,
    }
}

/// Schemas that a statement makes, without minding whether they are there, after another has made something in them: at first
/// they are not there.
pub fn made_too_late<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> OrdSet<Name> {
    let (mut used, mut late): (HashSet<&Name>, OrdSet<Name>) = (HashSet::new(), OrdSet::new());
    for change in statements.into_iter().flat_map(Statement::changes) {
        match &change.kind {
            ChangeKind::CreateNamespace { name, if_not_exists: false } if used.contains(name) => _ = late.insert(name.clone()),
            ChangeKind::CreateNamespace { name, .. } => _ = used.remove(name),
            ChangeKind::CreateTable { table, .. } => used.extend(table.name.schema()),
            ChangeKind::CreateView { view, .. } => used.extend(view.name.schema()),
            ChangeKind::CreateSequence { sequence, .. } => used.extend(sequence.name.schema()),
            ChangeKind::CreateType { definition } => used.extend(definition.name.schema()),
            ChangeKind::CreateFunction { function, .. } => used.extend(function.key.name.schema()),
            _ => {}
        }
    }
    late
}

/// The name of the relation a change makes, whether or not it succeeds.
fn made(change: &Change) -> Option<&Name> {
    match &change.kind {
        ChangeKind::CreateTable { table, .. } => Some(&table.name.name),
        ChangeKind::CreateView { view, .. } => Some(&view.name.name),
        ChangeKind::CreateSequence { sequence, .. } => Some(&sequence.name.name),
        ChangeKind::CreateIndex { index, .. } => Some(&index.name),
        ChangeKind::Rename { to, .. } => Some(to),
        _ => None,
    }
}
