//! Says what was inferred, from what, and how to override it.

use std::fmt::Write;

use super::{Confidence, KeyKind, Role, Tenancy};

/// What was inferred, from which evidence, and how to override it: the text of `migralint tenants`.
pub fn explain(tenancy: &Tenancy) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_root(tenancy, &mut text);
    let _ = write_candidates(tenancy, &mut text);
    let _ = write_keys(tenancy, &mut text);
    let _ = write_roles(tenancy, &mut text);
    text.push_str(
        "\noverride it in the configuration:\n  tenant:\n    table: <table of tenants>\n    keys: [<column>]\n    \
         external-ids: [<table.column>]\n    global-tables: [<table>]\n",
    );
    text
}

fn write_root(tenancy: &Tenancy, text: &mut String) -> std::fmt::Result {
    let Some(root) = &tenancy.root else {
        let why = match tenancy.candidates.as_slice() {
            [] => "no table looks like one that holds tenants",
            [best, ..] if best.score() < super::ACCEPTED => "no table has enough evidence for being the table of tenants",
            _ => "several tables may be the table of tenants: name the right one",
        };
        return writeln!(text, "no tenants: {why}");
    };
    let meaning = match root.confidence {
        Confidence::Established => "its rows are tenants; every lint of the group applies",
        Confidence::Presumed => "many tables belong to it, but it may be an ordinary parent; only agreement with it is checked",
    };
    writeln!(text, "tenants: `{}`, key `{}` ({})\n  {meaning}", root.table, root.column, root.data_type)
}

fn write_candidates(tenancy: &Tenancy, text: &mut String) -> std::fmt::Result {
    if !tenancy.candidates.is_empty() {
        writeln!(text, "\ncandidates ({} points and a lead of {} are needed):", super::ACCEPTED, super::MARGIN)?;
    }
    for candidate in tenancy.candidates.iter().take(5) {
        writeln!(text, "  `{}`: {}", candidate.table, candidate.score())?;
        for evidence in &candidate.evidence {
            writeln!(text, "    {:+}  {}", evidence.points, evidence.reason)?;
        }
    }
    Ok(())
}

fn write_keys(tenancy: &Tenancy, text: &mut String) -> std::fmt::Result {
    if tenancy.keys().next().is_some() {
        text.push_str("\nkeys:\n");
    }
    for key in tenancy.keys() {
        let kind = match &key.kind {
            KeyKind::Reference => "foreign key".to_owned(),
            KeyKind::CodeReference { column } => format!("foreign key to `{column}`"),
            KeyKind::Unreferenced => "no foreign key".to_owned(),
            KeyKind::Mistyped { evidence } => format!("wrong type; {}", evidence.join(", ")),
        };
        writeln!(text, "  `{}.{}`: {kind}", key.table, key.column)?;
    }
    if !tenancy.spared.is_empty() {
        text.push_str("\nnot taken for keys:\n");
    }
    for spared in &tenancy.spared {
        writeln!(text, "  `{}.{}`: {}", spared.table, spared.column, spared.reason)?;
    }
    Ok(())
}

fn write_roles(tenancy: &Tenancy, text: &mut String) -> std::fmt::Result {
    let derived: Vec<String> = tenancy
        .roles
        .iter()
        .filter_map(|(table, role)| match role {
            Role::Derived(parent) => Some(format!("  `{table}` through `{parent}`")),
            _ => None,
        })
        .collect();
    if !derived.is_empty() {
        writeln!(text, "\ntables that belong to a tenant through another:\n{}", derived.join("\n"))?;
    }
    let global: Vec<String> =
        tenancy.roles.iter().filter(|(_, role)| **role == Role::Global).map(|(table, _)| format!("`{table}`")).collect();
    if !global.is_empty() {
        writeln!(text, "\ntables of no tenant: {}", global.join(", "))?;
    }
    Ok(())
}
