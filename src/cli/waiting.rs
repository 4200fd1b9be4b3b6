//! A line for a person who waits: shown on a terminal after half a second, and gone before anything else is written.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::progress::{self, Stage};

/// Until then nobody has begun to wait.
const PATIENCE: Duration = Duration::from_millis(500);
const BETWEEN: Duration = Duration::from_millis(100);

/// To the beginning of the line, and nothing behind it.
const ERASE: &str = "\r\u{1b}[2K";

/// Whether the line stands on the terminal.
static IS_SHOWN: Mutex<bool> = Mutex::new(false);

/// Standard output, whose first byte ends the waiting.
pub(super) struct Awaited<W> {
    out: W,
    waiting: Option<Waiting>,
}

impl<W> Awaited<W> {
    /// Shows how far the run is, until it writes something.
    pub(super) fn new(out: W) -> Self {
        Self { out, waiting: Waiting::begin() }
    }
}

impl<W: Write> Write for Awaited<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting = None;
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Takes the line away, for a message on the same terminal; it may come back below that.
pub(super) fn erase() {
    let mut is_shown = IS_SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::take(&mut *is_shown) {
        let _ = write!(io::stderr(), "{ERASE}");
    }
}

struct Waiting {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Waiting {
    /// Nothing where nobody looks.
    fn begin() -> Option<Self> {
        let is_dumb = std::env::var_os("TERM").is_none_or(|value| value == "dumb");
        if is_dumb || !io::stderr().is_terminal() {
            return None;
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let show = move || {
            let mut pause = PATIENCE;
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                pause = BETWEEN;
                progress::now().into_iter().for_each(|(stage, done, total)| show(&line(stage, done, total)));
            }
        };
        let thread = thread::Builder::new().spawn(show).ok()?;
        Some(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.stop = None;
        let _ = self.thread.take().map(JoinHandle::join);
        erase();
    }
}

fn show(line: &str) {
    let mut is_shown = IS_SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    *is_shown = write!(io::stderr(), "{ERASE}{line}").is_ok();
}

fn line(stage: Stage, done: usize, total: usize) -> String {
    let (verb, noun) = match stage {
        Stage::Reading => ("reading", "files"),
        Stage::Replaying => ("replaying", "migrations"),
        Stage::RollingBack => ("rolling back", "migrations"),
    };
    if done == total { "looking at the schema".to_owned() } else { format!("{verb} {} of {} {noun}", grouped(done), grouped(total)) }
}

/// `1,200`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_is_done_and_how_far_it_is() {
        for (stage, done, total, expected) in [
            (Stage::Reading, 1200, 5000, "reading 1,200 of 5,000 files"),
            (Stage::Replaying, 7, 12_345_678, "replaying 7 of 12,345,678 migrations"),
            (Stage::RollingBack, 100, 999, "rolling back 100 of 999 migrations"),
            (Stage::RollingBack, 999, 999, "looking at the schema"),
        ] {
            assert_eq!(line(stage, done, total), expected);
        }
    }
}
