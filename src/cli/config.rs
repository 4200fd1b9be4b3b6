//! `migralint config`: which settings are in force, and where each comes from.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::judging::Judging;
use super::output::for_people;
use super::target::{Reading, Target, configuration, lints_of, mistaken};
use super::{Format, Status, fail};
use crate::config::{Config, FailOn, shown};
use crate::diagnostic::Diagnostic;
use crate::layout::Directory;
use crate::lint::card::{Level, OptionCard};
use crate::lint::{Card, Lint, Preset, Unapplied};
use crate::report::config::{self as report, InForce, LintSetting, PathSetting, Setting, Source};
use crate::source::{SourceMap, Span};

/// Arguments of `migralint config`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  migralint config\n  migralint config --preset strict db/migrations\n  migralint config --format json")]
pub(super) struct ConfigArguments {
    /// Directories of migrations, or a folder above them such as a repository's root [default: .]
    #[arg(value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    format: Format,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    reading: Reading,
}

/// Prints what is in force for each directory.
pub(super) fn run(arguments: &ConfigArguments, out: &mut dyn Write) -> io::Result<Status> {
    let (mut sources, mut mistakes) = (SourceMap::default(), Vec::new());
    let all = match gather(arguments, &mut sources, &mut mistakes) {
        Ok(all) => all,
        Err(message) => return Ok(fail(&message)),
    };
    match arguments.format {
        Format::Json => report::json(&all, out)?,
        Format::Terminal => {
            for (index, in_force) in all.iter().enumerate() {
                out.write_all(if index > 0 { b"\n" } else { b"" })?;
                for_people(out, |out| report::text(in_force, out))?;
            }
        }
    }
    Ok(match mistakes.first() {
        Some(mistake) => fail(&mistaken(mistake, &sources)),
        None => Status::Clean,
    })
}

fn gather(arguments: &ConfigArguments, sources: &mut SourceMap, mistakes: &mut Vec<Diagnostic>) -> Result<Vec<InForce>, String> {
    let targets = match Target::find_all(&arguments.paths, &arguments.reading, sources, mistakes, None) {
        Ok(targets) => targets.into_iter().map(|target| (Some(target.directory), target.config, target.lints)).collect(),
        Err(_) => {
            let path = arguments.paths.first().map_or(Path::new("."), PathBuf::as_path);
            let config = configuration(path, &arguments.reading, sources, mistakes)?;
            let lints = lints_of(&config, sources, mistakes);
            vec![(None, config, lints)]
        }
    };
    let mut all = Vec::new();
    for (directory, mut config, lints) in targets {
        arguments.judging.select(&mut config.settings, &lints)?;
        all.push(Gathering { arguments, config: &config, directory: directory.as_ref(), sources }.in_force(&lints));
    }
    Ok(all)
}

/// What settings are taken from.
struct Gathering<'a> {
    arguments: &'a ConfigArguments,
    config: &'a Config,
    directory: Option<&'a Directory>,
    sources: &'a SourceMap,
}

impl Gathering<'_> {
    fn in_force(&self, lints: &[Lint]) -> InForce {
        let file = self.config.file.map(|file| self.sources.path(file).to_owned());
        let mut in_force = InForce::new(self.directory.map(|directory| directory.path.clone()), file);
        in_force.settings = self.settings();
        in_force.lints = lints.iter().map(|lint| self.lint(&lint.card)).collect();
        let entries = self.config.settings.paths.iter().enumerate();
        in_force.paths = entries
            .flat_map(|(index, entry)| entry.levels.iter().map(move |level| (index, entry, level)))
            .map(|(index, entry, (lint, level))| PathSetting {
                paths: entry.paths.patterns().to_vec(),
                lint: lint.clone(),
                level: level.as_str(),
                source: self.place(&format!("paths.{index}")),
            })
            .collect();
        in_force
    }

    fn settings(&self) -> Vec<Setting> {
        let (config, settings) = (self.config, &self.config.settings);
        let tenant = &settings.tenant;
        let presets = if settings.presets.is_empty() { &[Preset::default()][..] } else { &settings.presets };
        let dialect = self.directory.map(|directory| directory.dialect).or(config.discover.dialect);
        let baseline = config.baseline_path();
        let own: Vec<&str> = config.own_lints.iter().map(|own| own.card.id.as_str()).collect();
        let since = match &settings.unapplied {
            Unapplied::Since(version) => Value::from(version.as_str()),
            _ => Value::Null,
        };
        let fail_on = match config.fail_on {
            _ if self.arguments.judging.fail_on_given().is_some() => self.arguments.judging.fail_on_given().unwrap_or_default(),
            None => "error",
            Some(FailOn::Never) => "never",
            Some(FailOn::Severity(severity)) => severity.as_str(),
        };
        let mut all = vec![
            self.layout(),
            self.setting("dialect", dialect.map(|dialect| dialect.name())),
            self.setting("down-directory", config.discover.down_directory.as_deref().map(shown)),
            self.setting("placeholders", json!(config.discover.placeholders)),
            self.setting("preset", presets.iter().map(|preset| preset.name()).collect::<Vec<_>>()),
            self.setting("fail-on", fail_on),
            self.setting("since", since),
            self.setting("baseline", baseline.is_file().then(|| shown(&baseline))),
            self.setting("own-lints", own),
            self.setting("postgresql-version", settings.postgresql_version.major()),
            self.setting("tenant.table", tenant.table.as_deref()),
            self.setting("tenant.keys", json!(tenant.keys)),
            self.setting("tenant.external-ids", json!(tenant.external_ids)),
            self.setting("tenant.global-tables", json!(tenant.global_tables)),
            self.setting("ignore", json!(config.ignore.patterns())),
        ];
        for setting in &mut all {
            let given = match setting.key.as_str() {
                "preset" if !self.arguments.judging.presets().is_empty() => "--preset",
                "fail-on" if self.arguments.judging.fail_on_given().is_some() => "--fail-on",
                _ => continue,
            };
            setting.source = Source::Option { name: given };
        }
        all
    }

    fn layout(&self) -> Setting {
        let Some(directory) = self.directory else {
            return self.setting("layout", self.config.discover.layout.map(|kind| kind.name()));
        };
        let source = match (self.arguments.reading.has_layout(), self.config.places.contains_key("layout")) {
            (true, _) => Source::Option { name: "--layout" },
            (_, true) => self.place("layout"),
            _ => Source::Recognised { by: directory.evidence.clone() },
        };
        Setting { key: "layout".to_owned(), value: directory.kind.name().into(), source }
    }

    fn setting(&self, key: &str, value: impl Into<Value>) -> Setting {
        Setting { key: key.to_owned(), value: value.into(), source: self.place(key) }
    }

    /// Where a setting stands in the file; a default where it does not.
    fn place(&self, key: &str) -> Source {
        let line = |span: &Span| (self.sources.path(span.file).to_owned(), self.sources.start(*span).line);
        self.config.places.get(key).map(line).map_or(Source::Default, |(path, line)| Source::File { path, line })
    }

    fn lint(&self, card: &Card) -> LintSetting {
        let settings = &self.config.settings;
        let (level, source) = self.level(card);
        let configured = settings.lints.get(&card.id).map(|lint| &lint.options);
        let option = |option: &OptionCard| {
            let value = configured.and_then(|options| options.get(option.name.as_str())).unwrap_or(&option.default);
            let source = self.place(&format!("lints.{}.{}", card.id, option.name));
            Setting { key: option.name.clone(), value: serde_json::to_value(value).unwrap_or_default(), source }
        };
        let options = card.options.iter().map(option).collect();
        LintSetting { lint: card.id.clone(), group: card.group.clone(), level: level.as_str(), source, options }
    }

    fn level(&self, card: &Card) -> (Level, Source) {
        let settings = &self.config.settings;
        let held = |names: &std::collections::BTreeSet<String>| names.contains(&card.id) || names.contains(&card.group);
        let level = settings.level(card);
        if held(&settings.skip) {
            return (Level::Off, Source::Option { name: "--skip" });
        }
        match &settings.only {
            Some(only) if !held(only) => return (Level::Off, Source::Option { name: "--only" }),
            _ => {}
        }
        match settings.lints.get(&card.id).and_then(|lint| lint.level) {
            Some(configured) if configured == level => (level, self.place(&format!("lints.{}", card.id))),
            Some(_) => (level, Source::Option { name: "--only" }),
            None if !settings.presets.is_empty() => {
                let names: Vec<&str> = settings.presets.iter().map(|preset| preset.name()).collect();
                (level, Source::Preset { name: names.join(", ") })
            }
            None => (level, Source::Default),
        }
    }
}
