//! A migration of rows that does its work twice when it is run twice.

use super::{Work, work};
use crate::layout::Kind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::{BinaryOperator, Dialect, ExpressionTree, Name, Table};
use crate::source::Span;
use crate::sql::DataKind;
use crate::sql::split::tokens;

/// Words of a statement that looks which rows are there.
const LOOKS: [&str; 8] = ["conflict", "duplicate", "except", "exists", "ignore", "merge", "not", "replace"];

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let repeatable = work(context).filter(|work| may_be_repeated(context, work));
    let found = repeatable.filter_map(|work| {
        let (what, help) = doubled(&work).or_else(|| inserted_again(context, &work))?;
        Some(Finding::new(work.step.moment.span, what).object(&work.table.name).help(help))
    });
    found.collect()
}

/// Whether a run that fails half-way leaves this statement's work behind, or nobody keeps track of what was run.
fn may_be_repeated(context: &HistoryContext, work: &Work) -> bool {
    let directory = &context.history.directory;
    let is_committed = !directory.dialect.has_transactional_ddl() && changes_schema_later(context, work.step.moment.whole);
    work.step.moment.transaction.is_none() || directory.kind == Kind::HandNumbered || is_committed
}

/// Whether the migration changes the schema behind this statement.
fn changes_schema_later(context: &HistoryContext, place: Span) -> bool {
    let migration = context.history.migration_of(place).and_then(|index| context.history.migrations.get(index));
    let later = migration.into_iter().flat_map(|migration| &migration.up).filter(|statement| statement.span.start > place.start);
    later.into_iter().any(|statement| !statement.changes().is_empty())
}

/// An update that works a column's new value out from its old one.
fn doubled(work: &Work) -> Option<(String, &'static str)> {
    let rows = work.data.rows.as_deref().filter(|_| work.data.kind == DataKind::Update)?;
    let asks = |column: &Name| rows.condition.as_ref().is_some_and(|condition| condition.columns().contains(&column));
    if rows.assignments.iter().any(|(column, _)| asks(column)) {
        return None;
    }
    let (column, _) = rows.assignments.iter().find(|(column, value)| grows(value, column))?;
    let message =
        format!("run again, this changes `{}.{column}` again: its new value is worked out from its old one", work.table.name.name);
    Some((message, "add a condition that no row meets any more once it is done"))
}

/// Whether a value is the column's own with something added, taken away or joined to it. What a function makes of that may
/// be the same the second time, as with `array_distinct(numbers || 6)`.
fn grows(value: &ExpressionTree, column: &Name) -> bool {
    let ExpressionTree::Binary { operator: BinaryOperator::Named(operator), left, right } = value.without_casts() else { return false };
    let is_value = |side: &ExpressionTree| is_value_of(side, column) || grows(side, column);
    ["+", "-", "*", "/", "||"].contains(&operator.as_ref()) && (is_value(left) || is_value(right))
}

fn is_value_of(side: &ExpressionTree, column: &Name) -> bool {
    match side.without_casts() {
        ExpressionTree::Column { name, .. } => name == column,
        ExpressionTree::Function { name, arguments } => {
            name.name == "coalesce" && arguments.first().is_some_and(|first| is_value_of(first, column))
        }
        _ => false,
    }
}

/// Rows copied from another table without looking which are there, into a table that takes them twice.
fn inserted_again(context: &HistoryContext, work: &Work) -> Option<(String, &'static str)> {
    let is_copied = work.data.kind == DataKind::Insert && !work.data.reads.is_empty() && !work.data.columns.is_empty();
    let text = context.sources.text(work.step.moment.whole);
    let looks = || tokens(text, 0..text.len()).any(|token| LOOKS.iter().any(|word| token.is_word(text, word)));
    if !is_copied || has_key_among(work.table, &work.data.columns) || looks() {
        return None;
    }
    let message = format!("run again, this adds the same rows to `{}` again: no key of it is among the columns", work.table.name.name);
    let help = match context.history.directory.dialect {
        Dialect::Postgres | Dialect::Sqlite => "leave out what is there: WHERE NOT EXISTS (…), or ON CONFLICT DO NOTHING with a unique key",
        Dialect::MySql => "leave out what is there: WHERE NOT EXISTS (…), or INSERT IGNORE with a unique key",
        Dialect::SqlServer => "leave out what is there: WHERE NOT EXISTS (…)",
    };
    Some((message, help))
}

fn has_key_among(table: &Table, columns: &[Name]) -> bool {
    let mut unique = table.indexes.iter().filter(|index| index.unique);
    unique.any(|index| index.key_columns().all(|column| column.is_none_or(|column| columns.contains(column))))
}
