//! Two generations of tenant key side by side: one was added to take the other's place, and the other stayed.

use std::collections::HashMap;

use super::{Place, alter, order, path, per_migration, references};
use crate::lint::tenancy::{Role, Tenancy, key_noun, root_weight, table_noun, vendor};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, QualifiedName, Schema, Table};
use crate::source::FileId;

/// Nouns an older key may go by. Projects, teams and sites are parts of a tenant, not its former name.
const FORMER: &[&str] = &["tenant", "organization", "workspace", "account", "company", "customer", "client", "merchant"];
/// Tables that must carry a key for it to be a generation where no table of tenants is known.
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
/// customer who belongs to an organization; so does an older key that leads to a table of the newer's tenants.
pub fn generations<'a>(context: &SchemaContext<'a>) -> Vec<Generations<'a>> {
    let (schema, tenancy) = (context.schema, &context.history.facts.tenancy);
    let order = order(context.history.history);
    let Some(noun) = current_noun(tenancy) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, column) in tenancy.carriers(&noun) {
        let Some(table) = schema.table(name) else { continue };
        let Some(new) = table.column(column) else { continue };
        let older = |old: &&Column| is_former(schema, tenancy, table, old, &noun) && came_before(&order, old, new);
        found.extend(table.columns.iter().map(AsRef::as_ref).find(older).map(|old| Generations { table, old, new }));
    }
    // A foreign key keeps the older one alive: only a pattern shows that it is on its way out.
    let bound = |pair: &Generations| pair.table.foreign_keys_of(&pair.old.name).next().is_some();
    if found.len() < SPREAD {
        found.retain(|pair| !bound(pair));
    }
    found
}

/// What the newer key is named after: the root, or an unmistakable noun that several tables carry.
fn current_noun(tenancy: &Tenancy) -> Option<String> {
    if let Some(root) = &tenancy.root {
        return Some(root.noun.clone());
    }
    let spread = |noun: &&&str| root_weight(noun) >= Some(2.0) && tenancy.carriers(noun).len() >= SPREAD;
    let mut nouns = FORMER.iter().filter(spread);
    let only = nouns.next()?;
    nouns.next().is_none().then(|| (*only).to_owned())
}

fn is_former(schema: &Schema, tenancy: &Tenancy, table: &Table, old: &Column, current: &str) -> bool {
    let Some(noun) = key_noun(&old.name).filter(|noun| noun != current && FORMER.contains(&noun.as_str())) else { return false };
    let external = [table.name.name.as_str(), table.name.schema.as_str()].into_iter().any(|name| vendor(name).is_some())
        || table.columns.iter().any(|column| vendor(&column.name).is_some() || column.name == "source" || column.name == "provider")
        || table.comment.iter().chain(&old.comment).any(|comment| vendor(&comment.value).is_some());
    let is_key = table.primary_key().is_some_and(|key| key.columns.contains(&old.name));
    let targets = table.foreign_keys_of(&old.name).map(|(_, key)| key.references.clone());
    let namesakes = schema.tables.keys().filter(|name| table_noun(&name.name) == noun).cloned();
    let belongs = targets.chain(namesakes).any(|target| belongs_to_tenant(tenancy, &target, current));
    !external && !is_key && !belongs && !schema.is_uncertain(&table.name)
}

/// Whether the older key's table is itself one of the tenant's, and so an entity rather than a former tenant.
fn belongs_to_tenant(tenancy: &Tenancy, target: &QualifiedName, current: &str) -> bool {
    let carries = tenancy.carriers(current).iter().any(|(table, _)| table == target);
    carries || matches!(tenancy.role(target), Some(Role::Scoped | Role::Derived(_)))
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
    let root = context.history.facts.tenancy.root.as_ref().filter(|_| unbound);
    let steps = [
        root.map(|root| format!("{alter} ADD FOREIGN KEY ({new}) {};", references(root))),
        pair.new.nullable.value.then(|| format!("{alter} ALTER COLUMN {new} SET NOT NULL;")),
        Some(format!("{alter} DROP COLUMN {};", pair.old.name.to_sql())),
    ];
    steps.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
