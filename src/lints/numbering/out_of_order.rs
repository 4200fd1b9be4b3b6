//! New migrations that sort before the newest one of the base.

use super::version_taken;
use crate::diagnostic::Severity;
use crate::history::{Migration, Origin};
use crate::layout::{Kind, Late, MigrationFile, Version, VersionOrder};
use crate::lint::{Finding, ReviewContext};
use crate::lints::files;

pub(super) fn check(context: &ReviewContext) -> Vec<Finding> {
    let Some((newest, highest)) = newest(context) else { return Vec::new() };
    let order = context.base.tip.order;
    // Where the tool keeps a list, a migration's place in that is what counts.
    let last_known = context.base.comparison.origins.iter().rposition(|origin| *origin != Origin::New).unwrap_or_default();
    let is_late = |index: usize, migration: &Migration| match (order, &migration.file.version) {
        (VersionOrder::Listed, _) => index < last_known,
        (_, version) => version.as_ref().is_some_and(|version| version.compare(highest, order).is_lt()),
    };
    let new = context.base.comparison.new_migrations();
    let late = new.filter_map(|index| Some((index, context.history.history.migrations.get(index)?)));
    // Who has to give a migration another number puts it behind the others.
    let late = late.filter(|(index, migration)| is_late(*index, migration) && version_taken::taker(context, migration).is_none());
    late.map(|(_, migration)| finding(context, migration, newest, highest)).collect()
}

/// The base's migration with the highest version, or at the end of the list.
fn newest<'a>(context: &ReviewContext<'a>) -> Option<(&'a MigrationFile, &'a Version)> {
    let tip = context.base.tip;
    let mut versions = tip.migrations.iter().filter_map(|migration| Some((migration, migration.version.as_ref()?)));
    match tip.order {
        VersionOrder::Listed => versions.next_back(),
        order => versions.max_by(|(_, one), (_, other)| one.compare(other, order)),
    }
}

fn finding(context: &ReviewContext, migration: &Migration, newest: &MigrationFile, highest: &Version) -> Finding {
    let (history, sources) = (context.history, context.history.sources);
    let (name, last) = (files::title(history, migration), context.base.tip.title(sources, newest.up));
    let (fate, severity) = fate(context.base.tip.kind, name);
    let message = format!("`{name}` comes before `{last}`, which is on the base: {fate}");
    let help = match files::next_number(context.base.tip.migrations.iter().filter_map(|migration| migration.version.as_ref())) {
        _ if context.base.tip.order == VersionOrder::Listed => "put it at the end of the list".to_owned(),
        Some(next) => {
            let version = migration.file.version.as_ref().map_or("", |version| version.text.as_str());
            format!("rename it to `{}`", files::renumbered(name, version, &next))
        }
        None => format!("give it a timestamp later than {}", highest.text),
    };
    Finding::new(files::first_line(sources, migration.file.up), message)
        .because(files::first_line(sources, newest.up), "the newest migration of the base")
        .help(help)
        .object(name)
        .severity(severity)
}

/// What happens to such a migration where the newest one has run already. To be run late is less bad than never:
/// databases end up with all migrations, though not all in the same order.
fn fate(kind: Kind, name: &str) -> (&'static str, Severity) {
    let facts = kind.facts();
    let runs_late = facts.late == Late::Runs || facts.may_be_late.is_some_and(|start| name.starts_with(start));
    match facts.late {
        _ if runs_late => ("it runs late where that one has run, and before it on a new database", Severity::Warning),
        Late::Fails(fate) => (fate, Severity::Error),
        Late::Runs | Late::Unknown => ("a runner that remembers the newest version never runs it, any other runs it late", Severity::Error),
    }
}
