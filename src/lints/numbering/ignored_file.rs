//! Files the tool will not pick up.

use crate::diagnostic::Severity;
use crate::layout::IgnoredFile;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.directory.ignored.iter().map(|ignored| finding(context, ignored)).collect()
}

fn finding(context: &HistoryContext, ignored: &IgnoredFile) -> Finding {
    let name = files::name(context, ignored.file);
    // What stops a tool about a file in a folder is the folder.
    let subject = name.rsplit_once('/').filter(|_| ignored.refused).map_or(name, |(folder, _)| folder);
    let verdict = match context.history.directory.kind.tool() {
        _ if ignored.refused => "stops the run",
        Some(_) => "never runs",
        None => "may never run",
    };
    let message = format!("`{subject}` {verdict}: {}", ignored.reason);
    let mut finding = Finding::new(files::top(context.sources, ignored.file), message).object(subject);
    if let Some(near_miss) = &ignored.near_miss {
        finding = finding.help(format!("`{near_miss}` would be picked up"));
    }
    if ignored.refused { finding.severity(Severity::Error) } else { finding }
}
