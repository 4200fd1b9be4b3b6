//! A foreign key that no index of its table serves.

use std::collections::HashMap;

use super::{columns_of, known_foreign_keys, path, sql_list};
use crate::diagnostic::Severity;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Constraint, Coverage, Dialect, ForeignKey, Name, Obstacle, QualifiedName, Table};
use crate::source::Span;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let mut uncovered = Vec::new();
    // A sibling that references the same table and is indexed, by that table.
    let mut precedents: HashMap<&QualifiedName, (Span, String)> = HashMap::new();
    for (table, constraint, key) in known_foreign_keys(context.schema) {
        match table.covers(&constraint.columns) {
            Coverage::Covered(index) => {
                precedents.entry(&key.references).or_insert_with(|| (index.span, columns_of(table, &constraint.columns)));
            }
            coverage => uncovered.push((table, constraint, key, coverage)),
        }
    }
    let finding = |(table, constraint, key, coverage)| {
        let finding = explain(finding(table, constraint, key), &coverage);
        let finding = match context.schema.dialect {
            Dialect::Postgres => finding,
            _ => finding.help(format!("add an index of `{}` that begins with {}", table.name.name, quoted(&constraint.columns))),
        };
        // Joins within a tenant do use such an index, as `foreign-key-index-behind-tenant` says.
        let behind_tenant = context.history.facts.tenancy.index_behind_key(table, constraint).is_some();
        let finding = if behind_tenant { finding.severity(Severity::Info) } else { finding };
        match precedents.get(&key.references) {
            Some((span, columns)) => {
                finding.because(*span, format!("`{columns}` also references `{}` and has its index here", key.references.name))
            }
            None => finding,
        }
    };
    uncovered.into_iter().map(finding).collect()
}

fn finding(table: &Table, constraint: &Constraint, key: &ForeignKey) -> Finding {
    let columns = columns_of(table, &constraint.columns);
    let message = format!(
        "no index serves the foreign key `{columns}`: every delete or key change in `{}` reads all of `{}`",
        key.references.name, table.name.name
    );
    let help = format!("CREATE INDEX ON {} ({});", table.name.to_sql(), sql_list(&constraint.columns));
    Finding::new(constraint.span, message).object(path(table, &constraint.name)).help(help)
}

/// Columns as sentences list them.
fn quoted(columns: &[Name]) -> String {
    columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ")
}

/// Points at the index that comes closest.
fn explain(finding: Finding, coverage: &Coverage) -> Finding {
    let Coverage::NearMiss(index, obstacle) = coverage else { return finding };
    let reason = match obstacle {
        Obstacle::Behind => "has other columns before the key's",
        Obstacle::Included => "only carries the key along in INCLUDE",
        Obstacle::Method => "is of a method that does not look up single values",
        Obstacle::Predicate => "leaves rows out by its WHERE",
        Obstacle::Collation => "sorts by another collation than the column's",
        Obstacle::Invalid => "is not valid until every partition has its part",
    };
    finding.because(index.span, format!("`{}` cannot be used: it {reason}", index.name))
}
