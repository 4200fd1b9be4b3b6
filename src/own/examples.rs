//! Runs the examples on cards: each is a small directory in which a lint has to report exactly the marked lines.

use std::fs;
use std::io;
use std::path::Path;

use crate::config::Config;
use crate::history::History;
use crate::layout::{DiscoverOptions, discover};
use crate::lint::card::{Example, marks};
use crate::lint::{self, Lint, Settings};
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

/// Runs one lint over an example, in a folder of its own.
///
/// # Errors
/// Why it cannot be run, in words.
pub fn run(lint: &Lint, lints: &[Lint], example: &Example) -> Result<Outcome, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let migrations = folder.path().join("migrations");
    write(&migrations, example).map_err(|error| format!("its files cannot be written: {error}"))?;
    let mut sources = SourceMap::default();
    let config = configuration(folder.path(), lints, example, &mut sources)?;
    let options = DiscoverOptions { copy: None, ..config.discover };
    let directory = discover(&migrations, &mut sources, &options).map_err(|error| error.to_string())?;
    let history = History::load(directory, &sources);
    let settings = Settings { only: Settings::only([&lint.card.id]).only, ..config.settings };
    let found = lint::run(lints, &history, &sources, &settings);
    let place = |path: &str| path.rsplit_once("migrations/").map_or(path, |(_, path)| path).to_owned();
    let of_lint = found.iter().filter(|found| found.lint == lint.card.id);
    let mut reported: Vec<Place> =
        of_lint.map(|found| (place(sources.path(found.primary.file)), sources.start(found.primary).line)).collect();
    reported.sort();
    Ok(Outcome { marked: marked(example, &lint.card.id)?, reported })
}

fn write(folder: &Path, example: &Example) -> io::Result<()> {
    for (path, text) in example.all_files() {
        let inside = Path::new(path);
        if inside.components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
            return Err(io::Error::other(format!("`{path}` leads out of the example")));
        }
        let path = folder.join(inside);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// What the example configures, as if its configuration lay beside its migrations.
fn configuration(folder: &Path, lints: &[Lint], example: &Example, sources: &mut SourceMap) -> Result<Config, String> {
    let path = folder.join("migralint.yaml");
    let text = example.config.as_ref().map(serde_yaml::to_string).transpose().map_err(|error| error.to_string())?;
    fs::write(&path, text.unwrap_or_default()).map_err(|error| error.to_string())?;
    let (config, mistakes) = Config::load(&path, lints, sources).map_err(|error| error.to_string())?;
    match mistakes.first() {
        Some(mistake) => Err(format!("its configuration: {}", mistake.message)),
        None => Ok(config),
    }
}

fn marked(example: &Example, id: &str) -> Result<Vec<Place>, String> {
    let mut places = Vec::new();
    for (path, text) in example.all_files() {
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
