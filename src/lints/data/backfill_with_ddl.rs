//! A backfill while its transaction keeps a table from everybody.

use super::unbatched_backfill::locked_before;
use super::{Work, grouped, is_broad, is_small, seeded, work};
use crate::lint::{Finding, HistoryContext};
use crate::schema::Table;
use crate::source::Span;
use crate::sql::DataKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let seeded = seeded(context.history);
    let whole = work(context).filter(|work| matches!(work.data.kind, DataKind::Update | DataKind::Delete) && is_broad(work.data));
    let large = whole.filter(|work| !is_small(work.table) && !seeded.contains(&work.table.name.name));
    let places = large.filter_map(|work| {
        let (since, locked) = locked_before(context, &work.step)?;
        Some((work.step.moment.span, finding(&work, since, locked)))
    });
    grouped(context, places.collect(), "likewise")
}

fn finding(work: &Work, since: Span, locked: &Table) -> Finding {
    let (table, locked) = (&work.table.name.name, &locked.name.name);
    let message = match table == locked {
        true => format!("this writes all of `{table}` while the transaction keeps it locked: nobody can read `{table}` until that is done"),
        false => format!(
            "this writes all of `{table}` while the transaction keeps `{locked}` locked: nobody can read `{locked}` until that is done"
        ),
    };
    let finding = Finding::new(work.step.moment.span, message).object(&work.table.name);
    finding
        .because(since, format!("`{locked}` is locked from here on"))
        .help("move it to a migration of its own, and write in batches there")
}
