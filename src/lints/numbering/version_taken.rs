//! New migrations whose version the base has given to another one by now.

use std::collections::HashMap;

use super::duplicate_version::consequence;
use crate::history::Migration;
use crate::layout::MigrationFile;
use crate::lint::{Finding, ReviewContext};
use crate::lints::files::{self, FreeNumbers};

pub(super) fn check(context: &ReviewContext) -> Vec<Finding> {
    if context.history.history.directory.kind.identifies_by_name() {
        return Vec::new();
    }
    let names = free_names(context);
    let new = context.base.comparison.new_migrations();
    new.filter_map(|index| {
        let migration = context.history.history.migrations.get(index)?;
        Some(finding(context, migration, taker(context, migration)?, names.get(&index)))
    })
    .collect()
}

/// The base's migration that has the version of a new one.
pub(super) fn taker<'a>(context: &ReviewContext<'a>, migration: &Migration) -> Option<&'a MigrationFile> {
    let tip = context.base.tip;
    let version = migration.file.version.as_ref()?;
    let title = files::title(context.history, migration);
    tip.migrations.iter().find(|other| {
        let equal = other.version.as_ref().is_some_and(|other| other.compare(version, tip.order).is_eq());
        equal && tip.title(context.history.sources, other.up) != title
    })
}

/// What each new migration could be called so that all of them come behind the base's, in the order they have.
fn free_names(context: &ReviewContext) -> HashMap<usize, String> {
    let history = context.history.history;
    let is_old = |(index, _): &(usize, &Migration)| !context.base.comparison.is_new(*index);
    let old = history.migrations.iter().enumerate().filter(is_old).filter_map(|(_, migration)| migration.file.version.as_ref());
    let taken = context.base.tip.migrations.iter().filter_map(|migration| migration.version.as_ref());
    let mut free = FreeNumbers::behind(old.chain(taken));
    let new = context.base.comparison.new_migrations().filter_map(|index| Some((index, history.migrations.get(index)?)));
    new.filter_map(|(index, migration)| {
        let version = migration.file.version.as_ref()?;
        Some((index, files::renumbered(files::title(context.history, migration), &version.text, &free.take()?)))
    })
    .collect()
}

fn finding(context: &ReviewContext, migration: &Migration, taker: &MigrationFile, free: Option<&String>) -> Finding {
    let (history, sources) = (context.history, context.history.sources);
    let tip = context.base.tip;
    let version = migration.file.version.as_ref().map_or("", |version| version.text.as_str());
    let (name, taken) = (files::title(history, migration), tip.title(sources, taker.up));
    let message = format!("version {version} of `{name}` is taken by `{taken}` on the base: {}", consequence(tip.kind));
    let help = match free {
        Some(free) => format!("the next free name in order is `{free}`"),
        None => "give it a timestamp of its own".to_string(),
    };
    Finding::new(files::first_line(sources, migration.file.up), message)
        .because(files::first_line(sources, taker.up), format!("version {version} is this one"))
        .help(help)
        .object(name)
}
