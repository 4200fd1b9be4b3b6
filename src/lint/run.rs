//! Runs lints over a history and turns what they found into diagnostics.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::as_written;
use super::baseline::{self, Hidden, NEVER_HIDDEN};
use super::fingerprint::{self, Statements};
use super::options::Options;
use super::paths::relative;
use super::settings::Settings;
use super::suppress::{self, Surroundings};
use super::{Base, ChangeContext, Check, Facts, Finding, HistoryContext, Lint, ReviewContext, Rollbacks, SchemaContext, Unapplied};
use crate::change::{Applied, Change};
use crate::diagnostic::Diagnostic;
use crate::history::{History, Migration, Observer, replay_file};
use crate::schema::{Dialect, Schema};
use crate::source::{FileId, SourceMap, Span};
use crate::sql::Statement;

/// Everything `lints` find in a history: in the order of its files, each with severity, reason and fingerprint.
pub fn run(lints: &[Lint], history: &History, sources: &SourceMap, settings: &Settings) -> Vec<Diagnostic> {
    run_against(lints, history, None, sources, settings)
}

/// The same for a history beside its base: lints that compare the two run as well.
pub fn run_against(lints: &[Lint], history: &History, base: Option<&Base>, sources: &SourceMap, settings: &Settings) -> Vec<Diagnostic> {
    findings(lints, history, base, sources, settings).diagnostics
}

/// What a run shows, and how much it does not.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// In the order of the history's files.
    pub diagnostics: Vec<Diagnostic>,
    /// What is left out.
    pub hidden: Hidden,
}

/// The same, with the number of findings that are left out: those of the baseline, and of migrations before the
/// version from which on findings count.
pub fn findings(lints: &[Lint], history: &History, base: Option<&Base>, sources: &SourceMap, settings: &Settings) -> Findings {
    // On all cores, rollbacks too: the check that asks for them first would run them while all others wait.
    let run_rollbacks = || _ = (settings.rollbacks != Rollbacks::Off).then(|| history.rollbacks(sources));
    let (facts, ()) = rayon::join(|| Facts::of(history, sources, settings), run_rollbacks);
    let has_its_base = |lint: &&Lint| base.is_some() || !matches!(lint.check, Check::Review(_));
    let dialect = history.directory.dialect;
    let may_report = |lint: &&Lint| settings.may_report(&lint.card) && has_its_base(lint) && lint.card.works_in(dialect);
    let enabled: Vec<(&Lint, Options)> = lints.iter().filter(may_report).map(|lint| (lint, options(lint, settings))).collect();
    let jobs: Vec<Job> = enabled
        .iter()
        .map(|(lint, options)| Job { lint, context: HistoryContext { history, sources, options, facts: &facts, base } })
        .collect();
    let diagnose = |(lint, finding)| diagnostic(lint, finding, dialect, sources, settings);
    let mut diagnostics: Vec<Diagnostic> = check(&jobs, history, sources).into_iter().filter_map(diagnose).collect();
    let statements = Statements::of(history);
    let ran: HashSet<&str> = enabled.iter().map(|(lint, _)| lint.card.id.as_str()).collect();
    let wrong = suppress::apply(&mut diagnostics, &Surroundings { lints, ran: ran.clone(), statements: &statements, sources });
    let about = |id: &str| enabled.iter().map(|(lint, _)| *lint).find(|lint| lint.card.id == id);
    diagnostics.extend(wrong.into_iter().filter_map(|(id, finding)| diagnose((about(id)?, finding))));
    as_written::put_back(&mut diagnostics, history, sources);
    sort(&mut diagnostics, history, sources);
    fingerprint::assign(&mut diagnostics, &statements, sources, &history.directory.path);
    let by_since = hide_before_since(&mut diagnostics, history, settings);
    let by_baseline = settings.baseline.as_ref().map_or(0, |baseline| {
        let pending = facts.pending.scripts.iter().filter_map(|script| history.migrations.get(script.migration));
        let pending = pending.map(|migration| relative(&settings.root, sources.path(migration.file.up.file))).collect();
        baseline.apply(&mut diagnostics, &baseline::Surroundings { lints, ran: &ran, pending, history, sources, settings })
    });
    Findings { diagnostics, hidden: Hidden { by_baseline, by_since } }
}

/// Takes out what is about migrations before the version from which on findings count; gives their number.
fn hide_before_since(diagnostics: &mut Vec<Diagnostic>, history: &History, settings: &Settings) -> usize {
    let Unapplied::Since(_) = settings.unapplied else { return 0 };
    let pending = settings.unapplied.migrations(history);
    let older = history.migrations.iter().take(pending.first().copied().unwrap_or(history.migrations.len()));
    let places: Vec<Span> =
        older.flat_map(|migration| [Some(migration.file.up.span), migration.file.down.map(|down| down.span)]).flatten().collect();
    let files: HashMap<FileId, Vec<Span>> = places.into_iter().fold(HashMap::new(), |mut files, span| {
        files.entry(span.file).or_default().push(span);
        files
    });
    let is_older = |place: Span| files.get(&place.file).is_some_and(|parts| parts.iter().any(|part| part.contains(place)));
    let before = diagnostics.len();
    diagnostics.retain(|diagnostic| NEVER_HIDDEN.contains(&diagnostic.lint.as_str()) || !is_older(diagnostic.primary));
    before - diagnostics.len()
}

/// A lint that is on, and what it sees.
struct Job<'a> {
    lint: &'a Lint,
    context: HistoryContext<'a>,
}

fn options(lint: &Lint, settings: &Settings) -> Options {
    let none = serde_yaml::Mapping::new();
    Options::of(&lint.card, settings.lints.get(&lint.card.id).map_or(&none, |lint| &lint.options))
}

/// On all cores: no check knows of another. The findings are put in order later.
fn check<'a>(jobs: &[Job<'a>], history: &History, sources: &SourceMap) -> Vec<(&'a Lint, Finding)> {
    let whole = jobs.par_iter().flat_map_iter(|job| {
        let findings = match &job.lint.check {
            Check::History(check) => check(&job.context),
            Check::Schema(check) => check(&SchemaContext { history: &job.context, schema: history.end() }),
            Check::Review(check) => job.context.base.map_or_else(Vec::new, |base| check(&ReviewContext { history: &job.context, base })),
            Check::Own(check) => check.check(&job.context),
            Check::Change(_) | Check::Run => Vec::new(),
        };
        findings.into_iter().map(|finding| (job.lint, finding))
    });
    let mut found: Vec<(&Lint, Finding)> = whole.collect();
    let change_check = |job| match job {
        &Job { lint: Lint { check: Check::Change(check), .. }, .. } => Some((job, *check)),
        _ => None,
    };
    let of_changes: Vec<(&Job<'a>, ChangeCheck)> = jobs.iter().filter_map(change_check).collect();
    if !of_changes.is_empty() {
        found.par_extend(history.migrations.par_iter().flat_map_iter(|migration| check_changes(&of_changes, migration, sources)));
    }
    found
}

fn check_changes<'a>(checks: &[(&Job<'a>, ChangeCheck)], migration: &Migration, sources: &SourceMap) -> Vec<(&'a Lint, Finding)> {
    let mut found = Vec::new();
    let mut changes = Changes { checks, migration, found: &mut found };
    replay_file(&migration.before, &migration.up, sources, &mut changes);
    found
}

type ChangeCheck = fn(&ChangeContext) -> Vec<Finding>;

/// Checks the changes of a migration while it is replayed once more: a history keeps the versions between migrations,
/// not those within.
struct Changes<'run, 'a> {
    checks: &'run [(&'run Job<'a>, ChangeCheck)],
    migration: &'run Migration,
    found: &'run mut Vec<(&'a Lint, Finding)>,
}

impl Observer for Changes<'_, '_> {
    fn applied(&mut self, statement: &Statement, change: &Change, before: &Schema, after: &Schema, _: Applied) {
        for (job, check) in self.checks {
            let context = ChangeContext { history: &job.context, migration: self.migration, statement, change, before, after };
            self.found.extend(check(&context).into_iter().map(|finding| (job.lint, finding)));
        }
    }
}

/// The finding as users see it; `None` where the lint is off for its file. What is configured wins over what the
/// presets make of what the check concluded, and that over the card.
fn diagnostic(lint: &Lint, finding: Finding, dialect: Dialect, sources: &SourceMap, settings: &Settings) -> Option<Diagnostic> {
    let level = match settings.configured_level(&lint.card, sources.path(finding.span.file)) {
        Some(level) => level,
        None => settings.default_level(&lint.card, finding.severity),
    };
    let is_postgres = dialect == Dialect::Postgres;
    Some(Diagnostic {
        lint: lint.card.id.clone(),
        severity: level.severity()?,
        message: finding.message,
        primary: finding.span,
        labels: finding.labels,
        notes: Some(lint.card.why_in(dialect)).filter(|why| !why.is_empty()).into_iter().collect(),
        // SQL is PostgreSQL's, unless a check words it for every database.
        help: finding.help.filter(|help| is_postgres || !help.contains([';', '\n'])),
        fix: finding.fix.filter(|_| is_postgres),
        object: finding.object,
        fingerprint: String::new(),
    })
}

/// In the order of history, then of the text; files that are not run come last. Finding the same twice counts once.
fn sort(diagnostics: &mut Vec<Diagnostic>, history: &History, sources: &SourceMap) {
    let ranks = ranks(history);
    diagnostics.sort_by_cached_key(|diagnostic| {
        let place = diagnostic.primary;
        let rank = ranks.get(&place.file).copied().unwrap_or(usize::MAX);
        (rank, sources.path(place.file).to_owned(), place, diagnostic.lint.clone(), diagnostic.message.clone())
    });
    let mut seen = HashSet::new();
    diagnostics.retain(|diagnostic| seen.insert((diagnostic.lint.clone(), diagnostic.primary, diagnostic.message.clone())));
}

/// The place of each file in history.
fn ranks(history: &History) -> HashMap<FileId, usize> {
    let mut ranks = HashMap::new();
    let parts = history.migrations.iter().flat_map(|migration| [Some(migration.file.up), migration.file.down]);
    for (rank, part) in parts.flatten().enumerate() {
        ranks.entry(part.file).or_insert(rank);
    }
    ranks
}
