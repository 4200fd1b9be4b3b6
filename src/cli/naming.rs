//! Names of objects as people type them: with or without schema and quotes, in any case.

use crate::nearest::did_you_mean;
use crate::schema::{Name, QualifiedName};

/// A dotted name from the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    text: String,
    quoted: bool,
}

impl Written {
    /// Reads `table`, `schema.table`, `"Table"`, `table.column` …
    ///
    /// # Errors
    /// A message: a quote is not closed, or there is nothing between two dots.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = vec![Part { text: String::new(), quoted: false }];
        let mut in_quotes = false;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let Some(part) = parts.last_mut() else { break };
            match character {
                '"' if in_quotes && characters.peek() == Some(&'"') => {
                    characters.next();
                    part.text.push('"');
                }
                '"' => {
                    in_quotes = !in_quotes;
                    part.quoted = true;
                }
                '.' if !in_quotes => parts.push(Part { text: String::new(), quoted: false }),
                _ => part.text.push(character),
            }
        }
        match in_quotes || parts.iter().any(|part| part.text.is_empty()) {
            true => Err(format!("`{text}` is not a name: write `table`, `schema.table` or `\"Table\"`")),
            false => Ok(Self { parts }),
        }
    }

    /// This name without its last part, and that part.
    pub(super) fn split(&self) -> Option<(Written, Written)> {
        let (last, rest) = self.parts.split_last().filter(|(_, rest)| !rest.is_empty())?;
        Some((Self { parts: rest.to_vec() }, Self { parts: vec![last.clone()] }))
    }

    /// The text of its last part, without quotes.
    pub(super) fn last(&self) -> &str {
        self.parts.last().map_or("", |part| part.text.as_str())
    }

    /// Those of the known relations that are meant: those that are spelled so, otherwise those that are but for case.
    pub(super) fn relations(&self, known: &[QualifiedName]) -> Vec<QualifiedName> {
        match &self.parts[..] {
            [name] => best(known, |known| name.likeness(&known.name)),
            [schema, name] => best(known, |known| Some(schema.likeness(&known.schema)?.min(name.likeness(&known.name)?))),
            _ => Vec::new(),
        }
    }

    /// Those of the known names that are meant.
    pub(super) fn names(&self, known: &[Name]) -> Vec<Name> {
        match &self.parts[..] {
            [name] => best(known, |known| name.likeness(known)),
            _ => Vec::new(),
        }
    }
}

impl Part {
    /// 2: spelled so; 1: but for case, which only quotes make count.
    fn likeness(&self, name: &Name) -> Option<u8> {
        if self.text == name.as_str() {
            return Some(2);
        }
        (!self.quoted && self.text.to_lowercase() == name.to_lowercase()).then_some(1)
    }
}

fn best<T: Clone>(known: &[T], likeness: impl Fn(&T) -> Option<u8>) -> Vec<T> {
    let best = known.iter().filter_map(&likeness).max();
    known.iter().filter(|known| likeness(known).is_some_and(|one| Some(one) == best)).cloned().collect()
}

/// Says that there is nothing of a name, and what is nearest.
pub(super) fn unknown<'a>(what: &str, written: &str, known: impl Iterator<Item = &'a QualifiedName>) -> String {
    let names: Vec<String> = known.flat_map(|name| [name.name.to_string(), name.to_string()]).collect();
    let hint = did_you_mean(&written.replace('"', ""), names.iter().map(String::as_str));
    hint.map_or_else(|| format!("there is no {what} `{written}`"), |hint| format!("there is no {what} `{written}`; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(written: &str) -> Vec<String> {
        let known = [("public", "users"), ("public", "Users"), ("app", "users"), ("app", "odd.name"), ("public", "Orders")];
        let known = known.map(|(schema, name)| QualifiedName::new(schema, name));
        Written::parse(written).map(|written| written.relations(&known)).unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_name_means_what_is_spelled_so_and_else_what_is_but_for_case() {
        for (written, expected) in [
            ("users", &["public.users", "app.users"][..]),
            ("USERS", &["public.users", "public.Users", "app.users"]),
            ("Users", &["public.Users"]),
            ("orders", &["public.Orders"]),
            ("\"orders\"", &[]),
            ("APP.Users", &["app.users"]),
            ("app.\"odd.name\"", &["app.odd.name"]),
            ("app.odd.name", &[]),
            ("a..b", &[]),
            ("\"a", &[]),
        ] {
            assert_eq!(found(written), expected, "{written}");
        }
    }
}
