//! A backfill while its transaction keeps a table from everybody.

use super::unbatched_backfill::{Locked, Locks};
use super::{Work, grouped, is_broad, is_small, seeded, work};
use crate::lint::{Finding, HistoryContext};
use crate::sql::DataKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let (seeded, locks) = (seeded(context.history), Locks::of(context));
    let whole = work(context).filter(|work| matches!(work.data.kind, DataKind::Update | DataKind::Delete) && is_broad(work.data));
    let large = whole.filter(|work| !is_small(work.table) && !seeded.contains(&work.table.name.name));
    let places = large.filter_map(|work| Some((work.step.moment.span, finding(&work, locks.held(&work)?))));
    grouped(context, places.collect(), "likewise")
}

fn finding(work: &Work, held: &Locked) -> Finding {
    let (table, locked) = (&work.table.name.name, &held.table.name.name);
    let message = match table == locked {
        true => format!("this writes all of `{table}` while the transaction keeps it locked: nobody can read `{table}` until that is done"),
        false => format!(
            "this writes all of `{table}` while the transaction keeps `{locked}` locked: nobody can read `{locked}` until that is done"
        ),
    };
    let finding = Finding::new(work.step.moment.span, message).object(&work.table.name);
    finding
        .because(held.span, format!("`{locked}` is locked from here on"))
        .help("move it to a migration of its own, and write in batches there")
}
