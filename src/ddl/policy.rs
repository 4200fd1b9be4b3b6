//! Row-level security policies.

use super::join;
use crate::schema::{Name, Policy, PolicyCommand, QualifiedName};

/// `CREATE POLICY`
pub fn create_policy(table: &QualifiedName, policy: &Policy) -> String {
    let mut written = format!("CREATE POLICY {} ON {}", policy.name.to_sql(), table.to_sql());
    if !policy.permissive {
        written.push_str(" AS RESTRICTIVE");
    }
    written.push_str(&format!(" FOR {}", command(policy.command)));
    if !policy.roles.is_empty() {
        written.push_str(&format!(" TO {}", join(policy.roles.iter().map(role))));
    }
    if let Some(using) = &policy.using {
        written.push_str(&format!(" USING ({})", using.text));
    }
    if let Some(check) = &policy.check {
        written.push_str(&format!(" WITH CHECK ({})", check.text));
    }
    written
}

/// Roles that are keywords stand for themselves.
fn role(name: &Name) -> String {
    let is_keyword = ["public", "current_user", "session_user", "current_role"].contains(&name.as_str());
    if is_keyword { name.to_string() } else { name.to_sql() }
}

fn command(command: PolicyCommand) -> &'static str {
    match command {
        PolicyCommand::All => "ALL",
        PolicyCommand::Select => "SELECT",
        PolicyCommand::Insert => "INSERT",
        PolicyCommand::Update => "UPDATE",
        PolicyCommand::Delete => "DELETE",
    }
}
