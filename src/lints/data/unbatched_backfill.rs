//! A backfill of a whole table in one statement.

use super::{Work, grouped, is_broad, is_small, seeded, work};
use crate::lint::{Finding, HistoryContext};
use crate::lints::safety::{Step, steps};
use crate::schema::Table;
use crate::source::Span;
use crate::sql::DataKind;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let seeded = seeded(context.history);
    let whole = work(context).filter(|work| work.data.kind == DataKind::Update && is_broad(work.data));
    let large = whole.filter(|work| !is_small(work.table) && !seeded.contains(&work.table.name.name));
    let alone = large.filter(|work| locked_before(context, &work.step).is_none());
    let places = alone.map(|work| (work.step.moment.span, finding(&work))).collect();
    grouped(context, places, "likewise")
}

/// Where an earlier step of the same transaction locked a table in use against everybody, which tables are locked since.
pub(super) fn locked_before<'a>(context: &'a HistoryContext<'a>, step: &Step) -> Option<(Span, &'a Table)> {
    let transaction = step.moment.transaction?;
    let earlier = steps(context).take_while(|earlier| !std::ptr::eq(earlier.moment, step.moment));
    let together = earlier.filter(|earlier| {
        let moment = earlier.moment;
        moment.whole.file == step.moment.whole.file && moment.transaction == Some(transaction) && moment.change().is_some()
    });
    together.into_iter().find_map(|earlier| {
        let lock = earlier.strong_locks().find(|lock| lock.mode == crate::sql::LockMode::AccessExclusive)?;
        Some((earlier.moment.span, earlier.moment.before.table(&lock.relation)?))
    })
}

fn finding(work: &Work) -> Finding {
    let name = &work.table.name;
    let message = format!(
        "this updates all of `{}` in one statement: the rows stay locked, and their old versions kept, until it is done",
        name.name
    );
    Finding::new(work.step.moment.span, message).object(name).help(batches(work))
}

/// The statement in batches, as far as it can be written without knowing the values.
fn batches(work: &Work) -> String {
    let column = work.data.columns.first().map_or_else(|| "…".to_owned(), |column| column.to_sql());
    let key = work.table.primary_key().and_then(|key| key.columns.first()).map_or_else(|| "ctid".to_owned(), |name| name.to_sql());
    let table = work.table.name.to_sql();
    format!(
        "in batches, each in a transaction of its own, until no row is left:\nUPDATE {table} SET {column} = … WHERE {key} IN (\n    \
         SELECT {key} FROM {table} WHERE {column} IS NULL LIMIT 5000 FOR UPDATE SKIP LOCKED\n);"
    )
}
