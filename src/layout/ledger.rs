//! `atlas.sum`: Atlas writes down which files it knows and a hash over each and all before it, and refuses a
//! directory that differs (Atlas documentation, "Migration Directory Integrity").

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::{Ledger, LedgerEntry, reading};
use crate::source::{FileId, SourceMap, Span};

/// The ledger's name.
const NAME: &str = "atlas.sum";

/// The ledger of a directory, where it has one, with the first entry whose file is not as it was.
pub(super) fn read(directory: &Path, shown: &str, sources: &mut SourceMap) -> Option<Ledger> {
    let text = String::from_utf8(bytes(directory, NAME)?).ok()?;
    let file = sources.add(format!("{}{NAME}", prefix(shown)), text);
    let entries = entries(&sources.file(file).text, file);
    let changed = first_changed(directory, &entries);
    Some(Ledger { file, entries, changed })
}

fn prefix(shown: &str) -> String {
    if shown == "." { String::new() } else { format!("{shown}/") }
}

/// `name h1:hash` on each line but the first, which is the hash of them all.
fn entries(text: &str, file: FileId) -> Vec<LedgerEntry> {
    let mut start = 0;
    let mut entries = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some((name, hash)) = line.trim_end().rsplit_once(" h1:") {
            let span = Span::new(file, start..start + name.len());
            entries.push(LedgerEntry { name: name.to_owned(), hash: hash.to_owned(), span });
        }
        start += line.len();
    }
    entries
}

/// The ledger may come from anybody: only plain files right in the directory are read.
fn bytes(directory: &Path, name: &str) -> Option<Vec<u8>> {
    let path = directory.join(name);
    let is_inside = Path::new(name).file_name().is_some_and(|file| file == name);
    let is_small_file = std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= reading::MAX_BYTES);
    (is_inside && is_small_file).then(|| std::fs::read(path).ok()).flatten()
}

/// A hash goes over its file and all before it, so nothing can be said about those behind the first that differs.
fn first_changed(directory: &Path, entries: &[LedgerEntry]) -> Option<usize> {
    let mut hasher = Sha256::new();
    for (index, entry) in entries.iter().enumerate() {
        let bytes = bytes(directory, &entry.name)?;
        hasher.update(entry.name.as_bytes());
        hasher.update(bytes);
        if BASE64_STANDARD.encode(hasher.clone().finalize()) != entry.hash {
            return Some(index);
        }
    }
    None
}
