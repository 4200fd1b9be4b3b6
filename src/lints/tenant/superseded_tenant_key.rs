//! Two generations of tenant key side by side: one was added to take the other's place, and the other stayed.

use std::collections::HashMap;

use super::{Place, alter, delete_rule, order, path, per_migration, references};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Table};
use crate::source::FileId;

/// Tables in which an older key with a foreign key must stand beside a newer one to be on its way out.
const SPREAD: usize = 3;

/// A table with an older and a newer tenant key.
pub struct Generations<'a> {
    pub table: &'a Table,
    old: &'a Column,
    new: &'a Column,
}

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let found = generations(context);
    let places = found.iter().map(|pair| Place {
        span: pair.new.span,
        object: path(pair.table, &pair.old.name),
        label: describe(pair),
        sql: remainder(context, pair),
    });
    let findings = per_migration(context, places.collect(), "table", "").into_iter();
    let older = |finding: &Finding| found.iter().find(|pair| pair.new.span == finding.span).map(|pair| pair.old);
    findings
        .map(|finding| match older(&finding) {
            Some(old) => finding.because(old.span, format!("the older key `{}`", old.name)),
            None => finding,
        })
        .collect()
}

/// Tables that carry both. The newer key must have come by a later migration, which tells a replacement from a
/// customer who belongs to an organization.
pub fn generations<'a>(context: &SchemaContext<'a>) -> Vec<Generations<'a>> {
    let order = order(context.history.history);
    let pairs = context.history.facts.tenancy.former_keys().filter_map(|former| {
        let table = context.schema.table(&former.table)?;
        Some(Generations { table, old: table.column(&former.column)?, new: table.column(&former.successor)? })
    });
    let (mut found, together): (Vec<_>, Vec<_>) = pairs.partition(|pair| came_before(&order, pair.old, pair.new));
    // Where more tables are made with both from the start, both are meant to stay.
    if together.len() > found.len() {
        return Vec::new();
    }
    // A foreign key keeps the older one alive: only a pattern shows that it is on its way out.
    let bound = |pair: &Generations| pair.table.foreign_keys_of(&pair.old.name).next().is_some();
    if found.len() < SPREAD {
        found.retain(|pair| !bound(pair));
    }
    found
}

fn came_before(order: &HashMap<FileId, usize>, old: &Column, new: &Column) -> bool {
    order.get(&old.span.file).zip(order.get(&new.span.file)).is_some_and(|(old, new)| old < new)
}

fn describe(pair: &Generations) -> String {
    let (old, new) = (standing(pair.table, pair.old), standing(pair.table, pair.new));
    let verdict = match (old.is_empty(), new.is_empty()) {
        (true, true) => format!("neither is enforced: `{}` is dead, and `{}` is not yet bound", pair.old.name, pair.new.name),
        (true, false) => format!("`{}` is enforced ({new}), `{}` is dead", pair.new.name, pair.old.name),
        (false, true) => format!("`{}` is still the enforced one ({old}), `{}` is not yet", pair.old.name, pair.new.name),
        (false, false) => format!("both are enforced: `{}` ({old}), `{}` ({new})", pair.old.name, pair.new.name),
    };
    format!("`{}` carries two generations of tenant key, `{}` and `{}`; {verdict}", pair.table.name.name, pair.old.name, pair.new.name)
}

/// What the database does to keep a key right.
fn standing(table: &Table, column: &Column) -> String {
    let policies = table.policies.iter().flat_map(|policy| policy.using.iter().chain(&policy.check));
    let compared = policies.flat_map(|condition| condition.tree.columns()).any(|name| *name == column.name);
    let facts = [
        table.foreign_keys_of(&column.name).next().map(|_| "foreign key"),
        (!column.nullable.value).then_some("NOT NULL"),
        compared.then_some("row-level security"),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The statements that are left to finish the replacement.
fn remainder(context: &SchemaContext, pair: &Generations) -> String {
    let (alter, new) = (alter(pair.table), pair.new.name.to_sql());
    let unbound = pair.table.foreign_keys_of(&pair.new.name).next().is_none();
    let tenancy = &context.history.facts.tenancy;
    let root = tenancy.root.as_ref().filter(|_| unbound);
    let steps = [
        root.map(|root| format!("{alter} ADD FOREIGN KEY ({new}) {};", references(root, delete_rule(tenancy, pair.new)))),
        pair.new.nullable.value.then(|| format!("{alter} ALTER COLUMN {new} SET NOT NULL;")),
        Some(format!("{alter} DROP COLUMN {};", pair.old.name.to_sql())),
    ];
    steps.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
