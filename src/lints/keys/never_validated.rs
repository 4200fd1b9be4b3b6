//! A `NOT VALID` constraint that nobody validated.

use super::{known_tables, path};
use crate::diagnostic::Severity;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Constraint, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let pending = known_tables(context.schema).flat_map(|table| {
        let pending = table.constraints.iter().filter(|constraint| !constraint.validated.value && !constraint.inherited);
        pending.map(move |constraint| (table, constraint.as_ref()))
    });
    pending.map(|(table, constraint)| finding(context, table, constraint)).collect()
}

fn finding(context: &SchemaContext, table: &Table, constraint: &Constraint) -> Finding {
    let message =
        format!("`{}` is NOT VALID and never validated: rows that were in `{}` before it may violate it", constraint.name, table.name.name);
    let help = format!("ALTER TABLE {} VALIDATE CONSTRAINT {};", table.name.to_sql(), constraint.name.to_sql());
    let finding = Finding::new(constraint.span, message).object(path(table, &constraint.name)).help(help);
    // Validation belongs into a migration of its own, which the newest cannot have behind it yet.
    let history = context.history.history;
    let is_newest = history.migrations.last().is_some_and(|newest| newest.file.up.span.contains(constraint.span));
    if is_newest && history.migrations.len() > 1 { finding.severity(Severity::Info) } else { finding }
}
