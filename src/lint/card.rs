//! The card of a lint: `lints/<id>.yml`, everything users read about it, with examples that are tests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer};

use crate::diagnostic::Severity;
use crate::schema::Dialect;

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
    /// The databases besides PostgreSQL it works in.
    #[serde(default)]
    pub databases: Vec<Dialect>,
    /// Whether it works in PostgreSQL.
    #[serde(default = "by_default")]
    pub postgresql: bool,
    /// What it finds, exactly, and what it leaves alone.
    pub what: String,
    /// Why it matters; ends up under every finding as a note, so one or two sentences.
    pub why: String,
    /// Why it matters in the databases besides PostgreSQL, where that is for another reason.
    #[serde(default)]
    pub elsewhere: Option<String>,
    /// What to do, imperative.
    pub fix: String,
    /// Pages that say more; https.
    #[serde(default)]
    pub references: Vec<String>,
    /// Option names, defaults and meaning.
    #[serde(default)]
    pub options: Vec<OptionCard>,
    /// At least one that fires and one that does not.
    #[serde(default)]
    pub examples: Examples,
}

fn by_default() -> bool {
    true
}

/// The examples of a card: they are most of its text, and a review has no use for them.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    text: Cow<'static, str>,
    read: OnceLock<Vec<Example>>,
}

impl Examples {
    fn of(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), read: OnceLock::new() }
    }
}

impl Deref for Examples {
    type Target = [Example];

    /// The examples; none where the text is wrong.
    fn deref(&self) -> &[Example] {
        let of_card = |mut card: BTreeMap<String, Vec<Example>>| card.remove("examples").filter(|_| card.is_empty());
        self.read.get_or_init(|| serde_yaml::from_str(&self.text).ok().and_then(of_card).unwrap_or_default())
    }
}

impl From<Vec<Example>> for Examples {
    fn from(examples: Vec<Example>) -> Self {
        Self { text: Cow::default(), read: OnceLock::from(examples) }
    }
}

impl<'de> Deserialize<'de> for Examples {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { text: Cow::default(), read: OnceLock::from(Vec::deserialize(deserializer)?) })
    }
}

/// A level: a severity, or off. Ordered like severities, off first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
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

impl Card {
    /// Whether the lint works in a database of this kind.
    pub fn works_in(&self, dialect: Dialect) -> bool {
        if dialect == Dialect::Postgres { self.postgresql } else { self.databases.contains(&dialect) }
    }

    /// Why it matters, in a database of this kind: for the same reason as in PostgreSQL, unless the card says another.
    pub fn why_in(&self, dialect: Dialect) -> String {
        let why = self.elsewhere.as_ref().filter(|_| dialect != Dialect::Postgres).unwrap_or(&self.why);
        // Cards break lines where their file is wide enough; reports have widths of their own.
        why.split_whitespace().collect::<Vec<_>>().join(" ").replace(Dialect::Postgres.name(), dialect.name())
    }

    /// Reads the card `lints/<id>.yml`. Examples at its end are read when they are asked for.
    ///
    /// # Errors
    /// When the text is not a card.
    pub fn parse(id: &str, text: &str) -> Result<Self, serde_yaml::Error> {
        let (head, examples) = parts(text);
        let card: Self = serde_yaml::from_str(head)?;
        let examples = if examples.is_empty() { card.examples } else { Examples::of(examples.to_owned()) };
        Ok(Self { id: id.to_owned(), examples, ..card })
    }
}

/// A card that is part of the program.
#[derive(Debug)]
pub struct Embedded {
    /// The id.
    pub id: &'static str,
    /// `lints/<id>.yml`.
    pub text: &'static str,
    /// The same without its examples, as JSON.
    pub head: &'static str,
}

impl Embedded {
    /// Reads the card.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(&self) -> Result<Card, serde_json::Error> {
        let card: Card = serde_json::from_str(self.head)?;
        Ok(Card { id: self.id.to_owned(), examples: Examples::of(parts(self.text).1), ..card })
    }
}

/// What stands before the examples that end a card, and these.
fn parts(text: &str) -> (&str, &str) {
    text.split_at(text.find("\nexamples:\n").map_or(text.len(), |newline| newline + 1))
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

    /// As cards and configuration spell it.
    pub fn as_str(self) -> &'static str {
        self.severity().map_or("off", Severity::as_str)
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Level::Info,
            Severity::Warning => Level::Warning,
            Severity::Error => Level::Error,
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
/// A line `-- ^ lint-id` marks the line of SQL above it: the lint must report exactly the marked lines, and examples
/// without a mark must be quiet. The caret may stand below what is meant; several marks may follow one line. What
/// concerns a whole file is reported at its first line, and what concerns the directory at the first line of the first
/// migration, so that is where their marks stand. A mark with nothing above it marks its own line. Marks stay in the
/// text that is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, a sentence.
    pub name: String,
    /// File names (relative to the directory) and their text, in any order. A single migration may be given as `sql`.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// For a review: the files of the directory it is compared with. Marks count in those that are gone.
    #[serde(default)]
    pub base: Option<BTreeMap<String, String>>,
    /// Shorthand for a directory of one migration `001_example.sql`.
    #[serde(default)]
    pub sql: Option<String>,
    /// Configuration for this example, as in `migralint.yaml`.
    #[serde(default)]
    pub config: Option<serde_yaml::Value>,
}

impl Example {
    /// The files, the shorthand for a single migration included.
    pub fn all_files(&self) -> impl Iterator<Item = (&str, &str)> {
        let single = self.sql.as_deref().map(|sql| ("001_example.sql", sql));
        single.into_iter().chain(self.files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    /// The base's files that are gone.
    pub fn removed_files(&self) -> impl Iterator<Item = (&str, &str)> {
        let base = self.base.iter().flatten().map(|(path, text)| (path.as_str(), text.as_str()));
        base.filter(|(path, _)| !self.files.contains_key(*path))
    }

    /// Whether anything in it is marked.
    pub fn fires(&self) -> bool {
        self.all_files().chain(self.removed_files()).any(|(_, text)| !marks(text).is_empty())
    }
}

/// The marks of a text: the 1-based line each one points at, and the lint it names.
pub fn marks(text: &str) -> Vec<(usize, &str)> {
    let mut marks = Vec::new();
    let mut marked = 1;
    for (index, line) in text.lines().enumerate() {
        match line.trim().strip_prefix("--").and_then(|comment| comment.trim_start().strip_prefix('^')) {
            Some(lint) => marks.push((marked, lint.trim())),
            None => marked = index + 1,
        }
    }
    marks
}
