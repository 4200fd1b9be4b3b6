//! A foreign key that does not say what a delete of the referenced row does.

use std::collections::{BTreeMap, HashMap};

use super::{columns_in, columns_of, is_part_of_key, known_foreign_keys, path, replacement, with_rule};
use crate::diagnostic::Severity;
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{LABELS, is_habit, order};
use crate::schema::{Action, Constraint, ForeignKey, Name, QualifiedName, Table};
use crate::source::FileId;

type Reference<'a> = (&'a Table, &'a Constraint, &'a ForeignKey);

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let keys: Vec<Reference> = known_foreign_keys(context.schema).collect();
    let (silent, explicit): (Vec<Reference>, Vec<Reference>) = keys.iter().copied().partition(|(_, _, key)| key.on_delete.is_none());
    let mut siblings: HashMap<&QualifiedName, Vec<Reference>> = HashMap::new();
    for reference in &explicit {
        siblings.entry(&reference.2.references).or_default().push(*reference);
    }
    // What one migration leaves out for one parent is one decision.
    let mut groups: BTreeMap<(FileId, &QualifiedName), Vec<Reference>> = BTreeMap::new();
    for reference in silent.iter().copied() {
        groups.entry((reference.1.span.file, &reference.2.references)).or_default().push(reference);
    }
    if is_habit(silent.len(), explicit.len()) {
        return convention(context, &silent).into_iter().collect();
    }
    let empty = Vec::new();
    let findings = groups.into_iter().filter_map(|((_, parent), mut group)| {
        group.sort_by_key(|(_, constraint, _)| constraint.span);
        finding(&group, siblings.get(parent).unwrap_or(&empty))
    });
    findings.collect()
}

/// One finding for a schema whose keys leave the rule out, where the first of them does: what follows is no slip.
fn convention(context: &SchemaContext, silent: &[Reference]) -> Option<Finding> {
    let order = order(context.history.history);
    let mut silent = silent.to_vec();
    silent.sort_by_key(|(_, constraint, _)| (order.get(&constraint.span.file).copied(), constraint.span));
    let finding = described(&silent, "keys of this schema", LABELS)?.severity(Severity::Info);
    Some(finding.help("ON DELETE CASCADE, SET NULL or RESTRICT, where a key is next touched"))
}

fn finding(group: &[Reference], siblings: &[Reference]) -> Option<Finding> {
    let mut finding = described(group, "keys here", group.len())?;
    let (table, constraint, _) = *group.first()?;
    if let Some((sibling, sibling_constraint, rule)) = precedent_of(table, constraint, siblings) {
        let columns = columns_of(sibling, &sibling_constraint.columns);
        finding = finding.because(sibling_constraint.span, format!("`{columns}` says ON DELETE {}", rule.to_sql()));
    }
    let rule = |reference: &Reference| {
        let (table, constraint, key) = *reference;
        let rule = precedent_of(table, constraint, siblings).map_or_else(|| usual_rule(table, constraint), |(_, _, rule)| rule);
        let key = ForeignKey { delete_set_columns: clearable(table, constraint), ..with_rule(key, "DELETE", rule) };
        replacement(table, constraint, &key)
    };
    Some(finding.help(group.iter().map(rule).collect::<Vec<_>>().join("\n")))
}

/// What all of them leave open, said of the first.
fn described(group: &[Reference], others: &str, labels: usize) -> Option<Finding> {
    let ((table, constraint, key), rest) = group.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        1 => ", nor does one more key here".to_owned(),
        count => format!(", nor do {count} more {others}"),
    };
    let (columns, parent) = (columns_of(table, &constraint.columns), &key.references.name);
    let message = format!("`{columns}` does not say what happens when its row of `{parent}` is deleted{more}: the delete fails");
    let finding = Finding::new(constraint.span, message).object(path(table, &constraint.name));
    Some(rest.iter().take(labels).fold(finding, |finding, (table, constraint, _)| {
        finding.because(constraint.span, format!("`{}` neither", columns_of(table, &constraint.columns)))
    }))
}

/// The columns that SET NULL has to name, since it cannot clear them all.
fn clearable(table: &Table, constraint: &Constraint) -> Vec<Name> {
    let nullable: Vec<Name> =
        columns_in(table, &constraint.columns).filter(|column| column.nullable.value).map(|column| column.name.clone()).collect();
    if nullable.len() < constraint.columns.len() { nullable } else { Vec::new() }
}

fn is_optional(table: &Table, constraint: &Constraint) -> bool {
    columns_in(table, &constraint.columns).any(|column| column.nullable.value)
}

/// The rule most references to the same parent follow, of those that are optional or required alike: what only links
/// two rows goes with either, which says nothing about rows that stand for themselves.
fn precedent_of<'a>(table: &Table, constraint: &Constraint, siblings: &[Reference<'a>]) -> Option<(&'a Table, &'a Constraint, Action)> {
    let kind = |table, constraint| (is_optional(table, constraint), is_part_of_key(table, constraint));
    let own_kind = kind(table, constraint);
    let alike = || siblings.iter().filter(|(table, constraint, _)| kind(table, constraint) == own_kind);
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    for rule in alike().filter_map(|(_, _, key)| key.on_delete) {
        *counts.entry(rule).or_default() += 1;
    }
    let (usual, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    // One alone is followed only where it is what would be said without it.
    if count < 2 && usual != usual_rule(table, constraint) {
        return None;
    }
    let (sibling, constraint, _) = alike().find(|(_, _, key)| key.on_delete == Some(usual))?;
    Some((sibling, constraint, usual))
}

/// Without a precedent: an optional reference is let go, part of a primary key goes along, anything else is refused.
fn usual_rule(table: &Table, constraint: &Constraint) -> Action {
    if is_optional(table, constraint) {
        return Action::SetNull;
    }
    if is_part_of_key(table, constraint) { Action::Cascade } else { Action::Restrict }
}
