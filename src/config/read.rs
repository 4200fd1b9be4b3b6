//! Reads the tree of a configuration file, key by key.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use super::yaml::{self, Node, NodeKind};
use super::{Config, FailOn, LINT};
use crate::diagnostic::{Diagnostic, Severity};
use crate::layout::Kind;
use crate::lint::card::Level;
use crate::lint::paths::{PathSet, pattern};
use crate::lint::preset::{PRESETS, Preset};
use crate::lint::settings::{LintSettings, PathSettings};
use crate::lint::{Card, Lint, OptionKind, TenantSettings, Unapplied, fingerprint};
use crate::locks::ServerVersion;
use crate::nearest::did_you_mean;
use crate::source::{FileId, SourceMap, Span};
use crate::sql::{Dialect, Values};

/// What the file says, and what is wrong with it.
pub(super) fn read(file: FileId, folder: &Path, lints: &[Lint], sources: &SourceMap) -> (Config, Vec<Diagnostic>) {
    let mut reader = Reader { folder, lints, mistakes: Vec::new() };
    let config = match yaml::parse(file, &sources.file(file).text) {
        Ok(Some(root)) => reader.config(&root),
        Ok(None) => Config::default(),
        Err(mistake) => {
            reader.mistake(mistake.span, mistake.message, None);
            Config::default()
        }
    };
    fingerprint::assign(&mut reader.mistakes, &fingerprint::Statements::default(), sources, &folder.to_string_lossy());
    (config, reader.mistakes)
}

/// The levels by their names.
const LEVELS: [(&str, Level); 4] = [("off", Level::Off), ("info", Level::Info), ("warning", Level::Warning), ("error", Level::Error)];

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
pub const KEYS: [&str; 12] = [
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
    "postgresql-version",
    "ignore",
];

/// Reads values and notes mistakes on the way.
struct Reader<'a> {
    folder: &'a Path,
    lints: &'a [Lint],
    mistakes: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn config(&mut self, root: &Node) -> Config {
        let mut config = Config::default();
        for (key, value) in self.entries(root, "the configuration", &KEYS) {
            match key {
                "layout" => config.discover.layout = self.choice(key, value, &layouts()),
                "dialect" => config.discover.dialect = self.choice(key, value, &DIALECTS),
                "down-directory" => config.discover.down_directory = self.folder(key, value),
                "placeholders" => config.discover.placeholders = self.values(key, value),
                "fail-on" => config.fail_on = self.choice(key, value, &FAIL_ON),
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

    fn folder(&mut self, key: &str, node: &Node) -> Option<PathBuf> {
        let folder = self.folder.join(self.string(key, node)?);
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
        let version = node.to_value().as_u64().and_then(|major| u8::try_from(major).ok()).and_then(ServerVersion::new);
        if version.is_none() {
            let known = ServerVersion::KNOWN;
            self.wrong_kind(key, &format!("a major version from {} to {}", known.start(), known.end()), node);
        }
        version
    }

    fn lints(&mut self, node: &Node) -> BTreeMap<String, LintSettings> {
        let entries = self.lint_entries(node);
        entries.into_iter().map(|(card, value)| (card.id.clone(), self.lint(card, value))).collect()
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
        self.items("paths", node).iter().map(|item| self.path(item)).collect()
    }

    fn path(&mut self, node: &Node) -> PathSettings {
        let mut settings = PathSettings { paths: PathSet::default(), levels: BTreeMap::new() };
        let mut has_path = false;
        for (key, value) in self.entries(node, "an entry of `paths`", &["path", "lints"]) {
            if key == "path" {
                has_path = true;
                settings.paths = self.path_set(key, value);
            } else {
                let levels = self.lint_entries(value).into_iter();
                settings.levels = levels.filter_map(|(card, value)| Some((card.id.clone(), self.level_only(card, value)?))).collect();
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
        PathSet::new(self.folder, &globs).unwrap_or_else(|error| {
            self.mistake(node.span, format!("these patterns cannot be used: {}", error.kind()), None);
            PathSet::default()
        })
    }
}

/// Values of the common kinds.
impl<'a> Reader<'a> {
    /// The entries of a mapping whose keys are known.
    fn entries<'n>(&mut self, node: &'n Node, place: &str, known: &[&str]) -> Vec<(&'n str, &'n Node)> {
        let mut entries = self.distinct(node, place);
        entries.retain(|(key, _)| {
            let is_known = known.contains(&key.name.as_str());
            if !is_known {
                self.mistake(key.span, format!("there is no `{}` in {place}", key.name), did_you_mean(&key.name, known.iter().copied()));
            }
            is_known
        });
        entries.into_iter().map(|(key, node)| (key.name.as_str(), node)).collect()
    }

    /// The entries of a mapping whose keys are lints.
    fn lint_entries<'n>(&mut self, node: &'n Node) -> Vec<(&'a Card, &'n Node)> {
        let mut entries = Vec::new();
        for (key, value) in self.distinct(node, "`lints`") {
            match self.lints.iter().find(|lint| lint.card.id == key.name) {
                Some(lint) => entries.push((&lint.card, value)),
                None => {
                    let ids = self.lints.iter().map(|lint| lint.card.id.as_str());
                    self.mistake(key.span, format!("there is no lint `{}`", key.name), did_you_mean(&key.name, ids));
                }
            }
        }
        entries
    }

    /// The entries of a mapping, each key once. Nothing at all is an empty mapping.
    fn distinct<'n>(&mut self, node: &'n Node, place: &str) -> Vec<(&'n yaml::Key, &'n Node)> {
        let mut seen = HashSet::new();
        let mut distinct = Vec::new();
        match &node.kind {
            NodeKind::Mapping(entries) => {
                for (key, value) in entries {
                    if seen.insert(&key.name) {
                        distinct.push((key, value));
                    } else {
                        self.mistake(key.span, format!("`{}` stands twice in {place}, and only the first counts", key.name), None);
                    }
                }
            }
            NodeKind::Scalar(Value::Null) => {}
            _ => self.mistake(node.span, format!("{place} is a mapping of keys to values, not {}", node.describe()), None),
        }
        distinct
    }

    fn items<'n>(&mut self, key: &str, node: &'n Node) -> &'n [Node] {
        match &node.kind {
            NodeKind::Sequence(items) => items,
            _ => {
                self.wrong_kind(key, "a list", node);
                &[]
            }
        }
    }

    /// The items of a list; a text alone is a list of one.
    fn one_or_several<'n>(&mut self, key: &str, node: &'n Node) -> &'n [Node] {
        if node.as_str().is_some() { std::slice::from_ref(node) } else { self.items(key, node) }
    }

    fn string(&mut self, key: &str, node: &Node) -> Option<String> {
        if node.as_str().is_none() {
            self.wrong_kind(key, "a text", node);
        }
        node.as_str().map(str::to_owned)
    }

    fn strings(&mut self, key: &str, node: &Node) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.items(key, node) {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.mistake(item.span, format!("`{key}` holds texts, not {}", item.describe()), None),
            }
        }
        texts
    }

    fn choice<T: Copy>(&mut self, key: &str, node: &Node, choices: &[(&str, T)]) -> Option<T> {
        let written = node.as_str().unwrap_or_default();
        let found = choices.iter().find(|(name, _)| *name == written);
        if found.is_none() {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
            let help = did_you_mean(written, choices.iter().map(|(name, _)| *name));
            self.mistake(node.span, format!("`{key}` is {}, not {}", or(&names), node.describe()), help);
        }
        found.map(|(_, value)| *value)
    }

    fn wrong_kind(&mut self, key: &str, expected: &str, node: &Node) {
        self.mistake(node.span, format!("`{key}` is {expected}, not {}", node.describe()), None);
    }

    fn mistake(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.mistakes.push(Diagnostic {
            lint: LINT.to_owned(),
            severity: Severity::Error,
            message: message.into(),
            primary: span,
            labels: Vec::new(),
            notes: Vec::new(),
            help,
            fix: None,
            object: None,
            fingerprint: String::new(),
        });
    }
}

/// `a, b or c`.
fn or(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    }
}
