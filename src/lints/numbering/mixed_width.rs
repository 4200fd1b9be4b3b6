//! Numbers of different widths, which sort differently as text.

use crate::layout::{Kind, VersionOrder};
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let kind = context.history.directory.kind;
    if kind != Kind::HandNumbered && kind.order() != VersionOrder::Bytes {
        return Vec::new();
    }
    let mut numbered: Vec<(usize, u128)> = files::sequence(context.history).collect();
    numbered.sort_by_key(|(_, number)| *number);
    let text = |index: usize| context.history.migrations[index].file.version.as_ref().map_or("", |version| version.text.as_str());
    let wrong = numbered.windows(2).find(|pair| pair[0].1 < pair[1].1 && text(pair[0].0) > text(pair[1].0));
    let Some([(before, _), (after, _)]) = wrong else { return Vec::new() };
    let [before, after] = [*before, *after].map(|index| &context.history.migrations[index]);
    let [lower, higher] = [before, after].map(|migration| files::title(context, migration));
    let consequence = match kind.tool() {
        Some(tool) => format!("{tool} sorts by text and runs it earlier"),
        None => "whatever sorts by text (a shell's `*.sql`, most scripts) runs it earlier".to_string(),
    };
    let finding = Finding::new(
        files::first_line(context.sources, after.file.up),
        format!("`{higher}` sorts before `{lower}` as text, and behind it as a number: {consequence}"),
    );
    vec![
        finding
            .because(files::first_line(context.sources, before.file.up), "this one has the lower number")
            .help("give all numbers one width")
            .object(higher),
    ]
}
