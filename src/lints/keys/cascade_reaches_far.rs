//! One DELETE that cascades through many tables.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::known_foreign_keys;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Action, QualifiedName, Schema};

type Children<'a> = HashMap<&'a QualifiedName, BTreeSet<&'a QualifiedName>>;

/// Lines of the tree that a finding shows.
const SHOWN: usize = 40;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let limit = context.history.options.integer("tables");
    let mut children: Children = HashMap::new();
    for (table, _, key) in known_foreign_keys(context.schema).filter(|(_, _, key)| key.on_delete == Some(Action::Cascade)) {
        children.entry(&key.references).or_default().insert(&table.name);
    }
    let is_child: BTreeSet<&QualifiedName> =
        children.iter().flat_map(|(parent, children)| children.iter().filter(move |child| *child != parent)).copied().collect();
    // A table below another is in that one's tree.
    let roots: BTreeSet<&QualifiedName> = children.keys().filter(|parent| !is_child.contains(*parent)).copied().collect();
    roots.into_iter().filter_map(|root| finding(context.schema, &children, root, limit)).collect()
}

fn finding(schema: &Schema, children: &Children, root: &QualifiedName, limit: usize) -> Option<Finding> {
    let (reached, depth, tree) = reach(children, root);
    let table = schema.table(root)?;
    // A star is what a parent is for; it is the chain nobody has in mind.
    if reached < limit || depth < 3 {
        return None;
    }
    let message = format!("deleting one row of `{}` cascades through {reached} tables, {depth} levels deep, in one transaction", root.name);
    Some(Finding::new(table.span, message).object(root).help(format!("what goes along:\n{tree}")))
}

/// How many tables a delete reaches, over how many levels, and the tree of them; each table stands in it once, at its shallowest.
fn reach(children: &Children, root: &QualifiedName) -> (usize, usize, String) {
    let mut parents: BTreeMap<&QualifiedName, Vec<&QualifiedName>> = BTreeMap::new();
    let mut seen: BTreeSet<&QualifiedName> = BTreeSet::from([root]);
    let (mut level, mut depth) = (vec![root], 0);
    loop {
        let mut next = Vec::new();
        for parent in level {
            for child in children.get(parent).into_iter().flatten().filter(|child| seen.insert(child)) {
                parents.entry(parent).or_default().push(child);
                next.push(*child);
            }
        }
        if next.is_empty() {
            break;
        }
        depth += 1;
        level = next;
    }
    (seen.len() - 1, depth, draw(&parents, root))
}

fn draw(tree: &BTreeMap<&QualifiedName, Vec<&QualifiedName>>, root: &QualifiedName) -> String {
    let (mut lines, mut hidden) = (Vec::new(), 0);
    let mut pending = vec![(root, 0)];
    while let Some((table, indent)) = pending.pop() {
        if lines.len() < SHOWN {
            lines.push(format!("{}{}", "  ".repeat(indent), table.name));
        } else {
            hidden += 1;
        }
        pending.extend(tree.get(table).into_iter().flatten().rev().map(|child| (*child, indent + 1)));
    }
    if hidden > 0 {
        lines.push(format!("… and {hidden} more"));
    }
    lines.join("\n")
}
