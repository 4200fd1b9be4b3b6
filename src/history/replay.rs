//! Runs the statements of one file on a version of the schema.

use std::sync::Arc;

use super::{Event, EventKind};
use crate::change::{Applied, Change, ChangeKind, ErrorKind, Refusal, Rows};
use crate::schema::{ConstraintKind, Name, QualifiedName, Schema, UNKNOWN_PART};
use crate::source::{SourceMap, Span};
use crate::sql::split::{TokenKind, tokens};
use crate::sql::{self, Ask, Body, Call, Condition, DataStatement, Reach, Statement, Step};

/// Calls of functions nested deeper than this are not followed: such functions call themselves.
const MAX_CALLS: usize = 16;

/// Calls a file may make, those within functions included.
const MAX_ALL_CALLS: usize = 20_000;

/// Questions to the catalogs that are answered within the code behind others.
const MAX_QUESTIONS: usize = 8;

/// Bytes of code a file may run behind answers, those of each turn of a loop counted.
const MAX_ANSWERED: usize = 1 << 20;

/// Is told what replay does, step by step.
pub trait Observer {
    /// A change was carried out.
    fn applied(&mut self, _statement: &Statement, _change: &Change, _before: &Schema, _after: &Schema, _applied: Applied) {}
    /// A change, or a statement on rows, was refused; the schema is as before.
    fn refused(&mut self, _statement: &Statement, _span: Span, _refusal: Refusal) {}
    /// What can stand of a change that was refused was carried out all the same.
    fn salvaged(&mut self, _statement: &Statement, _change: &Change, _before: &Schema, _after: &Schema) {}
    /// Maintenance, a setting or transaction control was run.
    fn passed(&mut self, _statement: &Statement, _span: Span, _body: &Body, _schema: &Schema) {}
    /// A statement, or a part of it, could not be followed.
    fn not_modelled(&mut self, _statement: &Statement, _span: Span, _reason: &str) {}
    /// Rows are written or read.
    fn data(&mut self, _statement: &Statement, _span: Span, _data: &DataStatement, _schema: &Schema) {}
}

/// Records what replay noticed as [`Event`]s.
pub(super) struct Notices<'a> {
    pub(super) events: &'a mut Vec<Event>,
    pub(super) migration: usize,
}

impl Notices<'_> {
    fn push(&mut self, statement: &Statement, span: Span, kind: EventKind) {
        self.events.push(Event { migration: self.migration, statement: statement.span, span, kind });
    }
}

impl Observer for Notices<'_> {
    fn applied(&mut self, statement: &Statement, change: &Change, _: &Schema, _: &Schema, applied: Applied) {
        if let Some(no_effect) = applied.no_effect {
            self.push(statement, change.span, EventKind::NoEffect(no_effect));
        }
        if !applied.took_along.is_empty() {
            self.push(statement, change.span, EventKind::TookAlong(applied.took_along));
        }
    }

    fn refused(&mut self, statement: &Statement, span: Span, refusal: Refusal) {
        self.push(statement, span, EventKind::Refused(refusal));
    }

    fn not_modelled(&mut self, statement: &Statement, span: Span, reason: &str) {
        self.push(statement, span, EventKind::NotModelled(reason.to_owned()));
    }
}

/// The schema after the statements of one file. A refused change is reported and replay goes on, so that
/// one mistake does not hide the rest.
pub fn replay_file(before: &Schema, statements: &[Statement], sources: &SourceMap, observer: &mut dyn Observer) -> Schema {
    let (calls_left, answered_left) = (MAX_ALL_CALLS, MAX_ANSWERED);
    let mut run = Run { schema: before.clone(), sources, observer, statement: None, calls: 0, calls_left, questions: 0, answered_left };
    for statement in statements {
        run.statement = Some(statement);
        // Outside a block a refusal was reported when it happened.
        let _ = run.body(&statement.body, statement.span, OnRefusal::Report);
    }
    // Every file has a session of its own.
    run.schema.end_session();
    run.schema
}

/// What happens when PostgreSQL would refuse a change.
#[derive(Clone, Copy, PartialEq)]
enum OnRefusal {
    /// Tell the observer and go on.
    Report,
    /// Stop, and let the enclosing handler decide.
    Raise,
}

struct Run<'a> {
    schema: Schema,
    sources: &'a SourceMap,
    observer: &'a mut dyn Observer,
    /// The top-level statement that is being run.
    statement: Option<&'a Statement>,
    /// Functions that are being called, one from another.
    calls: usize,
    calls_left: usize,
    /// Questions whose answers the code that runs now stands behind.
    questions: usize,
    answered_left: usize,
}

/// Watches steps of which nobody knows whether they run.
#[derive(Default)]
struct Unseen {
    places: Vec<(Span, String)>,
}

impl Observer for Unseen {
    fn applied(&mut self, _: &Statement, change: &Change, _: &Schema, _: &Schema, applied: Applied) {
        if applied.no_effect.is_none() {
            self.places.push((change.span, "a condition that only the database can answer".to_owned()));
        }
    }

    fn not_modelled(&mut self, _: &Statement, span: Span, reason: &str) {
        self.places.push((span, reason.to_owned()));
    }
}

/// What is refused, on its way to a handler.
struct Raised {
    span: Span,
    refusal: Refusal,
}

impl<'a> Run<'a> {
    fn body(&mut self, body: &Body, span: Span, on_refusal: OnRefusal) -> Result<(), Box<Raised>> {
        if let (Some(statement), Body::Maintenance(_) | Body::Setting { .. } | Body::Transaction(_)) = (self.statement, body) {
            self.observer.passed(statement, span, body, &self.schema);
        }
        match body {
            Body::Changes(changes) => self.changes(changes, on_refusal),
            Body::Block(steps) => self.steps(steps, on_refusal),
            Body::Opaque { reason, may_touch } => {
                self.opaque(span, reason, may_touch);
                Ok(())
            }
            Body::Unparsed(_) => {
                self.taint_identifiers(span);
                Ok(())
            }
            Body::Data(data) => {
                if let Some(statement) = self.statement {
                    self.observer.data(statement, span, data, &self.schema);
                }
                if !self.rows(data, span, on_refusal)? {
                    return Ok(());
                }
                data.calls.iter().try_for_each(|call| self.call(call, span, on_refusal))
            }
            Body::Setting { .. } | Body::Transaction(_) | Body::Maintenance(_) | Body::Access(_) | Body::Other => Ok(()),
        }
    }

    /// Whether a statement on rows can be run. What functions do depends on settings of theirs.
    fn rows(&mut self, data: &DataStatement, span: Span, on_refusal: OnRefusal) -> Result<bool, Box<Raised>> {
        let Some(statement) = self.statement.filter(|_| self.calls == 0) else { return Ok(true) };
        let target = data.table.as_ref().filter(|table| !table.to_sql().contains(UNKNOWN_PART));
        let rows = Rows { target: target.map(|table| (table, data.columns.as_slice())), level: data.level.as_deref() };
        match self.schema.check_rows(rows) {
            Ok(()) => Ok(true),
            Err(refusal) if on_refusal == OnRefusal::Raise => Err(Box::new(Raised { span, refusal })),
            Err(refusal) => {
                self.observer.refused(statement, span, refusal);
                Ok(false)
            }
        }
    }

    /// A migration that calls a function of its own does what the function does.
    fn call(&mut self, call: &Call, span: Span, on_refusal: OnRefusal) -> Result<(), Box<Raised>> {
        if self.calls >= MAX_CALLS {
            return Ok(());
        }
        let meant = self.schema.functions_meant(&call.function).into_iter().filter(|function| call.fits(&function.arguments));
        let mut bodies: Vec<Vec<Step>> = meant.map(|function| sql::function_steps(self.sources, function, call)).collect();
        bodies.retain(|steps| !steps.is_empty());
        if bodies.is_empty() {
            return Ok(());
        }
        let Some(calls_left) = self.calls_left.checked_sub(1) else {
            self.opaque(span, "more calls of functions than are followed", &Reach::anything());
            return Ok(());
        };
        self.calls_left = calls_left;
        self.calls += 1;
        let result = match (&bodies[..], call.condition.evaluate(&self.schema)) {
            (_, Some(false)) => Ok(()),
            ([only], Some(true)) => self.steps(only, on_refusal),
            // Which of them is called depends on the arguments' types.
            (several, _) => {
                several.iter().for_each(|steps| self.undecided(steps));
                Ok(())
            }
        };
        self.calls -= 1;
        result
    }

    fn changes(&mut self, changes: &[Change], on_refusal: OnRefusal) -> Result<(), Box<Raised>> {
        let mut not_added: Vec<&Name> = Vec::new();
        for change in changes {
            match &change.kind {
                ChangeKind::AddConstraint { with_column: Some(column), .. } if not_added.contains(&column) => {}
                ChangeKind::AddColumn { column, .. } if !self.change(change, on_refusal)? => not_added.push(&column.name),
                ChangeKind::AddColumn { .. } => {}
                _ => _ = self.change(change, on_refusal)?,
            }
        }
        Ok(())
    }

    /// Whether the change was carried out and had an effect.
    fn change(&mut self, change: &Change, on_refusal: OnRefusal) -> Result<bool, Box<Raised>> {
        let Some(statement) = self.statement else { return Ok(false) };
        match self.schema.after(change) {
            Ok((after, applied)) => {
                let before = std::mem::replace(&mut self.schema, after);
                let has_effect = applied.no_effect.is_none();
                self.observer.applied(statement, change, &before, &self.schema, applied);
                Ok(has_effect)
            }
            Err(refusal) if on_refusal == OnRefusal::Raise => Err(Box::new(Raised { span: change.span, refusal })),
            Err(refusal) => {
                let before = self.schema.clone();
                self.observer.refused(statement, change.span, refusal);
                self.salvage(change);
                self.observer.salvaged(statement, change, &before, &self.schema);
                Ok(false)
            }
        }
    }

    /// A table that is refused for one of its foreign keys is made without it, so that not everything about the table
    /// is refused in turn.
    fn salvage(&mut self, change: &Change) {
        let mut without = change.clone();
        let ChangeKind::CreateTable { table, .. } = &mut without.kind else { return };
        let name = table.name.clone();
        let (keys, others): (Vec<_>, Vec<_>) =
            table.constraints.drain(..).partition(|constraint| matches!(constraint.kind, ConstraintKind::ForeignKey(_)));
        table.constraints = others;
        if keys.is_empty() || self.schema.apply(&without).is_err() {
            return;
        }
        for constraint in keys {
            let kind = ChangeKind::AddConstraint {
                table: name.clone(),
                constraint: Box::new(Arc::unwrap_or_clone(constraint)),
                index: None,
                using_index: None,
                with_column: None,
                if_table_exists: false,
            };
            // The one that was refused is refused again.
            let _ = self.schema.apply(&Change { kind, span: change.span });
        }
    }

    fn steps(&mut self, steps: &[Step], on_refusal: OnRefusal) -> Result<(), Box<Raised>> {
        steps.iter().try_for_each(|step| self.step(step, on_refusal))
    }

    fn step(&mut self, step: &Step, on_refusal: OnRefusal) -> Result<(), Box<Raised>> {
        match step {
            Step::Statement(statement) => self.body(&statement.body, statement.span, on_refusal),
            Step::If { condition, then, otherwise } => self.branch(condition, then, otherwise, on_refusal),
            Step::Protected { body, handlers } => self.protected(body, handlers, on_refusal),
            Step::Ask(ask) => self.ask(ask, on_refusal),
        }
    }

    fn branch(&mut self, condition: &Condition, then: &[Step], otherwise: &[Step], on_refusal: OnRefusal) -> Result<(), Box<Raised>> {
        match condition.evaluate(&self.schema) {
            Some(true) => self.steps(then, on_refusal),
            Some(false) => self.steps(otherwise, on_refusal),
            None => {
                [then, otherwise].into_iter().for_each(|steps| self.undecided(steps));
                Ok(())
            }
        }
    }

    /// Code that asks the catalogs goes on with each answer in turn; the answers are those of before the first turn.
    fn ask(&mut self, ask: &Ask, on_refusal: OnRefusal) -> Result<(), Box<Raised>> {
        let answers = if self.questions < MAX_QUESTIONS { ask.answers(&self.schema) } else { None };
        let length = answers.iter().flatten().count().saturating_mul(ask.continuation.code().text.len());
        let (Some(answers), Some(left)) = (answers, self.answered_left.checked_sub(length)) else {
            return self.steps(&ask.otherwise, on_refusal);
        };
        self.answered_left = left;
        self.questions += 1;
        let result = answers.into_iter().try_for_each(|answer| self.steps(&sql::resumed(ask, answer), on_refusal));
        self.questions -= 1;
        result
    }

    /// Steps that may or may not run: they are tried out, and whatever they change is uncertain from here on.
    fn undecided(&mut self, steps: &[Step]) {
        let mut unseen = Unseen::default();
        let mut trial = Run { schema: self.schema.clone(), observer: &mut unseen, ..*self };
        // What would fail in the trial fails only where it runs.
        let _ = trial.steps(steps, OnRefusal::Report);
        (self.calls_left, self.answered_left) = (trial.calls_left, trial.answered_left);
        let after = trial.schema;
        if let Some(statement) = self.statement {
            unseen.places.into_iter().for_each(|(span, reason)| self.observer.not_modelled(statement, span, &reason));
        }
        self.schema.doubt_changes(after);
    }

    /// PL/pgSQL undoes a block whose exception it handles.
    fn protected(&mut self, body: &[Step], handlers: &[(Vec<Name>, Vec<Step>)], on_refusal: OnRefusal) -> Result<(), Box<Raised>> {
        let before = self.schema.clone();
        let Err(raised) = self.steps(body, OnRefusal::Raise) else { return Ok(()) };
        self.schema = before;
        let catches = |names: &[Name]| names.iter().any(|name| *name == "others" || *name == raised.refusal.error.condition());
        match handlers.iter().find(|(names, _)| catches(names)) {
            Some((_, handler)) => self.steps(handler, on_refusal),
            None if on_refusal == OnRefusal::Raise => Err(raised),
            None => {
                if let Some(statement) = self.statement {
                    self.observer.refused(statement, raised.span, raised.refusal);
                }
                Ok(())
            }
        }
    }

    fn opaque(&mut self, span: Span, reason: &str, may_touch: &Reach) {
        if let Some(statement) = self.statement {
            self.observer.not_modelled(statement, span, reason);
        }
        if may_touch.anything {
            self.schema.uncertainty.everything.get_or_insert(span);
        }
        may_touch.relations.iter().for_each(|name| self.schema.doubt(name));
        may_touch.children.iter().for_each(|parent| self.schema.doubt_children(parent));
        self.schema.uncertainty.created.extend(may_touch.created.iter().cloned());
        self.schema.uncertainty.attachments.extend(may_touch.attachments.iter().cloned());
    }

    /// A statement that does not parse may have meant anything it names.
    fn taint_identifiers(&mut self, span: Span) {
        let text = self.sources.text(span);
        let names: Vec<QualifiedName> = tokens(text, 0..text.len())
            .filter_map(|token| match token.kind {
                TokenKind::Word => Some(QualifiedName::unqualified(text[token.range].to_lowercase())),
                TokenKind::QuotedIdentifier => Some(QualifiedName::unqualified(text[token.range].trim_matches('"').replace("\"\"", "\""))),
                _ => None,
            })
            .collect();
        names.iter().for_each(|name| self.schema.doubt(name));
    }
}

impl ErrorKind {
    /// PostgreSQL's condition name, as exception handlers spell it.
    pub fn condition(self) -> &'static str {
        match self {
            ErrorKind::UndefinedTable => "undefined_table",
            ErrorKind::UndefinedColumn => "undefined_column",
            ErrorKind::UndefinedObject => "undefined_object",
            ErrorKind::UndefinedFunction => "undefined_function",
            ErrorKind::UndefinedSchema => "invalid_schema_name",
            ErrorKind::DuplicateTable => "duplicate_table",
            ErrorKind::DuplicateColumn => "duplicate_column",
            ErrorKind::DuplicateObject => "duplicate_object",
            ErrorKind::DuplicateFunction => "duplicate_function",
            ErrorKind::DuplicateSchema => "duplicate_schema",
            ErrorKind::DependentObjectsStillExist => "dependent_objects_still_exist",
            ErrorKind::WrongObjectType => "wrong_object_type",
            ErrorKind::InvalidDefinition => "invalid_table_definition",
            ErrorKind::DatatypeMismatch => "datatype_mismatch",
        }
    }
}
