//! What the runner takes from a step by files: its summary and its outputs.

use std::collections::hash_map::RandomState;
use std::fs::OpenOptions;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::Path;

/// The runner shows nothing of a longer summary.
const LARGEST_SUMMARY: usize = 1 << 20;

/// How much room is left in a summary's file, of which other steps have their own.
pub fn room_for_summary(file: &Path) -> usize {
    let taken = std::fs::metadata(file).map_or(0, |known| usize::try_from(known.len()).unwrap_or(usize::MAX));
    LARGEST_SUMMARY.saturating_sub(taken).saturating_sub(1024)
}

/// Adds to the summary.
///
/// # Errors
/// When the file cannot be written.
pub fn add_summary(file: &Path, text: &str) -> io::Result<()> {
    append(file, &format!("{}\n", text.trim_end()))
}

/// Sets outputs of the step. A value may be anything: where it ends cannot be guessed.
///
/// # Errors
/// When the file cannot be written.
pub fn set_outputs(file: &Path, outputs: &[(&str, String)]) -> io::Result<()> {
    let text: String = outputs.iter().map(|(name, value)| output(name, value, &random())).collect();
    append(file, &text)
}

fn output(name: &str, value: &str, end: &str) -> String {
    format!("{name}<<{end}\n{value}\n{end}\n")
}

/// A word that nobody can foresee: hashers are seeded by the system.
fn random() -> String {
    let number = || RandomState::new().build_hasher().finish();
    format!("end_{:016x}{:016x}", number(), number())
}

fn append(file: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(file)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_end_where_nobody_could_foresee_it() {
        assert_eq!(output("report", "a\nEOF\nb=c", "end_1"), "report<<end_1\na\nEOF\nb=c\nend_1\n");
        assert_ne!(random(), random());
    }
}
