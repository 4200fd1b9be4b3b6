//! Runs the examples on cards: each is a small directory in which a lint has to report exactly the marked lines.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::history::{Comparison, History};
use crate::layout::{CopyOf, DiscoverOptions, discover};
use crate::lint::card::{Example, marks};
use crate::lint::{self, Base, Check, Lint, Settings};
use crate::source::SourceMap;

/// A file of an example and a line in it.
pub type Place = (String, usize);

/// What an example asks for and what came of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The marked lines.
    pub marked: Vec<Place>,
    /// The reported lines.
    pub reported: Vec<Place>,
}

/// What was found in an example.
pub struct Checked {
    sources: SourceMap,
    /// In the order of its files.
    pub diagnostics: Vec<Diagnostic>,
}

/// The folder an example is written to. Reports name it relative to where one stands, with what it takes to get there.
const FOLDER: &str = "example-of-a-card";

impl Checked {
    /// Where each finding is: its file as the example names it, and its line; sorted.
    pub fn places(&self) -> Vec<Place> {
        let place = |diagnostic: &Diagnostic| {
            let path = self.sources.path(diagnostic.primary.file);
            let path = path.split_once(FOLDER).map_or(path, |(_, path)| path.trim_start_matches('/'));
            (path.to_owned(), self.sources.start(diagnostic.primary).line)
        };
        let mut places: Vec<Place> = self.diagnostics.iter().map(place).collect();
        places.sort();
        places
    }
}

/// Runs one lint over an example, and says which lines that should and did report.
///
/// # Errors
/// Why it cannot be run, in words.
pub fn run(lint: &Lint, lints: &[Lint], example: &Example) -> Result<Outcome, String> {
    Ok(Outcome { marked: marked(example, &lint.card.id)?, reported: alone(lint, lints, example)?.places() })
}

/// What one lint finds in an example.
///
/// # Errors
/// Why it cannot be run, in words.
pub fn alone(lint: &Lint, lints: &[Lint], example: &Example) -> Result<Checked, String> {
    // Suppressions are about the findings of the others, which have to run as well.
    let only = (!matches!(lint.check, Check::Run)).then_some(lint.card.id.as_str());
    let mut checked = check(lints, only, example)?;
    checked.diagnostics.retain(|found| found.lint == lint.card.id);
    Ok(checked)
}

/// What one lint, or all of them, find in an example, which is written to a folder of its own.
///
/// # Errors
/// Why it cannot be run, in words.
pub fn check(lints: &[Lint], only: Option<&str>, example: &Example) -> Result<Checked, String> {
    let parent = TempDir::new().map_err(|error| error.to_string())?;
    let folder = parent.path().join(FOLDER);
    write(&folder, example.all_files())?;
    let mut sources = SourceMap::default();
    let config = configuration(&folder, lints, example, &mut sources)?;
    let directory = discover(&migrations(&folder), &mut sources, &config.discover).map_err(|error| error.to_string())?;
    let copy = CopyOf { at: parent.path().join("base"), original: folder };
    let options = DiscoverOptions { copy: Some(copy.clone()), layout: Some(directory.kind), ..config.discover.clone() };
    let history = History::load(directory, &sources);
    let fork = example.base.as_ref().map(|files| {
        write(&copy.at, files.iter().map(|(path, text)| (path.as_str(), text.as_str())))?;
        discover(&migrations(&copy.at), &mut sources, &options).map_err(|error| format!("its base: {error}"))
    });
    let fork = fork.transpose()?.map(|tip| (History::load(tip.clone(), &sources), tip));
    let comparison = fork.as_ref().map(|(fork, _)| Comparison::between(fork, &history, &sources)).unwrap_or_default();
    let base = fork.as_ref().map(|(fork, tip)| Base { fork, tip, comparison: &comparison });
    let settings = Settings { only: only.and_then(|id| Settings::only([id]).only), ..config.settings };
    let diagnostics = lint::run_against(lints, &history, base.as_ref(), &sources, &settings);
    Ok(Checked { sources, diagnostics })
}

/// The marked lines of an example, sorted.
///
/// # Errors
/// It marks lines for another lint.
pub fn marked(example: &Example, id: &str) -> Result<Vec<Place>, String> {
    let mut places = Vec::new();
    for (path, text) in example.all_files().chain(example.removed_files()) {
        for (line, lint) in marks(text) {
            if lint != id {
                return Err(format!("it marks `{lint}`, and a card marks its own lint's findings only"));
            }
            places.push((path.to_owned(), line));
        }
    }
    places.sort();
    Ok(places)
}

fn write<'a>(folder: &Path, files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), String> {
    let write = |path: &Path, text: &str| {
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)
    };
    for (path, text) in files {
        let inside = Path::new(path);
        if inside.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(format!("`{path}` leads out of the example"));
        }
        write(&folder.join(inside), text).map_err(|error: io::Error| format!("its files cannot be written: {error}"))?;
    }
    Ok(())
}

/// What the example configures, as if its configuration lay beside its migrations.
fn configuration(folder: &Path, lints: &[Lint], example: &Example, sources: &mut SourceMap) -> Result<Config, String> {
    let Some(config) = &example.config else { return Ok(Config::default()) };
    let path = folder.join("migralint.yaml");
    let text = serde_yaml::to_string(config).map_err(|error| error.to_string())?;
    fs::write(&path, text).map_err(|error| error.to_string())?;
    let (config, mistakes) = Config::load(&path, lints, sources).map_err(|error| error.to_string())?;
    fs::remove_file(path).map_err(|error| error.to_string())?;
    match mistakes.first() {
        Some(mistake) => Err(format!("its configuration: {}", mistake.message)),
        None => Ok(config),
    }
}

/// An example about a tool that is known by its path has a folder for it.
fn migrations(folder: &Path) -> PathBuf {
    let of_tool = ["supabase/migrations", "prisma/migrations"].map(|path| folder.join(path));
    of_tool.into_iter().find(|path| path.is_dir()).unwrap_or_else(|| folder.to_owned())
}
