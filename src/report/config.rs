//! `migralint config`: every setting with its value and where that comes from.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::escape::line;

/// Version of the format; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// What is in force for a directory.
#[derive(Debug, Serialize)]
pub struct InForce {
    schema_version: u32,
    /// The directory, where there is one.
    pub directory: Option<String>,
    /// The configuration's file, where there is one.
    pub file: Option<String>,
    /// What is set for the whole directory.
    pub settings: Vec<Setting>,
    /// Every lint.
    pub lints: Vec<LintSetting>,
    /// Levels for some files only; later ones win.
    pub paths: Vec<PathSetting>,
}

/// One setting.
#[derive(Debug, Serialize)]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Its value; null where there is none.
    pub value: Value,
    /// Where that comes from.
    pub source: Source,
}

/// The level and the options of a lint.
#[derive(Debug, Serialize)]
pub struct LintSetting {
    /// Its id.
    pub lint: String,
    /// Its group.
    pub group: String,
    /// `off`, `info`, `warning` or `error`.
    pub level: &'static str,
    /// Where that comes from.
    pub source: Source,
    /// Its options.
    pub options: Vec<Setting>,
}

/// The level of a lint for some files.
#[derive(Debug, Serialize)]
pub struct PathSetting {
    /// Which files.
    pub paths: Vec<String>,
    /// The lint.
    pub lint: String,
    /// Its level there.
    pub level: &'static str,
    /// Where that is written.
    pub source: Source,
}

/// Where a value comes from.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// It was found out, in these words.
    Recognised {
        /// By what.
        by: String,
    },
    /// The configuration's file.
    File {
        /// The file.
        path: String,
        /// The line in it.
        line: usize,
    },
    /// An option of the command.
    Option {
        /// The option.
        name: &'static str,
    },
    /// A preset.
    Preset {
        /// The presets' names.
        name: String,
    },
}

impl InForce {
    /// Nothing yet.
    pub fn new(directory: Option<String>, file: Option<String>) -> Self {
        Self { schema_version: SCHEMA_VERSION, directory, file, settings: Vec::new(), lints: Vec::new(), paths: Vec::new() }
    }
}

/// As one JSON document.
///
/// # Errors
/// Those of `out`.
pub fn json(all: &[InForce], out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, all)?;
    writeln!(out)
}

/// For people.
///
/// # Errors
/// Those of `out`.
pub fn text(in_force: &InForce, out: &mut dyn Write) -> io::Result<()> {
    let directory = in_force.directory.as_deref().unwrap_or("no migrations");
    let file = in_force.file.as_deref().map_or_else(|| "no configuration file".to_owned(), |file| format!("configured by {file}"));
    writeln!(out, "{}: {}\n", line(directory), line(&file))?;
    table(in_force.settings.iter().map(|setting| [setting.key.clone(), word(&setting.value), setting.source.word()]), out)?;
    writeln!(out, "\nlints")?;
    for lint in &in_force.lints {
        writeln!(out, "  {:34} {:8} {}", lint.lint, lint.level, line(&lint.source.word()))?;
        for option in lint.options.iter().filter(|option| !matches!(option.source, Source::Default)) {
            writeln!(out, "    {}: {} {}", option.key, line(&word(&option.value)), line(&option.source.word()))?;
        }
    }
    if !in_force.paths.is_empty() {
        writeln!(out, "\npaths")?;
    }
    table(in_force.paths.iter().map(|path| [path.paths.join(", "), format!("{}: {}", path.lint, path.level), path.source.word()]), out)
}

fn table(rows: impl Iterator<Item = [String; 3]>, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 3]> = rows.collect();
    let width = |index: usize| rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1).min(40));
    rows.iter().try_for_each(|[key, value, source]| writeln!(out, "  {}", line(&format!("{key:first$}  {value:second$}  {source}"))))
}

/// A value on one line.
fn word(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(word).collect::<Vec<_>>().join(", ")),
        value => value.to_string(),
    }
}

impl Source {
    fn word(&self) -> String {
        match self {
            Source::Default => "default".to_owned(),
            Source::Recognised { by } => format!("recognised: {by}"),
            Source::File { path, line } => format!("{path}:{line}"),
            Source::Option { name } => (*name).to_owned(),
            Source::Preset { name } => format!("preset {name}"),
        }
    }
}
