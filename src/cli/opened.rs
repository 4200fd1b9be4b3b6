//! A directory read and replayed, for the commands that look at its schema.

use std::path::{Path, PathBuf};

use super::target::{Reading, Target};
use super::version;
use crate::history::{History, Touch, trace};
use crate::schema::{QualifiedName, Schema};
use crate::source::SourceMap;

/// A directory's history.
pub(super) struct Opened {
    /// The texts that spans point into.
    pub(super) sources: SourceMap,
    /// The history.
    pub(super) history: History,
    /// The migration whose file was named instead of its directory.
    named: Option<usize>,
}

impl Opened {
    /// Reads the directory at `path`, or where the user stands.
    ///
    /// # Errors
    /// A message for the user: there are no migrations, or the configuration has mistakes.
    pub(super) fn new(path: Option<&PathBuf>, reading: &Reading) -> Result<Self, String> {
        let path = path.map_or(Path::new("."), PathBuf::as_path);
        let mut sources = SourceMap::default();
        let mut mistakes = Vec::new();
        let target = Target::find(path, reading, &mut sources, &mut mistakes)?;
        if let Some(mistake) = mistakes.first() {
            let line = sources.start(mistake.primary).line;
            return Err(format!("{}:{line}: {}", sources.path(mistake.primary.file), mistake.message));
        }
        let only_file = target.only_file;
        let history = History::load(target.directory, &sources);
        if history.migrations.is_empty() {
            return Err(format!("no migrations in `{}`", history.directory.path));
        }
        let named = only_file.and_then(|file| history.migrations.iter().position(|migration| migration.file.up.file == file));
        Ok(Self { sources, history, named })
    }

    /// Index of the version that is asked for: the one written, the file's that was named, or the last.
    ///
    /// # Errors
    /// A message that names the nearest.
    pub(super) fn version(&self, written: Option<&str>) -> Result<usize, String> {
        match written {
            Some(written) => version::find(&self.history, &self.sources, written),
            None => Ok(self.named.unwrap_or(self.history.migrations.len().saturating_sub(1))),
        }
    }

    /// The schema that a migration leaves.
    pub(super) fn schema(&self, version: usize) -> &Schema {
        self.history.migrations.get(version).map_or(self.history.end(), |migration| &migration.after)
    }

    /// What a version is called.
    pub(super) fn label(&self, version: usize) -> String {
        version::label(&self.history, &self.sources, version)
    }

    /// Everything that was done to any object.
    pub(super) fn touches(&self) -> Vec<Touch> {
        trace(&self.history, &self.sources)
    }
}

/// Tables and views.
pub(super) fn relations(schema: &Schema) -> Vec<QualifiedName> {
    schema.tables.keys().chain(schema.views.keys()).cloned().collect()
}
