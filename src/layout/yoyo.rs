//! yoyo: every SQL file, in the order of the names but behind what it says it depends on; `name.rollback.sql` goes back.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::detect::counted;
use super::facts::{Facts, WayBack};
use super::pairing::{self, Down};
use super::tree::{Arrangement, Item, Tree};
use super::{MigrationFile, Version, VersionOrder, down, name};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Listed,
    way_back: Some(WayBack::File(|stem| format!("{stem}.rollback.sql"))),
    without_transaction: Some("write `-- transactional: false` at the top"),
    ..Facts::new("yoyo", "yoyo", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let dependent = tree.top().filter(|item| !dependencies(tree.text(item.file)).is_empty()).count();
    (dependent > 0).then(|| format!("{} `-- depends:`", counted(dependent, "file holds", "files hold")))
}

/// What a migration must run behind.
pub(super) fn dependencies(text: &str) -> Vec<&str> {
    setting(text, "depends:").map(|names| names.split_whitespace().collect()).unwrap_or_default()
}

/// The value of a setting in the comments at the top.
fn setting<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let comments = text.lines().take_while(|line| line.starts_with("--") || line.trim().is_empty());
    comments.filter_map(|line| line.trim_start_matches('-').trim().strip_prefix(key)).map(str::trim).next()
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement { foreign: foreign(tree), ..Arrangement::default() };
    let (mut downs, mut ups) = (Vec::new(), Vec::new());
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        let stem = item.stem();
        if item.beside || !item.folder().is_empty() || stem.starts_with("post-apply") {
            arrangement.companions.push(tree.whole(item.file));
        } else if let Some(stem) = stem.strip_suffix(".rollback") {
            downs.push(Down { file: item.file, version: None, name: stem.to_string() });
        } else if down::marked(stem).is_some_and(|marked| marked.dotted || down::only_destroys(tree.text(item.file))) {
            arrangement.run_forward.push(item.file);
        } else {
            ups.push(item);
        }
    }
    // Pairs are by the whole name, which is cut into version and description afterwards.
    let whole_name = |item: &&Item| MigrationFile {
        version: Some(Version::new("")),
        name: item.stem().to_string(),
        up: tree.whole(item.file),
        down: None,
        in_transaction: setting(tree.text(item.file), "transactional:").is_none_or(|value| value != "false"),
    };
    arrangement.migrations = sorted(tree, ups).iter().map(whole_name).collect();
    let known: HashSet<String> = arrangement.migrations.iter().map(|migration| migration.name.clone()).collect();
    let (downs, orphans): (Vec<Down>, Vec<Down>) = downs.into_iter().partition(|down| known.contains(&down.name));
    arrangement.orphans.extend(orphans.iter().map(|down| tree.whole(down.file)));
    pairing::pair(&mut arrangement, tree, downs);
    arrangement.migrations.iter_mut().for_each(cut);
    arrangement
}

fn cut(migration: &mut MigrationFile) {
    let stem = std::mem::take(&mut migration.name);
    let (version, name) = match name::numbered(&stem) {
        Some(named) => (named.version, named.rest),
        None => (Version { text: stem.clone(), parts: Vec::new() }, stem),
    };
    (migration.version, migration.name) = (Some(version), name);
}

/// In the order of the names, each behind what it depends on; a circle is left as it is.
fn sorted<'a>(tree: &Tree, items: Vec<&'a Item>) -> Vec<&'a Item> {
    let by_stem: HashMap<&str, usize> = items.iter().enumerate().map(|(index, item)| (item.stem(), index)).collect();
    let needs = |index: usize| -> Vec<usize> {
        let names = items.get(index).map(|item| dependencies(tree.text(item.file))).unwrap_or_default();
        names.iter().filter_map(|name| by_stem.get(name).copied()).collect()
    };
    let (mut order, mut seen) = (Vec::new(), HashSet::new());
    for start in 0..items.len() {
        let mut open = vec![(start, false)];
        while let Some((index, is_ready)) = open.pop() {
            if is_ready {
                order.push(index);
            } else if seen.insert(index) {
                open.push((index, true));
                open.extend(needs(index).into_iter().rev().map(|needed| (needed, false)));
            }
        }
    }
    order.into_iter().filter_map(|index| items.get(index).copied()).collect()
}

/// Migrations written in Python.
fn foreign(tree: &Tree) -> Vec<String> {
    let is_python = |path: &&String| !path.contains('/') && path.ends_with(".py") && !path.starts_with("__");
    tree.others.iter().filter(is_python).cloned().collect()
}
