//! `migralint review`: from a base and what became of it to a report.

mod places;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use self::places::{Places, Sides};
use super::judging::{FailOn, Judging};
use super::output::{self, Output, ReportFormat};
use super::target::{self, Reading, Target};
use super::{Status, fail};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::git::base::{self, Surroundings};
use crate::git::{Repository, Side};
use crate::github::environment::Environment;
use crate::github::event::Occasion;
use crate::history::History;
use crate::layout::Directory;
use crate::lint::Lint;
use crate::lints::builtin;
use crate::report::review::document::Document;
use crate::report::review::markdown::{Comment, IN_FULL};
use crate::report::review::{self as report, ReviewReport};
use crate::review::{self, BaseState, DirectoryReview, Fate, proposal};
use crate::source::SourceMap;

/// Arguments of `migralint review`.
#[derive(Debug, Args)]
#[command(after_help = "The base is --base, else what the continuous integration run says about its pull request, merge queue or push, \
    else the branch this one follows or the repository's main branch.\n\nExamples:\n  migralint review\n  \
    migralint review --base origin/main db/migrations\n  migralint review --staged\n  \
    migralint review --format markdown > comment.md\n  migralint review --proposal docs/design.md database/migration")]
pub(super) struct ReviewArguments {
    /// Directories of migrations [default: those in which something changed]
    #[arg(value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// The branch or commit to compare with; changes count from where the histories parted
    #[arg(long, value_name = "REF", allow_hyphen_values = true)]
    base: Option<String>,
    /// Review what is staged, not what lies in the work tree
    #[arg(long, conflicts_with = "head")]
    staged: bool,
    /// Review this commit, not what lies in the work tree
    #[arg(long, value_name = "REF", allow_hyphen_values = true)]
    head: Option<String>,
    /// Review the migrations that a Markdown document proposes, as if they came behind the directory's last one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["base", "staged", "head"])]
    proposal: Vec<PathBuf>,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: Output,
}

/// What is to be reviewed, and how.
pub(super) struct Scope<'a> {
    pub(super) paths: &'a [PathBuf],
    pub(super) base: Option<&'a str>,
    pub(super) staged: bool,
    pub(super) head: Option<&'a str>,
    pub(super) judging: &'a Judging,
    pub(super) reading: &'a Reading,
}

/// Reviews and writes the report.
pub(super) fn run(arguments: &ReviewArguments, out: &mut dyn Write) -> io::Result<Status> {
    let mut sources = SourceMap::default();
    let environment = Environment::of_process();
    let ReviewArguments { paths, base, staged, head, judging, reading, .. } = arguments;
    let scope = Scope { paths, base: base.as_deref(), staged: *staged, head: head.as_deref(), judging, reading };
    let reviewed = match arguments.proposal.is_empty() {
        true => of_branch(&scope, &environment, &mut sources),
        false => of_proposals(arguments, &mut sources),
    };
    let reviewed = match reviewed {
        Ok(reviewed) => reviewed,
        Err(message) => return Ok(fail(&message)),
    };
    let (report, fail_on) = reviewed.report(&sources);
    let write = |format: ReportFormat, colour: bool, out: &mut dyn Write| render(&report, &environment, format, colour, out);
    arguments.output.write_by(&write, out)?;
    Ok(fail_on.status(&report.findings()))
}

/// Writes a review in any format.
///
/// # Errors
/// Those of `out`.
pub(super) fn render(
    report: &ReviewReport,
    environment: &Environment,
    format: ReportFormat,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        ReportFormat::Terminal => report::terminal::render(report, colour, out),
        ReportFormat::Json => report::json::render(report, out),
        ReportFormat::Markdown => out.write_all(comment(report, environment).as_bytes()),
        other => output::render(other, &report.findings(), &report.lints, colour, out),
    }
}

/// The review as a comment that stands for itself.
fn comment(report: &ReviewReport, environment: &Environment) -> String {
    let (document, elsewhere) = (Document::of(report), BTreeSet::new());
    let comment =
        Comment { document: &document, address: address(environment), elsewhere: &elsewhere, since: None, whole: None, in_full: IN_FULL };
    report::markdown::render(&comment, report::markdown::MAX_BYTES)
}

/// What was reviewed.
pub(super) struct Reviewed {
    against: report::Against,
    mistakes: Vec<Diagnostic>,
    directories: Vec<DirectoryReview>,
    fail_on: FailOn,
    /// The lints of the last directory, which mostly are those of all.
    lints: Cow<'static, [Lint]>,
}

impl Reviewed {
    /// All there is to tell, and what makes the run fail.
    pub(super) fn report(self, sources: &SourceMap) -> (ReviewReport<'_>, FailOn) {
        let Self { against, mistakes, directories, fail_on, lints } = self;
        (ReviewReport { sources, against, mistakes, directories, lints, folder: standing().unwrap_or_default() }, fail_on)
    }
}

/// Reviews what a branch does.
///
/// # Errors
/// A message for the user: there is no base, or what is to be compared cannot be read.
pub(super) fn of_branch(scope: &Scope, environment: &Environment, sources: &mut SourceMap) -> Result<Reviewed, String> {
    let start = scope.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let repository = Repository::containing(start).map_err(|error| error.to_string())?;
    let (against, sides) = sides(scope, environment, &repository)?;
    let mut mistakes = Vec::new();
    let mut places = Places::new(&repository, &sides, scope.reading);
    let folders = places.folders(scope.paths, sources, &mut mistakes)?;
    let mut directories = Vec::new();
    let mut configured = Vec::new();
    let mut all_lints = Cow::Borrowed(builtin());
    for folder in folders {
        let mut config = places.config(&folder, sources, &mut mistakes)?;
        let lints = target::lints_of(&config, sources, &mut mistakes);
        target::read_baseline(&mut config, sources, &mut mistakes)?;
        scope.judging.select(&mut config.settings, &lints)?;
        configured.extend(config.fail_on);
        directories.push(of_directory(&places, &folder, (&config, &lints), sources)?);
        all_lints = lints;
    }
    Ok(Reviewed { against, mistakes, directories, fail_on: scope.judging.fail_on(configured.into_iter()), lints: all_lints })
}

/// What is compared with what.
fn sides(scope: &Scope, environment: &Environment, repository: &Repository) -> Result<(report::Against, Sides), String> {
    let name = scope.head.unwrap_or("HEAD");
    let head = repository.commit(name).map_err(|error| error.to_string())?;
    let head = head.ok_or_else(|| format!("`{name}` is no commit: there is nothing a base could be found for"))?;
    let variable = |name: &str| std::env::var(name).ok();
    let surroundings = Surroundings { variable: &variable, event: environment.event.clone() };
    let base = base::find(repository, &head, scope.base, &surroundings).map_err(|error| error.to_string())?;
    let side = match (scope.staged, scope.head) {
        (true, _) => Side::Index,
        (false, Some(_)) => Side::Commit(head),
        (false, None) => Side::WorkTree,
    };
    let against = report::Against::Base { name: base.name.clone(), fork: base.fork.clone(), tip: base.tip.clone() };
    let sides = Sides::read(repository, &base, side).map_err(|error| error.to_string())?;
    Ok((against, sides))
}

/// What a path from the repository's root is put behind to lead to its file on the web; known in GitHub's workflows.
fn address(environment: &Environment) -> Option<String> {
    // What is checked out for a pull request is a merge nobody will see.
    let commit = match Occasion::of(environment) {
        Occasion::PullRequest(request) => request.head,
        _ => environment.sha.clone().filter(|sha| base::is_hash(sha))?,
    };
    environment.address(&commit)
}

/// Where the user stands, seen from the repository's root: empty, or ending with a slash.
fn standing() -> Option<String> {
    let here = Repository::containing(Path::new(".")).ok()?;
    let folder = Path::new(".").canonicalize().ok()?.strip_prefix(here.root()).ok()?.to_string_lossy().replace('\\', "/");
    Some(if folder.is_empty() { folder } else { format!("{folder}/") })
}

fn of_directory(
    places: &Places,
    folder: &str,
    (config, lints): (&Config, &[Lint]),
    sources: &mut SourceMap,
) -> Result<DirectoryReview, String> {
    let head = places.head(folder, config, sources)?;
    let kind = head.as_ref().map(|head| head.kind);
    let (former, fork) = places.fork(folder, config, kind, sources)?;
    let tip = places.tip(&former, config, fork.as_ref().map(|fork| fork.kind).or(kind), sources)?;
    let fate = match (&head, &fork) {
        (Some(_), None) => Fate::Added,
        (None, Some(_)) => Fate::Removed,
        (Some(_), Some(fork)) if former != folder => Fate::MovedFrom(fork.path.clone()),
        _ => Fate::Kept,
    };
    let some = |one: Option<Directory>, other: &Option<Directory>| one.or_else(|| other.as_ref().map(Directory::emptied));
    let nothing = || format!("`{}` holds no migrations, neither here nor on the base", if folder.is_empty() { "." } else { folder });
    let empty_head = some(head.clone(), &fork).ok_or_else(nothing)?;
    let fork = some(fork, &head).ok_or_else(nothing)?;
    // A directory that the base has got since the branch began is not known to the branch.
    let tip = tip.unwrap_or_else(|| fork.clone());
    let base = BaseState { fork: History::load(fork, sources), tip };
    let head = History::load(empty_head, sources);
    Ok(review::review(base, head, fate, sources, lints, &config.settings))
}

fn of_proposals(arguments: &ReviewArguments, sources: &mut SourceMap) -> Result<Reviewed, String> {
    let path = match arguments.paths.as_slice() {
        [] => Path::new("."),
        [path] => path.as_path(),
        _ => return Err("a proposal is reviewed against one directory".to_owned()),
    };
    let mut mistakes = Vec::new();
    let target = Target::find_only(path, &arguments.reading, sources, &mut mistakes)?;
    let Target { directory, mut config, lints, .. } = target.with_baseline(sources, &mut mistakes)?;
    arguments.judging.select(&mut config.settings, &lints)?;
    let mut head = directory.clone();
    let mut names = Vec::new();
    for document in &arguments.proposal {
        let text = std::fs::read(document).map_err(|error| format!("`{}` cannot be read: {error}", document.display()))?;
        let text = String::from_utf8_lossy(&text);
        let shown = document.to_string_lossy().trim_start_matches("./").replace('\\', "/");
        names.extend(proposal::add(&mut head, &shown, text.trim_start_matches('\u{feff}'), sources).names);
    }
    if names.is_empty() {
        return Err("no migration is proposed: there is no SQL fence that names its file or changes the schema".to_owned());
    }
    let base = BaseState { fork: History::load(directory.clone(), sources), tip: directory };
    let review = review::review(base, History::load(head, sources), Fate::Kept, sources, &lints, &config.settings);
    let fail_on = arguments.judging.fail_on(config.fail_on.into_iter());
    Ok(Reviewed { against: report::Against::Directory, mistakes, directories: vec![review], fail_on, lints })
}
