//! All rollbacks of a history one after the other, from the newest migration back to the first.

use super::{Failure, Watch, first_failure};
use crate::difference::{self, Difference};
use crate::history::History;
use crate::history::replay::replay_file;
use crate::source::SourceMap;

/// How far all rollbacks lead back, run from the newest to the oldest.
#[derive(Clone, Debug)]
pub struct Chain {
    /// How many rollbacks were run to their end.
    pub undone: usize,
    /// What ends the way back before its end.
    pub stop: Option<Stop>,
    /// What differs, where the way back ends, from the version there: left-overs of all rollbacks that were run.
    pub differences: Vec<Difference>,
}

/// What ends the way back.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The migration of this index has no rollback.
    Missing(usize),
    /// The rollback of this migration cannot run on what the later ones leave.
    Fails(usize, Box<Failure>),
}

/// Runs all rollbacks.
pub fn chain(history: &History, sources: &SourceMap) -> Chain {
    let mut schema = history.end().clone();
    let mut chain = Chain { undone: 0, stop: None, differences: Vec::new() };
    let mut reached = None;
    for (index, migration) in history.migrations.iter().enumerate().rev() {
        let Some(down) = &migration.down else {
            chain.stop = Some(Stop::Missing(index));
            break;
        };
        let mut watch = Watch::default();
        let end = replay_file(&schema, down, sources, &mut watch);
        if let Some(failure) = first_failure(down, watch.refused) {
            chain.stop = Some(Stop::Fails(index, Box::new(failure)));
            break;
        }
        schema = end;
        chain.undone += 1;
        reached = Some(migration);
    }
    if let Some(migration) = reached {
        chain.differences = difference::between(&migration.before, &schema);
        chain.differences.retain(|difference| !difference.is_about_order());
    }
    chain
}
