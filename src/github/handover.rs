//! A review that an earlier run made and this one delivers. That run had a stranger's files and may have been a stranger's
//! program, so that nothing in the document is believed: it is of the published form, small, and leads nowhere.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::git::base::is_hash;
use crate::report::finding::Finding;
use crate::report::review::document::{Document, SCHEMA_VERSION};

/// Larger documents are not read.
const LARGEST: u64 = 8 << 20;

/// More of anything is no review.
const MOST_ITEMS: usize = 10_000;

/// No line of a migration is further down.
const LAST_LINE: usize = 100_000_000;

/// Reads a review that `migralint review --format json` wrote.
///
/// # Errors
/// A message that says what is wrong with it.
pub fn read(path: &Path) -> Result<Document, String> {
    let shown = path.display();
    let mut text = Vec::new();
    let file = File::open(path).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    file.take(LARGEST + 1).read_to_end(&mut text).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    if text.len() as u64 > LARGEST {
        return Err(format!("`{shown}` has more than {LARGEST} bytes"));
    }
    parse(&text).map_err(|reason| format!("`{shown}` is no report of `migralint review --format json`: {reason}"))
}

/// A review from JSON.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &[u8]) -> Result<Document, String> {
    let mut document: Document = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    if document.schema_version != SCHEMA_VERSION {
        return Err(format!("its schema_version is {}, not {SCHEMA_VERSION}", document.schema_version));
    }
    check(&document)?;
    // Somebody may take them over by a click, because it is we who suggest them.
    document.findings.iter_mut().for_each(|finding| finding.fix = None);
    Ok(document)
}

fn check(document: &Document) -> Result<(), String> {
    let Document { base, folder, directories, findings, .. } = document;
    if base.as_ref().is_some_and(|base| !is_hash(&base.fork) || !is_hash(&base.tip)) {
        return Err("its base is no commit".to_owned());
    }
    let is_folder = folder.strip_suffix('/').is_some_and(is_inside);
    if !folder.is_empty() && !is_folder {
        return Err("its folder leads out of the repository".to_owned());
    }
    let migrations = || directories.iter().flat_map(|directory| &directory.migrations);
    let locks: usize = migrations().map(|migration| migration.locks.len()).sum();
    let fixed = || directories.iter().flat_map(|directory| &directory.fixed);
    if [directories.len(), migrations().count(), locks, findings.len(), fixed().count()].into_iter().any(|count| count > MOST_ITEMS) {
        return Err(format!("it lists more than {MOST_ITEMS} items"));
    }
    migrations().try_for_each(|migration| check_place(&migration.path, migration.line))?;
    migrations().flat_map(|migration| &migration.locks).try_for_each(|lock| check_place("a", lock.line))?;
    findings.iter().chain(fixed()).try_for_each(check_finding)
}

fn check_finding(finding: &Finding) -> Result<(), String> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if finding.lint.is_empty() || finding.lint.len() > 100 || !finding.lint.bytes().all(is_word) {
        return Err("it names what is no lint".to_owned());
    }
    if finding.fingerprint.len() != 32 || !finding.fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("it has what is no fingerprint".to_owned());
    }
    check_place(&finding.path, finding.line)?;
    check_place(&finding.path, finding.end_line)?;
    finding.labels.iter().try_for_each(|label| check_place(&label.path, label.line))
}

fn check_place(path: &str, line: usize) -> Result<(), String> {
    match is_inside(path) && (1..=LAST_LINE).contains(&line) {
        true => Ok(()),
        false => Err("it names a place that cannot be in the repository".to_owned()),
    }
}

/// Whether a path stays below where it starts.
fn is_inside(path: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && part != ".." && !part.contains(['\\', ':']) && !part.chars().any(char::is_control);
    path.len() <= 4096 && path.split('/').all(is_name)
}
