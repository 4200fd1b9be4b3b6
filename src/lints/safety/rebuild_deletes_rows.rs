//! A table that SQLite makes anew in a transaction, where `PRAGMA foreign_keys` does nothing: dropping the old one deletes
//! rows elsewhere.

use super::Step;
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};
use crate::locks::{Moment, Script};
use crate::schema::{Action, Dialect, QualifiedName, Table};
use crate::source::Span;
use crate::sql::Body;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    if context.history.directory.dialect != Dialect::Sqlite {
        return Vec::new();
    }
    context.facts.pending.scripts.iter().flat_map(|script| of_script(context, script)).collect()
}

fn of_script(context: &HistoryContext, script: &Script) -> Vec<Finding> {
    let mut findings = Vec::new();
    // The pragma that was to switch foreign keys off, and the transaction it stands in.
    let mut in_vain: Option<(Span, usize)> = None;
    for moment in &script.moments {
        if let Some(switches_off) = foreign_keys_off(moment) {
            in_vain = moment.transaction.filter(|_| switches_off).map(|transaction| (moment.span, transaction));
        }
        let Some((pragma, _)) = in_vain.filter(|(_, transaction)| moment.transaction == Some(*transaction)) else { continue };
        findings.extend(of_drop(Step { context, moment }, pragma));
    }
    findings
}

/// Whether a statement is to switch foreign keys off, or on; `None` where it is no such pragma.
fn foreign_keys_off(moment: &Moment) -> Option<bool> {
    let Some(Body::Setting { name, value }) = moment.body() else { return None };
    let value = value.trim_start_matches(['=', ' ', '(']).trim_end_matches([' ', ')']).to_ascii_lowercase();
    (name.as_str() == "foreign_keys").then(|| ["off", "0", "false", "no"].contains(&value.as_str()))
}

fn of_drop(step: Step, pragma: Span) -> Option<Finding> {
    let Some(ChangeKind::DropCopied { table, .. }) = step.moment.change().map(|change| &change.kind) else { return None };
    let table = step.table(table)?;
    let (holder, place, action) = affected(step, &table.name)?;
    let does = match action {
        Action::Cascade => format!("deletes all rows of `{}`", holder.name.name),
        _ => format!("clears the references of `{}`", holder.name.name),
    };
    let message = format!(
        "where foreign keys are enforced, dropping `{}` {does}: `PRAGMA foreign_keys` does nothing within a transaction",
        table.name.name
    );
    let finding = Finding::new(step.moment.span, message).object(&table.name);
    let finding = finding.because(pragma, "this comes too late").because(place, format!("by `ON DELETE {}`", action.to_sql()));
    Some(finding.help("run the migration outside of a transaction, with a transaction of its own behind the pragma"))
}

/// A table with rows that go or change when those of another go.
fn affected<'a>(step: Step<'a>, table: &QualifiedName) -> Option<(&'a Table, Span, Action)> {
    let acts = |action: &Action| matches!(action, Action::Cascade | Action::SetNull | Action::SetDefault);
    let mut references = step.moment.before.references_to(table).filter(|(holder, _, _)| holder.name != *table);
    references.find_map(|(holder, constraint, key)| {
        let holder = step.table(&holder.name)?;
        Some((holder, constraint.span, key.on_delete.filter(acts)?))
    })
}
