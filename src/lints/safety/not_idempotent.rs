//! A statement that fails when it is run again.

use super::changes;
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let guard = match change {
            ChangeKind::CreateTable { if_not_exists: false, .. }
            | ChangeKind::AddColumn { if_not_exists: false, .. }
            | ChangeKind::CreateIndex { if_not_exists: false, .. }
            | ChangeKind::CreateSequence { if_not_exists: false, .. }
            | ChangeKind::CreateNamespace { if_not_exists: false, .. }
            | ChangeKind::CreateExtension { if_not_exists: false, .. }
            | ChangeKind::AddEnumValue { if_not_exists: false, .. } => "IF NOT EXISTS",
            ChangeKind::Drop { if_exists: false, .. }
            | ChangeKind::DropColumn { if_exists: false, .. }
            | ChangeKind::DropConstraint { if_exists: false, .. } => "IF EXISTS",
            _ => return None,
        };
        // A transaction that fails leaves nothing behind that would be in the way.
        if step.moment.transaction.is_some() {
            return None;
        }
        let message = format!("without a transaction and `{guard}`, this fails when the migration is run again after it stopped half way");
        Some(Finding::new(step.moment.span, message).help(format!("add `{guard}`")))
    });
    found.collect()
}
