//! Rows destroyed without a copy, where earlier migrations took one.

use super::leftover_backup_table::copies;
use super::{is_broad, work};
use crate::change::{ChangeKind, ObjectReference};
use crate::lint::tenancy::keeps_records;
use crate::lint::{Finding, HistoryContext};
use crate::lints::rollback::backups::Backups;
use crate::lints::safety::{Step, steps};
use crate::schema::{Name, QualifiedName, Table};
use crate::source::Span;
use crate::sql::DataKind;

/// Something that destroys rows, or all values of a column.
struct Loss<'a> {
    step: Step<'a>,
    table: &'a Table,
    column: Option<&'a Name>,
    what: &'static str,
}

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let custom = copies(context.history).map(|copy| copy.made).next();
    if custom.is_none() && !context.options.boolean("always") {
        return Vec::new();
    }
    let backups = Backups::of(context.history, context.sources);
    let lost = losses(context).into_iter().filter(|loss| !keeps_records(&loss.table.name.name) && !is_saved(context, &backups, loss));
    lost.map(|loss| finding(&loss, custom)).collect()
}

fn losses<'a>(context: &'a HistoryContext<'a>) -> Vec<Loss<'a>> {
    let deleted = work(context).filter(|work| work.data.kind == DataKind::Delete && is_broad(work.data));
    let deleted = deleted.map(|work| Loss { step: work.step, table: work.table, column: None, what: "rows are deleted" });
    let changed = steps(context).filter_map(|step| {
        let (table, column, what) = match &step.moment.change()?.kind {
            ChangeKind::Drop { object: ObjectReference::Table(table), .. } => (table, None, "it is dropped"),
            ChangeKind::DropColumn { table, column, .. } => (table, Some(column), "a column is dropped"),
            ChangeKind::Truncate { table, .. } => (table, None, "it is emptied"),
            _ => return None,
        };
        let table = step.table(table).filter(|table| !is_a_copy(context, table))?;
        Some(Loss { step, table, column, what })
    });
    deleted.chain(changed).collect()
}

fn is_a_copy(context: &HistoryContext, table: &Table) -> bool {
    copies(context.history).any(|copy| table.span == copy.made)
}

fn is_saved(context: &HistoryContext, backups: &Backups, loss: &Loss) -> bool {
    let (name, place) = (&loss.table.name.name, loss.step.moment.whole);
    let Some(migration) = context.history.migration_of(place) else { return true };
    match loss.column {
        Some(column) => backups.has_column(name, column, migration, place),
        None => backups.has_rows(name, migration, place),
    }
}

fn finding(loss: &Loss, custom: Option<Span>) -> Finding {
    let table = &loss.table.name;
    let finding = Finding::new(loss.step.moment.span, format!("{} of `{}` without a copy", subject(loss), table.name)).object(table);
    let finding = custom.into_iter().fold(finding, |finding, place| finding.because(place, "an earlier migration took a copy first"));
    finding.help(format!("CREATE TABLE {} AS SELECT * FROM {};", copy_name(loss.table), table.to_sql()))
}

fn subject(loss: &Loss) -> String {
    match (loss.column, loss.what) {
        (Some(column), _) => format!("the values of `{column}` are destroyed, a column"),
        (None, "rows are deleted") => "rows are deleted".to_owned(),
        (None, _) => "the rows are destroyed".to_owned(),
    }
}

fn copy_name(table: &Table) -> String {
    let name = Name::from(format!("{}_backup", table.name.name).as_str());
    QualifiedName::new(table.name.schema.clone(), name).to_sql()
}
