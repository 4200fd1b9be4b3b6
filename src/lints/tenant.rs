//! Tenant keys at the end of history. What the keys are is [`crate::lint::tenancy`]'s to say; the checks judge them.

mod cross_tenant_reference;
mod foreign_key_index_behind_tenant;
mod global_references_scoped;
mod missing_tenant_key;
mod policy_ignores_tenant;
mod superseded_tenant_key;
mod tenant_delete_blocked;
mod tenant_diamond;
mod tenant_key_disables_check;
mod tenant_key_leftover_default;
mod tenant_key_name_drift;
mod tenant_key_never_tightened;
mod tenant_key_not_indexed;
mod tenant_key_nullable;
mod tenant_key_references_code;
mod tenant_key_type;
mod tenant_key_type_split;
mod tenant_key_without_reference;
mod tenant_parent_without_unique;
mod tenant_set_null_hits_key;
mod tenant_table_without_row_security;
mod unique_ignores_tenant;
mod view_drops_tenant_key;

use std::collections::HashMap;

use super::places::{Place, all_together, order, per_migration};
use crate::lint::tenancy::{KeyKind, Root, Tenancy, TenantKey, is_person, keeps_records, key_noun, root_weight, table_noun, words};
use crate::lint::{Check, SchemaContext};
use crate::schema::{Action, Column, Constraint, ExpressionTree, ForeignKey, Name, QualifiedName, Schema, Table};
use crate::source::FileId;

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("tenant-key-type", Check::Schema(tenant_key_type::check)),
    ("tenant-key-type-split", Check::Schema(tenant_key_type_split::check)),
    ("tenant-key-without-reference", Check::Schema(tenant_key_without_reference::check)),
    ("tenant-key-references-code", Check::Schema(tenant_key_references_code::check)),
    ("tenant-key-nullable", Check::Schema(tenant_key_nullable::check)),
    ("tenant-key-never-tightened", Check::Schema(tenant_key_never_tightened::check)),
    ("tenant-key-leftover-default", Check::Schema(tenant_key_leftover_default::check)),
    ("tenant-key-not-indexed", Check::Schema(tenant_key_not_indexed::check)),
    ("foreign-key-index-behind-tenant", Check::Schema(foreign_key_index_behind_tenant::check)),
    ("superseded-tenant-key", Check::Schema(superseded_tenant_key::check)),
    ("tenant-key-name-drift", Check::Schema(tenant_key_name_drift::check)),
    ("missing-tenant-key", Check::Schema(missing_tenant_key::check)),
    ("tenant-set-null-hits-key", Check::Schema(tenant_set_null_hits_key::check)),
    ("tenant-key-disables-check", Check::Schema(tenant_key_disables_check::check)),
    ("tenant-parent-without-unique", Check::Schema(tenant_parent_without_unique::check)),
    ("cross-tenant-reference", Check::Schema(cross_tenant_reference::check)),
    ("unique-ignores-tenant", Check::Schema(unique_ignores_tenant::check)),
    ("tenant-delete-blocked", Check::Schema(tenant_delete_blocked::check)),
    ("global-references-scoped", Check::Schema(global_references_scoped::check)),
    ("tenant-diamond", Check::Schema(tenant_diamond::check)),
    ("tenant-table-without-row-security", Check::Schema(tenant_table_without_row_security::check)),
    ("policy-ignores-tenant", Check::Schema(policy_ignores_tenant::check)),
    ("view-drops-tenant-key", Check::Schema(view_drops_tenant_key::check)),
];

/// The tenancy and its root, where its rows are certain to be tenants.
fn established<'a>(context: &SchemaContext<'a>) -> Option<(&'a Tenancy, &'a Root)> {
    let tenancy = &context.history.facts.tenancy;
    Some((tenancy, tenancy.established()?))
}

/// The tenant keys with their tables and columns.
fn key_columns<'a>(schema: &'a Schema, tenancy: &'a Tenancy) -> impl Iterator<Item = (&'a TenantKey, &'a Table, &'a Column)> {
    tenancy.keys().filter_map(|key| {
        let table = schema.table(&key.table)?;
        Some((key, table, table.column(&key.column)?))
    })
}

/// Foreign keys of scoped tables that lead to another scoped table or their own; people, who may belong to several
/// tenants, are left out.
fn scoped_references<'a>(
    schema: &'a Schema,
    tenancy: &'a Tenancy,
) -> impl Iterator<Item = (&'a Table, &'a Constraint, &'a ForeignKey, &'a Table)> {
    schema.foreign_keys().filter_map(|(table, constraint, key)| {
        let parent = schema.table(&key.references)?;
        let both = tenancy.is_scoped(&table.name) && tenancy.is_scoped(&parent.name) && !is_person(&table_noun(&parent.name.name));
        (both && !table.is_child() && !constraint.inherited).then_some((table, constraint, key, parent))
    })
}

/// Whether the foreign key carries the tenant key on both sides.
fn carries_key(tenancy: &Tenancy, table: &QualifiedName, constraint: &Constraint, key: &ForeignKey) -> bool {
    constraint
        .columns
        .iter()
        .zip(&key.referenced_columns)
        .any(|(column, referenced)| tenancy.key(table, column).is_some() && tenancy.key(&key.references, referenced).is_some())
}

/// The table's key that refers to the root as it should, if it has one.
fn proper_key<'a>(tenancy: &'a Tenancy, table: &QualifiedName) -> Option<&'a TenantKey> {
    tenancy.keys_of(table).iter().find(|key| matches!(key.kind, KeyKind::Reference | KeyKind::Unreferenced))
}

/// `ALTER TABLE t`.
fn alter(table: &Table) -> String {
    format!("ALTER TABLE {}", table.name.to_sql())
}

/// `REFERENCES "Customer"(id) ON DELETE CASCADE`.
fn references(root: &Root, rule: Action) -> String {
    format!("REFERENCES {}({}) ON DELETE {}", root.table.to_sql(), root.column.to_sql(), rule.to_sql())
}

/// What should become of a row when its tenant goes: what the other keys say, or else what the column allows.
fn delete_rule(tenancy: &Tenancy, column: &Column) -> Action {
    match tenancy.usual_delete_rule() {
        Some(rule) if rule != Action::SetNull || column.nullable.value => rule,
        _ if column.nullable.value => Action::SetNull,
        _ => Action::Cascade,
    }
}

/// The path that names a column to machines: with its schema.
fn path(table: &Table, column: &str) -> String {
    format!("{}.{column}", table.name)
}

/// What messages call a column.
fn title(table: &Table, column: &str) -> String {
    format!("{}.{column}", table.name.name)
}

/// Index of the migration that added the column to a table an earlier one had made.
fn added_later(order: &HashMap<FileId, usize>, table: &Table, column: &Column) -> Option<usize> {
    let added = order.get(&column.span.file)?;
    (added > order.get(&table.span.file)?).then_some(*added)
}

/// Whether the schema shows that rows without a tenant are meant: an optional reference, rows that are global or
/// belong to somebody else instead, people, and records that outlive their tenant.
fn may_be_empty(table: &Table, column: &Column) -> bool {
    let set_null = table.foreign_keys_of(&column.name).any(|(_, key)| key.on_delete == Some(Action::SetNull));
    let checked = table.checks().any(|(constraint, _)| constraint.columns.contains(&column.name));
    let predicates = table.indexes.iter().filter_map(|index| index.predicate.as_ref());
    let conditions = table.policies.iter().flat_map(|policy| policy.using.iter().chain(&policy.check));
    let asked = predicates.chain(conditions).any(|condition| asks_for_null(&condition.tree, &column.name));
    let explained = column.comment.is_some();
    let others = table.columns.iter().filter(|other| other.name != column.name && other.nullable.value);
    let owned_otherwise = others.filter_map(|other| key_noun(&other.name)).any(|noun| is_person(&noun) || root_weight(&noun).is_some());
    let parts = table
        .foreign_keys()
        .filter(|(constraint, key)| key.on_delete == Some(Action::Cascade) && !constraint.columns.contains(&column.name));
    // What goes with another row when that is there, and is nullable, is another owner.
    let owned_otherwise = owned_otherwise
        || parts.flat_map(|(constraint, _)| &constraint.columns).any(|name| table.column(name).is_some_and(|other| other.nullable.value));
    let flagged = table.columns.iter().any(|other| other.data_type.value.is("boolean") && says_everyones(&other.name));
    let records = keeps_records(&table.name.name) || is_person(&table_noun(&table.name.name));
    set_null || checked || asked || explained || owned_otherwise || flagged || records
}

/// Whether a flag of this name marks rows that no tenant owns.
fn says_everyones(flag: &Name) -> bool {
    words(flag).iter().any(|word| ["admin", "global", "platform", "system"].contains(&word.as_str()))
}

fn asks_for_null(tree: &ExpressionTree, column: &Name) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= matches!(node, ExpressionTree::IsNull { operand, negated: false } if operand.as_column() == Some(column))
    });
    found
}
