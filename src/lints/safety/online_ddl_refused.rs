//! An `ALGORITHM` or `LOCK` that MySQL refuses for the change it stands beside.

use crate::history::Migration;
use crate::lint::{Finding, HistoryContext};
use crate::locks::online::{Refused, foreign_key_checks, refused};
use crate::locks::{Action, Script};
use crate::source::Span;
use crate::sql::Body;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let scripts = context.facts.pending.scripts.iter();
    scripts.filter_map(|script| Some(of_script(script, context.history.migrations.get(script.migration)?))).flatten().collect()
}

fn of_script(script: &Script, migration: &Migration) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut reported: Option<usize> = None;
    let mut checks = true;
    for moment in &script.moments {
        let change = match &moment.action {
            Action::Change(change) => change,
            Action::Body(body) => {
                if let Body::Setting { name, value } = body.as_ref() {
                    checks = foreign_key_checks(name, value).unwrap_or(checks);
                }
                continue;
            }
        };
        // A statement fails as a whole and fails once.
        let Some(statement) = migration.up.get(moment.statement).filter(|_| reported != Some(moment.statement)) else { continue };
        if let Some(refused) = refused(statement, change, &moment.before, checks) {
            reported = Some(moment.statement);
            findings.push(finding(&refused, moment.span));
        }
    }
    findings
}

fn finding(refused: &Refused, change: Span) -> Finding {
    let Refused { asked, why, mariadb_does, .. } = refused;
    let elsewhere = if *mariadb_does { ", unlike MariaDB," } else { "" };
    let message = format!("`{asked}` is refused for this change, and the migration fails: MySQL{elsewhere} has no such way, {why}");
    Finding::new(refused.span, message).because(change, "this change").help("leave it out: MySQL takes the lightest there is")
}
