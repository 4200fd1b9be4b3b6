//! A copy of a table that was taken for a migration and is still there.

use crate::change::{Change, ChangeKind};
use crate::diagnostic::Severity;
use crate::history::History;
use crate::lint::tenancy::words;
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::schema::{Name, QualifiedName, Schema, Table};
use crate::source::Span;

/// Words that say a table is a copy.
const WORDS: [&str; 8] = ["backup", "backups", "bak", "bkp", "bck", "copy", "old", "snapshot"];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let history = context.history.history;
    let kept = copies(history).filter_map(|copy| {
        let table = context.schema.tables.values().find(|table| table.span == copy.made)?;
        Some((copy, table.as_ref()))
    });
    let places = kept.map(|(copy, table)| Place {
        span: table.span,
        object: table.name.to_string(),
        label: format!("`{}` is a copy of `{}` that no migration drops", table.name.name, copy.of.name),
        sql: format!("DROP TABLE {};", table.name.to_sql()),
    });
    let lacks = lacks(context.schema, &copies(history).collect::<Vec<_>>());
    let findings =
        per_migration(context, places.collect(), "copy", &format!(": it has {lacks}, and whoever reads it sees the rows of its day"));
    let is_fresh = |finding: &Finding| context.history.facts.pending.wrote(history, finding.span);
    let graded = findings.into_iter().map(|finding| match is_fresh(&finding) {
        true => finding.severity(Severity::Info),
        false => finding,
    });
    graded.collect()
}

/// A table that a migration made as a copy of another.
#[derive(Clone, Copy)]
pub(super) struct Copy<'a> {
    /// Where it was made: its name there.
    pub(super) made: Span,
    /// The table it was made from.
    pub(super) of: &'a QualifiedName,
}

/// Every table that a migration made as a copy and called one.
pub(super) fn copies(history: &History) -> impl Iterator<Item = Copy<'_>> {
    let changes = history.migrations.iter().flat_map(|migration| &migration.up).flat_map(|statement| statement.changes());
    changes.filter_map(copy)
}

fn copy(change: &Change) -> Option<Copy<'_>> {
    let ChangeKind::CreateTable { table, like, query, .. } = &change.kind else { return None };
    let read = query.iter().flat_map(|query| query.relations.iter().map(|(name, _)| name));
    let source = read.chain(like.iter().map(|like| &like.source)).find(|source| is_called_copy(&table.name.name, &source.name))?;
    let is_kept = table.persistence == crate::schema::Persistence::Permanent;
    is_kept.then_some(Copy { made: table.span, of: source })
}

/// Whether a name is that of another table with a word or a date that says "copy" added: `orders_backup`, `bak_orders_20240131`.
fn is_called_copy(name: &Name, source: &Name) -> bool {
    let (of_copy, of_source) = (words(name), words(source));
    let added = of_copy.iter().filter(|word| !of_source.contains(word));
    let names_source = of_source.iter().all(|word| of_copy.contains(word));
    let says_so = |word: &String| WORDS.contains(&word.as_str()) || (word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    let mut added = added.peekable();
    added.peek().is_some() && names_source && added.any(says_so)
}

fn lacks(schema: &Schema, copies: &[Copy]) -> &'static str {
    let tables: Vec<&Table> = schema.tables.values().map(AsRef::as_ref).collect();
    let is_secured = |copy: &Copy| tables.iter().any(|table| table.name.name == copy.of.name && table.row_security.enabled.is_some());
    if copies.iter().any(is_secured) { "no key and no row-level security" } else { "no key" }
}
