//! A function that still names a relation or column which was dropped or renamed after the function was made.
//!
//! Only functions can go stale in PostgreSQL: views, policies, defaults and triggers hold on to objects, not to names. Other
//! databases have views that do.

mod blame;
mod gone;
mod views;

use std::collections::BTreeMap;

use self::blame::Blame;
use self::gone::Gone;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Dialect, Function, QualifiedName};
use crate::source::Span;

/// Functions named in a message, and labels on a finding.
const NAMED: usize = 3;
const LABELS: usize = 12;

/// A function that names what is gone.
struct Stale<'a> {
    function: &'a Function,
    gone: Gone,
    /// What the statement that took it away did; otherwise it went with something else.
    blame: Option<Blame>,
}

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    if context.schema.dialect != Dialect::Postgres {
        return views::stale(context);
    }
    let triggers = triggers(context);
    let mut by_cause: BTreeMap<Span, Vec<Stale>> = BTreeMap::new();
    for function in context.schema.functions.values() {
        for gone in gone::in_function(context, function, triggers.get(&function.key.name).map_or(&[], Vec::as_slice)) {
            let blame = blame::find(context.history.history, &gone);
            if blame.is_none() && gone.with_function {
                continue;
            }
            let cause = blame.as_ref().map_or(gone.mention, |blame| blame.span);
            by_cause.entry(cause).or_default().push(Stale { function, gone, blame });
        }
    }
    by_cause.into_iter().filter_map(|(span, stale)| finding(span, &stale)).collect()
}

/// The tables whose triggers call each function.
fn triggers(context: &SchemaContext) -> BTreeMap<QualifiedName, Vec<QualifiedName>> {
    let schema = context.schema;
    let mut tables: BTreeMap<QualifiedName, Vec<QualifiedName>> = BTreeMap::new();
    for table in schema.tables.values() {
        for trigger in &table.triggers {
            let written = &trigger.function;
            let exists = |name: &QualifiedName| schema.functions_named(name).next().is_some();
            let function = schema.resolve(written.schema(), &written.name, exists).unwrap_or_else(|| written.clone());
            tables.entry(function).or_default().push(table.name.clone());
        }
    }
    tables
}

fn finding(span: Span, stale: &[Stale]) -> Option<Finding> {
    let first = stale.first()?;
    let mut functions: Vec<String> = stale.iter().map(|stale| format!("`{}`", shown(&stale.function.key.name))).collect();
    functions.dedup();
    let what = first.gone.describe();
    let several = functions.len() > 1;
    let (noun, verb, end) = if several { ("functions", "name", "fail when they run") } else { ("function", "names", "fails when it runs") };
    let list = listed(&functions);
    let message = match &first.blame {
        Some(blame) => format!("{} breaks the {noun} {list}, which still {verb} it and {end}", blame.action),
        None => format!("the {noun} {list} still {verb} {what}, which is gone, and {end}"),
    };
    let finding = Finding::new(span, message).object(&first.gone.path).help(help(first, several));
    Some(stale.iter().take(LABELS).fold(finding, |finding, stale| {
        let label = format!("`{}` still names {}", shown(&stale.function.key.name), stale.gone.describe());
        finding.because(stale.gone.mention, label)
    }))
}

fn help(stale: &Stale, several: bool) -> String {
    let them = if several { "these functions" } else { "the function" };
    match stale.blame.as_ref().and_then(|blame| blame.successor.as_ref()) {
        Some(name) => format!("replace {them} in the same migration, with `{name}` in the body (CREATE OR REPLACE FUNCTION …)"),
        None => format!("replace or drop {them} in the same migration"),
    }
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A name as messages show it: `public` left out.
fn shown(name: &QualifiedName) -> String {
    if name.schema == "public" { name.name.to_string() } else { name.to_string() }
}
