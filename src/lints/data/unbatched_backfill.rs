//! A backfill of a whole table in one statement.

use std::collections::HashMap;

use super::{Work, grouped, is_broad, is_small, seeded, work};
use crate::lint::{Finding, HistoryContext};
use crate::lints::safety::steps;
use crate::schema::Table;
use crate::source::{FileId, Span};
use crate::sql::{DataKind, LockMode};

const BATCHES: &str = "in batches, each in a transaction of its own, until no row is left";

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let (seeded, locks) = (seeded(context.history), Locks::of(context));
    let whole = work(context).filter(|work| work.data.kind == DataKind::Update && is_broad(work.data));
    let large = whole.filter(|work| !is_small(work.table) && !seeded.contains(&work.table.name.name));
    let alone = large.filter(|work| locks.held(work).is_none());
    let places = alone.map(|work| (work.step.moment.span, finding(context, &work))).collect();
    grouped(context, places, "likewise")
}

/// Where a transaction first locked a table in use against everybody.
pub(super) struct Locked<'a> {
    pub(super) span: Span,
    pub(super) table: &'a Table,
    /// The place of that step among all.
    position: usize,
}

/// For each transaction of a file that does so.
pub(super) struct Locks<'a>(HashMap<(FileId, usize), Locked<'a>>);

impl<'a> Locks<'a> {
    pub(super) fn of(context: &'a HistoryContext<'a>) -> Self {
        let mut locks = HashMap::new();
        for (position, step) in steps(context).enumerate().filter(|(_, step)| step.moment.change().is_some()) {
            let moment = step.moment;
            let Some(transaction) = moment.transaction else { continue };
            let lock = step.strong_locks().find(|lock| lock.mode == LockMode::AccessExclusive);
            if let Some(table) = lock.and_then(|lock| moment.before.table(&lock.relation)) {
                let locked = Locked { span: moment.span, table, position };
                locks.entry((moment.whole.file, transaction)).or_insert(locked);
            }
        }
        Self(locks)
    }

    /// The lock that the transaction of this work holds already.
    pub(super) fn held(&self, work: &Work) -> Option<&Locked<'a>> {
        let moment = work.step.moment;
        self.0.get(&(moment.whole.file, moment.transaction?)).filter(|locked| locked.position < work.position)
    }
}

fn finding(context: &HistoryContext, work: &Work) -> Finding {
    let name = &work.table.name;
    let all = if work.data.has_where { "" } else { "all of " };
    let message =
        format!("this updates {all}`{}` in one statement: the rows stay locked, and their old versions kept, until it is done", name.name);
    let help = own_batches(context, work).unwrap_or_else(|| batches(work));
    Finding::new(work.step.moment.span, message).object(name).help(help)
}

/// The statement as it is written, a few rows at a time, where it has one condition and speaks of no other table. Rows that it
/// has done must not meet the condition any more, which only a comparison with the column it fills makes sure of.
fn own_batches(context: &HistoryContext, work: &Work) -> Option<String> {
    let text = context.sources.text(work.step.moment.span).trim_end_matches(';');
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_plain = words.get(2).is_some_and(|word| word.eq_ignore_ascii_case("set")) && work.data.reads.is_empty();
    let mut places = words.iter().filter(|word| word.eq_ignore_ascii_case("where"));
    let (Some(_), None) = (places.next().filter(|_| is_plain), places.next()) else { return None };
    let is_word = |place: &usize| text.get(..*place).is_some_and(|before| before.ends_with(char::is_whitespace));
    let place = text.to_ascii_lowercase().match_indices("where").map(|(place, _)| place).find(is_word)?;
    let (update, condition) = (text.get(..place)?.trim_end(), text.get(place + "where".len()..)?.trim());
    let is_shrinking = work.data.columns.iter().any(|column| condition.contains(column.as_str()));
    let (key, table) = (key(work), work.table.name.to_sql());
    is_shrinking.then(|| {
        format!(
            "{BATCHES}:\n{update}\nWHERE {key} IN (\n    SELECT {key} FROM {table} WHERE {condition} LIMIT 5000 FOR UPDATE SKIP LOCKED\n);"
        )
    })
}

fn key(work: &Work) -> String {
    work.table.primary_key().and_then(|key| key.columns.first()).map_or_else(|| "ctid".to_owned(), |name| name.to_sql())
}

/// The statement in batches, as far as it can be written without knowing the values.
fn batches(work: &Work) -> String {
    let column = work.data.columns.first().map_or_else(|| "…".to_owned(), |column| column.to_sql());
    let key = key(work);
    let table = work.table.name.to_sql();
    format!(
        "{BATCHES}:\nUPDATE {table} SET {column} = … WHERE {key} IN (\n    \
         SELECT {key} FROM {table} WHERE {column} IS NULL LIMIT 5000 FOR UPDATE SKIP LOCKED\n);"
    )
}
