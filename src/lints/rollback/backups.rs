//! Which statements copy rows to another place before they are destroyed.

use std::collections::HashMap;

use crate::change::ChangeKind;
use crate::history::History;
use crate::schema::{Name, QualifiedName};
use crate::source::{SourceMap, Span};
use crate::sql::{Body, DataKind, Statement};

/// The statements of a history that copy rows or values, by the table they take them from.
pub(in crate::lints) struct Backups<'a> {
    sources: &'a SourceMap,
    /// Index of the migration and the statement, in order.
    copies: HashMap<&'a Name, Vec<(usize, Span)>>,
}

impl<'a> Backups<'a> {
    pub(in crate::lints) fn of(history: &'a History, sources: &'a SourceMap) -> Self {
        let mut copies: HashMap<&Name, Vec<(usize, Span)>> = HashMap::new();
        for (index, migration) in history.migrations.iter().enumerate() {
            for statement in &migration.up {
                origins(statement).into_iter().for_each(|table| copies.entry(&table.name).or_default().push((index, statement.span)));
            }
        }
        Self { sources, copies }
    }

    /// Whether rows of a table were copied in this migration, before `place`, or in an earlier one.
    pub(in crate::lints) fn has_rows(&self, table: &Name, migration: usize, place: Span) -> bool {
        self.earlier(table, migration, place).next().is_some()
    }

    /// Whether the values of a column were copied.
    pub(in crate::lints) fn has_column(&self, table: &Name, column: &Name, migration: usize, place: Span) -> bool {
        let mut copies = self.earlier(table, migration, place);
        copies.any(|copy| self.sources.text(copy).contains(column.as_str()) || self.sources.text(copy).contains('*'))
    }

    fn earlier(&self, table: &Name, migration: usize, place: Span) -> impl Iterator<Item = Span> {
        let all = self.copies.get(table).into_iter().flatten();
        all.filter(move |(index, span)| *index < migration || *index == migration && span.start < place.start).map(|(_, span)| *span)
    }
}

/// The tables from which a statement copies rows elsewhere, or values from one column to another.
fn origins(statement: &Statement) -> Vec<&QualifiedName> {
    match &statement.body {
        Body::Data(data) if data.kind == DataKind::Insert => data.reads.iter().collect(),
        Body::Data(data) if matches!(data.kind, DataKind::Update | DataKind::Merge) => data.table.iter().chain(&data.reads).collect(),
        _ => statement
            .changes()
            .into_iter()
            .flat_map(|change| match &change.kind {
                ChangeKind::CreateTable { query: Some(query), .. } => query.relations.iter().map(|(name, _)| name).collect(),
                _ => Vec::new(),
            })
            .collect(),
    }
}
