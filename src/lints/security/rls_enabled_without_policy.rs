//! Row-level security without any policy, where the other tables have policies.

use std::collections::BTreeSet;

use super::{access, secured};
use crate::change::ChangeKind;
use crate::history::{EventKind, History};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::schema::{FunctionKey, Name, Schema, Table};
use crate::source::{SourceMap, Span};
use crate::sql::access::{AccessKind, Objects, Securable};
use crate::sql::split::tokens;

/// So many tables must have policies for each that has none.
const CUSTOM: usize = 5;

/// Words of comments by which authors say that nobody is to get in.
const MARKERS: [&str; 12] = [
    "service role",
    "service_role",
    "service-role",
    "deny",
    "no polic",
    "without polic",
    "backend",
    "server-side",
    "server side",
    "nobody",
    "block",
    "internal",
];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let (with, without): (Vec<&Table>, Vec<&Table>) = secured(context.schema).filter(|table| !table.is_child()).partition(has_policies);
    // Where many tables do without, row-level security is how the schema locks them.
    if with.len() < without.len() * CUSTOM {
        return Vec::new();
    }
    let refused = refused(context.history.history);
    let sources = context.history.sources;
    let is_meant = |table: &Table| is_explained(sources, table) || is_served(context.schema, table) || is_granted(context, table);
    let forgotten = without.into_iter().filter(|table| !is_meant(table) && !refused.contains(&table.name.name));
    let places = forgotten.filter_map(|table| {
        Some(Place {
            span: table.row_security.enabled?,
            object: table.name.to_string(),
            label: format!("`{}` has row-level security and no policy", table.name.name),
            sql: String::new(),
        })
    });
    per_migration(context, places.collect(), "table", ": only its owner and roles with BYPASSRLS see or write any row")
}

/// Tables of a name for which a policy was written that replay had to refuse: that is another finding's concern.
fn refused(history: &History) -> BTreeSet<Name> {
    let refused = history.events.iter().filter(|event| matches!(event.kind, EventKind::Refused(_)));
    let statements = refused.filter_map(|event| {
        let migration = history.migrations.get(event.migration)?;
        migration.up.iter().find(|statement| statement.span == event.statement)
    });
    let tables = statements.flat_map(|statement| statement.changes()).filter_map(|change| match &change.kind {
        ChangeKind::CreatePolicy { table, .. } => Some(table.name.clone()),
        _ => None,
    });
    tables.collect()
}

/// Whether the table was given to a role of its own, which then is the one that gets past.
fn is_granted(context: &SchemaContext, table: &Table) -> bool {
    access(context.history.history).any(|access| match &access.kind {
        AccessKind::Privileges(privileges) if privileges.granted && privileges.on == Securable::Table => {
            let named = matches!(&privileges.objects, Objects::Named(names) if names.iter().any(|name| name.name == table.name.name));
            named && privileges.grantees.iter().any(|role| *role == "service_role")
        }
        _ => false,
    })
}

fn has_policies(table: &&Table) -> bool {
    !table.policies.is_empty()
}

/// Whether the author says that this is meant, in the table's comment or in a line beside the statement.
fn is_explained(sources: &SourceMap, table: &Table) -> bool {
    let comment = table.comment.as_ref().map(|comment| comment.value.to_lowercase());
    let beside = table.row_security.enabled.map(|span| around(sources, span).to_lowercase());
    comment.iter().chain(&beside).any(|text| MARKERS.iter().any(|marker| text.contains(marker)))
}

/// The line of a place, with the comments above and the line below it.
fn around(sources: &SourceMap, span: Span) -> String {
    let text = sources.file(span.file).text.as_str();
    let (before, after) = text.split_at_checked(span.range().start).unwrap_or((text, ""));
    let is_remark = |line: &&str| line.trim_start().starts_with("--") || line.trim().is_empty();
    let mut above: Vec<&str> = before.lines().rev().take(1).collect();
    above.extend(before.lines().rev().skip(1).take_while(is_remark).take(8));
    let below = after.lines().take(1).chain(after.lines().skip(1).take_while(is_remark).take(4));
    above.into_iter().chain(below).filter_map(|line| line.split_once("--")).map(|(_, comment)| comment).collect::<Vec<_>>().join("\n")
}

/// Whether a function with its owner's rights names the table: then that is the door.
fn is_served(schema: &Schema, table: &Table) -> bool {
    schema.functions.iter().any(|(_, function): (&FunctionKey, _)| {
        let body = function.body.as_ref();
        function.security_definer && tokens(body, 0..body.len()).any(|token| token.is_word(body, &table.name.name))
    })
}
