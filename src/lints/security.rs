//! Who may do what at the end of history: row-level security, functions with their owner's rights, roles and passwords.

mod grant_to_public;
mod plaintext_secret;
mod policy_always_true;
mod rls_enabled_without_policy;
mod secrets;
mod security_definer_search_path;
mod superuser_in_migration;
mod view_bypasses_row_security;

use crate::history::History;
use crate::lint::Check;
use crate::schema::{Expression, ExpressionTree, Literal, Policy, Schema, Table};
use crate::sql::{Access, Body, Statement, Step};

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("rls-enabled-without-policy", Check::Schema(rls_enabled_without_policy::check)),
    ("policy-always-true", Check::Schema(policy_always_true::check)),
    ("security-definer-search-path", Check::Schema(security_definer_search_path::check)),
    ("view-bypasses-row-security", Check::Schema(view_bypasses_row_security::check)),
    ("grant-to-public", Check::Schema(grant_to_public::check)),
    ("plaintext-secret", Check::History(plaintext_secret::check)),
    ("superuser-in-migration", Check::Schema(superuser_in_migration::check)),
];

/// Tables with row-level security whose policies are all known.
fn secured(schema: &Schema) -> impl Iterator<Item = &Table> {
    let tables = schema.tables.values().map(AsRef::as_ref).filter(|table| table.row_security.enabled.is_some());
    tables.filter(|table| !schema.has_uncertain_attachments(&table.name))
}

/// What a policy asks for.
pub(super) fn conditions(policy: &Policy) -> impl Iterator<Item = &Expression> {
    policy.using.iter().chain(&policy.check)
}

/// Whether a policy is for the roles applications use on behalf of people: everybody, or those of Supabase's API.
/// Other roles have one program or administrator behind them.
pub(super) fn is_open_to_tenants(policy: &Policy) -> bool {
    let is_open = |role: &crate::schema::Name| ["public", "anon", "authenticated"].contains(&role.as_str());
    policy.roles.is_empty() || policy.roles.iter().any(is_open)
}

/// Whether a condition holds for every row.
fn is_always_true(condition: &Expression) -> bool {
    let tree = condition.tree.without_casts();
    let is_same = |left: &ExpressionTree, right: &ExpressionTree| matches!(left, ExpressionTree::Literal(_)) && left == right;
    match tree {
        ExpressionTree::Literal(Literal::Boolean(value)) => *value,
        ExpressionTree::Literal(Literal::String(text)) => ["t", "true"].contains(&text.as_ref()),
        ExpressionTree::Binary { operator: crate::schema::BinaryOperator::Equal, left, right } => is_same(left, right),
        _ => false,
    }
}

/// Every statement of the ups in order, those inside blocks too.
fn statements(history: &History) -> impl Iterator<Item = &Statement> {
    let ups = history.migrations.iter().flat_map(|migration| &migration.up);
    ups.flat_map(|statement| match &statement.body {
        Body::Block(steps) => steps.iter().flat_map(Step::statements).collect(),
        _ => vec![statement],
    })
}

/// Every statement about roles and privileges in order.
fn access(history: &History) -> impl Iterator<Item = &Access> {
    statements(history).filter_map(|statement| match &statement.body {
        Body::Access(access) => Some(access.as_ref()),
        _ => None,
    })
}
