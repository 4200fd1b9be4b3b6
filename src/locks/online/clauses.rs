//! What each clause of `ALTER TABLE` costs.

use super::types::{self, Conversion};
use super::{Operation, Operations, Session};
use crate::change::{Algorithm, AlterLock, Change, ChangeKind, Keeping};
use crate::locks::Work;
use crate::schema::{Column, ConstraintKind, Index, Name, Table};

/// How a change of a table is carried out; `None` where that is not known.
pub(super) fn of(change: &Change, table: &Table, session: &Session) -> Option<Operations> {
    use ChangeKind as C;
    const INSTANT: Operations = Operations::both(Operation::INSTANT);
    Some(match &change.kind {
        C::AddColumn { column, .. } => add_column(table, column),
        C::DropColumn { column, .. } => drop_column(table, column),
        C::RenameColumn { .. } | C::SetDefault { .. } => INSTANT,
        C::SetType { column, data_type, .. } => match types::conversion(table, column, data_type)? {
            Conversion::Same => INSTANT,
            Conversion::Longer => Operations::new(Operation::INPLACE, Operation::INSTANT),
            Conversion::MySqlCopies => Operations::new(Operation::COPY, Operation::INSTANT),
            Conversion::Other => Operations::both(Operation::COPY),
        },
        C::SetNullable { column, nullable, .. } => {
            let there = found(table, column)?;
            if there.nullable.value == *nullable { INSTANT } else { Operations::both(Operation::REBUILD) }
        }
        // A column that begins or ceases to number its rows counts as one of another type.
        C::SetIdentity { column, identity, .. } => {
            let there = found(table, column)?;
            if there.identity.is_some() == identity.is_some() { INSTANT } else { Operations::both(Operation::COPY) }
        }
        C::AddConstraint { constraint, with_column, .. } => match &constraint.kind {
            ConstraintKind::PrimaryKey => Operations::both(Operation::REBUILD),
            ConstraintKind::Unique => plain_index(),
            ConstraintKind::ForeignKey(_) if session.checks_foreign_keys => Operations::both(Operation::COPY),
            ConstraintKind::ForeignKey(_) => Operations::new(Operation::INPLACE, Operation::INSTANT),
            // No row has anything yet in a new column that could violate it.
            ConstraintKind::Check { .. } if with_column.is_some() => Operations::new(Operation::COPY, Operation::INSTANT),
            ConstraintKind::Check { .. } => Operations::both(Operation::COPY),
            ConstraintKind::Exclude { .. } => return None,
        },
        C::DropConstraint { constraint, .. } if constraint.eq_ignore_ascii_case("primary") => match session.adds_primary_key {
            true => Operations::both(Operation::REBUILD),
            false => Operations::both(Operation::COPY),
        },
        C::DropConstraint { constraint, .. } => match table.constraint(constraint).map(|constraint| &constraint.kind) {
            Some(ConstraintKind::Unique) => drop_index(),
            Some(ConstraintKind::ForeignKey(_)) => Operations::new(Operation::INPLACE, Operation::INSTANT),
            _ => return None,
        },
        C::CreateIndex { index, .. } => create_index(table, index),
        C::DropIndex { .. } => drop_index(),
        C::RenameIndex { .. } => Operations::new(Operation::INPLACE, Operation::INSTANT),
        C::Rename { .. } => Operations::new(Operation::INSTANT, Operation { lock: AlterLock::Exclusive, ..Operation::INSTANT }),
        C::Truncate { .. } | C::Drop { .. } => Operations::both(Operation { lock: AlterLock::Exclusive, ..Operation::INSTANT }),
        C::Keep { keeping, .. } => keep(table, keeping)?,
        _ => return None,
    })
}

pub(super) fn found<'a>(table: &'a Table, column: &Name) -> Option<&'a Column> {
    table.columns.iter().find(|there| there.name.eq_ignore_ascii_case(column)).map(AsRef::as_ref)
}

fn has_index(table: &Table, method: &str) -> bool {
    table.indexes.iter().any(|index| *index.method == *method)
}

fn add_column(table: &Table, column: &Column) -> Operations {
    if column.identity.is_some() {
        return Operations::both(Operation::LOCKED_REBUILD);
    }
    match column.generated.as_ref().map(|generated| generated.value.stored) {
        Some(true) => Operations::both(Operation::COPY),
        Some(false) => Operations::both(Operation::INSTANT),
        None if has_index(table, "fulltext") => Operations::new(Operation::REBUILD, Operation::LOCKED_REBUILD),
        None => Operations::both(Operation::INSTANT),
    }
}

fn drop_column(table: &Table, column: &Name) -> Operations {
    let is_stored = found(table, column).and_then(|column| column.generated.as_ref()).is_some_and(|generated| generated.value.stored);
    match () {
        () if has_index(table, "fulltext") => Operations::both(Operation::REBUILD),
        () if is_stored => Operations::new(Operation::REBUILD, Operation::INSTANT),
        () => Operations::both(Operation::INSTANT),
    }
}

fn plain_index() -> Operations {
    let built = |algorithm| Operation::new(algorithm, AlterLock::None, Work::IndexBuild);
    Operations::new(built(Algorithm::Inplace), built(Algorithm::NoCopy))
}

fn drop_index() -> Operations {
    Operations::new(Operation::INPLACE, Operation { algorithm: Algorithm::NoCopy, ..Operation::INPLACE })
}

fn create_index(table: &Table, index: &Index) -> Operations {
    let locked = |algorithm| Operation::new(algorithm, AlterLock::Shared, Work::IndexBuild);
    match index.method.as_str() {
        // The first one adds a hidden column that numbers the rows, unless there is one of that name.
        "fulltext" if !has_index(table, "fulltext") && found(table, &"FTS_DOC_ID".into()).is_none() => {
            Operations::both(Operation::LOCKED_REBUILD)
        }
        "fulltext" | "spatial" => Operations::new(locked(Algorithm::Inplace), locked(Algorithm::NoCopy)),
        _ => plain_index(),
    }
}

fn keep(table: &Table, keeping: &Keeping) -> Option<Operations> {
    Some(match keeping {
        Keeping::Engine(engine) if engine.eq_ignore_ascii_case("innodb") => rebuild(table),
        Keeping::Engine(_) | Keeping::Repartition => Operations::both(Operation::COPY),
        Keeping::RewritePartitions => Operations::both(Operation::LOCKED_REBUILD),
        Keeping::Convert(charset) => types::converted(table, charset)?,
        Keeping::Reorder => Operations::new(Operation::REBUILD, Operation::INSTANT),
        Keeping::Rebuild => rebuild(table),
        Keeping::Note | Keeping::Algorithm(_) | Keeping::Lock(_) => return None,
    })
}

/// All rows written anew and nothing else.
pub(super) fn rebuild(table: &Table) -> Operations {
    match has_index(table, "fulltext") {
        true => Operations::new(Operation::COPY, Operation::LOCKED_REBUILD),
        false => Operations::both(Operation::REBUILD),
    }
}
