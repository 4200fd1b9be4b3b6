//! A foreign key to a table or column that does not exist at that point, or is not unique.

use std::collections::{HashMap, HashSet};

use crate::change::{Change, ChangeKind, ErrorKind, Refusal};
use crate::diagnostic::Severity;
use crate::history::{Event, EventKind, History};
use crate::lint::tenancy::table_noun;
use crate::lint::{Finding, HistoryContext};
use crate::lints::replay::consequences::Consequences;
use crate::schema::{Constraint, ConstraintKind, ForeignKey, Name, QualifiedName, Schema, Table};
use crate::source::Span;

/// The tables at the end of history by what they hold, to find the one that a misspelt name means.
type Nouns<'a> = HashMap<String, &'a Table>;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let history = context.history;
    let refused = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Refused(refusal) => Some((event, refusal)),
        _ => None,
    });
    let tables = history.end().tables.values().map(AsRef::as_ref);
    let nouns: Nouns = tables.map(|table| (table_noun(&table.name.name).to_lowercase(), table)).collect();
    let consequences = Consequences::of(history);
    let refused = refused.filter(|(event, _)| !consequences.include(event.statement));
    let found = refused.filter_map(|(event, refusal)| Some((finding(history, event, refusal, &nouns)?, event.statement)));
    found.map(|(finding, statement)| consequences.told(finding, statement)).collect()
}

/// Whether this refusal is reported here, and need not be elsewhere.
pub fn reports(history: &History, event: &Event, refusal: &Refusal) -> bool {
    culprit(history, event, refusal).is_some()
}

/// The columns, with their table's name, that were to reference something and could not.
pub fn refused_columns(history: &History) -> HashSet<(&Name, &Name)> {
    let refused = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Refused(refusal) => culprit(history, event, refusal),
        _ => None,
    });
    refused.flat_map(|(table, constraint, _)| constraint.columns.iter().map(|column| (&table.name, column))).collect()
}

fn finding(history: &History, event: &Event, refusal: &Refusal, nouns: &Nouns) -> Option<Finding> {
    let (table, constraint, key) = culprit(history, event, refusal)?;
    let parent = &key.references;
    let known = resolve(history, event, parent);
    let later = made_later(history, event, parent);
    let consequence = "the foreign key cannot be made";
    let message = match refusal.error {
        ErrorKind::UndefinedTable | ErrorKind::UndefinedSchema if later.is_some() => {
            format!("`{parent}` does not exist yet at this point: {consequence}")
        }
        ErrorKind::UndefinedTable | ErrorKind::UndefinedSchema => format!("`{parent}` does not exist: {consequence}"),
        _ => format!("{}: {consequence}", refusal.message),
    };
    let object = format!("{}.{}", qualified(history, event, table), constraint.columns.first()?);
    let finding = Finding::new(constraint.span, message).object(object);
    Some(match (known, later) {
        (Some(known), _) => finding.because(known.span, format!("`{}` is made here", known.name.name)),
        (None, Some(span)) => finding.because(span, "it is only made here"),
        (None, None) => name_unmade(finding, nouns.get(&table_noun(&parent.name).to_lowercase()).copied()),
    })
}

/// A table that no migration makes is misspelt if there is one like it; otherwise it may be older than the history.
fn name_unmade(finding: Finding, near: Option<&Table>) -> Finding {
    match near {
        Some(near) => finding.because(near.span, format!("there is `{}`", near.name)).help(format!("REFERENCES {}", near.name.to_sql())),
        None => finding.severity(Severity::Warning),
    }
}

/// The foreign key of the refused change that the refusal is about, with the table it was to stand on.
fn culprit<'a>(history: &'a History, event: &Event, refusal: &Refusal) -> Option<(&'a QualifiedName, &'a Constraint, &'a ForeignKey)> {
    use ErrorKind as E;
    if !matches!(refusal.error, E::UndefinedTable | E::UndefinedSchema | E::UndefinedColumn | E::InvalidDefinition) {
        return None;
    }
    let migration = history.migrations.get(event.migration)?;
    let statement = migration.up.iter().find(|statement| statement.span == event.statement)?;
    let refused = statement.changes().into_iter().filter(|change| change.span == event.span);
    // The server names the missing table or column; the change may hold several foreign keys.
    let named = |text: &str| refusal.message.contains(&format!("`{text}`"));
    refused.flat_map(foreign_keys).find(|(table, constraint, key)| {
        let parent_is_named = named(&key.references.to_string()) || named(&key.references.name) || named(&key.references.to_sql());
        let is_self = key.references.name == table.name;
        match refusal.error {
            E::UndefinedTable | E::UndefinedSchema => parent_is_named && !is_self,
            E::UndefinedColumn => {
                key.referenced_columns.iter().any(|column| named(column)) && !constraint.columns.iter().any(|column| named(column))
            }
            _ => {
                parent_is_named && (refusal.message.contains("unique constraint") || refusal.message.contains("primary key for referenced"))
            }
        }
    })
}

fn foreign_keys(change: &Change) -> Vec<(&QualifiedName, &Constraint, &ForeignKey)> {
    match &change.kind {
        ChangeKind::AddConstraint { table, constraint, .. } => match &constraint.kind {
            ConstraintKind::ForeignKey(key) => vec![(table, constraint.as_ref(), key)],
            _ => Vec::new(),
        },
        ChangeKind::CreateTable { table, .. } => table.foreign_keys().map(|(constraint, key)| (&table.name, constraint, key)).collect(),
        _ => Vec::new(),
    }
}

/// The schema in which the change was refused, nearly: what the same file made before is in `after` already.
fn schemas<'a>(history: &'a History, event: &Event) -> impl Iterator<Item = &'a Schema> {
    history.migrations.get(event.migration).into_iter().flat_map(|migration| [migration.before.as_ref(), migration.after.as_ref()])
}

fn resolve<'a>(history: &'a History, event: &Event, name: &QualifiedName) -> Option<&'a Table> {
    schemas(history, event).find_map(|schema| find(schema, name))
}

fn find<'a>(schema: &'a Schema, name: &QualifiedName) -> Option<&'a Table> {
    let resolved = schema.resolve(name.schema(), &name.name, |name| schema.tables.contains_key(name))?;
    schema.table(&resolved)
}

fn qualified(history: &History, event: &Event, name: &QualifiedName) -> QualifiedName {
    match (resolve(history, event, name), name.schema()) {
        (Some(table), _) => table.name.clone(),
        (None, Some(_)) => name.clone(),
        (None, None) => QualifiedName::new("public", name.name.clone()),
    }
}

/// Where a later migration, or this one further down, makes the table.
fn made_later(history: &History, event: &Event, name: &QualifiedName) -> Option<Span> {
    let made = find(history.end(), name)?.span;
    history.migration_of(made).filter(|migration| *migration >= event.migration).map(|_| made)
}
