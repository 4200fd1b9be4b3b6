//! Sequence numbers and timestamps in one directory.

use crate::history::Migration;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    // Number 0 is a baseline in either scheme.
    let versioned = context.history.migrations.iter().filter_map(|migration| Some((migration, migration.file.version.as_ref()?)));
    let (dated, counted): (Vec<_>, Vec<_>) =
        versioned.filter(|(_, version)| version.parts.iter().any(|part| *part > 0)).partition(|(_, version)| version.is_timestamp());
    let ((Some(_), Some(_)), dated_fewer) = ((dated.first(), counted.first()), dated.len() < counted.len()) else { return Vec::new() };
    let (few, many) = if dated_fewer { (&dated, &counted) } else { (&counted, &dated) };
    let (Some((odd, _)), Some((usual, _))) = (few.first(), many.first()) else { return Vec::new() };
    vec![finding(context, odd, usual, dated_fewer, many.len())]
}

fn finding(context: &HistoryContext, odd: &Migration, usual: &Migration, dated: bool, others: usize) -> Finding {
    let name = files::title(context, odd);
    let message = if dated {
        format!("`{name}` has a timestamp among {others} sequence numbers: every number to come sorts before it")
    } else {
        format!("`{name}` has a sequence number among {others} timestamps: it sorts before all of them whenever it was written")
    };
    Finding::new(files::first_line(context.sources, odd.file.up), message)
        .because(files::first_line(context.sources, usual.file.up), "the other migrations are versioned like this one")
        .object(name)
}
