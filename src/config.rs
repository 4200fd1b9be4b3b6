//! `migralint.yaml`. A mistake in it is a diagnostic at its line, and all of them are reported at once.

mod baseline;
mod own;
mod read;
mod reader;
mod yaml;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};
use crate::layout::DiscoverOptions;
use crate::lint::baseline::Baseline;
use crate::lint::own::OwnCard;
use crate::lint::paths::PathSet;
use crate::lint::{Lint, Settings};
use crate::path::absolute;
use crate::source::{FileId, SourceMap, Span};

pub use read::{KEYS, shown};

/// The names a configuration file may have.
pub const FILE_NAMES: [&str; 2] = ["migralint.yaml", "migralint.yml"];

/// The name of a baseline where none is configured.
pub const BASELINE_NAME: &str = "migralint-baseline.yaml";

/// The lint id of mistakes in the configuration.
pub const LINT: &str = "config";

/// What a configuration file says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// How the directory is to be read, where it does not show.
    pub discover: DiscoverOptions,
    /// From which severity on findings make a run fail.
    pub fail_on: Option<FailOn>,
    /// What lints are told.
    pub settings: Settings,
    /// Files that are not read.
    pub ignore: PathSet,
    /// The file that names the findings which are not shown again.
    pub baseline: Option<PathBuf>,
    /// The cards of the user's own lints.
    pub own_lints: Vec<OwnCard>,
    /// The configuration's file, where there is one.
    pub file: Option<FileId>,
    /// Where settings stand in it: by key, those of a lint as `lints.ID` and `lints.ID.OPTION`, overrides by their number.
    pub places: BTreeMap<String, Span>,
}

/// From which severity on findings make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// From this one on.
    Severity(Severity),
    /// Whatever is found.
    Never,
}

impl Config {
    /// The configuration file that governs a directory: the nearest one upwards.
    pub fn find(directory: &Path) -> Option<PathBuf> {
        let directory = absolute(directory);
        let file = |folder: &Path| FILE_NAMES.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        directory.ancestors().find_map(file)
    }

    /// Reads a configuration file, adds it to `sources`, and reports every mistake in it; what is right counts.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn load(path: &Path, lints: &[Lint], sources: &mut SourceMap) -> io::Result<(Self, Vec<Diagnostic>)> {
        let file = add(path, sources)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(read::read(file, folder, lints, sources))
    }

    /// Reads a baseline, adds it to `sources`, and reports every mistake in it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn load_baseline(path: &Path, sources: &mut SourceMap) -> io::Result<(Baseline, Vec<Diagnostic>)> {
        let file = add(path, sources)?;
        Ok(baseline::read(file, sources))
    }

    /// Reads the cards of own lints in a folder, and reports every mistake in them.
    pub fn load_cards(folder: &Path, lints: &[Lint], sources: &mut SourceMap) -> (Vec<OwnCard>, Vec<Diagnostic>) {
        let taken: Vec<&str> = lints.iter().map(|lint| lint.card.id.as_str()).collect();
        own::read_folders(&[folder.to_owned()], &taken, sources)
    }

    /// Where the baseline is, or would be: the file the configuration names, otherwise one beside the configuration.
    pub fn baseline_path(&self) -> PathBuf {
        self.baseline.clone().unwrap_or_else(|| self.settings.root.join(BASELINE_NAME))
    }
}

/// A mistake in the configuration, or in a file that belongs to it.
pub fn mistake(place: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        lint: LINT.to_owned(),
        severity: Severity::Error,
        message: message.into(),
        primary: place,
        labels: Vec::new(),
        notes: Vec::new(),
        help: None,
        fix: None,
        object: None,
        fingerprint: String::new(),
    }
}

fn add(path: &Path, sources: &mut SourceMap) -> io::Result<FileId> {
    let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
    Ok(sources.add(shown(path), text.trim_start_matches('\u{feff}')))
}
