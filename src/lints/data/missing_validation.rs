//! A migration of rows that nobody checks.

use super::{Work, is_broad, work};
use crate::history::Migration;
use crate::lint::tenancy::words;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::sql::{Body, DataKind};

/// How a migration fails by itself, in one database or another.
const RAISES: [&str; 6] = ["raise exception", "assert ", "signal sqlstate", "raise(", "raiserror", "throw "];

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let mut reported = Vec::new();
    let found = work(context).filter(|work| is_migration_of_rows(work)).filter_map(|work| {
        let index = context.history.migration_of(work.step.moment.whole)?;
        let migration = context.history.migrations.get(index)?;
        if reported.contains(&index) || is_checked(context, migration) {
            return None;
        }
        reported.push(index);
        let message = format!("nothing checks what this does to the rows of `{}`", work.table.name.name);
        let help = "count what should be filled and is not, in a statement that fails or in a script beside the migration";
        Some(Finding::new(work.step.moment.span, message).object(files::title(context, migration)).help(help))
    });
    found.collect()
}

fn is_migration_of_rows(work: &Work) -> bool {
    match work.data.kind {
        DataKind::Update | DataKind::Delete => is_broad(work.data),
        DataKind::Insert => !work.data.reads.is_empty(),
        DataKind::Merge => true,
        DataKind::Select | DataKind::Copy => false,
    }
}

/// Whether the migration reads rows by itself afterwards, may raise an exception, or has a script beside it that does.
fn is_checked(context: &HistoryContext, migration: &Migration) -> bool {
    let reads = |body: &Body| matches!(body, Body::Data(data) if data.kind == DataKind::Select && !data.reads.is_empty());
    let text = context.sources.text(migration.file.up.span).to_ascii_lowercase();
    let raises = RAISES.iter().any(|words| text.contains(words));
    let is_check = |name: &str| {
        words(name).iter().any(|word| ["validate", "validation", "verify", "verification", "check", "checks"].contains(&word.as_str()))
    };
    let path = |file| context.sources.path(file);
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let version = migration.file.version.as_ref().map(|version| version.text.as_str()).unwrap_or_default();
    let beside = context.history.directory.companions.iter().map(|part| path(part.file)).any(|companion| {
        let name = companion.rsplit('/').next().unwrap_or(companion);
        let is_near = name.starts_with(version) || folder(companion) == folder(path(migration.file.up.file));
        is_near && is_check(name) || companion.contains("/verify/")
    });
    raises || beside || migration.up.iter().any(|statement| reads(&statement.body))
}
