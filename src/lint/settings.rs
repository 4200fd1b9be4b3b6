//! What a run is told from outside: levels, options, and facts about the project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::baseline::Baseline;
use super::card::Level;
use super::paths::PathSet;
use super::preset::{self, Preset};
use super::{Card, Rollbacks, TenantSettings, Unapplied};
use crate::diagnostic::Severity;
use crate::locks::ServerVersion;

/// What a run is told from outside. The default runs every lint as its card says.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What lints are where nothing else is configured for them; none means the default preset.
    pub presets: Vec<Preset>,
    /// Levels and options by lint id.
    pub lints: BTreeMap<String, LintSettings>,
    /// Levels for some files only; later ones win.
    pub paths: Vec<PathSettings>,
    /// What is known about tenants.
    pub tenant: TenantSettings,
    /// Which rollbacks are run.
    pub rollbacks: Rollbacks,
    /// Which migrations are yet to run.
    pub unapplied: Unapplied,
    /// The folder of the configuration, which paths in fingerprints and baselines are relative to.
    pub root: PathBuf,
    /// Findings that are not shown again.
    pub baseline: Option<Arc<Baseline>>,
    /// The oldest server they are to run on.
    pub postgresql_version: ServerVersion,
    /// Nothing but these lints and groups runs.
    pub only: Option<BTreeSet<String>>,
    /// These lints and groups do not run.
    pub skip: BTreeSet<String>,
}

/// What is configured for one lint.
#[derive(Clone, Debug, Default)]
pub struct LintSettings {
    /// Its level, where configured.
    pub level: Option<Level>,
    /// Its options, where configured; their kinds are those of the card.
    pub options: serde_yaml::Mapping,
}

/// Levels for the files that a pattern matches.
#[derive(Clone, Debug)]
pub struct PathSettings {
    /// Which files.
    pub paths: PathSet,
    /// Levels by lint id.
    pub levels: BTreeMap<String, Level>,
}

impl Settings {
    /// Settings that run these lints and no other.
    pub fn only(ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { only: Some(ids.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// Whether some file may get findings of the lint.
    pub fn may_report(&self, card: &Card) -> bool {
        let on = |level: &Level| *level != Level::Off;
        self.selected(card) && (on(&self.level(card)) || self.paths.iter().filter_map(|paths| paths.levels.get(&card.id)).any(on))
    }

    /// The level configured for the lint in this file; `None` leaves it to the presets, the card and the finding.
    pub fn configured_level(&self, card: &Card, path: &str) -> Option<Level> {
        let here = |paths: &&PathSettings| paths.levels.contains_key(&card.id) && paths.paths.contains(path);
        let by_path = self.paths.iter().rev().find(here).and_then(|paths| paths.levels.get(&card.id));
        by_path.copied().or_else(|| self.lints.get(&card.id)?.level).filter(|level| self.accepts(card, *level))
    }

    /// The lint's level, paths apart.
    pub fn level(&self, card: &Card) -> Level {
        let configured = self.lints.get(&card.id).and_then(|lint| lint.level);
        configured.filter(|level| self.accepts(card, *level)).unwrap_or_else(|| self.default_level(card, None))
    }

    /// The level of a finding that the check gave this severity, where none is configured for its lint.
    pub fn default_level(&self, card: &Card, found: Option<Severity>) -> Level {
        let own = found.map_or(card.severity, Level::from);
        let levels = [preset::level(&self.presets, card, found), own];
        levels.into_iter().find(|level| self.accepts(card, *level)).unwrap_or(Level::Warning)
    }

    /// Who asks for a lint by name wants to see it, also where it is off.
    fn accepts(&self, card: &Card, level: Level) -> bool {
        level != Level::Off || !self.only.as_ref().is_some_and(|only| only.contains(&card.id))
    }

    fn selected(&self, card: &Card) -> bool {
        let holds = |set: &BTreeSet<String>| set.contains(&card.id) || set.contains(&card.group);
        self.only.as_ref().is_none_or(holds) && !holds(&self.skip)
    }
}
