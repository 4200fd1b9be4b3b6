//! Children of one parent that follow different delete rules although nothing tells them apart.

use std::collections::BTreeMap;

use super::{columns_in, columns_of, is_part_of_key, known_foreign_keys};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Action, Constraint, ForeignKey, QualifiedName, Table};

type Reference<'a> = (&'a Table, &'a Constraint, &'a ForeignKey);

/// So many references of one kind must agree before another stands out.
const AGREEING: usize = 3;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    // Required and optional references differ for a reason, and so do those that are half of a table's primary key.
    let mut kinds: BTreeMap<(&QualifiedName, bool, bool), Vec<Reference>> = BTreeMap::new();
    for reference in known_foreign_keys(context.schema).filter(|(_, _, key)| key.on_delete.is_some()) {
        let (table, constraint, key) = reference;
        let optional = columns_in(table, &constraint.columns).any(|column| column.nullable.value);
        kinds.entry((&key.references, optional, is_part_of_key(table, constraint))).or_default().push(reference);
    }
    let mut by_parent: BTreeMap<&QualifiedName, Vec<Disagreement>> = BTreeMap::new();
    for ((parent, ..), references) in &kinds {
        by_parent.entry(parent).or_default().extend(disagreement(references));
    }
    by_parent.into_iter().filter_map(|(parent, disagreements)| finding(parent, &disagreements)).collect()
}

/// A rule that most follow, one of those, and the few that do not.
struct Disagreement<'a> {
    usual: Action,
    followers: usize,
    example: Reference<'a>,
    dissenters: Vec<Reference<'a>>,
}

fn disagreement<'a>(references: &[Reference<'a>]) -> Option<Disagreement<'a>> {
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    for rule in references.iter().filter_map(|(_, _, key)| key.on_delete) {
        *counts.entry(effect(rule)).or_default() += 1;
    }
    let (usual, followers) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let follows = |(_, _, key): &&Reference<'a>| key.on_delete.map(effect) == Some(usual);
    let example = *references.iter().find(follows)?;
    let dissenters: Vec<Reference> = references.iter().filter(|reference| !follows(reference)).copied().collect();
    let stands_out = followers >= AGREEING && !dissenters.is_empty() && dissenters.len() * AGREEING <= followers;
    stands_out.then_some(Disagreement { usual, followers, example, dissenters })
}

/// NO ACTION and RESTRICT refuse the delete alike.
fn effect(rule: Action) -> Action {
    if rule == Action::NoAction { Action::Restrict } else { rule }
}

fn finding(parent: &QualifiedName, disagreements: &[Disagreement]) -> Option<Finding> {
    let first = disagreements.first()?;
    let (table, constraint, key) = *first.dissenters.first()?;
    let rule = key.on_delete?;
    let message = format!(
        "deleting a row of `{}` meets ON DELETE {} at `{}`, while {} like references say {}",
        parent.name,
        rule.to_sql(),
        columns_of(table, &constraint.columns),
        first.followers,
        first.usual.to_sql()
    );
    let mut finding = Finding::new(constraint.span, message).object(parent);
    for (table, constraint, key) in disagreements.iter().flat_map(|disagreement| &disagreement.dissenters).skip(1) {
        let rule = key.on_delete.map_or("NO ACTION", Action::to_sql);
        finding = finding.because(constraint.span, format!("`{}` says ON DELETE {rule}", columns_of(table, &constraint.columns)));
    }
    let (table, constraint, _) = first.example;
    Some(finding.because(constraint.span, format!("`{}` says ON DELETE {}", columns_of(table, &constraint.columns), first.usual.to_sql())))
}
