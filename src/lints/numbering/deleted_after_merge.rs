//! Migrations of the base that the branch removes or gives another name.

use crate::diagnostic::Severity;
use crate::history::{Migration, Origin};
use crate::layout::Kind;
use crate::lint::{Finding, ReviewContext};
use crate::lints::files;

/// More migrations than this gone at once are one decision, and one finding.
const EACH: usize = 3;

pub(super) fn check(context: &ReviewContext) -> Vec<Finding> {
    let fork = context.base.fork;
    let migrations = context.history.history.migrations.iter().zip(&context.base.comparison.origins);
    let renamed = migrations.filter_map(|(migration, origin)| match origin {
        Origin::Renamed(index) => renamed(context, fork.migrations.get(*index)?, migration),
        _ => None,
    });
    let gone: Vec<&Migration> = context.base.comparison.gone.iter().filter_map(|index| fork.migrations.get(*index)).collect();
    renamed.chain(removed(context, &gone)).collect()
}

fn removed(context: &ReviewContext, gone: &[&Migration]) -> Vec<Finding> {
    let kind = context.base.fork.directory.kind;
    let help = "put it back; a new migration can undo what it did";
    match gone {
        [first, .., last] if gone.len() > EACH => {
            let message = format!(
                "{} migrations of the base are gone, `{}` to `{}`: {}",
                gone.len(),
                title(context, first),
                title(context, last),
                absence(kind)
            );
            let finding = Finding::new(files::first_line(context.history.sources, first.file.up), message);
            vec![finding.object(&context.base.fork.directory.path)]
        }
        gone => gone
            .iter()
            .map(|migration| {
                let name = title(context, migration);
                let message = format!("`{name}` is on the base and gone here: {}", absence(kind));
                Finding::new(files::first_line(context.history.sources, migration.file.up), message).object(name).help(help)
            })
            .collect(),
    }
}

/// A migration's title on the base.
fn title<'a>(context: &ReviewContext<'a>, migration: &Migration) -> &'a str {
    context.base.fork.directory.title(context.history.sources, migration.file.up)
}

fn renamed(context: &ReviewContext, former: &Migration, migration: &Migration) -> Option<Finding> {
    let sources = context.history.sources;
    let (old, new) = (title(context, former), files::title(context.history, migration));
    let order = context.history.history.directory.order;
    let same_version = match (&former.file.version, &migration.file.version) {
        (Some(before), Some(after)) => before.compare(after, order).is_eq(),
        (None, None) => return None,
        _ => false,
    };
    let (consequence, severity) = new_name(context.history.history.directory.kind, same_version);
    let message = format!("`{old}` of the base is called `{new}` here: {consequence}");
    let finding = Finding::new(files::first_line(sources, migration.file.up), message);
    Some(
        finding
            .because(files::first_line(sources, former.file.up), "the migration of the base")
            .object(old)
            .help("keep the name it was merged under")
            .severity(severity),
    )
}

fn absence(kind: Kind) -> &'static str {
    kind.facts().deleted.unwrap_or("databases that have run it keep what it did, new ones never get it")
}

/// What the tool makes of another name, depending on whether the version stays.
fn new_name(kind: Kind, same_version: bool) -> (&'static str, Severity) {
    if !same_version {
        return ("it runs again where it has run, as a new one", Severity::Error);
    }
    kind.facts().renamed.unwrap_or(("migrations are known by their versions, so nothing else changes", Severity::Info))
}
