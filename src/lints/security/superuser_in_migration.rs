//! Roles that are above all rules, and statements that only such a role can run.

use std::collections::BTreeMap;

use super::{access, statements};
use crate::diagnostic::Severity;
use crate::lint::{Finding, SchemaContext};
use crate::schema::Name;
use crate::source::Span;
use crate::sql::{AccessKind, Body};

/// Attributes above row-level security, or above everything.
const ABOVE: [(&str, &str); 2] = [("superuser", "SUPERUSER"), ("bypassrls", "BYPASSRLS")];

/// Roles whose members read, write and run what the server's own user can.
const SERVER: [&str; 3] = ["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let history = context.history.history;
    let mut given: BTreeMap<(Name, &str), Span> = BTreeMap::new();
    for access in access(history) {
        match &access.kind {
            AccessKind::Role { name, attributes, .. } => {
                for (attribute, shown) in ABOVE {
                    match attributes.iter().rev().find(|(set, _)| *set == *attribute) {
                        Some((_, true)) => _ = given.insert((name.clone(), shown), access.span),
                        Some((_, false)) => _ = given.remove(&(name.clone(), shown)),
                        None => {}
                    }
                }
            }
            AccessKind::DropRoles(names) => given.retain(|(role, _), _| !names.contains(role)),
            AccessKind::Membership { roles, members, granted } => {
                for (role, member) in SERVER.iter().flat_map(|role| members.iter().map(move |member| (*role, member))) {
                    match roles.iter().any(|given| *given == *role) {
                        true if *granted => _ = given.insert((member.clone(), role), access.span),
                        true => _ = given.remove(&(member.clone(), role)),
                        false => {}
                    }
                }
            }
            AccessKind::Privileges(_) | AccessKind::Login { .. } | AccessKind::Server => {}
        }
    }
    let roles = given.into_iter().map(|((role, what), span)| of_role(&role, what, span));
    roles
        .chain(statements(history).filter_map(|statement| needs_superuser(&statement.body).map(|what| needed(statement.span, what))))
        .collect()
}

fn of_role(role: &Name, what: &str, span: Span) -> Finding {
    let (consequence, severity) = match what {
        "SUPERUSER" => ("no privilege and no policy holds for it", Severity::Warning),
        "BYPASSRLS" => ("no policy of row-level security holds for it", Severity::Info),
        _ => ("it does to the server's files what the server can", Severity::Warning),
    };
    let help = "let the application's role own what it needs, and no more; make such roles outside of the migrations";
    Finding::new(span, format!("`{role}` gets {what}: {consequence}")).object(role).severity(severity).help(help)
}

fn needed(span: Span, what: &str) -> Finding {
    let message = format!("{what} takes a superuser: the migration fails for any other role, as on most hosted servers");
    Finding::new(span, message).severity(Severity::Info)
}

fn needs_superuser(body: &Body) -> Option<&'static str> {
    match body {
        Body::Access(access) if matches!(access.kind, AccessKind::Server) => Some("`ALTER SYSTEM`"),
        Body::Setting { name, value } if *name == "session_replication_role" && value.eq_ignore_ascii_case("replica") => {
            Some("`session_replication_role`")
        }
        _ => None,
    }
}
