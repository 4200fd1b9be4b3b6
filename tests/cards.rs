//! The cards of `lints/`: every example is a test, and every card keeps to the same conventions.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use migralint::config::Config;
use migralint::diagnostic::Diagnostic;
use migralint::history::{Comparison, History};
use migralint::layout::{CopyOf, DiscoverOptions, discover};
use migralint::lint::card::{Embedded, Example, marks};
use migralint::lint::{self, Base, Card, Check, Lint, OptionKind, explain};
use migralint::lints;
use migralint::source::SourceMap;

/// What was found in one example.
struct Checked {
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
}

/// The folder an example is written to. Reports name it relative to where the tests run, with what it takes to get there.
const FOLDER: &str = "example-of-a-card";

impl Checked {
    /// Where each finding is: its file as the example names it, and its line.
    fn places(&self) -> impl Iterator<Item = (String, usize, &Diagnostic)> {
        self.diagnostics.iter().map(|diagnostic| {
            let primary = diagnostic.primary;
            let path = self.sources.path(primary.file);
            let path = path.split_once(FOLDER).map_or(path, |(_, path)| path.trim_start_matches('/'));
            (path.to_owned(), self.sources.start(primary).line, diagnostic)
        })
    }
}

/// What `lint` alone finds in the example.
fn check_alone(lint: &Lint, example: &Example) -> Checked {
    // Suppressions are about the findings of the others, which have to run as well.
    let only = (!matches!(lint.check, Check::Run)).then_some(&lint.card);
    let mut checked = check(example, only);
    checked.diagnostics.retain(|diagnostic| diagnostic.lint == lint.card.id);
    checked
}

/// Writes an example's files to a folder of their own and runs one lint, or all.
fn check(example: &Example, only: Option<&Card>) -> Checked {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join(FOLDER);
    write(&folder, example.all_files());
    let mut sources = SourceMap::default();
    let mut config = configuration(example, &folder, &mut sources);
    config.settings.only = only.map(|card| BTreeSet::from([card.id.clone()]));
    let directory = discover(&migrations(&folder), &mut sources, &config.discover);
    let directory = directory.unwrap_or_else(|error| panic!("{}: {error}", example.name));
    let base = example.base.as_ref().map(|files| {
        let copy = CopyOf { at: parent.path().join("base"), original: folder.clone() };
        write(&copy.at, files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let options = DiscoverOptions { copy: Some(copy.clone()), layout: Some(directory.kind), ..config.discover.clone() };
        let directory = discover(&migrations(&copy.at), &mut sources, &options).unwrap();
        (History::load(directory.clone(), &sources), directory)
    });
    let history = History::load(directory, &sources);
    let comparison = base.as_ref().map(|(fork, _)| Comparison::between(fork, &history, &sources)).unwrap_or_default();
    let base = base.as_ref().map(|(fork, tip)| Base { fork, tip, comparison: &comparison });
    let diagnostics = lint::run_against(lints::builtin(), &history, base.as_ref(), &sources, &config.settings);
    Checked { sources, diagnostics }
}

fn write<'a>(folder: &Path, files: impl Iterator<Item = (&'a str, &'a str)>) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// What the example configures, as if its configuration file lay beside its migrations.
fn configuration(example: &Example, folder: &Path, sources: &mut SourceMap) -> Config {
    let Some(config) = &example.config else { return Config::default() };
    let path = folder.join("migralint.yaml");
    fs::write(&path, serde_yaml::to_string(config).unwrap()).unwrap();
    let (config, mistakes) = Config::load(&path, lints::builtin(), sources).unwrap();
    assert_eq!(mistakes, [], "{}", example.name);
    fs::remove_file(path).unwrap();
    config
}

/// An example about a tool that is known by its path has a folder for it.
fn migrations(folder: &Path) -> PathBuf {
    let of_tool = ["supabase/migrations", "prisma/migrations"].map(|path| folder.join(path));
    of_tool.into_iter().find(|path| path.is_dir()).unwrap_or_else(|| folder.to_owned())
}

/// Every example with the lint whose card it is on.
fn all_examples() -> impl Iterator<Item = (&'static Lint, &'static Example)> {
    lints::builtin().iter().flat_map(|lint| lint.card.examples.iter().map(move |example| (lint, example)))
}

/// The places of findings or marks: file and line, sorted.
type Places = Vec<(String, usize)>;

fn marked(card: &Card, example: &Example) -> Places {
    let mut places = Vec::new();
    for (path, text) in example.all_files().chain(example.removed_files()) {
        for (line, lint) in marks(text) {
            assert_eq!(lint, card.id, "{}: `{}`: a card marks its own lint's findings only", card.id, example.name);
            places.push((path.to_owned(), line));
        }
    }
    places.sort();
    places
}

fn reported(checked: &Checked) -> Places {
    let mut places: Places = checked.places().map(|(path, line, _)| (path, line)).collect();
    places.sort();
    places
}

#[test]
fn every_example_is_reported_exactly_where_it_is_marked() {
    let mut failures = Vec::new();
    for (lint, example) in all_examples() {
        let checked = check_alone(lint, example);
        let (marked, reported) = (marked(&lint.card, example), reported(&checked));
        if marked != reported {
            failures.push(format!("{}: `{}`\n  marked   {marked:?}\n  reported {reported:?}", lint.card.id, example.name));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn messages_are_lower_case_without_a_final_period() {
    for (lint, example) in all_examples() {
        for diagnostic in check_alone(lint, example).diagnostics {
            let labels = diagnostic.labels.iter().map(|label| &label.message);
            for message in labels.chain([&diagnostic.message]) {
                let word = message.split(' ').next().unwrap_or_default();
                let keyword = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
                let starts = keyword || message.starts_with(|first: char| first == '`' || first.is_lowercase() || first.is_ascii_digit());
                assert!(starts && !message.ends_with('.'), "{}: {message}", lint.card.id);
            }
        }
    }
}

#[test]
fn every_card_has_a_check_and_every_check_a_card() {
    let cards: BTreeSet<&str> = lints::CARDS.iter().map(|card| card.id).collect();
    let checks: BTreeSet<&str> = lints::checks().map(|(id, _)| id).collect();
    assert_eq!(cards, checks);
    assert_eq!(lints::checks().count(), checks.len(), "two checks have one id");
}

#[test]
fn cards_keep_to_the_conventions() {
    for &Embedded { id, text, .. } in lints::CARDS {
        let card = Card::parse(id, text).unwrap_or_else(|error| panic!("{id}: {error}"));
        let kebab_case = |id: &str| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(kebab_case(id), "{id} is not in kebab case");
        for (field, value) in [("title", &card.title), ("what", &card.what), ("why", &card.why), ("fix", &card.fix)] {
            assert!(!value.trim().is_empty(), "{id}: {field} is empty");
        }
        assert!(!card.title.ends_with('.') && !card.title.contains('\n'), "{id}: the title is a noun phrase on one line");
        assert!(card.references.iter().all(|page| page.starts_with("https://")), "{id}: references are https pages");
        assert!(card.examples.iter().any(Example::fires), "{id}: no example fires");
        assert!(card.examples.iter().any(|example| !example.fires()), "{id}: no example is quiet");
        assert!(
            card.examples.iter().all(|example| example.sql.is_some() == example.files.is_empty()),
            "{id}: an example has `sql` or `files`"
        );
        for option in &card.options {
            assert!(OptionKind::of(&option.default).is_some(), "{id}: the default of {} is of no kind an option can have", option.name);
        }
    }
}

#[test]
fn a_card_names_the_group_its_check_is_registered_in() {
    let groups: BTreeMap<&str, &str> =
        lints::GROUPS.iter().flat_map(|(group, checks)| checks.iter().map(|(id, _)| (*id, *group))).collect();
    for lint in lints::builtin() {
        assert_eq!(Some(&lint.card.group.as_str()), groups.get(lint.card.id.as_str()), "{}", lint.card.id);
    }
}

/// What else is found in the examples: a lint that suddenly shows up here has become too eager, or another's example careless.
#[test]
fn overlap() {
    let mut text = String::new();
    for (lint, example) in all_examples() {
        let checked = check(example, None);
        // Hardly any example writes rollbacks.
        let other = |id: &&str| *id != lint.card.id && *id != "missing-rollback";
        let others: BTreeSet<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.lint.as_str()).filter(other).collect();
        if !others.is_empty() {
            let others: Vec<&str> = others.into_iter().collect();
            text += &format!("{}: {}: {}\n", lint.card.id, example.name.trim(), others.join(", "));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_page_of_lints_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("lints/README.md");
    let page = explain::page(lints::builtin());
    if std::env::var_os("MIGRALINT_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == page, "run MIGRALINT_BLESS=1 cargo test --test cards");
}
