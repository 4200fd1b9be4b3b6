//! What makes a run fail, and which lints take part in it: what every command that reports findings is told.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::Status;
use crate::config;
use crate::diagnostic::Severity;
use crate::lint::preset::PRESETS;
use crate::lint::{Lint, Preset, Settings};
use crate::nearest::did_you_mean;
use crate::report::Report;

/// The lint about what does not parse.
const UNREAD: &str = "syntax-error";

/// What the user says about how findings are to be judged.
#[derive(Clone, Debug, Args)]
pub(super) struct Judging {
    /// The least severity that makes the exit status 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// Which lints are on, instead of the configuration's `preset`; of several, each lint's gravest level holds
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = preset_parser())]
    preset: Vec<Preset>,
    /// Run these lints or groups of lints only; a lint named runs whatever the configuration says
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    only: Vec<String>,
    /// Do not run these lints or groups of lints
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    skip: Vec<String>,
}

impl Judging {
    /// The lints of a configuration, as far as they were asked for.
    ///
    /// # Errors
    /// A message that names the nearest lint to one that does not exist.
    pub(super) fn select(&self, settings: &mut Settings, lints: &[Lint]) -> Result<(), String> {
        let is_group = |name: &String| lints.iter().any(|lint| lint.card.group == *name);
        self.only.iter().chain(&self.skip).filter(|id| !is_group(id)).try_for_each(|id| find_lint(id, lints).map(|_| ()))?;
        // Whether everything could be read is no matter of choice: the exit status says so.
        let always = || std::iter::once(UNREAD.to_owned());
        settings.only = (!self.only.is_empty()).then(|| self.only.iter().cloned().chain(always()).collect());
        settings.skip.extend(self.skip.iter().cloned());
        if !self.preset.is_empty() {
            settings.presets = self.preset.clone();
        }
        Ok(())
    }

    /// The presets that take the place of the configuration's.
    pub(super) fn presets(&self) -> &[Preset] {
        &self.preset
    }

    /// The least severity that matters, where it was given.
    pub(super) fn fail_on_given(&self) -> Option<&'static str> {
        self.fail_on.map(|fail_on| match fail_on {
            FailOn::Info => "info",
            FailOn::Warning => "warning",
            FailOn::Error => "error",
            FailOn::Never => "never",
        })
    }

    /// From which severity on a run fails: the strictest of the directories' own thresholds holds, unless the command
    /// line says otherwise.
    pub(super) fn fail_on(&self, configured: impl Iterator<Item = config::FailOn>) -> FailOn {
        self.fail_on.or(configured.map(FailOn::from).min()).unwrap_or(FailOn::Error)
    }
}

/// From which severity on findings make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum FailOn {
    Info,
    Warning,
    Error,
    Never,
}

impl FailOn {
    /// How a run ends. A mistake in the configuration, a file that does not parse and a directory in which no file
    /// counts mean that the job was not wholly done, whatever severity they were given.
    pub(super) fn status(self, report: &Report) -> Status {
        if report.directories.iter().any(|directory| directory.migrations == 0) {
            return Status::Failed;
        }
        self.status_of(report.diagnostics.iter().map(|diagnostic| (diagnostic.lint.as_str(), diagnostic.severity)))
    }

    /// How a run ends that found these.
    pub(super) fn status_of<'a>(self, mut found: impl Iterator<Item = (&'a str, Severity)> + Clone) -> Status {
        if found.clone().any(|(lint, _)| [config::LINT, UNREAD].contains(&lint)) {
            return Status::Failed;
        }
        if found.any(|(_, severity)| FailOn::from(severity) >= self) { Status::Findings } else { Status::Clean }
    }
}

impl From<config::FailOn> for FailOn {
    fn from(fail_on: config::FailOn) -> Self {
        match fail_on {
            config::FailOn::Severity(severity) => severity.into(),
            config::FailOn::Never => FailOn::Never,
        }
    }
}

impl From<Severity> for FailOn {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => FailOn::Info,
            Severity::Warning => FailOn::Warning,
            Severity::Error => FailOn::Error,
        }
    }
}

fn preset_parser() -> impl TypedValueParser<Value = Preset> {
    let preset = |name: String| PRESETS.iter().find(|(known, _)| *known == name).map(|(_, preset)| *preset).unwrap_or_default();
    PossibleValuesParser::new(PRESETS.map(|(name, _)| name)).map(preset)
}

/// The lint of this id; otherwise a message that names the nearest.
pub(super) fn find_lint<'a>(id: &str, lints: &'a [Lint]) -> Result<&'a Lint, String> {
    let ids = lints.iter().map(|lint| lint.card.id.as_str());
    lints.iter().find(|lint| lint.card.id == id).ok_or_else(|| {
        let hint = did_you_mean(id, ids).unwrap_or_else(|| "`migralint lints` lists them".to_owned());
        format!("there is no lint `{id}`; {hint}")
    })
}
