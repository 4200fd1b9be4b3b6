//! One migration step by step: what each step locks, and in which transaction it runs.

use super::{Lock, ServerVersion, of_body, of_change, online};
use crate::change::{Applied, Change};
use crate::history::{History, Migration, Observer, replay_file};
use crate::schema::{Dialect, Schema};
use crate::source::{SourceMap, Span};
use crate::sql::{Body, DataStatement, Statement, TransactionControl};

/// What one migration does, step by step.
#[derive(Clone, Debug)]
pub struct Script {
    /// The migration's index.
    pub migration: usize,
    /// Its steps in the order they run. What PostgreSQL would refuse, and what replay cannot follow, is left out.
    pub moments: Vec<Moment>,
}

/// One step of a migration in its moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Index of the statement in the migration.
    pub statement: usize,
    /// The statement.
    pub whole: Span,
    /// The change's own place within it.
    pub span: Span,
    /// What is done.
    pub action: Action,
    /// The schema before it.
    pub before: Schema,
    /// The schema after it.
    pub after: Schema,
    /// What became of it.
    pub applied: Applied,
    /// The locks it takes, by relation.
    pub locks: Vec<Lock>,
    /// The transaction it runs in, counted from 0 within the migration; `None` where it runs by itself, or where nobody
    /// knows whether the directory's runner opens one.
    pub transaction: Option<usize>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// It changes the schema.
    Change(Box<Change>),
    /// It does something else: data, maintenance, settings, transaction control.
    Body(Box<Body>),
}

impl Moment {
    /// The change, if it is one.
    pub fn change(&self) -> Option<&Change> {
        match &self.action {
            Action::Change(change) => Some(change),
            Action::Body(_) => None,
        }
    }

    /// What it does, if it is no change.
    pub fn body(&self) -> Option<&Body> {
        match &self.action {
            Action::Change(_) => None,
            Action::Body(body) => Some(body),
        }
    }
}

impl Script {
    /// The steps of a migration of this index.
    pub fn of(history: &History, migration: usize, sources: &SourceMap, version: ServerVersion) -> Self {
        let Some(found) = history.migrations.get(migration) else { return Self { migration, moments: Vec::new() } };
        let transactions = transactions(found);
        let mut recorder = Recorder::new(version, &found.up, transactions);
        replay_file(&found.before, &found.up, sources, &mut recorder);
        Self { migration, moments: recorder.moments }
    }
}

/// The transaction each statement of a migration's up runs in, counted from 0; `None` where it runs by itself, or where nobody
/// knows whether the directory's runner opens one. `BEGIN` and `COMMIT` belong to the transaction they open and end.
pub fn transactions(migration: &Migration) -> Vec<Option<usize>> {
    let mut open = migration.file.in_transaction.then_some(0);
    let mut next = usize::from(migration.file.in_transaction);
    let mut transactions = Vec::with_capacity(migration.up.len());
    for statement in &migration.up {
        let control = match &statement.body {
            Body::Transaction(control) => Some(*control),
            _ => None,
        };
        if control == Some(TransactionControl::Begin) && open.is_none() {
            open = Some(next);
            next += 1;
        }
        transactions.push(open);
        if matches!(control, Some(TransactionControl::Commit | TransactionControl::Rollback)) {
            open = None;
        }
    }
    transactions
}

struct Recorder<'a> {
    version: ServerVersion,
    in_utc: bool,
    checks_foreign_keys: bool,
    /// What MySQL is asked for by the statement at hand.
    session: Option<(Span, online::Session)>,
    moments: Vec<Moment>,
    statements: &'a [Statement],
    transactions: Vec<Option<usize>>,
    statement: usize,
}

impl<'a> Recorder<'a> {
    fn new(version: ServerVersion, statements: &'a [Statement], transactions: Vec<Option<usize>>) -> Self {
        let (in_utc, checks_foreign_keys) = (false, true);
        Self { version, in_utc, checks_foreign_keys, session: None, moments: Vec::new(), statements, transactions, statement: 0 }
    }

    fn locks_of(&mut self, statement: &Statement, change: &Change, before: &Schema) -> Vec<Lock> {
        if before.dialect != Dialect::MySql {
            return of_change(change, before, self.version, self.in_utc);
        }
        let known = self.session.filter(|(span, _)| *span == statement.span).map(|(_, session)| session);
        let session = known.unwrap_or_else(|| online::Session::of(statement, self.checks_foreign_keys));
        self.session = Some((statement.span, session));
        online::of_change(change, before, &session)
    }

    fn note_setting(&mut self, name: &str, value: &str) {
        if name == "timezone" {
            self.in_utc = ["utc", "gmt", "etc/utc"].contains(&value.trim_matches('\'').to_ascii_lowercase().as_str());
        }
        if let Some(checks) = online::foreign_key_checks(name, value) {
            self.checks_foreign_keys = checks;
        }
    }

    /// Statements come in their order.
    fn at(&mut self, statement: &Statement) -> usize {
        let is_here = |at: &Statement| at.span == statement.span;
        let ahead = self.statements.iter().skip(self.statement).position(is_here);
        self.statement += ahead.unwrap_or(0);
        self.statement
    }

    fn record(
        &mut self,
        statement: &Statement,
        span: Span,
        action: Action,
        locks: Vec<Lock>,
        [before, after]: [&Schema; 2],
        applied: Applied,
    ) {
        let index = self.at(statement);
        self.moments.push(Moment {
            statement: index,
            whole: statement.span,
            span,
            action,
            before: before.clone(),
            after: after.clone(),
            applied,
            locks,
            transaction: self.transactions.get(index).copied().flatten(),
        });
    }

    fn record_body(&mut self, statement: &Statement, span: Span, body: Body, schema: &Schema) {
        if let Body::Setting { name, value } = &body {
            self.note_setting(name, value);
        }
        let locks = of_body(&body, schema, self.version);
        self.record(statement, span, Action::Body(Box::new(body)), locks, [schema, schema], Applied::default());
    }
}

impl Observer for Recorder<'_> {
    fn applied(&mut self, statement: &Statement, change: &Change, before: &Schema, after: &Schema, applied: Applied) {
        let locks = self.locks_of(statement, change, before);
        self.record(statement, change.span, Action::Change(Box::new(change.clone())), locks, [before, after], applied);
    }

    fn passed(&mut self, statement: &Statement, span: Span, body: &Body, schema: &Schema) {
        self.record_body(statement, span, body.clone(), schema);
    }

    fn data(&mut self, statement: &Statement, span: Span, data: &DataStatement, schema: &Schema) {
        self.record_body(statement, span, Body::Data(data.clone()), schema);
    }
}
