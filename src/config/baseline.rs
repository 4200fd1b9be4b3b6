//! Reads a baseline. A mistake in it is a diagnostic at its line, like one in the configuration.

use super::reader::Reader;
use super::yaml::{self, Node};
use crate::diagnostic::Diagnostic;
use crate::lint::baseline::{Baseline, Entry};
use crate::source::{FileId, SourceMap};

/// The version of the format that is written and read.
pub const VERSION: u64 = 1;

/// What the file says, and what is wrong with it.
pub(super) fn read(file: FileId, sources: &SourceMap) -> (Baseline, Vec<Diagnostic>) {
    let mut reader = Reader::default();
    let mut baseline = Baseline::default();
    match yaml::parse(file, &sources.file(file).text) {
        Ok(Some(root)) => reader.baseline(&root, &mut baseline),
        Ok(None) => {}
        Err(mistake) => reader.mistake(mistake.span, mistake.message, None),
    }
    (baseline, reader.mistakes(sources))
}

impl Reader<'_> {
    fn baseline(&mut self, root: &Node, baseline: &mut Baseline) {
        for (key, value) in self.entries(root, "the baseline", &["version", "findings"]) {
            match key {
                "version" if value.to_value().as_u64() != Some(VERSION) => self.wrong_kind(key, &format!("`{VERSION}`"), value),
                "version" => {}
                _ => self.findings(value, baseline),
            }
        }
    }

    fn findings(&mut self, node: &Node, baseline: &mut Baseline) {
        for (lint, files) in self.distinct(node, "`findings`") {
            for (path, entries) in self.distinct(files, &format!("`{}`", lint.name)) {
                for (fingerprint, message) in self.distinct(entries, &format!("`{}`", path.name)) {
                    if !is_fingerprint(&fingerprint.name) {
                        self.mistake(fingerprint.span, format!("`{}` is no fingerprint of a finding", fingerprint.name), None);
                    }
                    baseline.entries.push(Entry {
                        lint: lint.name.clone(),
                        path: path.name.clone(),
                        fingerprint: fingerprint.name.clone(),
                        message: message.as_str().unwrap_or_default().to_owned(),
                        span: fingerprint.span,
                    });
                }
            }
        }
    }
}

fn is_fingerprint(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
