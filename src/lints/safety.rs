//! What a migration does to a database in use: locks, rewrites, and what programs that still run rely on.
//!
//! Most of these judge a step in its moment, and only steps of migrations that are yet to run. What such a migration makes
//! itself nobody uses yet, so nothing about it is reported.

mod add_not_null_without_default;
mod attach_partition_scan;
mod check_not_valid_first;
mod concurrently_in_transaction;
mod detach_partition_not_concurrent;
mod drop_cascade;
mod drop_column;
mod drop_index_not_concurrent;
mod drop_not_null;
mod drop_table;
mod drop_takes_along;
mod enum_value_used_in_transaction;
mod exclusion_constraint;
mod foreign_key_not_valid_first;
mod if_not_exists_hides_difference;
mod index_not_concurrent;
mod lock_order;
mod missing_lock_timeout;
mod implicit_commit;
mod online_ddl_refused;
mod not_idempotent;
mod primary_key_without_using_index;
mod rebuild_deletes_rows;
mod refresh_not_concurrent;
mod reindex_not_concurrent;
mod rename_column;
mod rename_table;
mod serial_column_added;
mod set_logged_or_tablespace;
mod set_not_null_scan;
mod stored_generated_column;
mod transaction_nesting;
mod transaction_unbalanced;
mod trigger_on_hot_table;
mod truncate;
mod truncate_cascade;
mod type_change_rewrites;
mod unique_without_using_index;
mod vacuum_full_or_cluster;
mod validate_in_same_transaction;
mod volatile_default;
mod wide_lock_window;

use crate::change::{Algorithm, ChangeKind};
use crate::ddl;
use crate::diagnostic::{Applicability, Edit, Fix};
use crate::lint::{Check, Finding, HistoryContext};
use crate::locks::online::Operations;
use crate::locks::{Action, Lock, Moment, Work};
use crate::schema::{Column, Constraint, Dialect, Name, Persistence, QualifiedName, Schema, Table};
use crate::source::Span;
use crate::sql::{Body, DataKind, Maintenance, split};

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("index-not-concurrent", Check::History(index_not_concurrent::check)),
    ("drop-index-not-concurrent", Check::History(drop_index_not_concurrent::check)),
    ("reindex-not-concurrent", Check::History(reindex_not_concurrent::check)),
    ("concurrently-in-transaction", Check::History(concurrently_in_transaction::check)),
    ("foreign-key-not-valid-first", Check::History(foreign_key_not_valid_first::check)),
    ("check-not-valid-first", Check::History(check_not_valid_first::check)),
    ("validate-in-same-transaction", Check::History(validate_in_same_transaction::check)),
    ("unique-without-using-index", Check::History(unique_without_using_index::check)),
    ("primary-key-without-using-index", Check::History(primary_key_without_using_index::check)),
    ("exclusion-constraint", Check::History(exclusion_constraint::check)),
    ("set-not-null-scan", Check::History(set_not_null_scan::check)),
    ("add-not-null-without-default", Check::History(add_not_null_without_default::check)),
    ("volatile-default", Check::History(volatile_default::check)),
    ("stored-generated-column", Check::History(stored_generated_column::check)),
    ("serial-column-added", Check::History(serial_column_added::check)),
    ("type-change-rewrites", Check::History(type_change_rewrites::check)),
    ("online-ddl-refused", Check::History(online_ddl_refused::check)),
    ("rebuild-deletes-rows", Check::History(rebuild_deletes_rows::check)),
    ("implicit-commit", Check::History(implicit_commit::check)),
    ("set-logged-or-tablespace", Check::History(set_logged_or_tablespace::check)),
    ("vacuum-full-or-cluster", Check::History(vacuum_full_or_cluster::check)),
    ("attach-partition-scan", Check::History(attach_partition_scan::check)),
    ("detach-partition-not-concurrent", Check::History(detach_partition_not_concurrent::check)),
    ("refresh-not-concurrent", Check::History(refresh_not_concurrent::check)),
    ("missing-lock-timeout", Check::History(missing_lock_timeout::check)),
    ("wide-lock-window", Check::History(wide_lock_window::check)),
    ("lock-order", Check::History(lock_order::check)),
    ("trigger-on-hot-table", Check::History(trigger_on_hot_table::check)),
    ("enum-value-used-in-transaction", Check::History(enum_value_used_in_transaction::check)),
    ("drop-table", Check::History(drop_table::check)),
    ("drop-column", Check::History(drop_column::check)),
    ("drop-takes-along", Check::History(drop_takes_along::check)),
    ("rename-table", Check::History(rename_table::check)),
    ("rename-column", Check::History(rename_column::check)),
    ("drop-not-null", Check::History(drop_not_null::check)),
    ("truncate", Check::History(truncate::check)),
    ("truncate-cascade", Check::History(truncate_cascade::check)),
    ("drop-cascade", Check::History(drop_cascade::check)),
    ("not-idempotent", Check::History(not_idempotent::check)),
    ("if-not-exists-hides-difference", Check::History(if_not_exists_hides_difference::check)),
    ("transaction-nesting", Check::History(transaction_nesting::check)),
    ("transaction-unbalanced", Check::History(transaction_unbalanced::check)),
];

/// A step of a migration that is yet to run, and what was there before all of these.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) context: &'a HistoryContext<'a>,
    pub(super) moment: &'a Moment,
}

/// Every step that has an effect, in order.
pub(super) fn steps<'a>(context: &'a HistoryContext<'a>) -> impl Iterator<Item = Step<'a>> {
    let moments = context.facts.pending.moments().filter(|moment| moment.applied.no_effect.is_none());
    moments.map(move |moment| Step { context, moment })
}

/// Every change of the schema.
fn changes<'a>(context: &'a HistoryContext<'a>) -> impl Iterator<Item = (Step<'a>, &'a ChangeKind)> {
    steps(context).filter_map(|step| Some((step, &step.moment.change()?.kind)))
}

/// Every act of maintenance.
fn maintenance<'a>(context: &'a HistoryContext<'a>) -> impl Iterator<Item = (Step<'a>, &'a Maintenance)> {
    let acts = |step: Step<'a>| match step.moment.body() {
        Some(Body::Maintenance(acts)) => acts.as_slice(),
        _ => &[],
    };
    steps(context).flat_map(move |step| acts(step).iter().map(move |act| (step, act)))
}

impl<'a> Step<'a> {
    /// Whether something was written by a migration that is yet to run itself.
    pub(super) fn is_new(&self, span: Span) -> bool {
        self.context.facts.pending.wrote(self.context.history, span)
    }

    fn resolve(&self, written: &QualifiedName) -> Option<QualifiedName> {
        let before = &self.moment.before;
        before.resolve(written.schema(), &written.name, |name| before.relation(name).is_some())
    }

    /// The table of this name that is in use: known, there before, and not temporary.
    pub(super) fn table(&self, written: &QualifiedName) -> Option<&'a Table> {
        self.moment.before.table(&self.resolve(written)?).filter(|table| self.is_in_use(table))
    }

    fn is_in_use(&self, table: &Table) -> bool {
        table.persistence != Persistence::Temporary && !self.is_new(table.span)
    }

    /// The lock on a relation.
    fn lock(&self, relation: &QualifiedName) -> Option<&'a Lock> {
        self.moment.locks.iter().find(|lock| lock.relation == *relation)
    }

    /// Whether an earlier step leaves the table without rows, or works only where there are none.
    fn is_emptied(&self, table: &QualifiedName, counts: fn(&ChangeKind) -> bool) -> bool {
        let earlier = steps(self.context).take_while(|earlier| !std::ptr::eq(earlier.moment, self.moment));
        earlier.filter(|earlier| earlier.lock(table).is_some()).any(|earlier| match &earlier.moment.action {
            Action::Change(change) => counts(&change.kind),
            Action::Body(body) => matches!(body.as_ref(), Body::Data(data) if data.kind == DataKind::Delete && !data.has_where),
        })
    }

    /// The lock on a table in use, where something is done to the rows.
    fn working_lock(&self, written: &QualifiedName) -> Option<(&'a Table, &'a Lock)> {
        let table = self.table(written).filter(|table| !self.is_emptied(&table.name, leaves_no_rows))?;
        // InnoDB does most work while others write.
        let waits = |lock: &&Lock| lock.work > Work::None && (lock.online.is_none() || lock.mode.stops_writes());
        let own = self.lock(&table.name).filter(waits);
        // A partitioned table's rows are its partitions'.
        let of_partitions = || self.moment.locks.iter().find(|lock| lock.work > Work::None && lock.mode.stops_writes());
        Some((table, own.or_else(|| of_partitions().filter(|_| table.partition_by.is_some()))?))
    }

    /// Locks on tables in use that are waited for, in which time others wait behind: in MySQL, those of every change of a table.
    pub(super) fn waited_for(&self) -> impl Iterator<Item = &'a Lock> {
        let step = *self;
        let is_strong = |lock: &&Lock| lock.mode.stops_writes() || lock.online.is_some();
        let is_in_use = move |lock: &&Lock| step.moment.before.table(&lock.relation).is_some_and(|table| step.is_in_use(table));
        self.moment.locks.iter().filter(is_strong).filter(is_in_use)
    }

    /// Locks on tables in use that make others wait.
    pub(super) fn strong_locks(&self) -> impl Iterator<Item = &'a Lock> {
        let step = *self;
        self.moment.locks.iter().filter(move |lock| {
            lock.mode.stops_writes() && step.moment.before.table(&lock.relation).is_some_and(|table| step.is_in_use(table))
        })
    }
}

/// The schema after the last step.
fn end<'a>(context: &'a HistoryContext<'a>) -> &'a Schema {
    context.facts.pending.moments().last().map_or(context.history.end(), |moment| &moment.after)
}

/// Whether there is no row after this. A required column without a default cannot be added otherwise.
fn leaves_no_rows(change: &ChangeKind) -> bool {
    match change {
        ChangeKind::Truncate { .. } => true,
        ChangeKind::AddColumn { column, .. } => lacks_value(column),
        _ => false,
    }
}

/// Whether the rows there are have no value for a column that needs one.
fn lacks_value(column: &Column) -> bool {
    let has_value = column.default.is_some() || column.identity.is_some() || column.generated.is_some() || column.serial;
    !column.nullable.value && !has_value
}

/// A column a statement does something to, and the place that explains it.
struct Touched<'a> {
    step: Step<'a>,
    table: &'a Table,
    column: Name,
    because: Option<Span>,
}

/// One finding for what one statement does to several columns of a table: the first place, all names, all labels.
fn grouped<'a>(found: impl Iterator<Item = Touched<'a>>, describe: impl Fn(Span, &Table, &str) -> Finding) -> Vec<Finding> {
    let mut groups: Vec<Vec<Touched>> = Vec::new();
    for touched in found {
        let same = |first: &Touched| first.step.moment.whole == touched.step.moment.whole && first.table.name == touched.table.name;
        match groups.last_mut().filter(|group| group.first().is_some_and(same)) {
            Some(group) => group.push(touched),
            None => groups.push(vec![touched]),
        }
    }
    groups.iter().filter_map(|group| one_of(group, &describe)).collect()
}

fn one_of(group: &[Touched], describe: impl Fn(Span, &Table, &str) -> Finding) -> Option<Finding> {
    let Touched { step, table, column, .. } = group.first()?;
    let names: Vec<String> = group.iter().map(|touched| format!("`{}.{}`", table.name.name, touched.column)).collect();
    let finding = describe(step.moment.span, table, &names.join(", ")).object(format!("{}.{column}", table.name));
    let labelled = group.iter().filter_map(|touched| Some((&touched.column, touched.because?)));
    Some(labelled.fold(finding, |finding, (name, place)| finding.because(place, format!("`{name}` is from here"))))
}

/// What MySQL makes others wait for, and whether MariaDB does as well.
fn consequence_online(lock: &Lock, online: Operations) -> String {
    let (table, blocks) = (&lock.relation.name, lock.mode.blocks());
    let how = online.mysql;
    let does = match how.work {
        Work::Rewrite if how.algorithm == Algorithm::Copy => format!("copies `{table}` row by row ({how})"),
        Work::Rewrite => format!("writes `{table}` anew ({how})"),
        _ => format!("works on `{table}` with {how}"),
    };
    let elsewhere = if online.mariadb.permits_writes() { ", but in MariaDB" } else { "" };
    format!("{does}: {blocks} wait until that is done{elsewhere}")
}

/// ``locks `t` in ACCESS EXCLUSIVE mode and scans the table: reads and writes wait until that is done``
fn consequence(lock: &Lock) -> String {
    if let Some(online) = lock.online {
        return consequence_online(lock, online);
    }
    let (table, mode, blocks) = (&lock.relation.name, lock.mode.to_sql(), lock.mode.blocks());
    match lock.work {
        Work::None => format!("locks `{table}` in {mode} mode: {blocks} wait until its transaction ends"),
        work => format!("locks `{table}` in {mode} mode and {}: {blocks} wait until that is done", work.in_words()),
    }
}

/// The constraint as it came to be: with its name, and in a table with its index.
fn as_added<'a>(schema: &'a Schema, table: &QualifiedName, constraint: &Constraint) -> Option<(&'a Table, &'a Constraint)> {
    let table = schema.table(table)?;
    let added = table.constraints.iter().rev().find(|added| added.span == constraint.span && added.columns == constraint.columns)?;
    Some((table, added))
}

/// What helps where MySQL has no way that lets others write.
const BESIDE: &str = "do it while few write, or let gh-ost or pt-online-schema-change fill a copy of the table while it is used";

/// Whether the database is MySQL or MariaDB.
fn is_mysql(step: Step) -> bool {
    step.moment.before.dialect == Dialect::MySql
}

/// The constraint in two steps: for new rows, then for those that are there.
fn not_valid_first(table: &Table, constraint: &Constraint) -> String {
    let mut unchecked = constraint.clone();
    unchecked.validated.value = false;
    format!(
        "add it for new rows only, and check the others in a later transaction:\n{};\nALTER TABLE {} VALIDATE CONSTRAINT {};",
        ddl::add_constraint(table, &unchecked),
        table.name.to_sql(),
        constraint.name.to_sql()
    )
}

/// An index built beside the table's work, and then made a constraint.
fn using_index(table: &Table, constraint: &Constraint, keyword: &str) -> String {
    let name = constraint.name.to_sql();
    let columns = super::keys::sql_list(&constraint.columns);
    format!(
        "build the index outside of a transaction first:\nCREATE UNIQUE INDEX CONCURRENTLY {name} ON {0} ({columns});\n\
         ALTER TABLE {0} ADD CONSTRAINT {name} {keyword} USING INDEX {name};",
        table.name.to_sql()
    )
}

/// The repair of a statement that can be split or run beside others' work: only where it is known to run outside of a
/// transaction, in which neither would help.
fn repair(step: Step, title: &str, edit: impl FnOnce(&str) -> Option<(usize, String)>) -> Option<Fix> {
    let is_known = step.context.history.directory.kind.tool().is_some();
    let whole = step.moment.whole;
    let is_alone = steps(step.context).filter(|other| other.moment.whole == whole).count() == 1;
    if !is_known || !is_alone || step.moment.transaction.is_some() {
        return None;
    }
    let (offset, text) = edit(step.context.sources.text(whole))?;
    let place = whole.range().start + offset;
    let edits = vec![Edit { span: Span::new(whole.file, place..place), text }];
    Some(Fix { title: title.to_owned(), applicability: Applicability::Certain, edits, files: Vec::new() })
}

/// The constraint added for new rows, and the others checked by a statement of its own.
fn validated_later(step: Step, table: &Table, constraint: &Constraint) -> Option<Fix> {
    let validate = format!(" NOT VALID;\n\nALTER TABLE {} VALIDATE CONSTRAINT {}", table.name.to_sql(), constraint.name.to_sql());
    repair(step, "check the rows that are there in a statement of its own", |text| {
        starts_with(text, &["ALTER", "TABLE"]).then_some((text.len(), validate))
    })
}

/// Whether a statement begins with these words.
fn starts_with(statement: &str, words: &[&str]) -> bool {
    let mut tokens = split::tokens(statement, 0..statement.len());
    words.iter().all(|word| tokens.next().is_some_and(|token| token.text(statement).eq_ignore_ascii_case(word)))
}

/// The keyword CONCURRENTLY behind a statement's first INDEX.
fn concurrently(step: Step) -> Option<Fix> {
    repair(step, "build it while rows are written", |text| {
        let mut tokens = split::tokens(text, 0..text.len()).take(3);
        let index = tokens.find(|token| token.text(text).eq_ignore_ascii_case("INDEX"))?;
        Some((index.range.end, " CONCURRENTLY".to_owned()))
    })
}

fn finding(step: Step, lock: &Lock, what: &str) -> Finding {
    Finding::new(step.moment.span, format!("{what} {}", consequence(lock))).object(&lock.relation)
}
