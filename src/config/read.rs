//! Reads the tree of a configuration file, key by key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use super::own;
use super::reader::{Named, Reader};
use super::yaml::{self, Node, NodeKind};
use super::{Config, FailOn};
use crate::diagnostic::{Diagnostic, Severity};
use crate::layout::Kind;
use crate::lint::card::Level;
use crate::lint::paths::{PathSet, pattern};
use crate::lint::preset::{PRESETS, Preset};
use crate::lint::settings::{LintSettings, PathSettings};
use crate::lint::{Card, Lint, OptionKind, TenantSettings, Unapplied};
use crate::locks::ServerVersion;
use crate::path::absolute;
use crate::source::{FileId, SourceMap};
use crate::sql::{Dialect, Values};

/// What the file says, and what is wrong with it.
pub(super) fn read(file: FileId, folder: &Path, lints: &[Lint], sources: &mut SourceMap) -> (Config, Vec<Diagnostic>) {
    let tree = yaml::parse(file, &sources.file(file).text);
    let mut reader = Reader { folder: folder.to_owned(), ..Reader::default() };
    // The names of own lints have to be known before what is configured for them is read.
    let folders = tree.as_ref().ok().and_then(|root| root.as_ref()?.get("own-lints")).map(|node| reader.own_lints(node));
    let taken: Vec<&str> = lints.iter().map(|lint| lint.card.id.as_str()).collect();
    let (own_lints, mut mistakes) = own::read_folders(&folders.unwrap_or_default(), &taken, sources);
    reader.cards = lints.iter().map(|lint| &lint.card).chain(own_lints.iter().map(|own| &own.card)).collect();
    let mut config = match tree {
        Ok(Some(root)) => reader.config(&root),
        Ok(None) => Config::default(),
        Err(mistake) => {
            reader.mistake(mistake.span, mistake.message, None);
            Config::default()
        }
    };
    config.settings.root = folder.to_owned();
    config.places = std::mem::take(&mut reader.places);
    mistakes.splice(0..0, reader.mistakes(sources));
    (Config { file: Some(file), own_lints, ..config }, mistakes)
}

/// The path as reports show it: relative to where the user stands.
pub fn shown(path: &Path) -> String {
    let path = absolute(path);
    let relative = path.strip_prefix(absolute(Path::new("."))).unwrap_or(&path);
    relative.to_string_lossy().replace('\\', "/")
}

/// The levels by their names.
pub(super) const LEVELS: [(&str, Level); 4] =
    [("off", Level::Off), ("info", Level::Info), ("warning", Level::Warning), ("error", Level::Error)];

/// What `fail-on` takes.
const FAIL_ON: [(&str, FailOn); 4] = [
    ("info", FailOn::Severity(Severity::Info)),
    ("warning", FailOn::Severity(Severity::Warning)),
    ("error", FailOn::Severity(Severity::Error)),
    ("never", FailOn::Never),
];

const DIALECTS: [(&str, Dialect); 4] =
    [("postgresql", Dialect::Postgres), ("mysql", Dialect::MySql), ("sqlite", Dialect::Sqlite), ("sqlserver", Dialect::SqlServer)];

fn layouts() -> Vec<(&'static str, Kind)> {
    Kind::all().map(|kind| (kind.name(), kind)).collect()
}

/// Every key of a configuration file.
pub const KEYS: [&str; 14] = [
    "layout",
    "dialect",
    "down-directory",
    "placeholders",
    "preset",
    "fail-on",
    "lints",
    "paths",
    "tenant",
    "since",
    "baseline",
    "own-lints",
    "postgresql-version",
    "ignore",
];

impl Reader<'_> {
    fn config(&mut self, root: &Node) -> Config {
        let mut config = Config::default();
        for (key, value) in self.entries(root, "the configuration", &KEYS) {
            self.note(key, value.span);
            match key {
                "layout" => config.discover.layout = self.choice(key, value, &layouts()),
                "dialect" => config.discover.dialect = self.choice(key, value, &DIALECTS),
                "down-directory" => config.discover.down_directory = self.folder(key, value),
                "placeholders" => config.discover.placeholders = self.values(key, value),
                "fail-on" => config.fail_on = self.choice(key, value, &FAIL_ON),
                "own-lints" => {}
                "baseline" => config.baseline = self.string(key, value).map(|path| self.folder.join(path)),
                "preset" => config.settings.presets = self.presets(key, value),
                "lints" => config.settings.lints = self.lints(value),
                "paths" => config.settings.paths = self.paths(value),
                "since" => config.settings.unapplied = self.since(key, value).map(Unapplied::Since).unwrap_or_default(),
                "postgresql-version" => config.settings.postgresql_version = self.server_version(key, value).unwrap_or_default(),
                "tenant" => config.settings.tenant = self.tenant(value),
                _ => config.ignore = self.path_set(key, value),
            }
        }
        config
    }

    /// One folder of cards or a list of them.
    fn own_lints(&mut self, node: &Node) -> Vec<PathBuf> {
        self.one_or_several("own-lints", node).iter().filter_map(|node| self.folder("own-lints", node)).collect()
    }

    fn folder(&mut self, key: &str, node: &Node) -> Option<PathBuf> {
        let written = self.string(key, node)?;
        let folder = self.folder.join(written);
        if folder.is_dir() {
            return Some(folder);
        }
        self.mistake(node.span, format!("there is no folder `{}`", folder.display()), None);
        None
    }

    /// Texts and numbers by names that anybody may choose.
    fn values(&mut self, key: &str, node: &Node) -> Values {
        let mut values = Values::new();
        for (name, value) in self.distinct(node, &format!("`{key}`")) {
            match value.to_value() {
                Value::Number(number) => _ = values.insert(name.name.clone(), number.to_string()),
                _ => values.extend(self.string(&name.name, value).map(|value| (name.name.clone(), value))),
            }
        }
        values
    }

    /// A version as file names write it. Without quotes YAML takes it for a number, and drops zeros before it.
    fn since(&mut self, key: &str, node: &Node) -> Option<String> {
        match (node.as_str(), node.to_value().as_u64()) {
            (Some(text), _) => Some(text.to_owned()),
            (None, Some(number)) => Some(number.to_string()),
            (None, None) => {
                self.wrong_kind(key, "the version of a migration", node);
                None
            }
        }
    }

    /// One preset or a list of them.
    fn presets(&mut self, key: &str, node: &Node) -> Vec<Preset> {
        self.one_or_several(key, node).iter().filter_map(|node| self.choice(key, node, &PRESETS)).collect()
    }

    fn server_version(&mut self, key: &str, node: &Node) -> Option<ServerVersion> {
        // With quotes or without.
        let number = node.as_str().and_then(|text| text.trim().parse().ok()).or_else(|| node.to_value().as_u64());
        let version = number.and_then(|major| u8::try_from(major).ok()).and_then(ServerVersion::new);
        if version.is_none() {
            let known = ServerVersion::KNOWN;
            self.wrong_kind(key, &format!("a major version from {} to {}", known.start(), known.end()), node);
        }
        version
    }

    fn lints(&mut self, node: &Node) -> BTreeMap<String, LintSettings> {
        let mut lints: BTreeMap<String, LintSettings> = BTreeMap::new();
        for (named, value) in self.lint_entries(node) {
            match named {
                Named::Group(cards) => {
                    for (card, level) in self.group(&cards, value) {
                        self.note(format!("lints.{}", card.id), value.span);
                        lints.insert(card.id.clone(), LintSettings { level: Some(level), ..LintSettings::default() });
                    }
                }
                Named::Lint(card) => {
                    let settings = self.lint(card, value);
                    let known = lints.entry(card.id.clone()).or_default();
                    if settings.level.is_some() || known.level.is_none() {
                        self.note(format!("lints.{}", card.id), value.span);
                    }
                    *known = LintSettings { level: settings.level.or(known.level), options: settings.options };
                }
            }
        }
        lints
    }

    /// The level of each lint of a group. What is off by default is on only where it is named itself.
    fn group<'c>(&mut self, cards: &[&'c Card], node: &Node) -> Vec<(&'c Card, Level)> {
        let group = cards.first().map_or("", |card| card.group.as_str());
        let Some(level) = self.choice(group, node, &LEVELS) else { return Vec::new() };
        let concerned = cards.iter().filter(|card| level == Level::Off || card.severity != Level::Off);
        concerned.map(|card| (*card, level)).collect()
    }

    fn lint(&mut self, card: &Card, node: &Node) -> LintSettings {
        let NodeKind::Mapping(_) = node.kind else {
            return LintSettings { level: self.choice(&card.id, node, &LEVELS), ..LintSettings::default() };
        };
        let keys: Vec<&str> = card.options.iter().map(|option| option.name.as_str()).chain(["severity"]).collect();
        let mut settings = LintSettings::default();
        for (key, value) in self.entries(node, &format!("`{}`", card.id), &keys) {
            match card.options.iter().find(|option| option.name == key) {
                Some(option) => {
                    self.note(format!("lints.{}.{key}", card.id), value.span);
                    let value = option.kind().and_then(|kind| self.option(key, value, kind));
                    settings.options.extend(value.map(|value| (Value::from(key), value)));
                }
                None => settings.level = self.choice(key, value, &LEVELS),
            }
        }
        settings
    }

    fn option(&mut self, key: &str, node: &Node, kind: OptionKind) -> Option<Value> {
        let value = node.to_value();
        if kind == OptionKind::Strings && value.is_sequence() {
            return Some(self.strings(key, node).into());
        }
        if OptionKind::of(&value) == Some(kind) {
            return Some(value);
        }
        self.wrong_kind(key, kind.name(), node);
        None
    }

    fn paths(&mut self, node: &Node) -> Vec<PathSettings> {
        let mut paths = Vec::new();
        for item in self.items("paths", node) {
            self.note(format!("paths.{}", paths.len()), item.span);
            paths.push(self.path(item));
        }
        paths
    }

    fn path(&mut self, node: &Node) -> PathSettings {
        let mut settings = PathSettings { paths: PathSet::default(), levels: BTreeMap::new() };
        let mut has_path = false;
        for (key, value) in self.entries(node, "an entry of `paths`", &["path", "lints"]) {
            if key == "path" {
                has_path = true;
                settings.paths = self.path_set(key, value);
            } else {
                for (named, value) in self.lint_entries(value) {
                    let levels = match named {
                        Named::Group(cards) => self.group(&cards, value),
                        Named::Lint(card) => self.level_only(card, value).map(|level| (card, level)).into_iter().collect(),
                    };
                    settings.levels.extend(levels.into_iter().map(|(card, level)| (card.id.clone(), level)));
                }
            }
        }
        if !has_path && matches!(node.kind, NodeKind::Mapping(_)) {
            self.mistake(node.span, "this entry of `paths` has no `path` and concerns no file", None);
        }
        settings
    }

    /// A lint runs once over the whole history, so its options cannot differ from file to file.
    fn level_only(&mut self, card: &Card, node: &Node) -> Option<Level> {
        let settings = self.lint(card, node);
        if !settings.options.is_empty() {
            let help = "set the options under `lints`, for all files";
            self.mistake(node.span, format!("the options of `{}` cannot differ from file to file", card.id), Some(help.to_owned()));
        }
        settings.level
    }

    fn tenant(&mut self, node: &Node) -> TenantSettings {
        let mut tenant = TenantSettings::default();
        for (key, value) in self.entries(node, "`tenant`", &["table", "keys", "external-ids", "global-tables"]) {
            self.note(format!("tenant.{key}"), value.span);
            match key {
                "table" => tenant.table = self.string(key, value),
                "keys" => tenant.keys = self.strings(key, value),
                "external-ids" => tenant.external_ids = self.strings(key, value),
                _ => tenant.global_tables = self.strings(key, value),
            }
        }
        tenant
    }

    /// One pattern or a list of them.
    fn path_set(&mut self, key: &str, node: &Node) -> PathSet {
        let mut globs = Vec::new();
        for node in self.one_or_several(key, node) {
            let Some(text) = self.string(key, node) else { continue };
            match pattern(&text) {
                Ok(glob) => globs.push(glob),
                Err(error) => self.mistake(node.span, format!("this is no pattern for files: {}", error.kind()), None),
            }
        }
        PathSet::new(&self.folder, &globs).unwrap_or_else(|error| {
            self.mistake(node.span, format!("these patterns cannot be used: {}", error.kind()), None);
            PathSet::default()
        })
    }
}
