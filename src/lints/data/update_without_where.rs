//! An update that gives every row of a table the same value.

use super::{is_small, name_the_rows, undoing, work};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::lints::safety::{Step, steps};
use crate::schema::{ExpressionTree, Name, Table};
use crate::source::Span;
use crate::sql::{Body, DataKind, DataStatement};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let forward = work(context).filter(|work| {
        let columns = columns(work.data);
        let meant = columns.iter().all(|column| is_for_all(context, &work.step, work.table, column));
        !columns.is_empty() && !meant && !is_small(work.table)
    });
    let forward = forward.map(|work| finding(context, work.step.moment.span, work.table, &columns(work.data)));
    forward.chain(backward(context)).collect()
}

/// Rollbacks that empty a column which they do not drop.
fn backward(context: &HistoryContext) -> Vec<Finding> {
    let undoing = undoing(context);
    let found = undoing.iter().filter_map(|undo| {
        let Body::Data(data) = &undo.statement.body else { return None };
        let written = data.table.as_ref()?;
        let name = undo.schema.resolve(written.schema(), &written.name, |name| undo.schema.table(name).is_some())?;
        let columns = columns(data);
        let dropped = undoing.iter().flat_map(|undo| undo.statement.changes()).any(|change| match &change.kind {
            ChangeKind::DropColumn { table, column, .. } => table.name == name.name && columns.contains(&column),
            ChangeKind::SetNullable { table, column, .. } => table.name == name.name && columns.contains(&column),
            _ => false,
        });
        let table = undo.schema.table(&name).filter(|_| !columns.is_empty() && !dropped)?;
        Some(finding(context, undo.statement.span, table, &columns))
    });
    found.collect()
}

/// The columns that get a constant in every row; none where one gets something else, since that is worked out row by row.
fn columns(data: &DataStatement) -> Vec<&Name> {
    let rows = data.rows.as_deref().filter(|_| data.kind == DataKind::Update && !data.has_where && data.reads.len() <= 1);
    let Some(rows) = rows.filter(|rows| rows.assignments.len() == data.columns.len()) else { return Vec::new() };
    let is_constant = |value: &ExpressionTree| matches!(value.without_casts(), ExpressionTree::Literal(_));
    match rows.assignments.iter().all(|(_, value)| is_constant(value)) {
        true => rows.assignments.iter().map(|(column, _)| column).collect(),
        false => Vec::new(),
    }
}

/// Whether every row needs the value: the column is new, or is made required or gets a default beside it.
fn is_for_all(context: &HistoryContext, step: &Step, table: &Table, column: &Name) -> bool {
    let is_new = table.column(column).is_none_or(|column| step.is_new(column.span));
    let is_about = |of: &crate::schema::QualifiedName, named: &Name| of.name == table.name.name && named == column;
    is_new
        || steps(context).filter_map(|step| step.moment.change()).any(|change| match &change.kind {
            ChangeKind::SetNullable { table, column, nullable: false, .. } => is_about(table, column),
            ChangeKind::SetDefault { table, column, default: Some(_), .. } | ChangeKind::SetType { table, column, .. } => {
                is_about(table, column)
            }
            _ => false,
        })
}

fn finding(context: &HistoryContext, span: Span, table: &Table, columns: &[&Name]) -> Finding {
    let names: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    let message = format!("`UPDATE` without WHERE sets {} of every row of `{}` to the same value", names.join(", "), table.name.name);
    Finding::new(span, message).object(&table.name).help(name_the_rows(context))
}
