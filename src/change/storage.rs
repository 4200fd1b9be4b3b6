//! Storage parameters and what else says how rows are kept.

use std::sync::Arc;

use super::outcome::{Outcome, done, missing_relation, refuse, shown};
use super::store::edit_table;
use super::{ErrorKind, StorageChange, indexes, resolve};
use crate::schema::{Name, QualifiedName, RelationKind, ReplicaIdentity, Schema, Storage, Table};
use crate::source::Span;

/// `SET (…)` and `RESET (…)` of a table, index or view.
pub(super) fn alter_options(
    schema: &mut Schema,
    span: Span,
    written: &QualifiedName,
    set: &[(Name, Arc<str>)],
    reset: &[Name],
    if_exists: bool,
) -> Outcome {
    let Some(name) = resolve::relation(schema, written) else {
        let unseen = resolve::may_exist_unseen(schema, written);
        return if unseen { done() } else { missing_relation(if_exists, written) };
    };
    let alter = |options: &mut crate::schema::Options| {
        options.set(set);
        options.reset(reset);
    };
    match schema.relation(&name) {
        Some(RelationKind::Table) => edit_table(schema, &name, |table| {
            alter(&mut table.options);
            resolve::note(table, span);
        }),
        Some(RelationKind::View) => indexes::edit_view(schema, &name, |view| {
            alter(&mut view.options);
            view.security_invoker = view.options.get("security_invoker").is_some_and(|value| value != "false" && value != "off");
            view.changed.push_back(span);
        }),
        Some(RelationKind::Index) => indexes::edit(schema, &name, |index| alter(&mut index.options)),
        _ => {}
    }
    done()
}

/// `REPLICA IDENTITY`.
pub(super) fn set_replica_identity(schema: &mut Schema, table: &QualifiedName, identity: &ReplicaIdentity) -> Outcome {
    if let ReplicaIdentity::Index(index) = identity {
        required_index(schema, table, index)?;
    }
    edit_table(schema, table, |table| table.replica_identity = identity.clone());
    done()
}

/// `CLUSTER ON`.
pub(super) fn set_cluster(schema: &mut Schema, table: &QualifiedName, index: Option<&Name>) -> Outcome {
    if let Some(index) = index {
        required_index(schema, table, index)?;
    }
    edit_table(schema, table, |table| {
        for found in table.indexes.iter_mut().filter(|found| found.clustered != (Some(&found.name) == index)) {
            let found = Arc::make_mut(found);
            found.clustered = !found.clustered;
        }
    });
    done()
}

fn required_index(schema: &Schema, table: &QualifiedName, index: &Name) -> Outcome {
    if schema.table(table).is_some_and(|table| table.index(index).is_none()) {
        return refuse(ErrorKind::UndefinedObject, format!("index `{index}` for table `{}` does not exist", shown(table)));
    }
    done()
}

/// `SET STORAGE` and its kin, of partitions and children too.
pub(super) fn set_storage(schema: &mut Schema, table: &QualifiedName, column: &Name, change: &StorageChange) -> Outcome {
    if !resolve::required_column(schema, table, column)? {
        return done();
    }
    let children = schema.descendants(table);
    for name in std::iter::once(table).chain(&children) {
        edit_table(schema, name, |table| alter_column(table, column, change));
    }
    done()
}

fn alter_column(table: &mut Table, column: &Name, change: &StorageChange) {
    let Some(column) = table.columns.iter_mut().find(|there| there.name == *column) else { return };
    let kept = &mut Arc::make_mut(column).storage;
    let mut storage = kept.take().unwrap_or_default();
    match change {
        StorageChange::Strategy(strategy) => storage.strategy = Some(strategy.clone()),
        StorageChange::Compression(compression) => storage.compression = compression.clone(),
        StorageChange::Statistics(statistics) => storage.statistics = *statistics,
        StorageChange::Set(options) => storage.options.set(options),
        StorageChange::Reset(names) => storage.options.reset(names),
    }
    *kept = Some(storage).filter(|storage| **storage != Storage::default());
}
