//! Every version of the schema: migrations parsed, replayed, and what replay found out on the way.

mod conditions;

use crate::change::{NoEffect, Refusal, TakenAlong};
use crate::layout::{Directory, MigrationFile};
use crate::schema::Schema;
use crate::source::Span;
use crate::sql::Statement;

/// A directory's migrations and all versions of the schema they make.
#[derive(Debug)]
pub struct History {
    /// Where they come from.
    pub directory: Directory,
    /// The migrations in the order they run.
    pub migrations: Vec<Migration>,
    /// Parsed files that are not replayed: orphaned downs.
    pub orphans: Vec<Vec<Statement>>,
    /// What replay noticed, in order.
    pub events: Vec<Event>,
}

/// One migration with its statements and the schema it leaves.
#[derive(Debug)]
pub struct Migration {
    /// Version, name and files.
    pub file: MigrationFile,
    /// The statements of its up.
    pub up: Vec<Statement>,
    /// The statements of its down, where there is one.
    pub down: Option<Vec<Statement>>,
    /// The schema before it.
    pub before: Schema,
    /// The schema after it.
    pub after: Schema,
}

/// Something replay noticed about one change.
#[derive(Clone, Debug)]
pub struct Event {
    /// Index of the migration.
    pub migration: usize,
    /// The statement.
    pub statement: Span,
    /// The change within it, or the statement again.
    pub span: Span,
    /// What happened.
    pub kind: EventKind,
}

/// What replay can notice.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// PostgreSQL would refuse it.
    Refused(Refusal),
    /// It did nothing.
    NoEffect(NoEffect),
    /// Other objects went along.
    TookAlong(Vec<TakenAlong>),
    /// It could not be modelled, for this reason.
    NotModelled(String),
}

impl History {
    /// The schema at the end.
    pub fn end(&self) -> &Schema {
        static EMPTY: std::sync::LazyLock<Schema> = std::sync::LazyLock::new(Schema::default);
        self.migrations.last().map_or(&EMPTY, |migration| &migration.after)
    }

    /// Number of statements in all ups.
    pub fn statements(&self) -> usize {
        self.migrations.iter().map(|migration| migration.up.len()).sum()
    }

    /// Index of the migration whose files hold this span; downs count too.
    pub fn migration_of(&self, span: Span) -> Option<usize> {
        self.migrations
            .iter()
            .position(|migration| migration.file.up.span.contains(span) || migration.file.down.is_some_and(|down| down.span.contains(span)))
    }
}
