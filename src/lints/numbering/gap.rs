//! Numbers missing from a sequence.

use std::collections::BTreeSet;

use crate::diagnostic::Severity;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let numbered: Vec<(usize, u128)> = files::sequence(context.history).collect();
    let foreign = context.history.directory.foreign.iter().filter_map(|path| leading_number(path));
    let versions = context.history.migrations.iter().filter_map(|migration| migration.file.version.as_ref());
    let first_parts = versions.filter(|version| !version.is_timestamp()).filter_map(|version| version.parts.first().copied());
    let present: BTreeSet<u128> = first_parts.chain(foreign).collect();
    let is_wanted = context.history.directory.kind.facts().gap.is_some() || is_sequential(&present);
    if numbered.len() * 2 < context.history.migrations.len() || !is_wanted {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut previous = None;
    for (index, number) in numbered {
        let below = previous.and_then(|_| present.range(..number).next_back()).copied();
        if let Some(below) = below.filter(|below| number > below + 1 && *below > 0 && previous != Some(number)) {
            findings.push(finding(context, index, below + 1, number - 1));
        }
        previous = Some(number);
    }
    findings
}

/// Numbers that encode releases, or are left free on purpose, leave more out than they use.
fn is_sequential(present: &BTreeSet<u128>) -> bool {
    let (Some(first), Some(last)) = (present.first(), present.last()) else { return false };
    let first = if *first == 0 { present.iter().nth(1).unwrap_or(first) } else { first };
    present.len() > 2 && (last - first).saturating_add(1).saturating_mul(2) <= present.len() as u128 * 3
}

fn leading_number(path: &str) -> Option<u128> {
    let end = path.find(|character: char| !character.is_ascii_digit())?;
    path.get(..end)?.parse().ok()
}

fn finding(context: &HistoryContext, index: usize, first: u128, last: u128) -> Finding {
    let migration = &context.history.migrations[index];
    let width = migration.file.version.as_ref().map_or(0, |version| version.text.len());
    let missing =
        if first == last { format!("number {first:0width$} is") } else { format!("numbers {first:0width$} to {last:0width$} are") };
    let refusal = context.history.directory.kind.facts().gap;
    let consequence = refusal.unwrap_or("was a migration lost, or does another branch hold it?");
    let finding = Finding::new(
        files::first_line(context.sources, migration.file.up),
        format!("{missing} missing before `{}`: {consequence}", files::title(context, migration)),
    )
    .object(files::title(context, migration));
    if refusal.is_some() { finding.severity(Severity::Error) } else { finding }
}
