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
    let verdict = if ignored.refused { "stops the run" } else { "never runs" };
    let mut finding =
        Finding::new(files::top(context.sources, ignored.file), format!("`{name}` {verdict}: {}", ignored.reason)).object(name);
    if let Some(near_miss) = &ignored.near_miss {
        finding = finding.help(format!("`{near_miss}` would be picked up"));
    }
    if ignored.refused { finding.severity(Severity::Error) } else { finding }
}
