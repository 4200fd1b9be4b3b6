//! From a path on the command line to a migration directory and the configuration that governs it: what every
//! command that reads migrations begins with.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::layout::{self, CopyOf, Directory, DiscoverError, DiscoverOptions, Kind, Unsaved};
use crate::lint::{Lint, Unapplied};
use crate::lints::builtin;
use crate::own;
use crate::path::absolute;
use crate::source::{FileId, SourceMap};

/// What the user says about how directories are to be read.
#[derive(Clone, Debug, Args)]
pub(super) struct Reading {
    /// The directory's layout, instead of recognising it
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = PossibleValuesParser::new(Kind::all().map(Kind::name)))]
    layout: Option<String>,
    /// The configuration file, instead of the migralint.yaml found upwards from the directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A file whose text comes from elsewhere.
    #[arg(skip)]
    pub(super) unsaved: Option<Unsaved>,
}

impl Reading {
    /// Whether a path leads to a file, be it one that is not on disk yet.
    fn is_file(&self, path: &Path) -> bool {
        path.is_file() || self.unsaved.as_ref().is_some_and(|unsaved| unsaved.at == path)
    }
}

impl Reading {
    /// Whether the layout was named.
    pub(super) fn has_layout(&self) -> bool {
        self.layout.is_some()
    }
}

/// A migration directory with the configuration that governs it.
#[derive(Clone)]
pub(super) struct Target {
    /// The directory.
    pub(super) directory: Directory,
    /// What governs it.
    pub(super) config: Config,
    /// The lints there are: the built-in ones and those of the configuration.
    pub(super) lints: Cow<'static, [Lint]>,
    /// The files that were asked for instead of their whole directory, which none stands for.
    pub(super) only_files: BTreeSet<FileId>,
}

/// Folders that were looked at for the files of another, or the same, folder: the directories in them, or why there is none.
type Known = HashMap<(PathBuf, PathBuf), Result<Directory, String>>;

/// Why there is no directory at a path.
pub(super) enum Refused {
    /// The file is no migration of the directories it may belong to.
    NoMigration(String),
    /// Anything else.
    Failed(String),
}

impl From<String> for Refused {
    fn from(message: String) -> Self {
        Refused::Failed(message)
    }
}

impl From<Refused> for String {
    fn from(refused: Refused) -> Self {
        let (Refused::NoMigration(message) | Refused::Failed(message)) = refused;
        message
    }
}

impl Target {
    /// Finds the directory at `path` and its configuration; mistakes in that join `mistakes`. A path to a file stands
    /// for the directory it is a migration of.
    ///
    /// # Errors
    /// A message for the user: there is nothing, nothing that can be read, or no migration.
    pub(super) fn find(path: &Path, reading: &Reading, sources: &mut SourceMap, mistakes: &mut Vec<Diagnostic>) -> Result<Self, Refused> {
        Self::find_among(path, reading, sources, mistakes, &mut Known::new())
    }

    fn find_among(
        path: &Path,
        reading: &Reading,
        sources: &mut SourceMap,
        mistakes: &mut Vec<Diagnostic>,
        known: &mut Known,
    ) -> Result<Self, Refused> {
        if !reading.is_file(path) {
            exists(path)?;
        }
        let config = configuration(path, reading, sources, mistakes)?;
        let lints = lints_of(&config, sources, mistakes);
        let options = discover_options(reading, &config);
        let discover = |path: &Path, sources: &mut SourceMap| layout::discover(path, sources, &options).map_err(|error| error.to_string());
        let (directory, only_files) = match reading.is_file(path) {
            true => directory_of_file(path, sources, known, discover)
                .map(|(directory, file)| (directory, BTreeSet::from([file])))
                .map_err(Refused::NoMigration)?,
            false => (discover(path, sources)?, BTreeSet::new()),
        };
        Ok(Self { directory: without_ignored(directory, &config, sources), config, lints, only_files })
    }

    /// Reads the baseline that governs the directory.
    ///
    /// # Errors
    /// A message for the user: it cannot be read.
    pub(super) fn with_baseline(mut self, sources: &mut SourceMap, mistakes: &mut Vec<Diagnostic>) -> Result<Self, String> {
        read_baseline(&mut self.config, sources, mistakes)?;
        Ok(self)
    }
}

impl Target {
    /// Finds the directories at some paths; a folder without migrations of its own, such as a repository's root, stands
    /// for all directories of migrations below it. A directory that several paths lead to is found once. Files that are
    /// no migrations are refused, or join `others`.
    ///
    /// # Errors
    /// As [`Target::find`].
    pub(super) fn find_all(
        paths: &[PathBuf],
        reading: &Reading,
        sources: &mut SourceMap,
        mistakes: &mut Vec<Diagnostic>,
        mut others: Option<&mut Vec<String>>,
    ) -> Result<Vec<Self>, String> {
        let (mut targets, mut known) = (Vec::new(), Known::new());
        for path in each_once(paths) {
            if reading.is_file(path) && add_file(&mut targets, path, sources) {
                continue;
            }
            match (Self::find_among(path, reading, sources, mistakes, &mut known), &mut others) {
                // What only looks like a migration, such as a numbered query, was not meant to be one.
                (Ok(target), Some(others)) if path.is_file() && !layout::changes_schema(&target.directory, sources) => {
                    others.push(format!("`{}`", path.display()));
                }
                (Err(Refused::NoMigration(_)), Some(others)) => others.push(format!("`{}`", path.display())),
                (Ok(target), _) => add(&mut targets, target),
                (Err(Refused::NoMigration(message)), None) => return Err(message),
                (Err(Refused::Failed(message)), _) => {
                    let below = if path.is_dir() { layout::directories_below(path) } else { Vec::new() };
                    // What only looked like migrations is no mistake of the user's.
                    let found = below.iter().filter_map(|path| Self::find(path, reading, sources, mistakes).ok());
                    let mut found: Vec<Self> = found.collect();
                    found.retain(|target| layout::changes_schema(&target.directory, sources));
                    if found.is_empty() {
                        return Err(message);
                    }
                    found.into_iter().for_each(|target| add(&mut targets, target));
                }
            }
        }
        Ok(targets)
    }

    /// Which migrations are taken to be unapplied: those from a version on, or those whose files were asked for;
    /// otherwise the configuration decides.
    pub(super) fn select_unapplied(&mut self, since: Option<&str>) {
        if let Some(since) = since {
            self.config.settings.unapplied = Unapplied::Since(since.to_owned());
        } else if !self.only_files.is_empty() {
            self.config.settings.unapplied = Unapplied::Files(self.only_files.clone());
        }
    }
}

impl Target {
    /// As [`Target::find`], for a command that looks at one directory; a folder without migrations of its own stands
    /// for the only directory of migrations below it.
    ///
    /// # Errors
    /// As [`Target::find`]; there are several directories below.
    pub(super) fn find_only(
        path: &Path,
        reading: &Reading,
        sources: &mut SourceMap,
        mistakes: &mut Vec<Diagnostic>,
    ) -> Result<Self, String> {
        let mut found = Self::find_all(&[path.to_path_buf()], reading, sources, mistakes, None)?;
        match (found.pop(), found.first()) {
            (Some(target), None) => Ok(target),
            (last, _) => {
                let all = found.iter().chain(&last).map(|target| format!("`{}`", target.directory.path));
                Err(format!(
                    "there are several directories of migrations in `{}`; name one: {}",
                    path.display(),
                    all.collect::<Vec<_>>().join(", ")
                ))
            }
        }
    }
}

/// Adds a directory, which takes the place of files of it.
fn add(targets: &mut Vec<Target>, target: Target) {
    targets.retain(|known| known.directory.path != target.directory.path);
    targets.push(target);
}

/// Whether a file lies in a directory that was found already, where it then counts as asked for.
fn add_file(targets: &mut [Target], path: &Path, sources: &SourceMap) -> bool {
    let found = targets.iter_mut().find_map(|target| file_in(&target.directory, path, sources).map(|file| (target, file)));
    let Some((target, file)) = found else { return false };
    if !target.only_files.is_empty() {
        target.only_files.insert(file);
    }
    true
}

/// The directory that a folder of a copy holds, read as its original is to be read; none if it holds no migrations.
///
/// # Errors
/// A message for the user: it cannot be read.
pub(super) fn find_in_copy(
    copy: &CopyOf,
    folder: &Path,
    (reading, config): (&Reading, &Config),
    like: Option<Kind>,
    sources: &mut SourceMap,
) -> Result<Option<Directory>, String> {
    let options = discover_options(reading, config);
    let in_copy = |path: PathBuf| absolute(&path).strip_prefix(&copy.original).map_or(path.clone(), |path| copy.at.join(path));
    let options = DiscoverOptions {
        layout: options.layout.or(like),
        down_directory: options.down_directory.map(in_copy),
        copy: Some(copy.clone()),
        ..options
    };
    match layout::discover(&copy.at.join(folder), sources, &options) {
        Ok(directory) => Ok(Some(without_ignored(directory, config, sources))),
        Err(DiscoverError::NotFound { .. } | DiscoverError::NoMigrations { .. }) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

fn without_ignored(mut directory: Directory, config: &Config, sources: &SourceMap) -> Directory {
    let ignored = |file: FileId| config.ignore.contains(sources.path(file));
    directory.migrations.retain(|migration| !ignored(migration.up.file));
    directory.orphans.retain(|orphan| !ignored(orphan.file));
    directory.ignored.retain(|file| !ignored(file.file));
    directory.unreadable.retain(|file| !ignored(file.file));
    directory
}

/// The paths to read, each once; where the user stands if none is named.
fn each_once(paths: &[PathBuf]) -> Vec<&Path> {
    if paths.is_empty() {
        return vec![Path::new(".")];
    }
    let mut seen = HashSet::new();
    paths.iter().map(PathBuf::as_path).filter(|path| seen.insert(absolute(path))).collect()
}

fn exists(path: &Path) -> Result<(), String> {
    match path.try_exists() {
        Ok(false) if path == Path::new("-") => {
            Err("`-` is no path: say with --stdin-filename which migration standard input holds".to_owned())
        }
        Ok(false) => Err(format!("there is no file or directory `{}`", path.display())),
        // What cannot be looked at is reported by who tries to read it.
        Ok(true) | Err(_) => Ok(()),
    }
}

/// The configuration that governs a path; its mistakes join the findings.
pub(super) fn configuration(
    path: &Path,
    reading: &Reading,
    sources: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Config, String> {
    let Some(file) = reading.config.clone().or_else(|| Config::find(path)) else { return Ok(Config::default()) };
    let (config, mistakes) =
        Config::load(&file, builtin(), sources).map_err(|error| format!("`{}` cannot be read: {error}", file.display()))?;
    tell_once(mistakes, sources, diagnostics);
    Ok(config)
}

/// The built-in lints and those of a configuration, whose mistakes join the findings.
pub(super) fn lints_of(config: &Config, sources: &SourceMap, diagnostics: &mut Vec<Diagnostic>) -> Cow<'static, [Lint]> {
    if config.own_lints.is_empty() {
        return Cow::Borrowed(builtin());
    }
    let (own, mistakes) = own::lints(&config.own_lints, sources);
    tell_once(mistakes, sources, diagnostics);
    Cow::Owned(builtin().iter().cloned().chain(own).collect())
}

/// Reads the baseline of a configuration; its mistakes join the findings.
///
/// # Errors
/// A message for the user: it cannot be read.
pub(super) fn read_baseline(config: &mut Config, sources: &mut SourceMap, diagnostics: &mut Vec<Diagnostic>) -> Result<(), String> {
    let path = config.baseline_path();
    match Config::load_baseline(&path, sources) {
        Ok((baseline, mistakes)) => {
            tell_once(mistakes, sources, diagnostics);
            config.settings.baseline = Some(Arc::new(baseline));
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let missing = config.places.get("baseline").map(|place| {
                let mistake = config::mistake(*place, format!("there is no file `{}`", path.display()));
                Diagnostic { help: Some("`migralint baseline` writes it".to_owned()), ..mistake }
            });
            tell_once(missing.into_iter().collect(), sources, diagnostics);
            Ok(())
        }
        Err(error) => Err(format!("`{}` cannot be read: {error}", path.display())),
    }
}

/// Several directories may share one configuration; its mistakes are told once.
pub(super) fn tell_once(mistakes: Vec<Diagnostic>, sources: &SourceMap, diagnostics: &mut Vec<Diagnostic>) {
    for mistake in mistakes {
        if !diagnostics.iter().any(|known| same_place(known, &mistake, sources)) {
            diagnostics.push(mistake);
        }
    }
}

/// A mistake in a configuration, for commands that report no findings.
pub(super) fn mistaken(mistake: &Diagnostic, sources: &SourceMap) -> String {
    format!("{}:{}: {}", sources.path(mistake.primary.file), sources.start(mistake.primary).line, mistake.message)
}

fn same_place(one: &Diagnostic, other: &Diagnostic, sources: &SourceMap) -> bool {
    let place = |diagnostic: &Diagnostic| (sources.path(diagnostic.primary.file).to_owned(), diagnostic.primary.range());
    one.message == other.message && place(one) == place(other)
}

fn discover_options(reading: &Reading, config: &Config) -> DiscoverOptions {
    let named = reading.layout.as_deref().and_then(Kind::from_name);
    DiscoverOptions { layout: named.or(config.discover.layout), unsaved: reading.unsaved.clone(), ..config.discover.clone() }
}

/// A migration's file lies in its directory, or one folder deeper (`20240101_name/up.sql`, `rollback/018_name.sql`).
fn directory_of_file(
    path: &Path,
    sources: &mut SourceMap,
    known: &mut Known,
    discover: impl Fn(&Path, &mut SourceMap) -> Result<Directory, String>,
) -> Result<(Directory, FileId), String> {
    let mut reason = None;
    for parent in path.ancestors().skip(1).take(2) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let below = path.parent().unwrap_or(parent).to_owned();
        match known.entry((below, parent.to_owned())).or_insert_with(|| discover(parent, sources)) {
            Ok(directory) => {
                if let Some(file) = file_in(directory, path, sources) {
                    return Ok((directory.clone(), file));
                }
            }
            Err(error) => reason = reason.or(Some(error.clone())),
        }
    }
    let reason = reason.unwrap_or_else(|| "its directory's layout does not take it for one".to_owned());
    Err(format!("`{}` is no migration: {reason}", path.display()))
}

fn file_in(directory: &Directory, path: &Path, sources: &SourceMap) -> Option<FileId> {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| absolute(path));
    let wanted = resolved(path);
    // The name first: asking the system about every file for every path takes long.
    let may_be = |found: &Path| found.file_name() == path.file_name() && resolved(found) == wanted;
    let is_wanted = |file: &FileId| may_be(Path::new(sources.path(*file)));
    directory.files().find(is_wanted)
}
