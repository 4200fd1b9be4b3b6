//! Placeholders without a value, in findings as they are written: `${name}`, not the name that stood for it while it was read.

use crate::diagnostic::Diagnostic;
use crate::history::History;
use crate::source::SourceMap;
use crate::sql::stand_ins;

/// Puts placeholders back into what is said.
pub fn put_back(diagnostics: &mut [Diagnostic], history: &History, sources: &SourceMap) {
    let parts = history.migrations.iter().flat_map(|migration| [Some(migration.file.up), migration.file.down]).flatten();
    let mut names: Vec<(String, String)> = parts.flat_map(|part| stand_ins(sources.text(part.span))).collect();
    if names.is_empty() {
        return;
    }
    // The longest first: one may begin like another.
    names.sort_by(|left, right| right.0.len().cmp(&left.0.len()).then_with(|| left.cmp(right)));
    names.dedup();
    let as_written = |text: &mut String| {
        if text.contains("__") {
            for (name, written) in names.iter().filter(|(name, _)| name.len() > 3) {
                *text = text.replace(name, written);
            }
        }
    };
    for diagnostic in diagnostics {
        let labels = diagnostic.labels.iter_mut().map(|label| &mut label.message);
        labels.chain(diagnostic.help.as_mut()).chain([&mut diagnostic.message]).for_each(as_written);
    }
}
