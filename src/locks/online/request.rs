//! What a statement asks for by `ALGORITHM` and `LOCK`, and what the server makes of it.

use super::{Operation, Operations, clauses, concerned, is_innodb};
use crate::change::{Algorithm, AlterLock, Change, ChangeKind, Keeping};
use crate::schema::{ConstraintKind, Schema};
use crate::source::Span;
use crate::sql::{Body, Statement};

/// `ALGORITHM = …, LOCK = …`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The algorithm and where it is asked for.
    pub algorithm: Option<(Algorithm, Span)>,
    /// The lock and where it is asked for.
    pub lock: Option<(AlterLock, Span)>,
}

/// What a change's cost depends on besides the change.
#[derive(Clone, Copy, Debug)]
pub(in crate::locks) struct Session {
    /// `foreign_key_checks` is on.
    pub checks_foreign_keys: bool,
    /// What the statement asks for.
    pub request: Request,
    /// The statement adds a primary key.
    pub adds_primary_key: bool,
}

impl Session {
    /// That of a statement.
    pub fn of(statement: &Statement, checks_foreign_keys: bool) -> Self {
        let mut session = Self { checks_foreign_keys, request: Request::default(), adds_primary_key: false };
        let changes = match &statement.body {
            Body::Changes(changes) => changes.as_slice(),
            _ => &[],
        };
        for change in changes {
            match &change.kind {
                ChangeKind::Keep { keeping: Keeping::Algorithm(algorithm), .. } => {
                    session.request.algorithm = Some((*algorithm, change.span))
                }
                ChangeKind::Keep { keeping: Keeping::Lock(lock), .. } => session.request.lock = Some((*lock, change.span)),
                ChangeKind::AddConstraint { constraint, .. } => session.adds_primary_key |= constraint.kind == ConstraintKind::PrimaryKey,
                _ => {}
            }
        }
        session
    }
}

impl Request {
    /// Whether a server refuses to carry out an operation this way.
    pub(super) fn is_refused(&self, operation: Operation) -> bool {
        self.refusal(operation).is_some()
    }

    /// Where something is asked for in vain, what, and why.
    fn refusal(&self, operation: Operation) -> Option<(Span, String, String)> {
        let at_least = |needed: String| format!("it takes `{needed}` at least");
        if let Some((algorithm, span)) = self.algorithm.filter(|(algorithm, _)| *algorithm < operation.algorithm) {
            let needed = format!("ALGORITHM={}", operation.algorithm.to_sql());
            return Some((span, format!("ALGORITHM={}", algorithm.to_sql()), at_least(needed)));
        }
        let copies = self.algorithm.is_some_and(|(algorithm, _)| algorithm == Algorithm::Copy);
        let needed = if copies { operation.lock.max(AlterLock::Shared) } else { operation.lock };
        let (lock, span) = self.lock.filter(|(lock, _)| *lock < needed)?;
        Some((span, format!("LOCK={}", lock.to_sql()), at_least(format!("LOCK={}", needed.to_sql()))))
    }

    /// MySQL wants no word about locks for what takes none.
    fn lock_beside_instant(&self) -> Option<(Span, String, String)> {
        self.algorithm.filter(|(algorithm, _)| *algorithm == Algorithm::Instant)?;
        let (lock, span) = self.lock?;
        Some((span, format!("LOCK={}", lock.to_sql()), "it takes no `LOCK` beside `ALGORITHM=INSTANT`".to_owned()))
    }

    /// The operation as it is carried out on request.
    pub(super) fn apply(&self, operations: Operations) -> Operations {
        let one = |operation: Operation| {
            let operation = match self.algorithm {
                Some((Algorithm::Copy, _)) => operation.with(Operation::COPY),
                Some((algorithm, _)) => Operation { algorithm: algorithm.max(operation.algorithm), ..operation },
                None => operation,
            };
            Operation { lock: self.lock.map_or(operation.lock, |(lock, _)| lock.max(operation.lock)), ..operation }
        };
        Operations { mysql: one(operations.mysql), mariadb: one(operations.mariadb) }
    }
}

/// A change that MySQL does not make the way it is asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where it is asked.
    pub span: Span,
    /// What is asked for: `ALGORITHM=INPLACE`.
    pub asked: String,
    /// Why, in words: "it takes `ALGORITHM=COPY` at least".
    pub why: String,
    /// Whether MariaDB does it.
    pub mariadb_does: bool,
}

/// Whether MySQL refuses a change because of what its statement asks for. `before` is the schema the change finds.
pub fn refused(statement: &Statement, change: &Change, before: &Schema, checks_foreign_keys: bool) -> Option<Refused> {
    let session = Session::of(statement, checks_foreign_keys);
    if session.request == Request::default() {
        return None;
    }
    // Only MariaDB knows this word.
    if session.request.algorithm.is_some_and(|(algorithm, _)| algorithm == Algorithm::NoCopy) {
        return None;
    }
    let table = concerned(change, before).filter(|table| is_innodb(table))?;
    let operations = clauses::of(change, table, &session)?;
    let (span, asked, why) = session.request.lock_beside_instant().or_else(|| session.request.refusal(operations.mysql))?;
    Some(Refused { span, asked, why, mariadb_does: !session.request.is_refused(operations.mariadb) })
}

/// Whether foreign keys are checked after `SET name = value`; `None` where that is not set.
///
/// Clients set several things at once, and back to what was kept in a variable.
pub fn foreign_key_checks(name: &str, value: &str) -> Option<bool> {
    const NAME: &str = "foreign_key_checks=";
    let written: String = format!("{name}={value}").to_ascii_lowercase().split_whitespace().collect();
    let value = written.rsplit_once(NAME)?.1;
    Some(!["0", "off", "false"].iter().any(|off| value.starts_with(off)))
}
