//! SQL in one canonical spelling, worked out when it is first asked for: most of it never is.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A text that says the same for everything written to the same effect.
#[derive(Clone)]
pub struct Canonical(Arc<Spelling>);

/// What makes a written text canonical.
type Spell = fn(&str) -> String;

struct Spelling {
    /// As it is written, where it is not canonical yet.
    written: Option<(Box<str>, Spell)>,
    canonical: OnceLock<Box<str>>,
}

impl Canonical {
    /// What `spell` makes of the written text.
    pub fn of(written: &str, spell: Spell) -> Self {
        Self(Arc::new(Spelling { written: Some((written.into(), spell)), canonical: OnceLock::new() }))
    }

    /// Whether the text held a character before it was spelled.
    pub fn is_written_with(&self, character: char) -> bool {
        self.0.written.as_ref().map_or(&**self, |(written, _)| written).contains(character)
    }
}

impl From<String> for Canonical {
    /// A text that is canonical already.
    fn from(text: String) -> Self {
        Self(Arc::new(Spelling { written: None, canonical: OnceLock::from(text.into_boxed_str()) }))
    }
}

impl Deref for Canonical {
    type Target = str;

    fn deref(&self) -> &str {
        let spelled = || self.0.written.as_ref().map(|(written, spell)| spell(written)).unwrap_or_default();
        self.0.canonical.get_or_init(|| spelled().into_boxed_str())
    }
}

impl PartialEq for Canonical {
    fn eq(&self, other: &Self) -> bool {
        let written = |text: &Self| text.0.written.as_ref().map(|(written, _)| written.clone());
        Arc::ptr_eq(&self.0, &other.0) || written(self).is_some_and(|text| written(other) == Some(text)) || **self == **other
    }
}

impl Eq for Canonical {}

impl fmt::Display for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_when_their_canonical_spelling_is() {
        let lower: fn(&str) -> String = str::to_lowercase;
        let (one, other) = (Canonical::of("SELECT 1", lower), Canonical::of("select 1", lower));
        assert_eq!(one, other);
        assert_eq!(one, Canonical::from("select 1".to_owned()));
        assert_ne!(one, Canonical::of("select 2", lower));
        assert_eq!(one.to_string(), "select 1");
    }
}
