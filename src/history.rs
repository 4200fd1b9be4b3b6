//! Every version of the schema: migrations parsed, replayed, and what replay found out on the way.

mod comparison;
mod conditions;
mod doubt;
mod foundation;
mod replay;
mod rollback;
mod trace;

pub use comparison::{Comparison, Origin, first_difference};
pub use foundation::made_too_late;
pub use replay::{Observer, replay_file};
pub use rollback::{Cause, Chain, Culprit, Failure, Group, Remainder, Rollback, Stop, Verdict};
pub use trace::{Deed, Touch, trace};

use std::collections::HashMap;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::change::{ErrorKind, Missing, NoEffect, Refusal, TakenAlong};
use crate::layout::{Directory, MigrationFile, SourcePart};
use crate::progress::{self, Stage};
use crate::schema::{QualifiedName, Schema};
use crate::source::{FileId, SourceMap, Span};
use crate::sql::{self, Statement};

/// A directory's migrations and all versions of the schema they make.
#[derive(Debug)]
pub struct History {
    /// Where they come from.
    pub directory: Directory,
    /// The migrations in the order they run.
    pub migrations: Vec<Migration>,
    /// The statements of files that are not replayed: downs without an up.
    pub orphans: Vec<Vec<Statement>>,
    /// What replay noticed, in order.
    pub events: Vec<Event>,
    /// Relations the migrations build on without any of them making these, each with the first place that needs it.
    /// Where there are several, the directory starts from a schema that is kept elsewhere, and replay takes it
    /// that they exist.
    pub foundation: Vec<(QualifiedName, Span)>,
    /// What became of the rollbacks, once somebody asked.
    rollbacks: OnceLock<Vec<Rollback>>,
    /// Each file a migration stands in, with the migration's index; in order.
    places: Vec<(FileId, usize)>,
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
    /// The schema before it: the one after the migration before.
    pub before: Arc<Schema>,
    /// The schema after it.
    pub after: Arc<Schema>,
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
    /// Parses all files of a directory, on all cores, and replays them in order.
    pub fn load(mut directory: Directory, sources: &SourceMap) -> Self {
        let empty = Arc::new(Schema::empty(directory.dialect));
        let unplayed = |file| Migration { file, up: Vec::new(), down: None, before: Arc::clone(&empty), after: Arc::clone(&empty) };
        let migrations: Vec<Migration> = std::mem::take(&mut directory.migrations).into_iter().map(unplayed).collect();
        let places = places(&migrations);
        let mut history = Self {
            directory,
            migrations,
            orphans: Vec::new(),
            events: Vec::new(),
            foundation: Vec::new(),
            rollbacks: OnceLock::new(),
            places,
        };
        history.parse_and_replay(sources);
        history.replay_from_foundation(sources);
        history
    }

    /// Replays once more from what the migrations are seen to build on. A statement is refused for the first relation that
    /// it misses, so that another may be found out then.
    fn replay_from_foundation(&mut self, sources: &SourceMap) {
        const ROUNDS: usize = 3;
        let absent = made_too_late(self.migrations.iter().flat_map(|migration| &migration.up));
        for round in 0..ROUNDS {
            let foundation = foundation::of(self);
            let is_known = foundation.len() == self.foundation.len() && (round > 0 || absent.is_empty());
            if is_known {
                return;
            }
            self.foundation = foundation;
            self.replay(foundation::schema(self.directory.dialect, &self.foundation, absent.clone()), sources);
        }
    }

    /// Parses on all cores. Replay takes one migration after the other, and follows while they are being parsed.
    fn parse_and_replay(&mut self, sources: &SourceMap) {
        let (dialect, placeholders) = (self.directory.dialect, self.directory.placeholders.clone());
        let parse = |part: SourcePart| sql::parse_with(sources, part.file, part.span.range(), dialect, &placeholders);
        let parts: Vec<_> = self.migrations.iter().map(|migration| (migration.file.up, migration.file.down)).collect();
        let orphans = self.directory.orphans.clone();
        let (mut downs, mut orphaned) = (Vec::new(), Vec::new());
        let batch_size = batch_size(parts.len());
        rayon::in_place_scope_fifo(|scope| {
            let (sender, parsed) = mpsc::channel();
            for (index, batch) in parts.chunks(batch_size).enumerate() {
                let sender = sender.clone();
                scope.spawn_fifo(move |_| _ = sender.send((index, batch.iter().map(|(up, _)| parse(*up)).collect())));
            }
            drop(sender);
            scope.spawn_fifo(|_| {
                downs = parts.par_iter().map(|(_, down)| down.map(parse)).collect();
                orphaned = orphans.par_iter().map(|part| parse(*part)).collect();
            });
            self.replay_as_parsed(&parsed, batch_size, sources);
        });
        self.migrations.iter_mut().zip(downs).for_each(|(migration, down)| migration.down = down);
        self.orphans = orphaned;
    }

    fn replay_as_parsed(&mut self, parsed: &Receiver<(usize, Vec<Vec<Statement>>)>, batch_size: usize, sources: &SourceMap) {
        progress::begin(Stage::Replaying, self.migrations.len());
        let mut schema = Arc::new(Schema::empty(self.directory.dialect));
        let mut early = HashMap::new();
        for (batch, migrations) in self.migrations.chunks_mut(batch_size).enumerate() {
            while !early.contains_key(&batch) {
                // Nobody is left to send where a parser panicked; the panic goes on when the scope ends.
                let Some((index, ups)) = receive(parsed) else { return };
                early.insert(index, ups);
            }
            let ups = early.remove(&batch).unwrap_or_default();
            for (offset, (migration, up)) in migrations.iter_mut().zip(ups).enumerate() {
                migration.up = up;
                let mut notices = replay::Notices { events: &mut self.events, migration: batch * batch_size + offset };
                schema = migration.replay(schema, &mut notices, sources);
            }
        }
    }

    fn replay(&mut self, start: Schema, sources: &SourceMap) {
        self.events.clear();
        progress::begin(Stage::Replaying, self.migrations.len());
        let mut schema = Arc::new(start);
        for (index, migration) in self.migrations.iter_mut().enumerate() {
            schema = migration.replay(schema, &mut replay::Notices { events: &mut self.events, migration: index }, sources);
        }
    }

    /// The schema at the end.
    pub fn end(&self) -> &Schema {
        static EMPTY: std::sync::LazyLock<Schema> = std::sync::LazyLock::new(Schema::default);
        self.migrations.last().map_or(&EMPTY, |migration| &migration.after)
    }

    /// Whether what a refusal misses may be in the schema that the migrations build on. Its relations were found out
    /// when the history was loaded.
    pub fn may_have_elsewhere(&self, refusal: &Refusal) -> bool {
        let is_type = matches!(refusal.missing, Some(Missing::Type(_)));
        !self.foundation.is_empty() && (is_type || refusal.error == ErrorKind::UndefinedFunction)
    }

    /// Number of statements in all ups.
    pub fn statements(&self) -> usize {
        self.migrations.iter().map(|migration| migration.up.len()).sum()
    }

    /// Number of statements in all ups that replay could not follow, wholly or in part.
    pub fn not_modelled(&self) -> usize {
        let unparsed = |statement: &&Statement| matches!(statement.body, sql::Body::Unparsed(_));
        let unparsed = self.migrations.iter().flat_map(|migration| &migration.up).filter(unparsed).count();
        let mut opaque: Vec<Span> = self.not_modelled_events().map(|(event, _)| event.statement).collect();
        opaque.dedup();
        opaque.len() + unparsed
    }

    /// What replay could not follow, and why.
    pub fn not_modelled_events(&self) -> impl Iterator<Item = (&Event, &str)> {
        self.events.iter().filter_map(|event| match &event.kind {
            EventKind::NotModelled(reason) => Some((event, reason.as_str())),
            _ => None,
        })
    }

    /// What becomes of each rollback right after its migration, in order; run when first asked for.
    pub fn rollbacks(&self, sources: &SourceMap) -> &[Rollback] {
        self.rollbacks.get_or_init(|| rollback::all(self, sources))
    }

    /// What becomes of all rollbacks one after the other, from the newest to the oldest.
    pub fn chain(&self, sources: &SourceMap) -> Chain {
        rollback::chain(self, sources)
    }

    /// What replay noticed about one migration.
    pub fn events_of(&self, migration: usize) -> &[Event] {
        let first = self.events.partition_point(|event| event.migration < migration);
        let end = self.events.partition_point(|event| event.migration <= migration);
        self.events.get(first..end).unwrap_or_default()
    }

    /// Index of the migration whose files hold this span; downs count too.
    pub fn migration_of(&self, span: Span) -> Option<usize> {
        let first = self.places.partition_point(|(file, _)| *file < span.file);
        let mut candidates = self.places.iter().skip(first).take_while(|(file, _)| *file == span.file).map(|(_, index)| *index);
        let holds = |index: &usize| {
            let file = self.migrations.get(*index).map(|migration| &migration.file);
            file.is_some_and(|file| file.up.span.contains(span) || file.down.is_some_and(|down| down.span.contains(span)))
        };
        candidates.find(holds)
    }
}

impl Migration {
    fn replay(&mut self, before: Arc<Schema>, notices: &mut replay::Notices, sources: &SourceMap) -> Arc<Schema> {
        let after = replay_file(&before, &self.up, sources, notices);
        // Where only rows were changed, one version serves both sides.
        self.after = if after.is_same_version(&before) { Arc::clone(&before) } else { Arc::new(after) };
        progress::advance();
        self.before = before;
        Arc::clone(&self.after)
    }
}

/// How many migrations are parsed at a time: waking another thread for each takes longer than reading it.
fn batch_size(migrations: usize) -> usize {
    const BATCHES: usize = 16;
    const MAX_SIZE: usize = 64;
    (migrations / BATCHES).clamp(1, MAX_SIZE)
}

/// The next message. Where a worker waits for the others, it helps them first.
fn receive<T>(messages: &Receiver<T>) -> Option<T> {
    loop {
        match messages.try_recv() {
            Ok(message) => return Some(message),
            Err(_) if rayon::yield_now() == Some(rayon::Yield::Executed) => {}
            Err(_) => return messages.recv().ok(),
        }
    }
}

fn places(migrations: &[Migration]) -> Vec<(FileId, usize)> {
    let files = |migration: &Migration| std::iter::once(migration.file.up).chain(migration.file.down).map(|part| part.file);
    let mut places: Vec<_> =
        migrations.iter().enumerate().flat_map(|(index, migration)| files(migration).map(move |file| (file, index))).collect();
    places.sort_unstable();
    places.dedup();
    places
}
