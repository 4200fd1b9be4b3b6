//! A delete that leaves no row in a table.

use std::collections::HashMap;

use super::{Work, name_the_rows, work};
use crate::change::{ChangeKind, ObjectReference};
use crate::lint::tenancy::{keeps_records, words};
use crate::lint::{Finding, HistoryContext};
use crate::lints::rollback::backups::Backups;
use crate::lints::safety::{Step, steps};
use crate::schema::{Name, Table};
use crate::sql::{Body, DataKind};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let backups = Backups::of(context.history, context.sources);
    let renewed = renewed(context);
    // A later step fills the table anew, drops it, or needs it to be empty.
    let goes_on = |work: &Work| renewed.get(&work.table.name.name).is_some_and(|position| *position > work.position);
    let emptied = work(context).filter(|work| work.data.kind == DataKind::Delete && !work.data.has_where && work.data.rows.is_some());
    let lost = emptied.filter(|work| !is_disposable(work.table) && !goes_on(work) && !is_saved(context, &backups, work));
    let found = lost.map(|work| {
        let table = &work.table.name;
        let message = format!("`DELETE` without WHERE removes every row of `{}`", table.name);
        Finding::new(work.step.moment.span, message).object(table).help(name_the_rows(context))
    });
    found.collect()
}

/// Tables whose rows come and go by themselves.
fn is_disposable(table: &Table) -> bool {
    const COME_AND_GO: [&str; 6] = ["session", "sessions", "token", "tokens", "lock", "locks"];
    keeps_records(&table.name.name) || words(&table.name.name).iter().any(|word| COME_AND_GO.contains(&word.as_str()))
}

/// The tables that some step fills or drops, and the place of the last one that does among all steps.
fn renewed<'a>(context: &'a HistoryContext<'a>) -> HashMap<&'a Name, usize> {
    let places = steps(context).enumerate();
    places.filter_map(|(position, step)| Some((filled_or_dropped(step)?, position))).collect()
}

fn filled_or_dropped<'a>(step: Step<'a>) -> Option<&'a Name> {
    match (step.moment.body(), step.moment.change().map(|change| &change.kind)) {
        (Some(Body::Data(data)), _) if matches!(data.kind, DataKind::Insert | DataKind::Copy) => {
            data.table.as_ref().map(|table| &table.name)
        }
        (_, Some(ChangeKind::Drop { object: ObjectReference::Table(table), .. })) => Some(&table.name),
        _ => None,
    }
}

fn is_saved(context: &HistoryContext, backups: &Backups, work: &Work) -> bool {
    let migration = context.history.migration_of(work.step.moment.whole);
    migration.is_some_and(|migration| backups.has_rows(&work.table.name.name, migration, work.step.moment.whole))
}
