//! `migralint lints`: the lints there are, and the examples of the user's own.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::output::for_people;
use super::target::{Reading, configuration, lints_of, mistaken};
use super::{Status, fail, judging};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::lint::{Lint, explain};
use crate::lints::builtin;
use crate::own::{self, examples};
use crate::report::escape::line;
use crate::source::SourceMap;

/// Arguments of `migralint lints`.
#[derive(Debug, Args)]
pub(super) struct LintsArguments {
    #[command(subcommand)]
    command: Option<LintsCommand>,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Debug, Subcommand)]
enum LintsCommand {
    /// Run the examples on the cards of your own lints
    Test {
        /// The folder of the cards
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Arguments of `migralint explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The lint's id, as findings show it in brackets, or a group of lints
    lint: String,
    #[command(flatten)]
    reading: Reading,
}

/// Lists all lints, or runs examples.
pub(super) fn run(arguments: &LintsArguments, out: &mut dyn Write) -> io::Result<Status> {
    match &arguments.command {
        Some(LintsCommand::Test { folder }) => test(folder, out),
        None => with_lints(&arguments.reading, |lints| {
            for_people(out, |out| write!(out, "{}", explain::list(lints)))?;
            Ok(Status::Clean)
        }),
    }
}

/// Says all there is to say about a lint.
pub(super) fn explain(arguments: &ExplainArguments, out: &mut dyn Write) -> io::Result<Status> {
    with_lints(&arguments.reading, |lints| {
        let text = match (judging::find_lint(&arguments.lint, lints), explain::group(lints, &arguments.lint)) {
            (Ok(lint), _) => explain::explain(&lint.card),
            (Err(_), Some(group)) => group,
            (Err(message), None) => return Ok(fail(&message)),
        };
        for_people(out, |out| write!(out, "{text}")).map(|()| Status::Clean)
    })
}

/// With the built-in lints and those that are configured where the user stands.
fn with_lints(reading: &Reading, then: impl FnOnce(&[Lint]) -> io::Result<Status>) -> io::Result<Status> {
    let (mut sources, mut mistakes) = (SourceMap::default(), Vec::new());
    let lints =
        configuration(Path::new("."), reading, &mut sources, &mut mistakes).map(|config| lints_of(&config, &sources, &mut mistakes));
    // What is asked for may be a built-in lint, which no mistake in the configuration touches.
    then(lints.as_deref().unwrap_or(builtin()))
}

fn test(folder: &Path, out: &mut dyn Write) -> io::Result<Status> {
    if !folder.is_dir() {
        return Ok(fail(&format!("there is no folder `{}`", folder.display())));
    }
    let mut sources = SourceMap::default();
    let (cards, mut mistakes) = Config::load_cards(folder, builtin(), &mut sources);
    let (lints, wrong) = own::lints(&cards, &sources);
    mistakes.extend(wrong);
    let all: Vec<Lint> = builtin().iter().chain(&lints).cloned().collect();
    let mut failed = false;
    for lint in &lints {
        failed |= !test_card(lint, &all, out)?;
    }
    for_people(out, |out| mistakes.iter().try_for_each(|mistake| writeln!(out, "{}", line(&shown(mistake, &sources)))))?;
    Ok(match (mistakes.is_empty(), failed) {
        (false, _) => Status::Failed,
        (true, true) => Status::Findings,
        (true, false) if lints.is_empty() => fail(&format!("there are no cards in `{}`", folder.display())),
        (true, false) => Status::Clean,
    })
}

fn shown(mistake: &Diagnostic, sources: &SourceMap) -> String {
    let help = mistake.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{}{help}", mistaken(mistake, sources))
}

/// Whether all examples of a card come out as they are marked.
fn test_card(lint: &Lint, all: &[Lint], out: &mut dyn Write) -> io::Result<bool> {
    let mut failures = Vec::new();
    for example in lint.card.examples.iter() {
        match examples::run(lint, all, example) {
            Ok(outcome) if outcome.marked == outcome.reported => {}
            Ok(outcome) => {
                let (marked, reported) = (places(&outcome.marked), places(&outcome.reported));
                failures.push(format!("{}: {}: marked {marked}, reported {reported}", lint.card.id, example.name.trim()));
            }
            Err(reason) => failures.push(format!("{}: {}: {reason}", lint.card.id, example.name.trim())),
        }
    }
    let passed = lint.card.examples.len() - failures.len();
    for_people(out, |out| {
        failures.iter().try_for_each(|failure| writeln!(out, "{}", line(failure)))?;
        writeln!(out, "{}: {passed} of {} examples pass", lint.card.id, lint.card.examples.len())
    })?;
    Ok(failures.is_empty())
}

fn places(places: &[examples::Place]) -> String {
    let places: Vec<String> = places.iter().map(|(path, line)| format!("{path}:{line}")).collect();
    if places.is_empty() { "nothing".to_owned() } else { places.join(", ") }
}
