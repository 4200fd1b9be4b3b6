//! A `NOT VALID` constraint that nobody validated.

use std::collections::BTreeMap;

use super::{known_tables, path};
use crate::diagnostic::Severity;
use crate::history::History;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Constraint, DomainCheck, Table, TypeDefinition, TypeKind};
use crate::source::FileId;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let history = context.history.history;
    // What one migration adds to one table is one task.
    let mut groups: BTreeMap<(FileId, &str), Vec<(&Table, &Constraint)>> = BTreeMap::new();
    for table in known_tables(context.schema) {
        for constraint in table.constraints.iter().filter(|constraint| !constraint.validated.value && !constraint.inherited) {
            let file = constraint.span.file;
            groups.entry((file, table.name.name.as_str())).or_default().push((table, constraint.as_ref()));
        }
    }
    let of_tables = groups.into_values().filter_map(|group| of_table(history, group));
    let of_domains = context.schema.types.values().flat_map(|definition| of_domain(history, definition));
    of_tables.chain(of_domains).collect()
}

fn of_table(history: &History, mut group: Vec<(&Table, &Constraint)>) -> Option<Finding> {
    group.sort_by_key(|(_, constraint)| constraint.span);
    let ((table, first), rest) = group.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        1 => ", like one more constraint here".to_owned(),
        count => format!(", like {count} more constraints here"),
    };
    let message = format!(
        "`{}` is NOT VALID and never validated{more}: rows that were in `{}` before it may violate it",
        first.name, table.name.name
    );
    let finding = Finding::new(first.span, message).object(path(table, &first.name));
    let finding =
        rest.iter().fold(finding, |finding, (_, constraint)| finding.because(constraint.span, format!("`{}` likewise", constraint.name)));
    let validate = |(table, constraint): &(&Table, &Constraint)| {
        format!("ALTER TABLE {} VALIDATE CONSTRAINT {};", table.name.to_sql(), constraint.name.to_sql())
    };
    let help: Vec<String> = group.iter().map(validate).collect();
    Some(spare_newest(history, finding.help(help.join("\n"))))
}

fn of_domain<'a>(history: &'a History, definition: &'a TypeDefinition) -> impl Iterator<Item = Finding> + 'a {
    let checks: &[DomainCheck] = match &definition.kind {
        TypeKind::Domain { checks, .. } => checks,
        _ => &[],
    };
    checks.iter().filter(|check| !check.validated).map(move |check| {
        let (domain, name) = (&definition.name, &check.name);
        let message =
            format!("`{name}` is NOT VALID and never validated: values that were of domain `{}` before it may violate it", domain.name);
        let help = format!("ALTER DOMAIN {} VALIDATE CONSTRAINT {};", domain.to_sql(), name.to_sql());
        spare_newest(history, Finding::new(check.span, message).object(format!("{domain}.{name}")).help(help))
    })
}

/// Validation belongs into a migration of its own, which the newest cannot have behind it yet.
fn spare_newest(history: &History, finding: Finding) -> Finding {
    let is_newest = history.migrations.last().is_some_and(|newest| newest.file.up.span.contains(finding.span));
    if is_newest && history.migrations.len() > 1 { finding.severity(Severity::Info) } else { finding }
}
