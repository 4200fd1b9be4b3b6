//! `migralint lint`: from paths to a report.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{FailOn, Format, LintArguments, Status, fail, find_lint};
use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Severity};
use crate::history::History;
use crate::layout::{self, Directory, DiscoverOptions};
use crate::lint;
use crate::lint::paths::absolute;
use crate::lints;
use crate::report::{self, DirectorySummary, Report};
use crate::source::{FileId, SourceMap};

/// A migration directory with the configuration that governs it.
struct Target {
    directory: Directory,
    config: Config,
    /// The one file whose findings are asked for.
    only_file: Option<FileId>,
}

/// Reviews the directories and writes the report.
pub(super) fn run(arguments: &LintArguments, out: &mut dyn Write) -> io::Result<Status> {
    if let Err(message) = known_lints(arguments.only.iter().chain(&arguments.skip)) {
        return Ok(fail(&message));
    }
    let mut sources = SourceMap::default();
    let mut diagnostics = Vec::new();
    let mut targets = Vec::new();
    for path in paths(arguments) {
        match target(path, arguments, &mut sources, &mut diagnostics) {
            Ok(target) => targets.push(target),
            Err(message) => return Ok(fail(&message)),
        }
    }
    // The strictest of the directories' own thresholds holds, unless the command line says otherwise.
    let configured = targets.iter().filter_map(|target| target.config.fail_on.map(FailOn::from)).min();
    let fail_on = arguments.fail_on.or(configured).unwrap_or(FailOn::Error);
    let mut directories = Vec::new();
    for target in targets {
        directories.push(review(target, &sources, &mut diagnostics));
    }
    let report = Report { sources: &sources, directories, diagnostics };
    match arguments.format {
        Format::Terminal => report::terminal::render(&report, arguments.color.enabled(), out)?,
        Format::Json => report::json::render(&report, out)?,
    }
    Ok(status(&report, fail_on))
}

/// The paths to review, each once.
fn paths(arguments: &LintArguments) -> Vec<&Path> {
    if arguments.paths.is_empty() {
        return vec![Path::new(".")];
    }
    let mut seen = HashSet::new();
    arguments.paths.iter().map(PathBuf::as_path).filter(|path| seen.insert(absolute(path))).collect()
}

fn known_lints<'a>(mut ids: impl Iterator<Item = &'a String>) -> Result<(), String> {
    ids.try_for_each(|id| find_lint(id).map(|_| ()))
}

/// Finds the directory and its configuration. A path to a file stands for the directory it is a migration of.
fn target(path: &Path, arguments: &LintArguments, sources: &mut SourceMap, diagnostics: &mut Vec<Diagnostic>) -> Result<Target, String> {
    exists(path)?;
    let mut config = configuration(path, arguments, sources, diagnostics)?;
    config.settings.only = (!arguments.only.is_empty()).then(|| arguments.only.iter().cloned().collect());
    config.settings.skip.extend(arguments.skip.iter().cloned());
    let options = discover_options(arguments, &config);
    let discover = |path: &Path, sources: &mut SourceMap| layout::discover(path, sources, &options).map_err(|error| error.to_string());
    let (mut directory, only_file) = match path.is_file() {
        true => directory_of_file(path, sources, discover).map(|(directory, file)| (directory, Some(file)))?,
        false => (discover(path, sources)?, None),
    };
    let ignored = |file: FileId, sources: &SourceMap| config.ignore.contains(sources.path(file));
    directory.migrations.retain(|migration| !ignored(migration.up.file, sources));
    directory.orphans.retain(|orphan| !ignored(orphan.file, sources));
    directory.ignored.retain(|file| !ignored(file.file, sources));
    directory.unreadable.retain(|file| !ignored(file.file, sources));
    Ok(Target { directory, config, only_file })
}

fn exists(path: &Path) -> Result<(), String> {
    match path.try_exists() {
        Ok(false) if path == Path::new("-") => Err("standard input is not read: name the file of a migration, or its directory".to_owned()),
        Ok(false) => Err(format!("there is no file or directory `{}`", path.display())),
        // What cannot be looked at is reported by who tries to read it.
        Ok(true) | Err(_) => Ok(()),
    }
}

/// The configuration that governs a path; its mistakes join the findings.
fn configuration(
    path: &Path,
    arguments: &LintArguments,
    sources: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Config, String> {
    let Some(file) = arguments.config.clone().or_else(|| Config::find(path)) else { return Ok(Config::default()) };
    let (config, mistakes) =
        Config::load(&file, lints::builtin(), sources).map_err(|error| format!("`{}` cannot be read: {error}", file.display()))?;
    // Several directories may share one configuration; its mistakes are told once.
    let new = mistakes.into_iter().filter(|mistake| !diagnostics.iter().any(|known| same_place(known, mistake, sources)));
    let new: Vec<Diagnostic> = new.collect();
    diagnostics.extend(new);
    Ok(config)
}

fn same_place(one: &Diagnostic, other: &Diagnostic, sources: &SourceMap) -> bool {
    let place = |diagnostic: &Diagnostic| (sources.path(diagnostic.primary.file).to_owned(), diagnostic.primary.range());
    one.message == other.message && place(one) == place(other)
}

fn discover_options(arguments: &LintArguments, config: &Config) -> DiscoverOptions {
    let named = arguments.layout.as_deref().and_then(layout::Kind::from_name);
    DiscoverOptions { layout: named.or(config.discover.layout), ..config.discover.clone() }
}

/// A migration's file lies in its directory, or one folder deeper (`20240101_name/up.sql`, `rollback/018_name.sql`).
fn directory_of_file(
    path: &Path,
    sources: &mut SourceMap,
    discover: impl Fn(&Path, &mut SourceMap) -> Result<Directory, String>,
) -> Result<(Directory, FileId), String> {
    let mut reason = None;
    for parent in path.ancestors().skip(1).take(2) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        match discover(parent, sources) {
            Ok(directory) => {
                if let Some(file) = file_in(&directory, path, sources) {
                    return Ok((directory, file));
                }
            }
            Err(error) => reason = reason.or(Some(error)),
        }
    }
    let reason = reason.unwrap_or_else(|| "its directory's layout does not take it for one".to_owned());
    Err(format!("`{}` is no migration: {reason}", path.display()))
}

fn file_in(directory: &Directory, path: &Path, sources: &SourceMap) -> Option<FileId> {
    let wanted = path.canonicalize().ok()?;
    let is_wanted = |file: &FileId| Path::new(sources.path(*file)).canonicalize().is_ok_and(|found| found == wanted);
    directory.files().find(is_wanted)
}

/// Parses, replays and lints one directory.
fn review(target: Target, sources: &SourceMap, diagnostics: &mut Vec<Diagnostic>) -> DirectorySummary {
    let history = History::load(target.directory, sources);
    let mut found = lint::run(lints::builtin(), &history, sources, &target.config.settings);
    if let Some(file) = target.only_file {
        found.retain(|diagnostic| diagnostic.primary.file == file);
    }
    diagnostics.append(&mut found);
    let summary = DirectorySummary {
        path: history.directory.path.clone(),
        layout: history.directory.kind.label().to_owned(),
        dialect: history.directory.dialect.name().to_owned(),
        migrations: history.migrations.len(),
        statements: history.statements(),
        not_modelled: history.not_modelled(),
    };
    // The process is about to end: giving every version's pieces back one by one would only take time.
    std::mem::forget(history);
    summary
}

/// A mistake in the configuration, a file that does not parse and a directory in which no file counts mean that the
/// job was not wholly done, whatever severity they were given.
fn status(report: &Report, fail_on: FailOn) -> Status {
    let incomplete = |diagnostic: &Diagnostic| [config::LINT, "syntax-error"].contains(&diagnostic.lint.as_str());
    if report.diagnostics.iter().any(incomplete) || report.directories.iter().any(|directory| directory.migrations == 0) {
        return Status::Failed;
    }
    match report.diagnostics.iter().any(|diagnostic| FailOn::from(diagnostic.severity) >= fail_on) {
        true => Status::Findings,
        false => Status::Clean,
    }
}

impl From<config::FailOn> for FailOn {
    fn from(fail_on: config::FailOn) -> Self {
        match fail_on {
            config::FailOn::Severity(severity) => severity.into(),
            config::FailOn::Never => FailOn::Never,
        }
    }
}

impl From<Severity> for FailOn {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => FailOn::Info,
            Severity::Warning => FailOn::Warning,
            Severity::Error => FailOn::Error,
        }
    }
}
