//! A dropped column that takes an index or a constraint of other columns along, of which the statement says nothing.

use std::sync::Arc;

use super::{Step, changes, end};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::schema::{Constraint, Index, Name, Table};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::DropColumn { table, column, cascade: false, .. } = change else { return None };
        let table = step.table(table)?;
        let dropped = dropped_together(context, &step, table);
        let lost: Vec<(String, crate::source::Span)> = lost(&step, table, &dropped);
        let (first, _) = lost.first()?;
        let others = if lost.len() > 1 { format!(" and {} more", lost.len() - 1) } else { String::new() };
        let message = format!("dropping `{column}` silently drops {first}{others}, which other columns are part of");
        let finding = Finding::new(step.moment.span, message).object(format!("{}.{column}", table.name));
        let finding = lost.iter().fold(finding, |finding, (what, span)| finding.because(*span, format!("{what} was made here")));
        Some(finding.help("drop it by name, and make again what the other columns need"))
    });
    found.collect()
}

/// The columns of the table that the same migration drops or has dropped.
fn dropped_together<'a>(context: &'a HistoryContext, step: &Step, table: &Table) -> Vec<&'a Name> {
    let file = step.moment.whole.file;
    let dropped = changes(context).filter(|(other, _)| other.moment.whole.file == file);
    let of_table = dropped.filter_map(|(other, change)| match change {
        ChangeKind::DropColumn { table: written, column, .. } if other.resolve(written).as_ref() == Some(&table.name) => Some(column),
        _ => None,
    });
    of_table.collect()
}

/// What goes with the column although columns take part in it that stay, and is not made again by the same migration.
fn lost(step: &Step, table: &Table, dropped: &[&Name]) -> Vec<(String, crate::source::Span)> {
    let Some(after) = step.moment.after.table(&table.name) else { return Vec::new() };
    let end = end(step.context).table(&table.name);
    let stays = |name: &Name| !dropped.contains(&name);
    let index_lost = |index: &&Arc<Index>| {
        let shared = index.key_columns().flatten().any(stays);
        let again = end.is_some_and(|end| end.indexes.iter().any(|other| replaces(table, other, index)));
        !index.from_constraint && after.index(&index.name).is_none() && shared && !again
    };
    let constraint_lost = |constraint: &&Arc<Constraint>| {
        let again = end.is_some_and(|end| end.constraint(&constraint.name).is_some());
        after.constraint(&constraint.name).is_none() && constraint.columns.iter().any(stays) && !again
    };
    let indexes = table.indexes.iter().filter(index_lost).map(|index| (format!("the index `{}`", index.name), index.span));
    let constraints = table.constraints.iter().filter(constraint_lost);
    indexes.chain(constraints.map(|constraint| (format!("the constraint `{}`", constraint.name), constraint.span))).collect()
}

/// Whether an index that was not there before serves columns that another one served.
fn replaces(table: &Table, index: &Index, lost: &Index) -> bool {
    let is_new = index.name == lost.name || table.index(&index.name).is_none();
    let shares = |column: Option<&Name>| column.is_some_and(|column| lost.key_columns().any(|other| other == Some(column)));
    is_new && index.unique == lost.unique && index.key_columns().any(shares)
}
