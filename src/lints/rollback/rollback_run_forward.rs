//! Rollbacks the tool takes for migrations.

use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::source::FileId;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.directory.run_forward.iter().map(|file| finding(context, *file)).collect()
}

fn finding(context: &HistoryContext, file: FileId) -> Finding {
    let name = files::name(context, file);
    let tool = context.history.directory.kind.label();
    let undone = context.history.migrations.iter().find(|migration| migration.file.down.is_some_and(|down| down.file == file));
    let message = match undone {
        Some(migration) => format!(
            "`{name}` is run forward by {tool}, as a migration of its own: every deployment undoes `{}`",
            files::title(context, migration)
        ),
        None => format!("`{name}` is run forward by {tool}, as a migration of its own"),
    };
    let finding = Finding::new(files::top(context.sources, file), message)
        .object(name)
        .help("move it to a folder beside the migrations: `rollbacks/`");
    match undone {
        Some(migration) => finding.because(files::first_line(context.sources, migration.file.up), "the migration it undoes"),
        None => finding,
    }
}
