//! Privileges that every role has, those of the future included.

use std::collections::BTreeMap;

use super::access;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Name, QualifiedName, Schema};
use crate::source::Span;
use crate::sql::access::{AccessKind, Objects, Privileges, Securable};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let mut open: BTreeMap<String, (Span, String)> = BTreeMap::new();
    for access in access(context.history.history) {
        let AccessKind::Privileges(privileges) = &access.kind else { continue };
        if !privileges.grantees.iter().any(|role| *role == "public") {
            continue;
        }
        for (key, what) in targets(context.schema, privileges) {
            if privileges.granted && is_worth_telling(privileges) {
                open.insert(key, (access.span, what));
            } else if !privileges.granted {
                open.remove(&key);
            }
        }
    }
    let mut open: Vec<(Span, String)> = open.into_values().collect();
    open.sort();
    open.dedup_by_key(|(span, _)| *span);
    open.into_iter().map(|(span, what)| finding(span, &what)).collect()
}

fn finding(span: Span, what: &str) -> Finding {
    Finding::new(span, format!("everybody gets {what}: PUBLIC is every role of the database, those made later included"))
        .help("grant it to the role that needs it")
}

/// What everybody may do anyway, or what shows nothing, is not worth a word: calling functions and looking into schemas.
fn is_worth_telling(privileges: &Privileges) -> bool {
    let has = |wanted: &str| privileges.privileges.is_empty() || privileges.privileges.iter().any(|name| *name == *wanted);
    match privileges.on {
        Securable::Table => true,
        Securable::Namespace | Securable::Database => has("create"),
        Securable::Sequence => has("update"),
        Securable::Function | Securable::Other => false,
    }
}

/// What a statement is about: something that tells it from others, and how to call it. Objects that are gone are left out.
fn targets(schema: &Schema, privileges: &Privileges) -> Vec<(String, String)> {
    let (on, allowed) = (privileges.on.plural(), allowed(privileges));
    let of_schemas = |names: &[Name], when: &str| {
        let names: Vec<&str> = names.iter().map(Name::as_str).collect();
        let place = if names.is_empty() { String::new() } else { format!(" of `{}`", names.join("`, `")) };
        vec![(format!("{when} {on} {}", names.join(",")), format!("{allowed} on {when} {on}{place}"))]
    };
    match &privileges.objects {
        Objects::InSchemas(names) => of_schemas(names, "all"),
        Objects::ToCome(names) => of_schemas(names, "all future"),
        Objects::Named(names) => {
            let there = names.iter().filter(|name| is_there(schema, privileges.on, name));
            there.map(|name| (format!("{on} {}", name.name), format!("{allowed} on `{}`", name.name))).collect()
        }
    }
}

fn allowed(privileges: &Privileges) -> String {
    match privileges.privileges.as_slice() {
        [] => "everything".to_owned(),
        names => names.iter().map(|name| name.to_uppercase()).collect::<Vec<_>>().join(", "),
    }
}

fn is_there(schema: &Schema, on: Securable, name: &QualifiedName) -> bool {
    let exists = |name: &QualifiedName| schema.relation(name).is_some();
    !matches!(on, Securable::Table | Securable::Sequence) || schema.resolve(name.schema(), &name.name, exists).is_some()
}
