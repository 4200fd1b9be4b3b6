//! `CREATE INDEX CONCURRENTLY IF NOT EXISTS`: what a failed build leaves behind counts as existing.

use crate::change::{Change, ChangeKind, ObjectReference};
use crate::history::Migration;
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, all_together};
use crate::schema::{Index, Name, QualifiedName, Schema};
use crate::sql::{Body, Statement};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let migrations = context.history.history.migrations.iter();
    let places = migrations.flat_map(|migration| of_migration(context.schema, migration)).collect();
    let ending = ": a build that failed leaves an invalid index of that name, which the next run takes for done";
    all_together(context, places, "index", ending)
}

fn of_migration(schema: &Schema, migration: &Migration) -> Vec<Place> {
    let mut dropped: Vec<&Name> = Vec::new();
    let mut places = Vec::new();
    for change in migration.up.iter().flat_map(changes) {
        match &change.kind {
            // What a failed build left was cleared away just before.
            ChangeKind::Drop { object: ObjectReference::Index(name), .. } => dropped.push(&name.name),
            ChangeKind::CreateIndex { table, index, concurrently: true, if_not_exists: true, .. } if !dropped.contains(&&index.name) => {
                places.extend(place(schema, table, index, change));
            }
            _ => {}
        }
    }
    places
}

fn changes(statement: &Statement) -> &[Change] {
    match &statement.body {
        Body::Changes(changes) => changes,
        _ => &[],
    }
}

/// Only what that statement made, and is still there.
fn place(schema: &Schema, table: &QualifiedName, index: &Index, change: &Change) -> Option<Place> {
    let exists = |name: &QualifiedName| schema.index(name).is_some_and(|(_, index)| index.span == change.span);
    let found = schema.resolve(table.schema(), &index.name, exists)?;
    let name = found.to_sql();
    Some(Place {
        span: change.span,
        object: found.to_string(),
        label: format!("`{}` is built CONCURRENTLY IF NOT EXISTS", index.name),
        sql: format!("DROP INDEX CONCURRENTLY IF EXISTS {name};"),
    })
}
