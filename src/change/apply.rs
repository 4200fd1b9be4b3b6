//! [`Schema::apply`]: what PostgreSQL does to its catalog, done to the model.

use super::outcome::{Outcome, done, refuse_at, shown};
use super::resolve::on_table;
use super::{Applied, Change, ChangeKind, ErrorKind, Refusal};
use super::{
    children, column_renames, columns, comments, constraints, drops, functions, indexes, mentions, objects, plain, renames, resolve,
    statistics, storage, tables, types,
};
use crate::schema::{Dialect, QualifiedName, Schema};
use crate::source::Span;

impl Schema {
    /// Does one change. A refused change leaves the schema as it was, and replay goes on with the next.
    ///
    /// # Errors
    /// Where PostgreSQL would raise an error that can be known from the schema alone.
    pub fn apply(&mut self, change: &Change) -> Result<Applied, Refusal> {
        let (after, applied) = self.after(change)?;
        *self = after;
        Ok(applied)
    }

    /// The version that a change leads to.
    ///
    /// # Errors
    /// As [`Schema::apply`].
    pub fn after(&self, change: &Change) -> Result<(Schema, Applied), Refusal> {
        let mut after = self.clone();
        match carry_out(&mut after, change.span, &change.kind) {
            Ok(applied) => {
                mentions::follow(self, &mut after);
                Ok((after, applied))
            }
            // What SQL Server makes of a change was not compared with a server: it is not told what to refuse.
            Err(_) if self.dialect == Dialect::SqlServer => Ok((self.clone(), Applied::default())),
            // Where anything may have happened unseen, nothing is known to be an error.
            Err(_) if self.uncertainty.everything.is_some() || is_about_uncertain_attachment(self, &change.kind) => {
                Ok((self.clone(), Applied::default()))
            }
            Err(refusal) => Err(refusal),
        }
    }
}

/// Whether a change concerns a trigger or policy of a table whose triggers and policies are not known.
fn is_about_uncertain_attachment(schema: &Schema, kind: &ChangeKind) -> bool {
    use ChangeKind as K;
    let (K::CreateTrigger { table, .. } | K::EnableTrigger { table, .. } | K::CreatePolicy { table, .. } | K::AlterPolicy { table, .. }) =
        kind
    else {
        return false;
    };
    resolve::relation(schema, table).is_some_and(|table| schema.has_uncertain_attachments(&table))
}

fn carry_out(schema: &mut Schema, span: Span, kind: &ChangeKind) -> Outcome {
    use ChangeKind as K;
    if schema.dialect != Dialect::Postgres {
        return plain::carry_out(schema, span, kind);
    }
    match kind {
        K::CreateNamespace { name, if_not_exists } => objects::create_namespace(schema, span, name, *if_not_exists),
        K::RenameNamespace { name, to } => renames::rename_namespace(schema, name, to),
        K::SetSearchPath { path } => {
            schema.search_path = path.clone().unwrap_or_else(|| vec!["public".into()]);
            done()
        }
        K::CreateTable { table, if_not_exists, like, query } => tables::create(schema, span, table, *if_not_exists, like, query.as_deref()),
        K::CreateIndex { table, index, if_not_exists, only, .. } => create_index(schema, span, table, index, *if_not_exists, *only),
        K::AttachIndex { index, partition } => indexes::attach(schema, span, index, partition),
        K::CreateView { view, query, or_replace, if_not_exists } => {
            objects::create_view(schema, span, view, query, *or_replace, *if_not_exists)
        }
        K::RefreshView { view, populated, .. } => objects::refresh_view(schema, view, *populated),
        K::CreateSequence { sequence, if_not_exists } => objects::create_sequence(schema, sequence, *if_not_exists),
        K::AlterSequence { sequence, options, owned_by, if_exists } => {
            objects::alter_sequence(schema, sequence, options, owned_by.as_ref(), *if_exists)
        }
        K::CreateStatistics { statistics, if_not_exists } => statistics::create(schema, statistics, *if_not_exists),
        K::AlterStatistics { statistics, target, if_exists } => statistics::alter(schema, statistics, *target, *if_exists),
        K::AlterOptions { relation, set, reset, if_exists } => storage::alter_options(schema, span, relation, set, reset, *if_exists),
        K::CreateType { definition } => types::create(schema, definition),
        K::AddEnumValue { name, value, position, if_not_exists } => types::add_value(schema, span, name, value, position, *if_not_exists),
        K::RenameEnumValue { name, value, to } => types::rename_value(schema, span, name, value, to),
        K::AlterAttribute { name, change } => types::alter_attribute(schema, span, name, change),
        K::AlterDomain { name, change } => types::alter_domain(schema, span, name, change),
        K::CreateFunction { function, or_replace } => functions::create(schema, function, *or_replace),
        K::AlterFunction { name, arguments, options } => functions::alter(schema, name, arguments.as_deref(), options),
        K::CreateExtension { name, schema: namespace, if_not_exists } => {
            objects::create_extension(schema, span, name, namespace.as_ref(), *if_not_exists)
        }
        K::RelateTypes => {
            schema.uncertainty.conversions = true;
            done()
        }
        K::Drop { object, together, if_exists, cascade, .. } => drops::drop(schema, span, object, together, *if_exists, *cascade),
        K::Rename { object, to, if_exists } => renames::rename(schema, span, object, to, *if_exists),
        K::SetSchema { object, schema: namespace, if_exists } => renames::set_schema(schema, span, object, namespace, *if_exists),
        K::Comment { object, text } => comments::set(schema, span, object, text.as_ref()),
        K::RenameColumn { table, column, to, if_table_exists } => {
            column_renames::rename_column(schema, span, table, column, to, *if_table_exists)
        }
        K::Truncate { table, .. } => resolve::required_relation(schema, table).and_then(|_| done()),
        K::CreateTrigger { table, trigger, or_replace } if objects::is_view(schema, table) => {
            objects::create_trigger_on_view(schema, span, table, trigger, *or_replace)
        }
        other => alter_table(schema, span, other),
    }
}

/// The changes that concern one table.
fn alter_table(schema: &mut Schema, span: Span, kind: &ChangeKind) -> Outcome {
    use ChangeKind as K;
    let Some((written, guarded)) = table_of(kind) else { return done() };
    refuse_on_view(schema, written, kind)?;
    on_table(schema, written, span, guarded, |schema, table| match kind {
        K::AddColumn { column, if_not_exists, .. } => columns::add(schema, span, table, column, *if_not_exists),
        K::DropColumn { column, if_exists, cascade, .. } => drops::drop_column(schema, span, table, column, *if_exists, *cascade),
        K::SetType { column, data_type, collation, .. } => columns::set_type(schema, span, table, column, data_type, collation.as_ref()),
        K::SetNullable { column, nullable, .. } => columns::set_nullable(schema, span, table, column, *nullable),
        K::SetDefault { column, default, .. } => columns::set_default(schema, span, table, column, default.as_ref()),
        K::SetIdentity { column, identity, options, replace, if_exists, .. } => {
            columns::set_identity(schema, span, table, column, identity.map(|identity| (identity, options.as_ref())), *replace, *if_exists)
        }
        K::AlterIdentity { column, options, .. } => columns::alter_identity(schema, table, column, options),
        K::SetGenerated { column, generated, if_exists, .. } => {
            columns::set_generated(schema, span, table, column, generated.as_ref(), *if_exists)
        }
        K::AddConstraint { constraint, index, using_index, .. } => {
            constraints::add(schema, span, table, constraint, index.as_deref(), using_index.as_ref())
        }
        K::DropConstraint { constraint, if_exists, cascade, .. } => {
            drops::drop_constraint(schema, span, table, constraint, *if_exists, *cascade)
        }
        K::RenameConstraint { constraint, to, .. } => renames::rename_constraint(schema, table, constraint, to),
        K::ValidateConstraint { constraint, .. } => constraints::validate(schema, span, table, constraint),
        K::AlterConstraint { constraint, deferrable, initially_deferred, .. } => {
            constraints::alter(schema, table, constraint, *deferrable, *initially_deferred)
        }
        K::EnableRowSecurity { enabled, .. } => objects::set_row_security(schema, span, table, Some(*enabled), None),
        K::ForceRowSecurity { forced, .. } => objects::set_row_security(schema, span, table, None, Some(*forced)),
        K::SetLogged { logged, .. } => set_logged(schema, table, *logged),
        K::SetReplicaIdentity { identity, .. } => storage::set_replica_identity(schema, table, identity),
        K::SetCluster { index, .. } => storage::set_cluster(schema, table, index.as_ref()),
        K::SetStorage { column, storage, .. } => storage::set_storage(schema, table, column, storage),
        K::SetInherit { parent, inherit, .. } => children::set_inherit(schema, table, parent, *inherit),
        K::AttachPartition { partition, bound, .. } => children::attach(schema, span, table, partition, bound),
        K::DetachPartition { partition, .. } => children::detach(schema, span, table, partition),
        K::CreateTrigger { trigger, or_replace, .. } => objects::create_trigger(schema, table, trigger, *or_replace),
        K::EnableTrigger { trigger, enabled, firing, .. } => objects::enable_trigger(schema, table, trigger.as_ref(), *enabled, *firing),
        K::CreatePolicy { policy, .. } => objects::create_policy(schema, table, policy),
        K::AlterPolicy { policy, roles, using, check, .. } => {
            objects::alter_policy(schema, table, policy, roles.as_ref(), using.as_ref(), check.as_ref())
        }
        _ => done(),
    })
}

/// Views take few of the forms of `ALTER TABLE`.
fn refuse_on_view(schema: &Schema, written: &QualifiedName, kind: &ChangeKind) -> Result<(), Refusal> {
    use ChangeKind as K;
    let Some(view) = resolve::relation(schema, written).and_then(|name| schema.views.get(&name)) else { return Ok(()) };
    let is_taken = match kind {
        K::SetDefault { .. } | K::SetIdentity { .. } => !view.materialized,
        K::SetStorage { .. } | K::SetCluster { .. } | K::SetReplicaIdentity { .. } => view.materialized,
        _ => false,
    };
    if is_taken || schema.is_uncertain(&view.name) {
        return Ok(());
    }
    let kind = if view.materialized { "materialized view" } else { "view" };
    refuse_at(ErrorKind::WrongObjectType, format!("`{}` is a {kind}, not a table", shown(&view.name)), view.span, "it was created here")
}

/// The table a change is about, and whether it says `IF EXISTS` of it.
fn table_of(kind: &ChangeKind) -> Option<(&QualifiedName, bool)> {
    use ChangeKind as K;
    match kind {
        K::AddColumn { table, if_table_exists, .. }
        | K::DropColumn { table, if_table_exists, .. }
        | K::SetType { table, if_table_exists, .. }
        | K::SetNullable { table, if_table_exists, .. }
        | K::SetDefault { table, if_table_exists, .. }
        | K::AddConstraint { table, if_table_exists, .. }
        | K::DropConstraint { table, if_table_exists, .. } => Some((table, *if_table_exists)),
        K::SetIdentity { table, .. }
        | K::SetGenerated { table, .. }
        | K::RenameConstraint { table, .. }
        | K::ValidateConstraint { table, .. }
        | K::AlterConstraint { table, .. }
        | K::EnableRowSecurity { table, .. }
        | K::ForceRowSecurity { table, .. }
        | K::SetLogged { table, .. }
        | K::AlterIdentity { table, .. }
        | K::SetReplicaIdentity { table, .. }
        | K::SetCluster { table, .. }
        | K::SetStorage { table, .. }
        | K::SetInherit { table, .. }
        | K::AttachPartition { table, .. }
        | K::DetachPartition { table, .. }
        | K::CreateTrigger { table, .. }
        | K::EnableTrigger { table, .. }
        | K::CreatePolicy { table, .. }
        | K::AlterPolicy { table, .. } => Some((table, false)),
        _ => None,
    }
}

fn create_index(
    schema: &mut Schema,
    span: Span,
    written: &QualifiedName,
    index: &crate::schema::Index,
    if_not_exists: bool,
    only: bool,
) -> Outcome {
    match resolve::relation(schema, written).filter(|name| schema.views.contains_key(name)) {
        Some(view) => indexes::create_on_view(schema, span, &view, index, if_not_exists),
        None => on_table(schema, written, span, false, |schema, table| indexes::create(schema, span, table, index, if_not_exists, only)),
    }
}

fn set_logged(schema: &mut Schema, table: &QualifiedName, logged: bool) -> Outcome {
    use crate::schema::Persistence;
    super::store::edit_table(schema, table, |table| {
        table.persistence = if logged { Persistence::Permanent } else { Persistence::Unlogged }
    });
    done()
}
