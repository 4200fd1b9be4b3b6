//! Row-level security that lets rows of every tenant through, or compares the tenant key by casting it.

use super::{Place, established, path, per_migration};
use crate::lint::tenancy::{Tenancy, is_person, key_noun, takes_part, words};
use crate::lint::{Finding, SchemaContext};
use crate::lints::security::{conditions, is_open_to_tenants};
use crate::schema::{BinaryOperator, Column, Expression, ExpressionTree, Literal, Name, Policy, QualifiedName, Schema, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, _)) = established(context) else { return Vec::new() };
    let tables: Vec<&Table> = secured(context.schema, tenancy).collect();
    let blind = tables.iter().filter_map(|table| blind(tenancy, table)).collect();
    let casts = tables.iter().flat_map(|table| table.policies.iter().filter_map(|policy| cast(tenancy, table, policy))).collect();
    let mut findings = per_migration(context, blind, "table", ": row-level security is on, and every tenant sees the rows of all");
    findings.extend(per_migration(context, casts, "policy", ": no index on the column serves that, and every query reads the whole table"));
    findings
}

/// Tables with a tenant key and policies that count.
fn secured<'a>(schema: &'a Schema, tenancy: &'a Tenancy) -> impl Iterator<Item = &'a Table> {
    let scoped = schema.tables.values().map(AsRef::as_ref).filter(|table| takes_part(schema, table) && tenancy.is_scoped(&table.name));
    scoped.filter(|table| table.row_security.enabled.is_some() && !schema.has_uncertain_attachments(&table.name))
}

fn blind(tenancy: &Tenancy, table: &Table) -> Option<Place> {
    let mut letting = table.policies.iter().filter(|policy| policy.permissive && is_open_to_tenants(policy));
    let first = letting.next()?;
    let told_apart = |policy: &Policy| conditions(policy).any(|condition| tells_tenants_apart(tenancy, table, condition));
    if table.policies.iter().any(|policy| told_apart(policy)) {
        return None;
    }
    let key = &tenancy.keys_of(&table.name).first()?.column;
    Some(Place {
        span: first.span,
        object: path(table, &first.name),
        label: format!("no policy of `{}` mentions its tenant key `{key}`", table.name.name),
        sql: String::new(),
    })
}

/// Whether a condition may depend on whose a row is: it mentions the key, something else that leads to an owner, another
/// table, or a function of which nobody knows what it looks at.
fn tells_tenants_apart(tenancy: &Tenancy, table: &Table, condition: &Expression) -> bool {
    let mut found = false;
    condition.tree.walk(&mut |node| {
        found |= match node {
            ExpressionTree::Column { name, .. } => {
                tenancy.key(&table.name, name).is_some() || leads_to_owner(table, name) || table.column(name).is_none()
            }
            ExpressionTree::Subquery { relations, .. } => !relations.is_empty(),
            ExpressionTree::Function { name, .. } => !looks_at_session_only(name),
            ExpressionTree::Literal(Literal::String(text)) => names_staff(text),
            _ => false,
        };
    });
    found
}

fn leads_to_owner(table: &Table, column: &Name) -> bool {
    let names_person = key_noun(column).is_some() || words(column).iter().any(|word| is_person(word)) || column.ends_with("_by");
    names_person || table.foreign_keys_of(column).next().is_some()
}

/// Functions that say who is asking, and nothing of the row.
fn looks_at_session_only(function: &QualifiedName) -> bool {
    const SESSION: [&str; 9] = ["uid", "role", "jwt", "current_setting", "current_user", "session_user", "current_role", "now", "coalesce"];
    SESSION.contains(&function.name.as_str())
}

/// Whether only people who run the service get past this.
fn names_staff(text: &str) -> bool {
    words(text).iter().any(|word| ["admin", "service", "superuser", "staff", "system", "internal", "super"].contains(&word.as_str()))
}

fn cast(tenancy: &Tenancy, table: &Table, policy: &Policy) -> Option<Place> {
    let (column, target) = conditions(policy).find_map(|condition| cast_key(tenancy, table, &condition.tree))?;
    let data_type = &column.data_type.value;
    Some(Place {
        span: policy.span,
        object: path(table, &policy.name),
        label: format!("the policy `{}` casts `{}.{}` to {target}", policy.name, table.name.name, column.name),
        sql: format!("-- cast what `{}` is compared with instead, to {data_type}", column.name),
    })
}

/// A tenant key of another type than the one it is compared as.
fn cast_key<'a>(tenancy: &Tenancy, table: &'a Table, tree: &'a ExpressionTree) -> Option<(&'a Column, String)> {
    let mut found = None;
    let key_under_cast = |operand: &'a ExpressionTree| {
        let ExpressionTree::Cast { operand, target } = operand else { return None };
        let ExpressionTree::Column { name, .. } = operand.as_ref() else { return None };
        let column = table.column(name).filter(|_| tenancy.key(&table.name, name).is_some())?;
        (column.data_type.value.name != target.name).then(|| (column, target.to_string()))
    };
    tree.walk(&mut |node| {
        let cast = match node {
            ExpressionTree::Binary { operator: BinaryOperator::Equal, left, right } => {
                key_under_cast(left).or_else(|| key_under_cast(right))
            }
            ExpressionTree::In { operand, .. } => key_under_cast(operand),
            _ => None,
        };
        found = found.take().or(cast);
    });
    found
}
