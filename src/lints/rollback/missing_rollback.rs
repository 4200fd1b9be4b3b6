//! Migrations without a script that undoes them.

use super::repair;
use crate::diagnostic::{Fix, Severity};
use crate::history::Migration;
use crate::layout::Downs;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let history = context.history;
    let wanted = history.directory.kind.facts().downs;
    if matches!(wanted, Downs::Unknown | Downs::Rare) {
        return Vec::new();
    }
    let Some(first) = history.migrations.iter().position(|migration| migration.file.down.is_some()) else {
        return none_at_all(context);
    };
    let mut findings = if wanted == Downs::Continued {
        earlier(context, history.migrations.get(..first).unwrap_or_default())
    } else {
        (0..first).filter_map(|index| one(context, index)).collect()
    };
    findings.extend((first..history.migrations.len()).filter_map(|index| one(context, index)));
    findings
}

fn is_missing(context: &HistoryContext, migration: &Migration) -> bool {
    migration.file.down.is_none()
        && !migration.up.is_empty()
        && !super::is_marked_irreversible(context.sources.text(migration.file.up.span))
}

fn one(context: &HistoryContext, index: usize) -> Option<Finding> {
    let migration = context.history.migrations.get(index).filter(|migration| is_missing(context, migration))?;
    let name = files::title(context, migration);
    let finding = Finding::new(
        files::first_line(context.sources, migration.file.up),
        format!("`{name}` has no rollback: once applied, it cannot be taken back"),
    );
    let fix = repair::missing(context, &[index]);
    Some(finding.object(name).help(help(context, migration, fix.as_ref())).fix(fix))
}

/// What to do, and the SQL where it is known.
fn help(context: &HistoryContext, migration: &Migration, fix: Option<&Fix>) -> String {
    match fix {
        Some(fix) => format!("{}; this leads back:\n{}", where_to(context, migration), repair::text(fix)),
        None => where_to(context, migration),
    }
}

/// Where the tool looks for the script, or the project's own scripts are.
fn where_to(context: &HistoryContext, migration: &Migration) -> String {
    let name = files::title(context, migration);
    if name == files::place(context.sources, migration.file.up) {
        return "name the file it is to become, as `002_name.sql`, and its rollback behind it; or say in a comment why it is irreversible"
            .to_owned();
    }
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    let Some(way_back) = context.history.directory.kind.facts().way_back else { return by_example(context, stem) };
    let wanted = way_back.describe(stem);
    format!("add {wanted}, or a comment that says why it is irreversible")
}

fn by_example(context: &HistoryContext, stem: &str) -> String {
    let example = context.history.migrations.iter().rev().find_map(|migration| migration.file.down);
    match example {
        Some(down) => format!("add a script like `{}`, or a comment that says why it is irreversible", files::name(context, down.file)),
        None => format!("add `{stem}.down.sql`, or a comment that says why it is irreversible"),
    }
}

/// A directory without any rollback is one finding, not one for each file; in a review, where somebody can still do
/// something about it, one for each new file.
fn none_at_all(context: &HistoryContext) -> Vec<Finding> {
    if let Some(base) = context.base {
        return base.comparison.new_migrations().filter_map(|index| one(context, index)).collect();
    }
    let with_index = context.history.migrations.iter().enumerate();
    let missing: Vec<(usize, &Migration)> = with_index.filter(|(_, migration)| is_missing(context, migration)).collect();
    let Some((_, last)) = missing.last() else { return Vec::new() };
    let count = context.history.migrations.len();
    let message = if count == 1 {
        format!("`{}` has no rollback: once applied, it cannot be taken back", files::title(context, last))
    } else {
        format!("none of the {count} migrations has a rollback: once applied, they cannot be taken back")
    };
    let finding = Finding::new(files::first_line(context.sources, last.file.up), message);
    let indices: Vec<usize> = missing.iter().map(|(index, _)| *index).collect();
    vec![finding.object(&context.history.directory.path).help(where_to(context, last)).fix(repair::missing(context, &indices))]
}

/// Migrations from before the project began to write rollbacks.
fn earlier(context: &HistoryContext, before: &[Migration]) -> Vec<Finding> {
    let missing: Vec<&Migration> = before.iter().filter(|migration| is_missing(context, migration)).collect();
    let (Some(first), Some(last)) = (missing.first(), missing.last()) else { return Vec::new() };
    let message = match missing.len() {
        1 => format!("`{}`, from before the first rollback, has none", files::title(context, last)),
        count => format!("the {count} migrations up to `{}`, from before the first rollback, have none", files::title(context, last)),
    };
    let finding = Finding::new(files::first_line(context.sources, first.file.up), message);
    vec![finding.object(&context.history.directory.path).severity(Severity::Info)]
}
