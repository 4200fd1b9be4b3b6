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
    source: Source,
    canonical: OnceLock<Box<str>>,
}

/// What a canonical text is worked out from.
enum Source {
    /// Nothing: it is there already.
    Spelled,
    /// A written text that is not canonical yet.
    Written(Box<str>, Spell),
    /// Another canonical text.
    Edited(Canonical, Box<Edit>),
}

type Edit = dyn Fn(&str) -> String + Send + Sync;

/// More edits than this are not put off: working them out, and forgetting them, goes from one to the next.
const MAX_EDITS: usize = 32;

impl Canonical {
    /// What `spell` makes of the written text.
    pub fn of(written: &str, spell: Spell) -> Self {
        Self::from_source(Source::Written(written.into(), spell))
    }

    /// What `edit` makes of the canonical text.
    pub fn edited(&self, edit: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        if self.edits() >= MAX_EDITS {
            return edit(self).into();
        }
        Self::from_source(Source::Edited(self.clone(), Box::new(edit)))
    }

    /// How many edits it is away from a text that was written or spelled.
    fn edits(&self) -> usize {
        let mut text = self;
        let before = std::iter::from_fn(|| {
            let Source::Edited(before, _) = &text.0.source else { return None };
            text = before;
            Some(())
        });
        before.count()
    }

    fn from_source(source: Source) -> Self {
        Self(Arc::new(Spelling { source, canonical: OnceLock::new() }))
    }

    /// Whether the text held a character before it was spelled.
    pub fn is_written_with(&self, character: char) -> bool {
        self.written().unwrap_or_else(|| self).contains(character)
    }

    fn written(&self) -> Option<&str> {
        if let Source::Written(written, _) = &self.0.source { Some(written) } else { None }
    }
}

impl From<String> for Canonical {
    /// A text that is canonical already.
    fn from(text: String) -> Self {
        Self(Arc::new(Spelling { source: Source::Spelled, canonical: OnceLock::from(text.into_boxed_str()) }))
    }
}

impl Deref for Canonical {
    type Target = str;

    fn deref(&self) -> &str {
        let spelled = || match &self.0.source {
            Source::Spelled => String::new(),
            Source::Written(written, spell) => spell(written),
            Source::Edited(text, edit) => edit(text),
        };
        self.0.canonical.get_or_init(|| spelled().into_boxed_str())
    }
}

impl PartialEq for Canonical {
    fn eq(&self, other: &Self) -> bool {
        let same_writing = || self.written().is_some_and(|text| other.written() == Some(text));
        Arc::ptr_eq(&self.0, &other.0) || same_writing() || **self == **other
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

    #[test]
    fn a_look_at_the_written_text_spells_nothing() {
        let text = Canonical::of("SELECT *", |_| unreachable!("nobody asked for the spelling"));
        assert!(text.is_written_with('*'));
        assert!(!text.is_written_with('$'));
    }

    #[test]
    fn an_edit_is_made_of_the_canonical_text() {
        let lower: fn(&str) -> String = str::to_lowercase;
        let edited = Canonical::of("SELECT 1", lower).edited(|text| text.replace("select", "TABLE"));
        assert_eq!(&*edited, "TABLE 1");
        assert_ne!(edited, Canonical::of("SELECT 1", lower));
    }

    #[test]
    fn any_number_of_edits_can_be_made() {
        let text = (0..99_999).fold(Canonical::from(String::new()), |text, _| text.edited(|text| text.get(1..).unwrap_or("ab").to_owned()));
        assert_eq!(&*text, "");
    }
}
