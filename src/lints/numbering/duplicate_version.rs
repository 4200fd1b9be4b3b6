//! Two migrations with one version.

use std::collections::HashMap;

use crate::history::Migration;
use crate::layout::{Kind, Version, VersionOrder};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files::{self, FreeNumbers};

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    if context.history.directory.kind.identifies_by_name() {
        return Vec::new();
    }
    let mut first: HashMap<Vec<u128>, (usize, &Migration)> = HashMap::new();
    let mut free = FreeNumbers::behind(files::versions(&context.history.migrations));
    let mut findings = Vec::new();
    for (index, migration) in context.history.migrations.iter().enumerate() {
        let Some(key) = key(context, migration) else { continue };
        match first.get(&key) {
            // In a review, whose version a new migration takes is what `version-taken` says.
            Some((other, _)) if context.base.is_some_and(|base| base.comparison.is_new(index) != base.comparison.is_new(*other)) => {}
            Some((_, earlier)) => findings.push(finding(context, earlier, migration, &mut free)),
            None => {
                first.insert(key, (index, migration));
            }
        }
    }
    findings
}

/// What the tool compares: numbers, or text, as bytes.
fn key(context: &HistoryContext, migration: &Migration) -> Option<Vec<u128>> {
    let version = migration.file.version.as_ref()?;
    let bytes = |text: &str| text.bytes().map(u128::from).collect();
    Some(match context.history.directory.order {
        VersionOrder::Numeric => version.parts.clone(),
        VersionOrder::Bytes | VersionOrder::Listed => bytes(&version.text),
        VersionOrder::BytesWithoutDashes => bytes(&version.text.replace('-', "")),
    })
}

fn finding(context: &HistoryContext, earlier: &Migration, migration: &Migration, free: &mut FreeNumbers) -> Finding {
    let version = migration.file.version.as_ref().map_or("", |version| version.text.as_str());
    let (name, taken) = (files::title(context, migration), files::title(context, earlier));
    let message = format!("version {version} of `{name}` is taken by `{taken}`: {}", consequence(context.history.directory.kind));
    let help = match free.take() {
        Some(next) => format!("{next} is the next free number: rename it to `{}`", files::renumbered(name, version, &next)),
        None if migration.file.version.as_ref().is_some_and(Version::is_timestamp) => "give it a timestamp of its own".to_string(),
        None => "give it a version of its own".to_string(),
    };
    Finding::new(files::first_line(context.sources, migration.file.up), message)
        .equally_at_fault(files::first_line(context.sources, earlier.file.up), format!("version {version} is this one"))
        .help(help)
        .object(name)
}

/// What the tool does with two migrations of one version.
pub(super) fn consequence(kind: Kind) -> &'static str {
    let runner = "a runner that remembers versions skips the second one, any other runs them in the order of their names";
    kind.facts().duplicate.unwrap_or(runner)
}
