//! A policy under which anybody writes any row.

use super::{is_always_true, is_open_to_tenants, secured};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::schema::{Policy, PolicyCommand, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    // A restrictive policy may say what this one leaves out.
    let open = secured(context.schema).filter(|table| table.policies.iter().all(|policy| policy.permissive));
    let places = open.flat_map(|table| table.policies.iter().filter_map(move |policy| place(table, policy)));
    per_migration(context, places.collect(), "policy", "")
}

fn place(table: &Table, policy: &Policy) -> Option<Place> {
    let what = allowed(policy).filter(|_| is_open_to_tenants(policy))?;
    let who = match policy.roles.as_slice() {
        [] => "everybody".to_owned(),
        [only] if *only == "public" => "everybody".to_owned(),
        roles => roles.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(" and "),
    };
    Some(Place {
        span: policy.span,
        object: format!("{}.{}", table.name, policy.name),
        label: format!("the policy `{}` lets {who} {what} of `{}`", policy.name, table.name.name),
        sql: String::new(),
    })
}

/// What a policy allows with every row, besides reading. A form that anybody may fill in needs `INSERT` to be open, and so
/// an open `INSERT` is nothing to report.
fn allowed(policy: &Policy) -> Option<&'static str> {
    let using = policy.using.as_ref().is_some_and(is_always_true);
    let check = policy.check.as_ref().map_or(using, is_always_true);
    match policy.command {
        PolicyCommand::All if using && check => Some("read, write and delete every row"),
        PolicyCommand::All if using => Some("read and delete every row"),
        PolicyCommand::Update if using && check => Some("change every row"),
        PolicyCommand::Delete if using => Some("delete every row"),
        PolicyCommand::All | PolicyCommand::Update | PolicyCommand::Delete | PolicyCommand::Insert | PolicyCommand::Select => None,
    }
}
