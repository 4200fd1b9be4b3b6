//! Reads the cards of the user's own lints. A mistake in one is a diagnostic at its place.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use super::read::{LEVELS, shown};
use super::reader::Reader;
use super::yaml::{self, Node};
use crate::diagnostic::Diagnostic;
use crate::lint::card::{Examples, Level, OptionCard};
use crate::lint::own::{GROUP, OwnCard, OwnCheckCard, SUBJECTS, Subject};
use crate::lint::{Card, OptionKind};
use crate::schema::Dialect;
use crate::source::{FileId, SourceMap, Span, Spanned};

const KEYS: [&str; 10] = ["title", "group", "severity", "what", "why", "fix", "references", "options", "examples", "check"];

/// The cards in some folders, in the order of their ids; `taken` are the ids that lints have already.
pub(super) fn read_folders(folders: &[PathBuf], taken: &[&str], sources: &mut SourceMap) -> (Vec<OwnCard>, Vec<Diagnostic>) {
    let mut files: Vec<PathBuf> = folders.iter().flat_map(|folder| cards(folder)).collect();
    files.sort_by_key(|path| (id(path), path.clone()));
    let mut ids: HashSet<String> = taken.iter().map(|id| (*id).to_owned()).collect();
    let (mut found, mut mistakes) = (Vec::new(), Vec::new());
    for path in files {
        let (card, mut wrong) = read_file(&path, &mut ids, sources);
        found.extend(card);
        mistakes.append(&mut wrong);
    }
    (found, mistakes)
}

fn cards(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_card = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
    entries.filter(is_card).collect()
}

fn id(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn read_file(path: &Path, taken: &mut HashSet<String>, sources: &mut SourceMap) -> (Option<OwnCard>, Vec<Diagnostic>) {
    let bytes = fs::read(path);
    let text = bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let file = sources.add(shown(path), text.trim_start_matches('\u{feff}'));
    let mut reader = Reader::default();
    let start = Span::new(file, 0..0);
    if let Err(error) = &bytes {
        reader.mistake(start, format!("this card cannot be read: {error}"), None);
        return (None, reader.mistakes(sources));
    }
    let id = id(path);
    if !is_id(&id) {
        reader.mistake(
            start,
            format!("a lint's id is the name of its card, in small letters, digits and hyphens, which `{id}` is not"),
            None,
        );
    }
    if !taken.insert(id.clone()) {
        reader.mistake(start, format!("there is another lint `{id}`"), Some("give the card another name".to_owned()));
        return (None, reader.mistakes(sources));
    }
    let card = match yaml::parse(file, &sources.file(file).text) {
        Ok(Some(root)) => reader.own_card(&id, file, &root),
        Ok(None) => {
            reader.mistake(start, "this card is empty", None);
            None
        }
        Err(mistake) => {
            reader.mistake(mistake.span, mistake.message, None);
            None
        }
    };
    (card, reader.mistakes(sources))
}

fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    id.starts_with(|first: char| first.is_ascii_lowercase()) && id.bytes().all(allowed)
}

impl Reader<'_> {
    fn own_card(&mut self, id: &str, file: FileId, root: &Node) -> Option<OwnCard> {
        let mut card = Card {
            id: id.to_owned(),
            title: String::new(),
            group: GROUP.to_owned(),
            severity: Level::Warning,
            what: String::new(),
            why: String::new(),
            elsewhere: None,
            fix: String::new(),
            databases: Dialect::ALL.to_vec(),
            postgresql: true,
            references: Vec::new(),
            options: Vec::new(),
            examples: Examples::default(),
        };
        let mut check = None;
        for (key, value) in self.entries(root, "a card", &KEYS) {
            match key {
                "title" => card.title = self.string(key, value).unwrap_or_default(),
                "group" => card.group = self.string(key, value).unwrap_or_default(),
                "severity" => card.severity = self.choice(key, value, &LEVELS).unwrap_or(card.severity),
                "what" => card.what = self.string(key, value).unwrap_or_default(),
                "why" => card.why = self.string(key, value).unwrap_or_default(),
                "fix" => card.fix = self.string(key, value).unwrap_or_default(),
                "references" => card.references = self.strings(key, value),
                "options" => card.options = self.own_options(key, value),
                "examples" => card.examples = self.examples(value),
                _ => check = Some((value.span, self.own_check(value))),
            }
        }
        for (key, is_missing) in [("title", card.title.trim().is_empty()), ("check", check.is_none())] {
            if is_missing {
                self.mistake(Span::new(file, 0..0), format!("this card has no `{key}`"), None);
            }
        }
        let check = check.and_then(|(_, check)| check)?;
        Some(OwnCard { card, file, check })
    }

    fn own_check(&mut self, node: &Node) -> Option<OwnCheckCard> {
        let (mut on, mut when, mut message): (Option<Subject>, _, _) = (None, None, None);
        for (key, value) in self.entries(node, "`check`", &["on", "when", "message"]) {
            match key {
                "on" => on = self.choice(key, value, &SUBJECTS),
                "when" => when = self.string(key, value).map(|text| Spanned::new(text, value.span)),
                _ => message = self.string(key, value).map(|text| Spanned::new(text, value.span)),
            }
        }
        for (key, is_missing) in [("on", on.is_none()), ("when", when.is_none()), ("message", message.is_none())] {
            if is_missing && !node.has(key) {
                self.mistake(node.span, format!("`check` has no `{key}`"), None);
            }
        }
        Some(OwnCheckCard { on: on?, when: when?, message: message? })
    }

    fn own_options(&mut self, key: &str, node: &Node) -> Vec<OptionCard> {
        let mut options = Vec::new();
        for item in self.items(key, node) {
            let (mut name, mut default, mut what) = (String::new(), Value::Null, String::new());
            for (key, value) in self.entries(item, "an option", &["name", "default", "what"]) {
                match key {
                    "name" => name = self.string(key, value).unwrap_or_default(),
                    "default" => default = value.to_value(),
                    _ => what = self.string(key, value).unwrap_or_default(),
                }
            }
            if name.is_empty() {
                self.mistake(item.span, "this option has no `name`", None);
            } else if OptionKind::of(&default).is_none() {
                self.mistake(
                    item.span,
                    format!("the `default` of `{name}` is a whole number, a text, a list of texts or a truth value"),
                    None,
                );
            } else {
                options.push(OptionCard { name, default, what });
            }
        }
        options
    }

    fn examples(&mut self, node: &Node) -> Examples {
        let mut examples = Vec::new();
        for item in self.items("examples", node) {
            match serde_yaml::from_value(item.to_value()) {
                Ok(example) => examples.push(example),
                Err(error) => self.mistake(item.span, format!("this is no example: {error}"), None),
            }
        }
        examples.into()
    }
}
