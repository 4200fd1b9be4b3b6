//! One migration step by step: what each step locks, and in which transaction it runs.

use super::{Lock, ServerVersion, of_body, of_change};
use crate::change::{Applied, Change};
use crate::history::{History, Observer, replay_file};
use crate::schema::Schema;
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
        let mut recorder = Recorder { version, moments: Vec::new(), statements: &[], statement: 0, transaction: None, transactions: 0 };
        if let Some(found) = history.migrations.get(migration) {
            recorder.statements = &found.up;
            if found.file.in_transaction {
                recorder.begin();
            }
            replay_file(&found.before, &found.up, sources, &mut recorder);
        }
        Self { migration, moments: recorder.moments }
    }
}

struct Recorder<'a> {
    version: ServerVersion,
    moments: Vec<Moment>,
    statements: &'a [Statement],
    statement: usize,
    transaction: Option<usize>,
    transactions: usize,
}

impl Recorder<'_> {
    fn begin(&mut self) {
        if self.transaction.is_none() {
            self.transaction = Some(self.transactions);
            self.transactions += 1;
        }
    }

    /// Statements come in their order.
    fn at(&mut self, statement: &Statement) -> usize {
        let is_here = |at: &Statement| at.span == statement.span;
        let ahead = self.statements.iter().skip(self.statement).position(is_here);
        self.statement += ahead.unwrap_or(0);
        self.statement
    }

    fn record(&mut self, statement: &Statement, span: Span, body: Body, schema: &Schema) {
        let moment = Moment {
            statement: self.at(statement),
            whole: statement.span,
            span,
            locks: of_body(&body, schema, self.version),
            action: Action::Body(Box::new(body)),
            before: schema.clone(),
            after: schema.clone(),
            applied: Applied::default(),
            transaction: self.transaction,
        };
        self.moments.push(moment);
    }

    fn control(&mut self, control: TransactionControl) {
        match control {
            TransactionControl::Begin => self.begin(),
            TransactionControl::Commit | TransactionControl::Rollback => self.transaction = None,
            TransactionControl::Savepoint => {}
        }
    }
}

impl Observer for Recorder<'_> {
    fn applied(&mut self, statement: &Statement, change: &Change, before: &Schema, after: &Schema, applied: Applied) {
        let moment = Moment {
            statement: self.at(statement),
            whole: statement.span,
            span: change.span,
            locks: of_change(change, before, self.version),
            action: Action::Change(Box::new(change.clone())),
            before: before.clone(),
            after: after.clone(),
            applied,
            transaction: self.transaction,
        };
        self.moments.push(moment);
    }

    fn passed(&mut self, statement: &Statement, span: Span, body: &Body, schema: &Schema) {
        self.record(statement, span, body.clone(), schema);
        // Procedural code ends transactions of its own, not the migration's.
        if let Body::Transaction(control) = body
            && span == statement.span
        {
            self.control(*control);
        }
    }

    fn data(&mut self, statement: &Statement, span: Span, data: &DataStatement, schema: &Schema) {
        self.record(statement, span, Body::Data(data.clone()), schema);
    }
}
