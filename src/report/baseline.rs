//! Writes a baseline: one line for each finding, in an order that neither lines nor other findings change, so that its
//! differences can be read in a review.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::escape::line;
use super::plural;
use crate::lint::baseline::Entry;

/// The findings by lint, then by file.
type Grouped<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Entry>>>;

/// The text of a baseline with these entries.
pub fn render(entries: &[Entry]) -> String {
    let mut grouped = Grouped::new();
    for entry in entries {
        grouped.entry(&entry.lint).or_default().entry(&entry.path).or_default().push(entry);
    }
    let mut text = String::from(
        "# Findings that were known when this was written, by `migralint baseline`: they are not shown again.\n\
         # Who deletes a line sees its finding again.\nversion: 1\n",
    );
    text += if grouped.is_empty() { "findings: {}\n" } else { "findings:\n" };
    for (lint, files) in grouped {
        let count = files.values().map(Vec::len).sum();
        let _ = writeln!(text, "  {}: # {}", word(lint), plural(count, "finding"));
        for (path, entries) in files {
            let _ = writeln!(text, "    {}: # {}", word(path), entries.len());
            sorted(entries).iter().for_each(|entry| {
                let _ = writeln!(text, "      \"{}\": {}", entry.fingerprint, quoted(&line(&entry.message)));
            });
        }
    }
    text
}

fn sorted(mut entries: Vec<&Entry>) -> Vec<&Entry> {
    entries.sort_by_key(|entry| (&entry.message, &entry.fingerprint));
    entries
}

/// A key as it is where YAML takes it for nothing but a text, otherwise in quotes.
fn word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    let is_word = text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.contains(['/', '-']);
    if is_word && text.bytes().all(is_plain) { text.to_owned() } else { quoted(text) }
}

/// A JSON string is a YAML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
