//! Puts migrations in order and gives each the script that undoes it.

use std::collections::{HashMap, HashSet};

use super::tree::{Arrangement, Tree};
use super::{Kind, MigrationFile, Version, name};
use crate::source::FileId;
use crate::sql::split;

/// A script that undoes a migration.
pub(super) struct Down {
    /// The file.
    pub file: FileId,
    /// The version it names; scripts in a folder of downs may have none.
    pub version: Option<Version>,
    /// The description it names; empty where it is the number alone.
    pub name: String,
}

/// Sorts migrations by version, then by name, repeatable ones last.
pub(super) fn sort(migrations: &mut [MigrationFile], kind: Kind) {
    migrations.sort_by(|left, right| match (&left.version, &right.version) {
        (Some(one), Some(other)) => one.compare(other, kind.order()).then_with(|| left.name.cmp(&right.name)),
        (one, other) => one.is_none().cmp(&other.is_none()).then_with(|| left.name.cmp(&right.name)),
    });
}

/// Gives each down to the migration of its number and name, else of its number, else reports it as an orphan.
pub(super) fn pair(arrangement: &mut Arrangement, tree: &Tree, downs: Vec<Down>) {
    let foreign: HashSet<Vec<u128>> = arrangement
        .foreign
        .iter()
        .filter_map(|path| name::numbered(super::tree::base_name(path)))
        .map(|named| named.version.parts)
        .collect();
    let mut by_version: HashMap<Vec<u128>, Vec<usize>> = HashMap::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for (index, migration) in arrangement.migrations.iter().enumerate() {
        by_name.insert(migration.name.clone(), index);
        if let Some(version) = &migration.version {
            by_version.entry(version.parts.clone()).or_default().push(index);
        }
    }
    for down in downs {
        let part = tree.whole(down.file);
        let candidates = match &down.version {
            Some(version) => by_version.get(&version.parts).cloned().unwrap_or_default(),
            None => by_name.get(&down.name).copied().into_iter().collect(),
        };
        if let Some(index) = choose(&arrangement.migrations, &candidates, &down.name) {
            arrangement.migrations[index].down = Some(part);
        } else if candidates.is_empty() && down.version.as_ref().is_some_and(|version| !foreign.contains(&version.parts)) {
            arrangement.orphans.push(part);
        } else {
            arrangement.companions.push(part);
        }
    }
}

fn choose(migrations: &[MigrationFile], candidates: &[usize], name: &str) -> Option<usize> {
    let free = || candidates.iter().copied().filter(|index| migrations.get(*index).is_some_and(|migration| migration.down.is_none()));
    free().find(|index| migrations[*index].name == name).or_else(|| free().next())
}

/// Whether a text has several statements, which PostgreSQL runs as one transaction when they are sent at once.
pub(super) fn several_statements(text: &str) -> bool {
    split::holds_several(text)
}
