//! How far a run has come, for whoever waits for it. Counting costs an atomic addition; nobody need look.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What takes long in large directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Files are read.
    Reading,
    /// Migrations are parsed and replayed.
    Replaying,
    /// Rollbacks are run.
    RollingBack,
}

const STAGES: [Stage; 3] = [Stage::Reading, Stage::Replaying, Stage::RollingBack];

static STAGE: AtomicUsize = AtomicUsize::new(0);
static DONE: AtomicUsize = AtomicUsize::new(0);
static TOTAL: AtomicUsize = AtomicUsize::new(0);

/// Something begins that consists of so many steps.
pub fn begin(stage: Stage, total: usize) {
    STAGE.store(stage as usize, Ordering::Relaxed);
    DONE.store(0, Ordering::Relaxed);
    TOTAL.store(total, Ordering::Relaxed);
}

/// One step is done.
pub fn advance() {
    DONE.fetch_add(1, Ordering::Relaxed);
}

/// What is being done, how many steps of it are done, and of how many; `None` before anything began.
pub fn now() -> Option<(Stage, usize, usize)> {
    let total = TOTAL.load(Ordering::Relaxed);
    let stage = STAGES.get(STAGE.load(Ordering::Relaxed))?;
    (total > 0).then(|| (*stage, DONE.load(Ordering::Relaxed).min(total), total))
}
