//! A new enum value that is used before the transaction that adds it ends.

use crate::change::{Change, ChangeKind};
use crate::history::Migration;
use crate::lint::{Finding, HistoryContext};
use crate::locks::transactions;
use crate::schema::{Name, QualifiedName, Schema};
use crate::source::{SourceMap, Span};
use crate::sql::split::{TokenKind, tokens};
use crate::sql::{Body, Statement};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.migrations.iter().flat_map(|migration| of_migration(context, migration)).collect()
}

/// A value added in a transaction.
struct Added<'a> {
    index: usize,
    transaction: usize,
    name: &'a QualifiedName,
    value: &'a Name,
    span: Span,
}

fn of_migration(context: &HistoryContext, migration: &Migration) -> Vec<Finding> {
    if !migration.up.iter().any(|statement| added(statement).is_some()) {
        return Vec::new();
    }
    let transactions = transactions(migration);
    let all = migration.up.iter().zip(&transactions).enumerate();
    let values = all.filter_map(|(index, (statement, transaction))| {
        let (name, value, span) = added(statement)?;
        Some(Added { index, transaction: (*transaction)?, name, value, span })
    });
    let not_made_here = values.filter(|added| !is_made_here(migration, added.name));
    let used = |added: Added| {
        let later = migration.up.iter().zip(&transactions).skip(added.index + 1);
        let mut together = later.filter(|(_, transaction)| **transaction == Some(added.transaction));
        let (_, place) = together.find_map(|(statement, _)| Some((statement, used(&added, statement, migration, context.sources)?)))?;
        let message = format!("the value `{}` cannot be used until the transaction that adds it has ended", added.value);
        let finding = Finding::new(place, message).because(added.span, "it is added here");
        Some(finding.object(added.name).help("use it in a later migration"))
    };
    not_made_here.filter_map(used).collect()
}

fn added(statement: &Statement) -> Option<(&QualifiedName, &Name, Span)> {
    let Body::Changes(changes) = &statement.body else { return None };
    changes.iter().find_map(|change| match &change.kind {
        ChangeKind::AddEnumValue { name, value, .. } => Some((name, value, change.span)),
        _ => None,
    })
}

/// A type's values can be used at once where its own transaction made it.
fn is_made_here(migration: &Migration, name: &QualifiedName) -> bool {
    let schema = &migration.before;
    schema.resolve(name.schema(), &name.name, |name| schema.types.contains_key(name)).is_none()
}

/// Where the statement uses the value as one of the type.
fn used(added: &Added, statement: &Statement, migration: &Migration, sources: &SourceMap) -> Option<Span> {
    if !evaluates(statement) {
        return None;
    }
    let text = sources.text(statement.span);
    let is_value = |written: &str| written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) == Some(added.value.as_str());
    let literal = tokens(text, 0..text.len()).find(|token| token.kind == TokenKind::String && is_value(token.text(text)))?;
    let concerns = names_type(text, added.name) || tables(statement).iter().any(|table| has_column(&migration.after, table, added.name));
    let start = statement.span.start as usize;
    concerns.then(|| Span::new(statement.span.file, start + literal.range.start..start + literal.range.end))
}

/// Bodies of functions are texts, and other values of the type may be added.
fn evaluates(statement: &Statement) -> bool {
    let is_text = |change: &Change| {
        matches!(change.kind, ChangeKind::CreateFunction { .. } | ChangeKind::AddEnumValue { .. } | ChangeKind::Comment { .. })
    };
    match &statement.body {
        Body::Changes(changes) => !changes.iter().any(is_text),
        Body::Data(_) => true,
        _ => false,
    }
}

fn names_type(text: &str, name: &QualifiedName) -> bool {
    tokens(text, 0..text.len()).any(|token| token.text(text).trim_matches('"').eq_ignore_ascii_case(&name.name))
}

fn tables(statement: &Statement) -> Vec<&QualifiedName> {
    match &statement.body {
        Body::Data(data) => data.table.iter().chain(&data.reads).collect(),
        Body::Changes(changes) => changes.iter().filter_map(altered).collect(),
        _ => Vec::new(),
    }
}

fn altered(change: &Change) -> Option<&QualifiedName> {
    match &change.kind {
        ChangeKind::SetDefault { table, .. } | ChangeKind::AddConstraint { table, .. } | ChangeKind::CreateIndex { table, .. } => {
            Some(table)
        }
        _ => None,
    }
}

fn has_column(schema: &Schema, table: &QualifiedName, data_type: &QualifiedName) -> bool {
    let found = schema.resolve(table.schema(), &table.name, |name| schema.tables.contains_key(name));
    let of_type = |column: &std::sync::Arc<crate::schema::Column>| column.data_type.value.name.name == data_type.name;
    found.and_then(|name| schema.table(&name)).is_some_and(|table| table.columns.iter().any(of_type))
}
