//! What touched which object: every change that had an effect and every statement that wrote rows, in order.

use rayon::prelude::*;

use super::{History, Migration, Observer, replay_file};
use crate::change::{Applied, Change, ChangeKind};
use crate::difference::{self, Difference, DifferenceKind, Object};
use crate::schema::{Expression, KeyPart, Name, QualifiedName, Schema, Table};
use crate::source::{SourceMap, Span};
use crate::sql::{DataKind, DataStatement, Statement};

/// One thing that was done to one object.
#[derive(Clone, Debug)]
pub struct Touch {
    /// Index of the migration.
    pub migration: usize,
    /// The statement.
    pub statement: Span,
    /// The place in it that names the object, or the statement again.
    pub span: Span,
    /// What was done.
    pub deed: Deed,
    /// The columns of the object's table that are concerned: those of a constraint, an index, a new table.
    pub columns: Vec<Name>,
}

/// What was done to an object.
#[derive(Clone, Debug)]
pub enum Deed {
    /// It was made, altered or removed.
    Differs(Difference),
    /// It got another name or schema.
    Renamed {
        /// As it was called before.
        from: Object,
        /// As it is called from here on.
        to: Object,
    },
    /// Rows of the table were written.
    Data {
        /// The table.
        table: QualifiedName,
        /// How.
        kind: DataKind,
    },
    /// All rows of the table were removed.
    Truncated(QualifiedName),
}

impl Deed {
    /// The object it was done to, as it was called afterwards.
    pub fn object(&self) -> Object {
        match self {
            Deed::Differs(difference) => difference.object.clone(),
            Deed::Renamed { to, .. } => to.clone(),
            Deed::Data { table, .. } | Deed::Truncated(table) => Object::Table(table.clone()),
        }
    }

    /// Whether rows were concerned, and not the schema.
    pub fn is_data(&self) -> bool {
        matches!(self, Deed::Data { .. } | Deed::Truncated(_))
    }
}

/// Everything that was done to any object, oldest first.
pub fn trace(history: &History, sources: &SourceMap) -> Vec<Touch> {
    // Every migration is replayed by itself: the schema before it is known.
    let of_migration = |(index, migration): (usize, &Migration)| {
        let mut tracer = Tracer { migration: index, touches: Vec::new() };
        replay_file(&migration.before, &migration.up, sources, &mut tracer);
        tracer.touches
    };
    history.migrations.par_iter().enumerate().flat_map_iter(of_migration).collect()
}

struct Tracer {
    migration: usize,
    touches: Vec<Touch>,
}

impl Tracer {
    fn record(&mut self, statement: &Statement, change: &Change, before: &Schema, after: &Schema) {
        let deeds = match &change.kind {
            ChangeKind::Truncate { table, .. } => relation(before, table).map(Deed::Truncated).into_iter().collect(),
            kind => schema_deeds(kind, difference::between(before, after)),
        };
        let touches = deeds.into_iter().map(|deed| Touch {
            migration: self.migration,
            statement: statement.span,
            span: change.span,
            columns: columns_of(&deed, before, after),
            deed,
        });
        self.touches.extend(touches);
    }
}

impl Observer for Tracer {
    fn applied(&mut self, statement: &Statement, change: &Change, before: &Schema, after: &Schema, applied: Applied) {
        if applied.no_effect.is_none() {
            self.record(statement, change, before, after);
        }
    }

    fn salvaged(&mut self, statement: &Statement, change: &Change, before: &Schema, after: &Schema) {
        if matches!(change.kind, ChangeKind::CreateTable { .. }) {
            self.record(statement, change, before, after);
        }
    }

    fn data(&mut self, statement: &Statement, span: Span, data: &DataStatement, schema: &Schema) {
        let Some(table) = data.table.as_ref().and_then(|table| relation(schema, table)) else { return };
        let deed = Deed::Data { table, kind: data.kind };
        self.touches.push(Touch { migration: self.migration, statement: statement.span, span, deed, columns: data.columns.clone() });
    }
}

fn relation(schema: &Schema, written: &QualifiedName) -> Option<QualifiedName> {
    schema.resolve(written.schema(), &written.name, |name| schema.relation(name).is_some())
}

fn schema_deeds(kind: &ChangeKind, differences: Vec<Difference>) -> Vec<Deed> {
    let renames = matches!(
        kind,
        ChangeKind::Rename { .. }
            | ChangeKind::SetSchema { .. }
            | ChangeKind::RenameNamespace { .. }
            | ChangeKind::RenameColumn { .. }
            | ChangeKind::RenameConstraint { .. }
    );
    if renames { renamed(differences) } else { differences.into_iter().map(Deed::Differs).collect() }
}

/// Pairs what went with what came. That others refer to it by its new name is no change of theirs.
fn renamed(differences: Vec<Difference>) -> Vec<Deed> {
    let (removed, others): (Vec<_>, Vec<_>) =
        differences.into_iter().partition(|difference| matches!(difference.kind, DifferenceKind::Removed));
    let mut added: Vec<Object> =
        others.into_iter().filter(|difference| matches!(difference.kind, DifferenceKind::Added)).map(|it| it.object).collect();
    let mut deeds = Vec::new();
    for Difference { object: from, .. } in removed {
        // Names that share a schema keep their order when that is renamed.
        let Some(position) = added.iter().position(|to| to.kind() == from.kind()) else { continue };
        deeds.push(Deed::Renamed { from, to: added.remove(position) });
    }
    deeds
}

fn columns_of(deed: &Deed, before: &Schema, after: &Schema) -> Vec<Name> {
    let object = deed.object();
    match &object {
        Object::Column(_, column) => vec![column.clone()],
        Object::Constraint(table, name) => {
            in_either(table, before, after, |table| table.constraint(name).map(|constraint| constraint.columns.clone()))
        }
        Object::Index(table, name) => in_either(table, before, after, |table| table.index(name).map(indexed_columns)),
        Object::Table(name) => match deed {
            Deed::Differs(Difference { kind: DifferenceKind::Added | DifferenceKind::Removed, .. }) => {
                in_either(name, before, after, |table| Some(table.columns.iter().map(|column| column.name.clone()).collect()))
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn in_either(table: &QualifiedName, before: &Schema, after: &Schema, columns: impl Fn(&Table) -> Option<Vec<Name>>) -> Vec<Name> {
    let mut versions = [after, before].into_iter().filter_map(|schema| schema.table(table));
    versions.find_map(columns).unwrap_or_default()
}

fn indexed_columns(index: &crate::schema::Index) -> Vec<Name> {
    let of_expression = |expression: &Expression| expression.tree.columns().into_iter().cloned().collect::<Vec<_>>();
    let keys = index.keys.iter().flat_map(|key| match &key.part {
        KeyPart::Column(column) => vec![column.clone()],
        KeyPart::Expression(expression) => of_expression(expression),
    });
    keys.chain(index.include.iter().cloned()).chain(index.predicate.iter().flat_map(of_expression)).collect()
}
