//! Rollbacks of nothing.

use crate::layout::SourcePart;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.directory.orphans.iter().map(|part| finding(context, *part)).collect()
}

fn finding(context: &HistoryContext, part: SourcePart) -> Finding {
    let name = files::name(context, part.file);
    let finding = Finding::new(files::first_line(context.sources, part), format!("`{name}` undoes nothing: no migration has its version"))
        .object(name);
    let meant =
        context.history.migrations.iter().find(|migration| {
            migration.file.down.is_none() && !migration.file.name.is_empty() && name.contains(migration.file.name.as_str())
        });
    match meant {
        Some(migration) => finding
            .because(files::first_line(context.sources, migration.file.up), "has the same description and no rollback")
            .help(format!("rename it so that its number is that of `{}`", files::title(context, migration))),
        None => finding.help("delete it, or restore the migration it belongs to"),
    }
}
