//! `migralint lint`: from paths to a report.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::fix::{self, Fixing};
use super::judging::Judging;
use super::output::Output;
use super::target::{Reading, Target, mistaken, read_baseline, tell_once};
use super::{Status, fail, tenants, version, warn};
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::history::History;
use crate::layout::Unsaved;
use crate::lint::{self, Findings, Rollbacks};
use crate::lints::builtin;
use crate::report::{DirectorySummary, Report, RollbackCounts};
use crate::source::{FileId, SourceMap};

/// Arguments of `migralint lint`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:\n  migralint lint database/migration\n  migralint lint db/migrations/022_add_customer.sql\n  \
    migralint lint --format json --fail-on warning migrations\n  migralint lint --output sarif=report.sarif --output junit=report.xml")]
pub(super) struct LintArguments {
    /// Directories of migrations, or a folder above them such as a repository's root; a single migration's file shows
    /// only what concerns that file [default: .]
    #[arg(value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// Read the text of this migration from standard input, whether or not the file is there yet, and show only what
    /// concerns it
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    stdin_filename: Option<PathBuf>,
    /// Show what is found about the migrations from this version on, and take them for not yet applied: lints about
    /// locks, drops and renames report them. Otherwise these report the last migration, or the one whose file is named
    #[arg(long, value_name = "VERSION")]
    since: Option<String>,
    /// Pass over files that are no migrations instead of refusing them; for hooks, which name whatever was changed
    #[arg(long)]
    skip_others: bool,
    /// Which rollbacks are run on the model
    #[arg(long, value_enum, default_value_t = RollbackChoice::Each)]
    rollbacks: RollbackChoice,
    #[command(flatten)]
    fixing: Fixing,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RollbackChoice {
    /// None
    Off,
    /// Each right after its migration
    Each,
    /// These, and all of them from the newest migration back to the first
    Chain,
}

impl From<RollbackChoice> for Rollbacks {
    fn from(choice: RollbackChoice) -> Self {
        match choice {
            RollbackChoice::Off => Rollbacks::Off,
            RollbackChoice::Each => Rollbacks::Each,
            RollbackChoice::Chain => Rollbacks::Chain,
        }
    }
}

/// Reviews the directories and writes the report.
pub(super) fn run(arguments: &LintArguments, out: &mut dyn Write) -> io::Result<Status> {
    let mut sources = SourceMap::default();
    let mut diagnostics = Vec::new();
    let mut others = Vec::new();
    let to_skip = arguments.skip_others.then_some(&mut others);
    let found =
        what_to_read(arguments).and_then(|(paths, reading)| Target::find_all(&paths, &reading, &mut sources, &mut diagnostics, to_skip));
    let mut targets = match found {
        Ok(targets) => targets,
        Err(message) => return Ok(fail(&message)),
    };
    if !others.is_empty() {
        warn(&format!("no migrations, and passed over: {}", first_of(&others)));
    }
    let mut lints = Cow::Borrowed(builtin());
    for target in &mut targets {
        let selected = arguments.judging.select(&mut target.config.settings, &target.lints);
        let read = selected.and_then(|()| read_baseline(&mut target.config, &mut sources, &mut diagnostics));
        if let Err(message) = read {
            return Ok(fail(&message));
        }
        lints = target.lints.clone();
        target.config.settings.rollbacks = arguments.rollbacks.into();
        target.select_unapplied(arguments.since.as_deref());
    }
    if arguments.fixing.fix {
        // What a mistake turns off may be what keeps a repair from being made.
        let mistakes = diagnostics.iter().filter(|found| found.lint == config::LINT).map(|found| mistaken(found, &sources));
        let mistakes: Vec<String> = mistakes.collect();
        if !mistakes.is_empty() {
            mistakes.iter().for_each(|mistake| warn(mistake));
            return Ok(Status::Failed);
        }
        if let Err(message) = fix::run(targets.clone(), arguments.fixing, &arguments.reading, &sources, out)? {
            return Ok(fail(&message));
        }
        if !arguments.fixing.diff {
            return run(&LintArguments { fixing: Fixing::default(), ..arguments.clone() }, out);
        }
    }
    let fail_on = arguments.judging.fail_on(targets.iter().filter_map(|target| target.config.fail_on));
    let mut directories = Vec::new();
    let mut tenant_tables = TenantTables::default();
    for target in targets {
        match review(target, arguments.since.as_deref(), &sources, &mut diagnostics, &mut tenant_tables) {
            Ok(summary) => directories.push(summary),
            Err(message) => return Ok(fail(&message)),
        }
    }
    tenant_tables.missing().for_each(warn);
    directories.iter().filter(|directory| directory.migrations == 0).for_each(|directory| warn(&nothing_read(directory, arguments)));
    let report = Report { sources: &sources, directories, diagnostics };
    // A patch is all that is printed; how the run ends says whether there is anything to find.
    if !arguments.fixing.diff {
        arguments.output.write(&report, &lints, out)?;
    }
    Ok(fail_on.status(&report))
}

/// The paths, and how they are read; standard input takes the place of one.
///
/// # Errors
/// A message: standard input cannot be read.
fn what_to_read(arguments: &LintArguments) -> Result<(Vec<PathBuf>, Reading), String> {
    let mut reading = arguments.reading.clone();
    let Some(file) = &arguments.stdin_filename else { return Ok((arguments.paths.clone(), reading)) };
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| format!("standard input cannot be read: {error}"))?;
    reading.unsaved = Some(Unsaved { at: file.clone(), bytes });
    Ok((vec![file.clone()], reading))
}

/// Why a run fails that found nothing wrong: it found nothing at all.
fn nothing_read(directory: &DirectorySummary, arguments: &LintArguments) -> String {
    let DirectorySummary { path, layout, .. } = directory;
    let hint = if arguments.reading.has_layout() { "; without --layout it is told from the names" } else { "" };
    format!("no file of `{path}` is a migration of {layout}, so nothing was reviewed{hint}")
}

/// Whether the tables of tenants that configurations name are there. One configuration may govern several directories,
/// of which one holds the table.
#[derive(Default)]
struct TenantTables(BTreeMap<String, Option<String>>);

impl TenantTables {
    fn look(&mut self, config: &Config, history: &History, sources: &SourceMap) {
        let Some(file) = config.file.filter(|_| config.settings.tenant.table.is_some()) else { return };
        let missing = tenants::missing_table(&config.settings.tenant, history);
        let known = self.0.entry(sources.path(file).to_owned()).or_insert_with(|| missing.clone());
        *known = known.take().filter(|_| missing.is_some());
    }

    fn missing(&self) -> impl Iterator<Item = &str> {
        self.0.values().filter_map(|missing| missing.as_deref())
    }
}

/// Parses, replays and lints one directory.
///
/// # Errors
/// A message for the user: there is no such version to begin with.
fn review(
    target: Target,
    since: Option<&str>,
    sources: &SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
    tenant_tables: &mut TenantTables,
) -> Result<DirectorySummary, String> {
    let Target { directory, mut config, lints, only_files } = target;
    let rollbacks = config.settings.rollbacks;
    let history = History::load(directory, sources);
    tenant_tables.look(&config, &history, sources);
    if let Err(message) = version::resolve_since(&mut config.settings.unapplied, &history, sources) {
        match config.places.get("since").filter(|_| since.is_none()) {
            Some(place) => tell_once(vec![config::mistake(*place, message)], sources, diagnostics),
            None => return Err(message),
        }
    }
    if let Some(since) = since.filter(|_| config.settings.unapplied.migrations(&history).is_empty()) {
        warn(&format!(
            "`{}` has no migration from `{since}` on: lints about locks, drops and renames report nothing",
            history.directory.path
        ));
    }
    let Findings { diagnostics: mut found, hidden } = lint::findings(&lints, &history, None, sources, &config.settings);
    if !only_files.is_empty() {
        found.retain(|diagnostic| concerns(diagnostic, &only_files));
    }
    diagnostics.append(&mut found);
    let mut summary = DirectorySummary { hidden, ..DirectorySummary::of(&history) };
    if rollbacks != Rollbacks::Off {
        summary.rollbacks = RollbackCounts::of(history.rollbacks(sources));
    }
    // The process is about to end: giving every version's pieces back one by one would only take time.
    std::mem::forget(history);
    Ok(summary)
}

/// Whether a finding is about one of these files; most labels are only precedents.
fn concerns(diagnostic: &Diagnostic, files: &BTreeSet<FileId>) -> bool {
    let mut also_at_fault = diagnostic.labels.iter().filter(|label| label.at_fault);
    files.contains(&diagnostic.primary.file) || also_at_fault.any(|label| files.contains(&label.span.file))
}

/// The first few of some names, and how many there are beside them.
fn first_of(names: &[String]) -> String {
    let shown = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    let rest = names.len().saturating_sub(3);
    if rest > 0 { format!("{shown} and {rest} more") } else { shown }
}
