//! A lint's options: what its card declares, overridden by what the configuration says.

use serde_yaml::Value;

use super::card::{Card, OptionCard};

/// A lint's options. Every option of the card is there, with a value of the kind its default has.
#[derive(Clone, Debug, Default)]
pub struct Options(pub serde_yaml::Mapping);

/// The kinds of values an option can have; the card's default decides which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// A whole number, not negative.
    Integer,
    /// Text.
    String,
    /// A list of texts.
    Strings,
    /// `true` or `false`.
    Boolean,
}

impl Options {
    /// The card's defaults, overridden by `configured`, whose values have the right kinds.
    pub fn of(card: &Card, configured: &serde_yaml::Mapping) -> Self {
        let mut options: serde_yaml::Mapping =
            card.options.iter().map(|option| (Value::from(option.name.as_str()), option.default.clone())).collect();
        options.extend(configured.iter().map(|(name, value)| (name.clone(), value.clone())));
        Self(options)
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> usize {
        self.0.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
    }

    /// A text.
    pub fn string(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A list of texts.
    pub fn strings(&self, name: &str) -> Vec<&str> {
        let items = self.0.get(name).and_then(Value::as_sequence);
        items.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A switch.
    pub fn boolean(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

impl OptionKind {
    /// The kind of a value, if an option can have it.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) if number.is_u64() => Some(Self::Integer),
            Value::String(_) => Some(Self::String),
            Value::Sequence(items) if items.iter().all(Value::is_string) => Some(Self::Strings),
            Value::Bool(_) => Some(Self::Boolean),
            _ => None,
        }
    }

    /// With its article, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "a whole number",
            Self::String => "a text",
            Self::Strings => "a list of texts",
            Self::Boolean => "`true` or `false`",
        }
    }
}

impl OptionCard {
    /// The kind of value it takes; `None` is a mistake in the card.
    pub fn kind(&self) -> Option<OptionKind> {
        OptionKind::of(&self.default)
    }
}
