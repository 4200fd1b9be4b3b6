//! What own lints look at: the schema's objects at the end of history with their places, and the migrations.

use cel::Value;
use serde::Serialize;

use super::expression::value;
use crate::history::{History, Migration};
use crate::lint::HistoryContext;
use crate::lint::own::Subject;
use crate::report::schema::json;
use crate::schema::{ConstraintKind, Name, Table};
use crate::source::Span;
use crate::sql::{Body, Statement, split};

/// One object to judge.
pub(super) struct Object {
    /// What is blamed.
    pub(super) span: Span,
    /// The object's path.
    pub(super) path: String,
    /// What expressions see.
    pub(super) variables: Vec<(&'static str, Value)>,
}

/// The whole schema as expressions see it.
pub(super) fn schema(context: &HistoryContext) -> Value {
    value(&document(context))
}

fn document(context: &HistoryContext) -> json::Document {
    json::document(context.history.end(), context.history.directory.dialect.name(), None, context.sources, None)
}

/// Everything of a kind. What replay may be wrong about is left out, and what a table has from a parent is judged there.
pub(super) fn all(subject: Subject, context: &HistoryContext) -> Vec<Object> {
    match subject {
        Subject::Migration => context.history.migrations.iter().map(|migration| of_migration(migration, context)).collect(),
        Subject::Statement => {
            let statements = |migration| of_statements(migration, context);
            context.history.migrations.iter().flat_map(statements).collect()
        }
        _ => of_tables(subject, context),
    }
}

fn of_tables(subject: Subject, context: &HistoryContext) -> Vec<Object> {
    let described = document(context).tables;
    let tables = context.history.end().tables.values().zip(&described).filter(|(_, described)| !described.uncertain);
    tables.flat_map(|(table, described)| of_table(subject, table, described)).collect()
}

fn of_table(subject: Subject, table: &Table, described: &json::Table) -> Vec<Object> {
    let whole = value(described);
    let part = |name: &'static str, described: Value, span: Span, called: &Name| Object {
        span,
        path: format!("{}.{called}", table.name),
        variables: vec![("table", whole.clone()), (name, described)],
    };
    match subject {
        Subject::Column => {
            let columns = table.columns.iter().zip(&described.columns).filter(|(column, _)| !column.inherited);
            columns.map(|(column, described)| part("column", value(described), column.span, &column.name)).collect()
        }
        Subject::ForeignKey | Subject::Constraint => {
            let name = if subject == Subject::ForeignKey { "foreign_key" } else { "constraint" };
            let constraints = table.constraints.iter().zip(&described.constraints).filter(|(constraint, _)| !constraint.inherited);
            let wanted = constraints.filter(|(it, _)| subject == Subject::Constraint || matches!(it.kind, ConstraintKind::ForeignKey(_)));
            wanted.map(|(constraint, described)| part(name, value(described), constraint.span, &constraint.name)).collect()
        }
        Subject::Index => {
            let indexes = table.indexes.iter().zip(&described.indexes).filter(|(_, described)| !described.inherited);
            indexes.map(|(index, described)| part("index", value(described), index.span, &index.name)).collect()
        }
        Subject::Policy => {
            let policies = table.policies.iter().zip(&described.policies);
            policies.map(|(policy, described)| part("policy", value(described), policy.span, &policy.name)).collect()
        }
        Subject::Table | Subject::Statement | Subject::Migration => {
            vec![Object { span: table.span, path: table.name.to_string(), variables: vec![("table", whole)] }]
        }
    }
}

/// A migration as expressions see it.
#[derive(Serialize)]
struct MigrationDocument<'a> {
    version: &'a str,
    name: &'a str,
    path: &'a str,
    has_rollback: bool,
    in_transaction: bool,
    unapplied: bool,
    statements: usize,
}

/// A statement as expressions see it.
#[derive(Serialize)]
struct StatementDocument {
    text: String,
    kind: String,
    changes_schema: bool,
    line: usize,
}

fn describe(migration: &Migration, context: &HistoryContext) -> Value {
    value(&MigrationDocument {
        version: migration.file.version.as_ref().map_or("", |version| &version.text),
        name: &migration.file.name,
        path: context.sources.path(migration.file.up.file),
        has_rollback: migration.file.down.is_some(),
        in_transaction: migration.file.in_transaction,
        unapplied: is_unapplied(context.history, migration, context),
        statements: migration.up.len(),
    })
}

fn is_unapplied(history: &History, migration: &Migration, context: &HistoryContext) -> bool {
    let is_this = |index: usize| history.migrations.get(index).is_some_and(|other| other.file.up == migration.file.up);
    context.facts.pending.scripts.iter().any(|script| is_this(script.migration))
}

fn of_migration(migration: &Migration, context: &HistoryContext) -> Object {
    let up = migration.file.up;
    let path = context.history.directory.title(context.sources, up).to_owned();
    Object { span: Span { end: up.span.start, ..up.span }, path, variables: vec![("migration", describe(migration, context))] }
}

fn of_statements(migration: &Migration, context: &HistoryContext) -> Vec<Object> {
    let described = describe(migration, context);
    let title = context.history.directory.title(context.sources, migration.file.up);
    let object = |statement: &Statement| Object {
        span: statement.span,
        path: title.to_owned(),
        variables: vec![("statement", describe_statement(statement, context)), ("migration", described.clone())],
    };
    migration.up.iter().map(object).collect()
}

fn describe_statement(statement: &Statement, context: &HistoryContext) -> Value {
    let text = context.sources.text(statement.span);
    let words: Vec<&str> = split::tokens(text, 0..text.len()).map(|token| token.text(text)).collect();
    let is_word = |word: &&&str| word.starts_with(|first: char| first.is_ascii_alphabetic());
    let kind: Vec<String> = words.iter().take_while(is_word).take(2).map(|word| word.to_ascii_uppercase()).collect();
    value(&StatementDocument {
        text: words.join(" "),
        kind: kind.join(" "),
        changes_schema: matches!(statement.body, Body::Changes(_) | Body::Block(_)),
        line: context.sources.start(statement.span).line,
    })
}
