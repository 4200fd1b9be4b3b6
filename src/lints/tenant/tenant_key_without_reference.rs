//! A tenant key of the right type without a foreign key.

use std::collections::BTreeSet;

use super::{Place, added_later, alter, delete_rule, established, key_columns, order, path, per_migration, references, title};
use crate::change::ChangeKind;
use crate::diagnostic::Severity;
use crate::history::History;
use crate::lint::tenancy::{KeyKind, Root, Tenancy, TenantKey, keeps_records};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Name, QualifiedName, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, root)) = established(context) else { return Vec::new() };
    let precedent = tenancy.keys().find(|key| key.kind == KeyKind::Reference);
    let count = |wanted: KeyKind| tenancy.keys().filter(|key| key.kind == wanted).count();
    let habit = precedent.is_some() && count(KeyKind::Reference) >= count(KeyKind::Unreferenced);
    let given_up = given_up(context.history.history, root);
    let order = order(context.history.history);
    let keys = key_columns(context.schema, tenancy).filter(|(key, table, column)| {
        // A table made with the key and without any foreign key does without on purpose, unless most others have this one.
        let uses_references = habit || table.foreign_keys().next().is_some() || added_later(&order, table, column).is_some();
        let kept = table.partition_by.is_some() || keeps_records(&table.name.name);
        key.kind == KeyKind::Unreferenced && uses_references && !kept && !given_up.contains(&(&key.table, &key.column))
    });
    let places = keys.map(|(_, table, column)| place(tenancy, root, table, column)).collect();
    let ending = ": rows of a tenant that does not exist are accepted, and stay when theirs is deleted";
    let findings = per_migration(context, places, "tenant key", ending).into_iter();
    let because = |finding: Finding| {
        let alike = |key: &&TenantKey| finding.object.as_ref().is_some_and(|object| object.ends_with(&format!(".{}", key.column)));
        match tenancy.keys().filter(|key| key.kind == KeyKind::Reference).find(alike).or(precedent) {
            Some(key) => finding.because(key.span, format!("`{}.{}` has one", key.table.name, key.column)),
            // A schema without any foreign key does without them on purpose.
            None if context.schema.foreign_keys().next().is_none() => finding.severity(Severity::Info),
            None => finding,
        }
    };
    findings.map(because).collect()
}

fn place(tenancy: &Tenancy, root: &Root, table: &Table, column: &Column) -> Place {
    Place {
        span: column.span,
        object: path(table, &column.name),
        label: format!("`{}` has no foreign key to `{}`", title(table, &column.name), root.table.name),
        sql: format!("{} ADD FOREIGN KEY ({}) {};", alter(table), column.name.to_sql(), references(root, delete_rule(tenancy, column))),
    }
}

/// Keys whose foreign key a migration dropped, which is a decision.
fn given_up<'a>(history: &'a History, root: &Root) -> BTreeSet<(&'a QualifiedName, &'a Name)> {
    let statements = history.migrations.iter().flat_map(|migration| migration.up.iter().map(move |statement| (migration, statement)));
    let changes = statements.flat_map(|(migration, statement)| statement.changes().into_iter().map(move |change| (migration, change)));
    let dropped = changes.filter_map(|(migration, change)| {
        let ChangeKind::DropConstraint { table, constraint, .. } = &change.kind else { return None };
        let schema = &migration.before;
        let name = schema.resolve(table.schema(), &table.name, |name| schema.table(name).is_some())?;
        let table = schema.table(&name)?;
        let (constraint, _) = table.foreign_keys().find(|(found, key)| found.name == *constraint && key.references == root.table)?;
        Some((table, constraint))
    });
    dropped.flat_map(|(table, constraint)| constraint.columns.iter().map(|column| (&table.name, column))).collect()
}
