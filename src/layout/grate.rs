//! Grate and RoundhousE: a folder for each kind of script, run one folder after the other; those in `up/` run once,
//! the others whenever they change.

use std::path::Path;

use super::facts::{Downs, Facts};
use super::tree::{Arrangement, Tree};
use super::{MigrationFile, VersionOrder, name};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts { order: VersionOrder::Listed, downs: Downs::Unknown, ..Facts::new("grate", "Grate", arrange) };

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let folders = tree.folders();
    is_root(folders.iter().map(|(folder, _)| *folder)).then(|| "it holds `up` and other folders of Grate's".to_string())
}

/// The folders in the order they run.
pub(super) const FOLDERS: [&str; 14] = [
    "dropdatabase",
    "createdatabase",
    "runaftercreatedatabase",
    "runbeforeup",
    "up",
    "runfirstafterup",
    "functions",
    "views",
    "sprocs",
    "triggers",
    "indexes",
    "runafterotheranytimescripts",
    "permissions",
    "aftermigration",
];

/// Whether these folders are those of Grate: `up` and another one that only Grate and its like have.
pub(super) fn is_root<'a>(folders: impl Iterator<Item = &'a str>) -> bool {
    let known: Vec<String> = folders.map(str::to_ascii_lowercase).filter(|folder| FOLDERS.contains(&folder.as_str())).collect();
    known.iter().any(|folder| folder == "up") && known.iter().any(|folder| folder != "up")
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let mut scripts = Vec::new();
    for item in tree.items.iter().filter(|item| item.is_sql() && !item.beside) {
        let folder = item.path.split_once('/').map_or("", |(folder, _)| folder).to_ascii_lowercase();
        match FOLDERS.iter().position(|known| *known == folder) {
            Some(position) if position > 1 => scripts.push((position, item.path.to_lowercase(), item)),
            _ => arrangement.companions.push(tree.whole(item.file)),
        }
    }
    scripts.sort_by(|left, right| (left.0, &left.1).cmp(&(right.0, &right.1)));
    for (position, _, item) in scripts {
        let named = name::numbered(item.stem()).filter(|_| FOLDERS.get(position) == Some(&"up"));
        let (version, name) = named.map_or((None, item.stem().to_string()), |named| (Some(named.version), named.rest));
        arrangement.migrations.push(MigrationFile { version, name, up: tree.whole(item.file), down: None, in_transaction: false });
    }
    arrangement
}
