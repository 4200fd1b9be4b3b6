//! `migralint baseline`: writes down what is found today, so that tomorrow only what is new is shown.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::judging::Judging;
use super::output::for_people;
use super::target::{Reading, Target, mistaken};
use super::{Status, fail};
use crate::config::{Config, shown};
use crate::diagnostic::Diagnostic;
use crate::history::History;
use crate::lint;
use crate::lint::baseline::{Baseline, Entry, NEVER_HIDDEN};
use crate::lint::paths::relative;
use crate::report;
use crate::report::escape::line;
use crate::source::SourceMap;

/// Arguments of `migralint baseline`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  migralint baseline\n  migralint baseline --preset strict db/migrations\n\n\
    Findings are recognised by what they are about, not by their line. Delete a line of the file to see its finding again.")]
pub(super) struct BaselineArguments {
    /// Directories of migrations, or a folder above them such as a repository's root [default: .]
    #[arg(value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// Where to write it [default: what the configuration's `baseline` names, else migralint-baseline.yaml beside it]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    reading: Reading,
}

/// What is to be written to one file.
#[derive(Default)]
struct Written {
    entries: Vec<Entry>,
    /// How many entries the file had that no finding needs.
    dropped: usize,
}

/// Writes the baseline of every configuration that governs one of the directories.
pub(super) fn run(arguments: &BaselineArguments, out: &mut dyn Write) -> io::Result<Status> {
    let (mut sources, mut mistakes) = (SourceMap::default(), Vec::new());
    let targets = match Target::find_all(&arguments.paths, &arguments.reading, &mut sources, &mut mistakes, None) {
        Ok(targets) => targets,
        Err(message) => return Ok(fail(&message)),
    };
    let mut files: BTreeMap<PathBuf, Written> = BTreeMap::new();
    let mut read: Vec<(PathBuf, History)> = Vec::new();
    let mut former: BTreeMap<PathBuf, (Baseline, PathBuf)> = BTreeMap::new();
    for mut target in targets {
        if let Err(message) = arguments.judging.select(&mut target.config.settings, &target.lints) {
            return Ok(fail(&message));
        }
        let path = arguments.output.clone().unwrap_or_else(|| target.config.baseline_path());
        let root = target.config.settings.root.clone();
        if !former.contains_key(&path) {
            match known(&path, &mut sources, &mut mistakes) {
                Ok(known) => former.insert(path.clone(), (known, root.clone())),
                Err(message) => return Ok(fail(&message)),
            };
        }
        target.config.settings.baseline = None;
        let history = History::load(target.directory, &sources);
        let found = lint::findings(&target.lints, &history, None, &sources, &target.config.settings);
        let entries = found.diagnostics.iter().filter(|found| !NEVER_HIDDEN.contains(&found.lint.as_str()));
        let written = files.entry(path.clone()).or_default();
        written.entries.extend(entries.map(|found| entry(found, &root, &sources)));
        read.push((path, history));
    }
    if let Some(mistake) = mistakes.first() {
        return Ok(fail(&mistaken(mistake, &sources)));
    }
    for (path, mut written) in files {
        if let Some((known, root)) = former.get(&path) {
            let histories = read.iter().filter(|(of, _)| *of == path).map(|(_, history)| history);
            keep_others(&mut written, known, root, &histories.collect::<Vec<_>>());
        }
        if let Err(error) = fs::write(&path, report::baseline::render(&written.entries)) {
            return Ok(fail(&format!("`{}` cannot be written: {error}", path.display())));
        }
        for_people(out, |out| writeln!(out, "{}", told(&path, &written)))?;
    }
    Ok(Status::Clean)
}

/// What the file says so far; nothing where there is none yet.
///
/// # Errors
/// A message: it is there and cannot be read, and so must not be written over.
fn known(path: &Path, sources: &mut SourceMap, mistakes: &mut Vec<Diagnostic>) -> Result<Baseline, String> {
    match Config::load_baseline(path, sources) {
        Ok((baseline, mut found)) => {
            mistakes.append(&mut found);
            Ok(baseline)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Baseline::default()),
        Err(error) => Err(format!("`{}` cannot be read: {error}", path.display())),
    }
}

/// Entries about directories that were not looked at stay.
fn keep_others(written: &mut Written, known: &Baseline, root: &Path, read: &[&History]) {
    let was_read = |entry: &Entry| read.iter().any(|history| Baseline::concerns(entry, history, root));
    let (judged, others): (Vec<&Entry>, Vec<&Entry>) = known.entries.iter().partition(|entry| was_read(entry));
    let found: HashSet<&str> = written.entries.iter().map(|entry| entry.fingerprint.as_str()).collect();
    let is_gone = |old: &&Entry| !found.contains(old.fingerprint.as_str());
    written.dropped = judged.into_iter().filter(is_gone).count();
    let kept: Vec<Entry> = others.into_iter().filter(is_gone).cloned().collect();
    written.entries.extend(kept);
}

fn entry(found: &Diagnostic, root: &Path, sources: &SourceMap) -> Entry {
    Entry {
        lint: found.lint.clone(),
        path: relative(root, sources.path(found.primary.file)),
        fingerprint: found.fingerprint.clone(),
        message: found.message.clone(),
        span: found.primary,
    }
}

/// `migralint-baseline.yaml: 12 findings; 3 entries dropped, which were not needed any more`
fn told(path: &Path, written: &Written) -> String {
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let dropped = match written.dropped {
        0 => String::new(),
        dropped => format!("; {} dropped as no longer needed", count(dropped, "entry", "entries")),
    };
    format!("{}: {}{dropped}", line(&shown(path)), count(written.entries.len(), "finding", "findings"))
}
