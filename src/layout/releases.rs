//! A folder for each release (`0.22/00__name.sql`, `v1.2.0/1.2.0.sql`), its files in the order of their numbers.

use std::path::Path;

use super::facts::{Downs, Facts};
use super::pairing::{self, Down};
use super::tree::{Arrangement, Item, Tree, base_name};
use super::{MigrationFile, Version, down, name};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts { is_program: false, downs: Downs::Continued, ..Facts::new("releases", "releases", arrange) };

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let (files, folders) = count(tree);
    let top = tree.top().filter(|item| name::numbered(item.stem()).is_some()).count();
    (folders > 1 && files > top).then(|| format!("{files} numbered files lie in {folders} folders named after versions"))
}

/// The release a folder is named after: `0.22`, `v1.2.0`.
pub(super) fn release(folder: &str) -> Option<Version> {
    let number = folder.strip_prefix(['v', 'V']).unwrap_or(folder);
    let is_version = number.split('.').all(|part| !part.is_empty() && name::leading_digits(part) == part.len());
    is_version.then(|| Version { text: folder.to_string(), parts: Version::new(number).parts })
}

/// A file of a release, of which at least the number is known.
struct Step<'a> {
    item: &'a Item,
    release: Version,
    number: Version,
    name: String,
    goes_back: bool,
}

fn step(item: &Item) -> Option<Step<'_>> {
    let release = release(base_name(item.folder())).filter(|_| item.is_sql() && !item.beside)?;
    let named = name::numbered(item.stem())?;
    let marked = down::marked(&named.rest).filter(|marked| marked.dotted || marked.base.is_empty());
    let name = marked.as_ref().map_or(named.rest.as_str(), |marked| marked.base).trim_end_matches(".up").to_string();
    Some(Step { item, release, number: named.version, name, goes_back: marked.is_some() })
}

/// How many numbered files lie in folders that are named after releases, and in how many of those.
fn count(tree: &Tree) -> (usize, usize) {
    let mut folders: Vec<&str> = tree.items.iter().filter_map(step).map(|step| step.item.folder()).collect();
    let files = folders.len();
    folders.dedup();
    (files, folders.len())
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let width = tree.items.iter().filter_map(step).map(|step| step.release.parts.len()).max().unwrap_or(0);
    let mut downs = Vec::new();
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        let Some(step) = step(item).filter(|_| !down::in_folder(&item.path)) else {
            arrangement.companions.push(tree.whole(item.file));
            continue;
        };
        let version = Some(version(&step, width));
        if step.goes_back {
            downs.push(Down { file: item.file, version, name: step.name });
        } else {
            let up = tree.whole(item.file);
            arrangement.migrations.push(MigrationFile { version, name: step.name, up, down: None, in_transaction: false });
        }
    }
    pairing::pair(&mut arrangement, tree, downs);
    arrangement
}

/// The release, filled up with zeros so that 0.22 and 0.22.1 compare, and the number in it.
fn version(step: &Step, width: usize) -> Version {
    let mut parts = step.release.parts.clone();
    parts.resize(width, 0);
    parts.extend(&step.number.parts);
    Version { text: format!("{}/{}", step.release.text, step.number.text), parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_version_names_a_release() {
        for (folder, parts) in
            [("0.22", Some(vec![0, 22])), ("v1.2.0", Some(vec![1, 2, 0])), ("58", Some(vec![58])), ("001_init", None), ("v", None)]
        {
            assert_eq!(release(folder).map(|version| version.parts), parts, "{folder}");
        }
    }
}
