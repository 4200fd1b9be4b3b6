//! `migralint.yaml`. A mistake in it is a diagnostic at its line, and all of them are reported at once.

mod read;
mod yaml;

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};
use crate::layout::DiscoverOptions;
use crate::lint::paths::PathSet;
use crate::lint::{Lint, Settings};
use crate::path::absolute;
use crate::source::SourceMap;

/// The names a configuration file may have.
pub const FILE_NAMES: [&str; 2] = ["migralint.yaml", "migralint.yml"];

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
        let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
        let file = sources.add(shown(path), text.trim_start_matches('\u{feff}'));
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(read::read(file, folder, lints, sources))
    }
}

/// The path as reports show it: relative to where the user stands.
fn shown(path: &Path) -> String {
    let path = absolute(path);
    let relative = path.strip_prefix(absolute(Path::new("."))).unwrap_or(&path);
    relative.to_string_lossy().replace('\\', "/")
}
