//! Values of the common kinds, each with what is said where it is of another: for every file that users write.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use serde_yaml::Value;

use super::mistake;
use super::yaml::{self, Node, NodeKind};
use crate::diagnostic::Diagnostic;
use crate::lint::{Card, fingerprint};
use crate::nearest::did_you_mean;
use crate::source::{SourceMap, Span};

/// Reads values and notes mistakes on the way.
#[derive(Default)]
pub(super) struct Reader<'a> {
    /// What paths are relative to.
    pub(super) folder: PathBuf,
    /// The cards of all lints there are.
    pub(super) cards: Vec<&'a Card>,
    /// Where settings stand, by their keys.
    pub(super) places: BTreeMap<String, Span>,
    /// What is wrong so far.
    pub(super) mistakes: Vec<Diagnostic>,
}

/// What a name in a mapping of lints stands for.
pub(super) enum Named<'a> {
    /// The lints of a group.
    Group(Vec<&'a Card>),
    /// A lint.
    Lint(&'a Card),
}

impl Reader<'_> {
    /// Everything that is wrong.
    pub(super) fn mistakes(mut self, sources: &SourceMap) -> Vec<Diagnostic> {
        fingerprint::assign(&mut self.mistakes, &fingerprint::Statements::default(), sources, &self.folder.to_string_lossy());
        self.mistakes
    }

    /// Remembers where a setting stands.
    pub(super) fn note(&mut self, key: impl Into<String>, span: Span) {
        self.places.insert(key.into(), span);
    }
}

impl<'a> Reader<'a> {
    /// The entries of a mapping whose keys are known.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, place: &str, known: &[&str]) -> Vec<(&'n str, &'n Node)> {
        let mut entries = self.distinct(node, place);
        entries.retain(|(key, _)| {
            let is_known = known.contains(&key.name.as_str());
            if !is_known {
                self.mistake(key.span, format!("there is no `{}` in {place}", key.name), did_you_mean(&key.name, known.iter().copied()));
            }
            is_known
        });
        entries.into_iter().map(|(key, node)| (key.name.as_str(), node)).collect()
    }

    /// The entries of a mapping whose keys are lints or groups of lints. Groups come first: what is said of a lint by its
    /// own name takes the place of what is said of its group.
    pub(super) fn lint_entries<'n>(&mut self, node: &'n Node) -> Vec<(Named<'a>, &'n Node)> {
        let mut entries = Vec::new();
        for (key, value) in self.distinct(node, "`lints`") {
            match self.named(&key.name) {
                Some(named) => entries.push((named, value)),
                None => {
                    let known = self.cards.iter().flat_map(|card| [card.id.as_str(), card.group.as_str()]);
                    let help = did_you_mean(&key.name, known);
                    self.mistake(key.span, format!("there is no lint `{}`", key.name), help);
                }
            }
        }
        entries.sort_by_key(|(named, _)| matches!(named, Named::Lint(_)));
        entries
    }

    fn named(&self, name: &str) -> Option<Named<'a>> {
        if let Some(card) = self.cards.iter().find(|card| card.id == name) {
            return Some(Named::Lint(card));
        }
        let group: Vec<&Card> = self.cards.iter().copied().filter(|card| card.group == name).collect();
        (!group.is_empty()).then_some(Named::Group(group))
    }

    /// The entries of a mapping, each key once. Nothing at all is an empty mapping.
    pub(super) fn distinct<'n>(&mut self, node: &'n Node, place: &str) -> Vec<(&'n yaml::Key, &'n Node)> {
        let mut seen = HashSet::new();
        let mut distinct = Vec::new();
        match &node.kind {
            NodeKind::Mapping(entries) => {
                for (key, value) in entries {
                    if seen.insert(&key.name) {
                        distinct.push((key, value));
                    } else {
                        self.mistake(key.span, format!("`{}` stands twice in {place}, and only the first counts", key.name), None);
                    }
                }
            }
            NodeKind::Scalar(Value::Null) => {}
            _ => self.mistake(node.span, format!("{place} is a mapping of keys to values, not {}", node.describe()), None),
        }
        distinct
    }

    pub(super) fn items<'n>(&mut self, key: &str, node: &'n Node) -> &'n [Node] {
        match &node.kind {
            NodeKind::Sequence(items) => items,
            _ => {
                self.wrong_kind(key, "a list", node);
                &[]
            }
        }
    }

    /// The items of a list; a text alone is a list of one.
    pub(super) fn one_or_several<'n>(&mut self, key: &str, node: &'n Node) -> &'n [Node] {
        if node.as_str().is_some() { std::slice::from_ref(node) } else { self.items(key, node) }
    }

    pub(super) fn string(&mut self, key: &str, node: &Node) -> Option<String> {
        if node.as_str().is_none() {
            self.wrong_kind(key, "a text", node);
        }
        node.as_str().map(str::to_owned)
    }

    pub(super) fn strings(&mut self, key: &str, node: &Node) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.items(key, node) {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.mistake(item.span, format!("`{key}` holds texts, not {}", item.describe()), None),
            }
        }
        texts
    }

    pub(super) fn choice<T: Copy>(&mut self, key: &str, node: &Node, choices: &[(&str, T)]) -> Option<T> {
        let written = node.as_str().unwrap_or_default();
        let found = choices.iter().find(|(name, _)| *name == written);
        if found.is_none() {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
            let help = did_you_mean(written, choices.iter().map(|(name, _)| *name));
            self.mistake(node.span, format!("`{key}` is {}, not {}", or(&names), node.describe()), help);
        }
        found.map(|(_, value)| *value)
    }

    pub(super) fn wrong_kind(&mut self, key: &str, expected: &str, node: &Node) {
        self.mistake(node.span, format!("`{key}` is {expected}, not {}", node.describe()), None);
    }

    pub(super) fn mistake(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.mistakes.push(Diagnostic { help, ..mistake(span, message) });
    }
}

/// `a, b or c`.
fn or(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    }
}
