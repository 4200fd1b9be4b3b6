//! Columns that look like the tenant key of an earlier day, beside the one of today.

use super::words::{key_noun, root_weight, table_noun, vendor};
use super::{Role, Tenancy, takes_part};
use crate::schema::{Column, Name, QualifiedName, Schema, Table};

/// Nouns an older key may go by. Projects, teams and sites are parts of a tenant, not its former name.
const FORMER: &[&str] = &["tenant", "organization", "workspace", "account", "company", "customer", "client", "merchant"];
/// Tables that must carry a key of an unmistakable name where no table of tenants is known.
const SPREAD: usize = 3;

/// A column named like another kind of tenant's key, in a table that carries the key of today.
#[derive(Clone, Debug)]
pub struct FormerKey {
    /// The table.
    pub table: QualifiedName,
    /// The column.
    pub column: Name,
    /// The key of today.
    pub successor: Name,
}

/// All of them. A customer who belongs to an organization, and ids from elsewhere, are none.
pub fn find(schema: &Schema, tenancy: &Tenancy) -> Vec<FormerKey> {
    let Some(noun) = current_noun(tenancy) else { return Vec::new() };
    let tables = tenancy.carriers(&noun).iter().filter_map(|(name, column)| Some((schema.table(name)?, column)));
    let known = tables.filter(|(table, _)| takes_part(schema, table));
    let former = |(table, successor): (&Table, &Name)| {
        let column = table.columns.iter().find(|column| is_former(schema, tenancy, table, column, &noun))?;
        Some(FormerKey { table: table.name.clone(), column: column.name.clone(), successor: successor.clone() })
    };
    known.filter_map(former).collect()
}

/// What the key of today is named after: the root, or the one unmistakable noun that several tables carry.
fn current_noun(tenancy: &Tenancy) -> Option<String> {
    if let Some(root) = &tenancy.root {
        return Some(root.noun.clone());
    }
    let spread = |noun: &&&str| root_weight(noun) >= Some(2.0) && tenancy.carriers(noun).len() >= SPREAD;
    let mut nouns = FORMER.iter().filter(spread);
    let only = nouns.next()?;
    nouns.next().is_none().then(|| (*only).to_owned())
}

fn is_former(schema: &Schema, tenancy: &Tenancy, table: &Table, column: &Column, current: &str) -> bool {
    let Some(noun) = key_noun(&column.name).filter(|noun| noun != current && FORMER.contains(&noun.as_str())) else { return false };
    let is_key = table.primary_key().is_some_and(|key| key.columns.contains(&column.name));
    let targets = table.foreign_keys_of(&column.name).map(|(_, key)| key.references.clone());
    let namesakes = schema.tables.keys().filter(|name| table_noun(&name.name) == noun).cloned();
    let belongs = targets.chain(namesakes).any(|target| belongs_to_tenant(tenancy, &target, current));
    !is_key && !belongs && !comes_from_elsewhere(table, column)
}

fn comes_from_elsewhere(table: &Table, column: &Column) -> bool {
    let names = [table.name.name.as_str(), table.name.schema.as_str()].into_iter().any(|name| vendor(name).is_some());
    let sibling = |column: &Column| vendor(&column.name).is_some() || column.name == "source" || column.name == "provider";
    let comments = table.comment.iter().chain(&column.comment).any(|comment| vendor(&comment.value).is_some());
    names || comments || table.columns.iter().any(|column| sibling(column))
}

/// Whether the table that a key leads to is itself one of the tenant's, and so an entity rather than a former tenant.
fn belongs_to_tenant(tenancy: &Tenancy, target: &QualifiedName, current: &str) -> bool {
    let is_root = tenancy.role(target) == Some(&Role::Root);
    let carries = tenancy.carriers(current).iter().any(|(table, _)| table == target);
    is_root || carries || matches!(tenancy.role(target), Some(Role::Scoped | Role::Derived(_)))
}
