//! Two states of one directory beside each other: which migrations a branch adds, edits, renames and removes.

use std::collections::{HashMap, HashSet};

use super::{History, Migration};
use crate::source::{SourceMap, Span};
use crate::sql::split;

/// What became of a directory's migrations between a base and a head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// For each migration of the head, where it comes from.
    pub origins: Vec<Origin>,
    /// Indices of the base's migrations that the head has no more under any name.
    pub gone: Vec<usize>,
}

/// Where a migration of the head comes from; the numbers are indices of the base's migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The base has no such migration.
    New,
    /// It is as it was.
    Same(usize),
    /// Comments and blanks are not as they were.
    Reworded(usize),
    /// Its statements are not as they were.
    Edited(usize),
    /// The base has the same under another name.
    Renamed(usize),
}

impl Comparison {
    /// Compares by file name within the directory; what is left over, by content.
    pub fn between(base: &History, head: &History, sources: &SourceMap) -> Self {
        let known = keys(base, sources);
        let mut kept: HashSet<usize> = HashSet::new();
        let by_key: HashMap<&Key, usize> = known.iter().enumerate().map(|(index, key)| (key, index)).collect();
        let mut origins: Vec<Origin> = Vec::with_capacity(head.migrations.len());
        for (migration, key) in head.migrations.iter().zip(keys(head, sources)) {
            let found = by_key.get(&key).and_then(|index| Some((*index, base.migrations.get(*index)?)));
            origins.push(found.map_or(Origin::New, |(index, former)| edit(index, former, migration, sources)));
            kept.extend(found.map(|(index, _)| index));
        }
        let mut gone: Vec<usize> = (0..base.migrations.len()).filter(|index| !kept.contains(index)).collect();
        find_renames(base, head, &mut origins, &mut gone, sources);
        Self { origins, gone }
    }

    /// Indices of the migrations the base does not have.
    pub fn new_migrations(&self) -> impl Iterator<Item = usize> {
        self.origins.iter().enumerate().filter(|(_, origin)| **origin == Origin::New).map(|(index, _)| index)
    }

    /// Whether the base does not have the head's migration of this index.
    pub fn is_new(&self, index: usize) -> bool {
        self.origins.get(index) == Some(&Origin::New)
    }

    /// Whether nothing was added, edited, renamed or removed.
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.origins.iter().all(|origin| matches!(origin, Origin::Same(_)))
    }
}

/// A file within the directory, and which of the migrations in that file.
type Key = (String, usize);

fn keys(history: &History, sources: &SourceMap) -> Vec<Key> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let key = |migration: &Migration| {
        let name = history.directory.title(sources, migration.file.up).to_owned();
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        (name, *count)
    };
    history.migrations.iter().map(key).collect()
}

fn edit(index: usize, former: &Migration, migration: &Migration, sources: &SourceMap) -> Origin {
    let (before, after) = (sources.text(former.file.up.span), sources.text(migration.file.up.span));
    if before == after || before.lines().eq(after.lines()) {
        Origin::Same(index)
    } else if words(before).eq(words(after)) {
        Origin::Reworded(index)
    } else {
        Origin::Edited(index)
    }
}

/// A text's tokens, comments and blanks left out.
fn words(text: &str) -> impl Iterator<Item = &str> {
    split::tokens(text, 0..text.len()).map(move |token| token.text(text))
}

/// The first token of `now` that differs from the one in the same place of `before`; the last one where only the end
/// is missing.
pub fn first_difference(before: Span, now: Span, sources: &SourceMap) -> Option<Span> {
    let (old, new) = (sources.text(before), sources.text(now));
    let mut old_words = words(old);
    let mut last = None;
    for token in split::tokens(new, 0..new.len()) {
        let start = now.start as usize;
        last = Some(Span::new(now.file, start + token.range.start..start + token.range.end));
        if old_words.next() != Some(token.text(new)) {
            break;
        }
    }
    last
}

/// Migrations that are gone under their name and there under another, with the same statements or description.
fn find_renames(base: &History, head: &History, origins: &mut [Origin], gone: &mut Vec<usize>, sources: &SourceMap) {
    let text = |migration: &Migration| {
        let words: Vec<&str> = words(sources.text(migration.file.up.span)).collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    let description = |migration: &Migration| Some(migration.file.name.clone()).filter(|name| !name.is_empty());
    for identity in [&text as &dyn Fn(&Migration) -> Option<String>, &description] {
        if gone.is_empty() {
            return;
        }
        let mut new: HashMap<String, Vec<usize>> = HashMap::new();
        // The first is taken first.
        for (index, migration) in head.migrations.iter().enumerate().rev().filter(|(index, _)| origins.get(*index) == Some(&Origin::New)) {
            if let Some(identity) = identity(migration) {
                new.entry(identity).or_default().push(index);
            }
        }
        gone.retain(|index| {
            let identity = base.migrations.get(*index).and_then(identity);
            let found = identity.and_then(|identity| new.get_mut(&identity)?.pop());
            let origin = found.and_then(|found| origins.get_mut(found));
            origin.map(|origin| *origin = Origin::Renamed(*index)).is_none()
        });
    }
}
