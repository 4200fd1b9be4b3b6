//! The same reference twice.

use std::collections::HashMap;

use super::{columns_of, known_tables, path};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Action, Constraint, ForeignKey, Name, QualifiedName, Table};

/// What a foreign key says: the parent, and its columns paired with the parent's.
type Reference<'a> = (&'a QualifiedName, Vec<(&'a Name, Option<&'a Name>)>);

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    known_tables(context.schema).flat_map(duplicates).collect()
}

fn duplicates(table: &Table) -> Vec<Finding> {
    let mut seen: HashMap<Reference, (&Constraint, &ForeignKey)> = HashMap::new();
    let mut findings = Vec::new();
    for (constraint, key) in table.foreign_keys().filter(|(constraint, _)| !constraint.inherited) {
        // The order in which the pairs of columns are written means nothing.
        // Where the parent is unknown, so are the columns a reference without a list means.
        let referenced = |index| key.referenced_columns.get(index);
        let mut pairs: Vec<(&Name, Option<&Name>)> =
            constraint.columns.iter().enumerate().map(|(index, column)| (column, referenced(index))).collect();
        pairs.sort();
        match seen.get(&(&key.references, pairs.clone())) {
            Some(first) => findings.push(finding(table, (constraint, key), *first)),
            None => {
                seen.insert((&key.references, pairs), (constraint, key));
            }
        }
    }
    findings
}

fn finding(table: &Table, (constraint, key): (&Constraint, &ForeignKey), (first, first_key): (&Constraint, &ForeignKey)) -> Finding {
    let columns = columns_of(table, &constraint.columns);
    let (rule, first_rule) = (rule(key), rule(first_key));
    let consequence = if rule == first_rule {
        "every write is checked twice".to_owned()
    } else {
        format!("one says ON DELETE {}, the other ON DELETE {}", first_rule.to_sql(), rule.to_sql())
    };
    let message =
        format!("`{columns}` references `{}` twice, by `{}` and `{}`: {consequence}", key.references.name, first.name, constraint.name);
    Finding::new(constraint.span, message)
        .object(path(table, &constraint.name))
        .because(first.span, format!("`{}` says the same", first.name))
        .help(format!("ALTER TABLE {} DROP CONSTRAINT {};", table.name.to_sql(), constraint.name.to_sql()))
}

fn rule(key: &ForeignKey) -> Action {
    key.on_delete.unwrap_or(Action::NoAction)
}
