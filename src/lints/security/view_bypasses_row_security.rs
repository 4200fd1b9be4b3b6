//! A view that reads tables with row-level security with its owner's rights.

use super::{access, secured};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::locks::ServerVersion;
use crate::schema::{QualifiedName, Table, View};
use crate::sql::access::{AccessKind, Objects, Securable};

/// The first version in which views can be asked to use the caller's rights.
const INVOKER: u8 = 15;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let secured: Vec<&Table> = secured(context.schema).filter(|table| table.row_security.forced.is_none()).collect();
    let views = context.schema.views.values().filter(|view| !view.materialized && !view.security_invoker);
    let certain = views.filter(|view| !context.schema.is_uncertain(&view.name));
    let known = certain.filter(|view| !asks_who_is_there(view) && !is_withdrawn(context, &view.name));
    let places = known.filter_map(|view| place(view, &secured, context.history.facts.pending.version)).collect();
    per_migration(context, places, "view", ": whoever may read it sees rows that the policies would hide")
}

fn place(view: &View, secured: &[&Table], version: ServerVersion) -> Option<Place> {
    let table = secured.iter().find(|table| view.relations.contains(&table.name) && !table.policies.is_empty())?;
    let sql = match version.is_at_least(INVOKER) {
        true => format!("ALTER VIEW {} SET (security_invoker = true);", view.name.to_sql()),
        false => format!("-- PostgreSQL 15 has WITH (security_invoker); until then:\nREVOKE ALL ON {} FROM PUBLIC;", view.name.to_sql()),
    };
    Some(Place {
        span: view.span,
        object: view.name.to_string(),
        label: format!("the view `{}` reads `{}`, which has row-level security, with its owner's rights", view.name.name, table.name.name),
        sql,
    })
}

/// Whether the view's own query asks for the user, as the policies do.
fn asks_who_is_there(view: &View) -> bool {
    const WHO: [&str; 6] = ["uid", "jwt", "current_setting", "current_user", "session_user", "role"];
    view.functions.iter().any(|function| WHO.contains(&function.name.as_str()) || function.name.contains("current_"))
}

/// Whether nobody but its owner was left the right to read it.
fn is_withdrawn(context: &SchemaContext, view: &QualifiedName) -> bool {
    access(context.history.history).any(|access| match &access.kind {
        AccessKind::Privileges(privileges) if !privileges.granted && privileges.on == Securable::Table => {
            matches!(&privileges.objects, Objects::Named(names) if names.iter().any(|name| name.name == view.name))
        }
        _ => false,
    })
}
