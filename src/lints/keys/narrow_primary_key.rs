//! Generated primary keys of 32 bits or fewer.

use std::collections::{BTreeMap, HashMap};

use super::{known_tables, path};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{LABELS, is_habit, order};
use crate::schema::{Column, ExpressionTree, Name, QualifiedName, Sequence, Table};
use crate::source::FileId;

/// Sequences by the column that owns them.
type Owned<'a> = HashMap<(QualifiedName, Name), &'a Sequence>;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let sequences = context.schema.sequences.values().map(AsRef::as_ref);
    let sequences: Owned = sequences.filter_map(|sequence| Some((sequence.owned_by.clone()?, sequence))).collect();
    let tables = known_tables(context.schema).filter(|table| !table.is_child());
    let keys: Vec<(&Table, &Column)> = tables.filter_map(|table| Some((table, counting_key(table)?))).collect();
    let (mut narrow, wide): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(_, column)| is_narrow(column));
    let order = order(context.history.history);
    narrow.sort_by_key(|(_, column)| (order.get(&column.data_type.span.file).copied(), column.data_type.span));
    if is_habit(narrow.len(), wide.len()) {
        // Where most keys are like that, one more of them is no slip of its migration.
        return finding(&narrow).into_iter().collect();
    }
    let mut by_file: BTreeMap<FileId, Vec<(&Table, &Column)>> = BTreeMap::new();
    for (table, column) in narrow {
        by_file.entry(column.data_type.span.file).or_default().push((table, column));
    }
    by_file.into_values().filter_map(|narrow| Some(finding(&narrow)?.help(repair(&sequences, &narrow)))).collect()
}

/// The one column of the primary key, if it counts up. Codes that somebody chooses are another matter.
fn counting_key(table: &Table) -> Option<&Column> {
    let [name] = table.primary_key()?.columns.as_slice() else { return None };
    let column = table.column(name)?;
    let counts_up =
        column.serial || column.identity.is_some() || column.default.as_ref().is_some_and(|default| is_nextval(&default.value.tree));
    (counts_up && table.foreign_keys_of(name).next().is_none()).then_some(column)
}

/// Whether it can run out.
fn is_narrow(column: &Column) -> bool {
    let data_type = &column.data_type.value;
    data_type.is("integer") || data_type.is("smallint")
}

fn is_nextval(tree: &ExpressionTree) -> bool {
    matches!(tree.without_casts(), ExpressionTree::Function { name, .. } if name.name == "nextval")
}

/// The statements that widen the column and, where it has one of its own that does not follow by itself, its sequence.
fn widen(sequences: &Owned, table: &Table, column: &Column) -> Vec<String> {
    let owned = sequences.get(&(table.name.clone(), column.name.clone())).copied();
    let narrow = |sequence: &&Sequence| !sequence.identity && !sequence.data_type.is("bigint");
    let column = format!("ALTER TABLE {} ALTER COLUMN {} TYPE bigint;", table.name.to_sql(), column.name.to_sql());
    let sequence = owned.filter(narrow).map(|sequence| format!("ALTER SEQUENCE {} AS bigint;", sequence.name.to_sql()));
    std::iter::once(column).chain(sequence).collect()
}

fn finding(narrow: &[(&Table, &Column)]) -> Option<Finding> {
    let (table, column) = *narrow.first()?;
    let limit = if column.data_type.value.is("smallint") { "32,767" } else { "2,147,483,647" };
    let more = match narrow.len() {
        1 => String::new(),
        2 => ", and that of one more table".to_owned(),
        count => format!(", and those of {} more tables", count - 1),
    };
    let message = format!(
        "the primary key `{}.{}` is {}{more}: inserts fail after {limit} rows were ever made",
        table.name.name, column.name, column.data_type.value
    );
    let finding = Finding::new(column.data_type.span, message).object(path(table, &column.name));
    let others = narrow.iter().skip(1).take(LABELS);
    Some(others.fold(finding, |finding, (table, column)| {
        finding.because(column.data_type.span, format!("`{}.{}` is {}", table.name.name, column.name, column.data_type.value))
    }))
}

fn repair(sequences: &Owned, narrow: &[(&Table, &Column)]) -> String {
    let sql: Vec<String> = narrow.iter().flat_map(|(table, column)| widen(sequences, table, column)).collect();
    format!("-- rewrites the table; keys that reference it have to follow\n{}", sql.join("\n"))
}
