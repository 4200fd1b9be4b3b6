//! A directory read and replayed, for the commands that look at its schema.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::target::{Reading, Target, mistaken};
use super::{Status, fail, version, warn};
use crate::history::{Event, EventKind, History, Touch, trace};
use crate::lint::TenantSettings;
use crate::schema::{QualifiedName, Schema};
use crate::source::{SourceMap, Span};
use crate::sql::Body;

/// A directory's history.
pub(super) struct Opened {
    /// The texts that spans point into.
    pub(super) sources: SourceMap,
    /// The history.
    pub(super) history: History,
    /// What the configuration says about tenants.
    pub(super) tenant: TenantSettings,
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
        let target = Target::find_only(path, reading, &mut sources, &mut mistakes)?;
        if let Some(mistake) = mistakes.first() {
            return Err(mistaken(mistake, &sources));
        }
        let tenant = target.config.settings.tenant;
        let only_file = target.only_files.first().copied();
        let history = History::load(target.directory, &sources);
        if history.migrations.is_empty() {
            return Err(format!("no migrations in `{}`", history.directory.path));
        }
        let named = only_file.and_then(|file| history.migrations.iter().position(|migration| migration.file.up.file == file));
        Ok(Self { sources, history, tenant, named })
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

    /// What each version is called.
    pub(super) fn labels(&self) -> Vec<String> {
        version::labels(&self.history, &self.sources)
    }

    /// How a command ends that showed the schema up to this version: what replay knows to be missing in it is told on
    /// standard error, and a statement that does not parse means that the job was not wholly done.
    pub(super) fn status(&self, version: usize) -> Status {
        let migrations = self.history.migrations.iter().take(version + 1);
        let unparsed = migrations.flat_map(|migration| &migration.up).find(|statement| matches!(statement.body, Body::Unparsed(_)));
        let places: BTreeSet<Span> =
            self.history.events.iter().filter(|event| is_missed(event, version)).map(|event| event.statement).collect();
        if !places.is_empty() {
            let statements = if places.len() == 1 { "1 statement".to_owned() } else { format!("{} statements", places.len()) };
            warn(&format!("{statements} could not be followed or would fail: `migralint lint {}` says why", self.history.directory.path));
        }
        let unreadable = &self.history.directory.unreadable;
        for file in unreadable {
            warn(&format!("{}: {}", self.sources.path(file.file), file.reason));
        }
        match unparsed {
            Some(statement) => {
                let path = self.sources.path(statement.span.file);
                fail(&format!("{path}:{}: the statement does not parse and is left out", self.sources.start(statement.span).line))
            }
            None if !unreadable.is_empty() => Status::Failed,
            None => Status::Clean,
        }
    }

    /// Everything that was done to any object.
    pub(super) fn touches(&self) -> Vec<Touch> {
        trace(&self.history, &self.sources)
    }
}

fn is_missed(event: &Event, version: usize) -> bool {
    event.migration <= version && matches!(event.kind, EventKind::NotModelled(_) | EventKind::Refused(_))
}

/// Tables and views.
pub(super) fn relations(schema: &Schema) -> Vec<QualifiedName> {
    schema.tables.keys().chain(schema.views.keys()).cloned().collect()
}
