//! The card of a lint: `lints/<id>.yml`, everything users read about it, with examples that are tests.

use serde::Deserialize;

use crate::diagnostic::Severity;

/// A lint's card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The id: kebab-case, the file's name. Configuration key, suppression, SARIF rule and URL anchor.
    #[serde(skip)]
    pub id: String,
    /// One line: what is wrong, as a noun phrase.
    pub title: String,
    /// The group: `numbering`, `rollback`, `tenant`, `keys`, `checks`, `replay` …
    pub group: String,
    /// The default level.
    pub severity: Level,
    /// What it finds, exactly, and what it leaves alone.
    pub what: String,
    /// Why it matters; ends up under every finding as a note, so one or two sentences.
    pub why: String,
    /// What to do, imperative.
    pub fix: String,
    /// Pages that say more; https.
    #[serde(default)]
    pub references: Vec<String>,
    /// Option names, defaults and meaning.
    #[serde(default)]
    pub options: Vec<OptionCard>,
    /// At least one that fires and one that does not.
    pub examples: Vec<Example>,
}

/// A level: a severity, or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not run unless configured.
    Off,
    /// [`Severity::Info`].
    Info,
    /// [`Severity::Warning`].
    Warning,
    /// [`Severity::Error`].
    Error,
}

impl Level {
    /// The severity; `None` for off.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Level::Off => None,
            Level::Info => Some(Severity::Info),
            Level::Warning => Some(Severity::Warning),
            Level::Error => Some(Severity::Error),
        }
    }
}

/// An option of a lint.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionCard {
    /// Its key.
    pub name: String,
    /// Its default; configuration must give the same kind of value.
    pub default: serde_yaml::Value,
    /// What it means.
    pub what: String,
}

/// One example: a small directory of migrations.
///
/// A line `-- ^ lint-id` under a line of SQL marks that line: the lint must report exactly the marked lines.
/// Files without any mark must be quiet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, a sentence.
    pub name: String,
    /// File names (relative to the directory) and their text, in any order. A single migration may be given as `sql`.
    #[serde(default)]
    pub files: std::collections::BTreeMap<String, String>,
    /// Shorthand for a directory of one migration `001_example.sql`.
    #[serde(default)]
    pub sql: Option<String>,
    /// Configuration for this example, as in `migralint.yaml`.
    #[serde(default)]
    pub config: Option<serde_yaml::Value>,
}
