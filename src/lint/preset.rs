//! Presets: which lints are on, and how grave they are, before anything is configured lint by lint.

use super::card::{Card, Level};
use crate::diagnostic::Severity;

/// A choice of lints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preset {
    /// Every lint as its card says.
    #[default]
    Recommended,
    /// What is recommended, each a degree graver.
    Strict,
    /// What is recommended, and what is off by default as a warning.
    All,
    /// What a migration does to a running database and its data.
    Safety,
    /// How the schema is made.
    Design,
    /// Whose rows are whose.
    Tenancy,
}

/// The presets by their names.
pub const PRESETS: [(&str, Preset); 6] = [
    ("recommended", Preset::Recommended),
    ("strict", Preset::Strict),
    ("all", Preset::All),
    ("safety", Preset::Safety),
    ("design", Preset::Design),
    ("tenancy", Preset::Tenancy),
];

/// What is needed to trust the other findings: files that do not parse, and comments that suppress. On with any preset.
const FOUNDATION: [&str; 2] = ["replay", "suppressions"];

impl Preset {
    /// As configuration and options write it.
    pub fn name(self) -> &'static str {
        PRESETS.iter().find(|(_, preset)| *preset == self).map_or("", |(name, _)| name)
    }

    /// The level it gives a lint; `found` is the severity that the check itself gave a finding, which takes the place
    /// of the card's.
    pub fn level(self, card: &Card, found: Option<Severity>) -> Level {
        let own = found.map_or(card.severity, Level::from);
        match (self, card.severity) {
            (Preset::All, Level::Off) => found.map_or(Level::Warning, Level::from),
            (_, Level::Off) => Level::Off,
            (Preset::Recommended | Preset::All, _) => own,
            (Preset::Strict, _) => graver(own),
            _ if self.groups().contains(&card.group.as_str()) || FOUNDATION.contains(&card.group.as_str()) => own,
            _ => Level::Off,
        }
    }

    /// The groups of a preset for one concern.
    pub fn groups(self) -> &'static [&'static str] {
        match self {
            Preset::Recommended | Preset::Strict | Preset::All => &[],
            Preset::Safety => &["safety", "data", "security"],
            Preset::Design => &["keys", "indexes", "checks", "types", "names"],
            Preset::Tenancy => &["tenant"],
        }
    }
}

/// The gravest level that one of the presets gives; without any, what is recommended.
pub fn level(presets: &[Preset], card: &Card, found: Option<Severity>) -> Level {
    let levels = presets.iter().map(|preset| preset.level(card, found));
    levels.max().unwrap_or_else(|| Preset::default().level(card, found))
}

fn graver(level: Level) -> Level {
    match level {
        Level::Off => Level::Off,
        Level::Info => Level::Warning,
        Level::Warning | Level::Error => Level::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(group: &str, severity: &str) -> Card {
        let text = format!("{{title: t, group: {group}, severity: {severity}, what: w, why: w, fix: f}}");
        Card::parse("lint", &text).unwrap()
    }

    #[test]
    fn each_preset_gives_its_own_levels() {
        use Level::{Error, Info, Off, Warning};
        let cards = [card("keys", "info"), card("safety", "warning"), card("tenant", "off"), card("replay", "error")];
        let cases = [
            (Preset::Recommended, [Info, Warning, Off, Error]),
            (Preset::Strict, [Warning, Error, Off, Error]),
            (Preset::All, [Info, Warning, Warning, Error]),
            (Preset::Safety, [Off, Warning, Off, Error]),
            (Preset::Design, [Info, Off, Off, Error]),
            (Preset::Tenancy, [Off, Off, Off, Error]),
        ];
        for (preset, expected) in cases {
            assert_eq!(cards.each_ref().map(|card| preset.level(card, None)), expected, "{}", preset.name());
        }
    }

    #[test]
    fn of_several_presets_the_gravest_level_holds() {
        let lint = card("keys", "info");
        assert_eq!(level(&[], &lint, None), Level::Info);
        assert_eq!(level(&[Preset::Tenancy, Preset::Design], &lint, None), Level::Info);
        assert_eq!(level(&[Preset::Design, Preset::Strict], &lint, None), Level::Warning);
        assert_eq!(level(&[Preset::Tenancy, Preset::Safety], &lint, None), Level::Off);
    }

    #[test]
    fn what_a_check_concludes_takes_the_place_of_the_cards_severity() {
        let lint = card("keys", "info");
        assert_eq!(Preset::Strict.level(&lint, Some(Severity::Warning)), Level::Error);
        assert_eq!(Preset::Tenancy.level(&lint, Some(Severity::Error)), Level::Off);
    }
}
