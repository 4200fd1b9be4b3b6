//! A text made of parts that can be shortened one after the other until it fits.

use std::collections::BTreeSet;

/// A part of a text, in shorter and shorter forms.
pub(super) struct Part {
    /// What is missing where a shorter form is taken.
    name: &'static str,
    forms: Vec<String>,
    /// Which form is taken.
    taken: usize,
    /// Parts of a lower rank are shortened before.
    rank: usize,
}

impl Part {
    /// A part that is never shortened.
    pub(super) fn fixed(text: String) -> Self {
        Self { name: "", forms: vec![text], taken: 0, rank: 0 }
    }

    /// A part in all its forms, the longest first.
    pub(super) fn new(name: &'static str, forms: impl Into<Vec<String>>) -> Self {
        Self { name, forms: forms.into(), taken: 0, rank: 0 }
    }

    /// Shortened when all parts of a lower rank are as short as can be.
    pub(super) fn after(self, rank: usize) -> Self {
        Self { rank, ..self }
    }

    fn text(&self) -> &str {
        self.forms.get(self.taken).map_or("", String::as_str)
    }
}

/// The parts one after the other, shortened until they have no more than `limit` bytes, with a line that says what was
/// left out, and where that is to be seen.
pub(super) fn fit(mut parts: Vec<Part>, limit: usize, elsewhere: Option<&str>) -> String {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| parts.get(*index).map(|part| part.rank));
    for index in order {
        while whole(&parts, elsewhere).len() > limit {
            let Some(part) = parts.get_mut(index).filter(|part| part.taken + 1 < part.forms.len()) else { break };
            part.taken += 1;
        }
    }
    whole(&parts, elsewhere)
}

fn whole(parts: &[Part], elsewhere: Option<&str>) -> String {
    let mut text: String = parts.iter().map(Part::text).collect();
    let missing: BTreeSet<&str> = parts.iter().filter(|part| part.taken > 0).map(|part| part.name).collect();
    if !missing.is_empty() {
        let elsewhere = elsewhere.unwrap_or("`migralint review` shows everything");
        let missing = missing.into_iter().collect::<Vec<_>>().join(", ");
        text += &format!("\n**Shortened to fit:** {missing}. {elsewhere}.\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Vec<Part> {
        let long = "b".repeat(500);
        vec![
            Part::fixed("begin ".into()),
            Part::new("the bees", [long, "b".into(), String::new()]).after(2),
            Part::new("the seas", ["c".repeat(500), String::new()]).after(1),
        ]
    }

    #[test]
    fn parts_are_shortened_by_rank_and_the_text_says_which() {
        assert_eq!(fit(parts(), 2000, None).len(), 6 + 1000);
        let some = fit(parts(), 700, None);
        assert!(some.len() <= 700 && some.contains("bbb") && some.contains("Shortened to fit:** the seas."), "{some}");
        let less = fit(parts(), 200, None);
        assert!(less.starts_with("begin b\n") && less.contains("the bees, the seas"), "{less}");
    }
}
