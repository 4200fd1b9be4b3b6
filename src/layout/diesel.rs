//! Diesel, Hasura and Sourcegraph: a folder for each migration, with `up.sql` and `down.sql`.

use std::path::Path;

use super::detect::counted;
use super::facts::{Facts, Late, WayBack};
use super::tree::{Arrangement, Item, Tree};
use super::{Kind, MigrationFile, SourcePart, Version, VersionOrder};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::BytesWithoutDashes,
    way_back: Some(WayBack::File(|folder| format!("{folder}/down.sql"))),
    without_transaction: Some("put `run_in_transaction = false` into the migration's metadata.toml"),
    duplicate: Some("Diesel runs only one of them, and does not say which"),
    late: Late::Runs,
    ..Facts::new("diesel", "Diesel", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let count = tree.numbered_folders_with("up.sql").len();
    (count > 0).then(|| format!("{} `up.sql`", counted(count, "folder holds", "folders hold")))
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    arrange_as(tree, Kind::Diesel)
}

pub(super) fn arrange_as(tree: &Tree, kind: Kind) -> Arrangement {
    let mut arrangement = Arrangement::default();
    for (folder, items) in tree.folders() {
        let find = |name: &str| items.iter().copied().find(|item| item.path.matches('/').count() == 1 && item.name() == name);
        match (find("up.sql"), find("down.sql")) {
            (Some(up), down) => {
                let down = down.map(|item| tree.whole(item.file));
                let in_transaction = transaction(tree, kind, up, find("metadata.toml"));
                arrangement.migrations.push(migration(folder, tree.whole(up.file), down, in_transaction));
            }
            (None, Some(down)) => without_up(&mut arrangement, tree, kind, folder, down),
            (None, None) => leftovers(&mut arrangement, tree, kind, folder, &items),
        }
        let companions = items.iter().filter(|item| !matches!(item.name(), "up.sql" | "down.sql" | "metadata.yaml"));
        arrangement.companions.extend(companions.map(|item| tree.whole(item.file)));
    }
    for item in tree.items.iter().filter(|item| !item.path.contains('/') && item.name() != "diesel.toml") {
        top_level(&mut arrangement, tree, kind, item);
    }
    arrangement
}

fn migration(folder: &str, up: SourcePart, down: Option<SourcePart>, in_transaction: bool) -> MigrationFile {
    let (version, name) = folder.split_once('_').unwrap_or((folder, ""));
    let digits: String = version.chars().filter(|character| *character != '-').collect();
    let version = Version { text: version.to_string(), parts: Version::new(&digits).parts };
    MigrationFile { version: Some(version), name: name.to_string(), up, down, in_transaction }
}

/// Diesel reads a metadata file without the key as "no transaction".
fn transaction(tree: &Tree, kind: Kind, up: &Item, metadata: Option<&Item>) -> bool {
    if kind == Kind::Sourcegraph {
        return !tree.text(up.file).to_ascii_uppercase().contains(" CONCURRENTLY");
    }
    let Some(metadata) = metadata else {
        return kind == Kind::Diesel || super::pairing::several_statements(tree.text(up.file));
    };
    let setting =
        tree.text(metadata.file).lines().filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == "run_in_transaction");
    setting.is_some_and(|(_, value)| value.trim().starts_with("true"))
}

fn without_up(arrangement: &mut Arrangement, tree: &Tree, kind: Kind, folder: &str, down: &Item) {
    if kind == Kind::Diesel {
        arrangement.refuse(
            down,
            "a folder without `up.sql`, and Diesel refuses to run while there is one",
            Some(format!("{folder}/up.sql")),
        );
    } else {
        arrangement.orphans.push(tree.whole(down.file));
    }
}

fn leftovers(arrangement: &mut Arrangement, tree: &Tree, kind: Kind, folder: &str, items: &[&Item]) {
    let foreign = tree.others.iter().find(|path| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with("/up.")));
    if let Some(path) = foreign {
        arrangement.foreign.push(path.clone());
    } else if let Some(item) = items.first().filter(|_| kind == Kind::Diesel) {
        arrangement.refuse(
            item,
            "a folder without `up.sql`, and Diesel refuses to run while there is one",
            Some(format!("{folder}/up.sql")),
        );
    }
}

fn top_level(arrangement: &mut Arrangement, tree: &Tree, kind: Kind, item: &Item) {
    if item.is_sql() && item.name().starts_with(|first: char| first.is_ascii_digit()) {
        let stem = item.stem();
        let (folder, file) = stem.strip_suffix(".down").map_or((stem.trim_end_matches(".up"), "up.sql"), |folder| (folder, "down.sql"));
        arrangement.ignore(item, format!("{} only looks into folders", kind.label()), Some(format!("{folder}/{file}")));
    } else {
        arrangement.companions.push(tree.whole(item.file));
    }
}
