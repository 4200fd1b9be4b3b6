//! Migrations of the base whose text the branch changes.

use crate::diagnostic::Severity;
use crate::history::{Migration, Origin, first_difference};
use crate::layout::Kind;
use crate::lint::{Finding, ReviewContext};
use crate::lints::files;

pub(super) fn check(context: &ReviewContext) -> Vec<Finding> {
    let migrations = context.history.history.migrations.iter().zip(&context.base.comparison.origins);
    migrations.filter_map(|(migration, origin)| finding(context, migration, *origin)).collect()
}

fn finding(context: &ReviewContext, migration: &Migration, origin: Origin) -> Option<Finding> {
    let (index, reworded) = match origin {
        Origin::Edited(index) => (index, false),
        Origin::Reworded(index) => (index, true),
        Origin::New | Origin::Same(_) | Origin::Renamed(_) => return None,
    };
    let former = context.base.fork.migrations.get(index)?;
    // Repeatable migrations have no version, and are there to be edited.
    migration.file.version.as_ref()?;
    let sources = context.history.sources;
    let name = files::title(context.history, migration);
    let kind = context.history.history.directory.kind;
    let finding = match (reworded, checksum(kind)) {
        (false, Some(refusal)) => {
            Finding::new(changed(context, former, migration), format!("`{name}` is on the base and edited here: {refusal}"))
        }
        (false, None) => {
            Finding::new(changed(context, former, migration), format!("`{name}` is on the base and edited here: {}", silently(kind)))
        }
        (true, Some(refusal)) => {
            let message = format!("comments or blanks of `{name}`, which is on the base, are edited here: {refusal}");
            Finding::new(files::first_line(sources, migration.file.up), message)
        }
        (true, None) => {
            let message = format!("comments or blanks of `{name}`, which is on the base, are edited here: nothing else changes");
            Finding::new(files::first_line(sources, migration.file.up), message).severity(Severity::Info)
        }
    };
    let help = "take the edit back and write what it changes as a new migration";
    let finding = finding.because(files::first_line(sources, former.file.up), "as it is on the base").object(name);
    Some(if reworded { finding } else { finding.help(help) })
}

/// The first place that is not as it was.
fn changed(context: &ReviewContext, former: &Migration, migration: &Migration) -> crate::source::Span {
    let sources = context.history.sources;
    let difference = first_difference(former.file.up.span, migration.file.up.span, sources);
    difference.unwrap_or_else(|| files::first_line(sources, migration.file.up))
}

/// What tools do that keep a hash of every byte they have run.
fn checksum(kind: Kind) -> Option<String> {
    let label = kind.label();
    kind.facts().keeps_checksum.then(|| format!("{label} keeps a checksum and refuses to run where it has run"))
}

fn silently(kind: Kind) -> &'static str {
    kind.facts().edited.unwrap_or("databases that have run it keep what it was, new ones get what it is now")
}
