//! Prisma Migrate and newer versions of Drizzle: a folder for each migration, with `migration.sql`.

use std::path::Path;

use super::detect::counted;
use super::facts::{Downs, Facts, Late, Transaction};
use super::tree::{Arrangement, Item, Tree};
use super::{Kind, MigrationFile, Version, VersionOrder, name, pairing};
use crate::diagnostic::Severity;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Bytes,
    identifies_by_name: true,
    downs: Downs::Unknown,
    transaction: Transaction::Implied,
    copes_without_transaction: true,
    late: Late::Runs,
    edited: Some("`prisma migrate dev` asks for a reset, and databases that have run it keep what it was"),
    deleted: Some("`prisma migrate dev` asks for a reset, and new databases never get it"),
    renamed: Some(("migrations are known by their whole names, so it runs again", Severity::Error)),
    ..Facts::new("prisma", "Prisma", arrange)
};

/// The file that names the database.
pub(super) const LOCK: &str = "migration_lock.toml";

pub(super) fn by_lock(_: &Path, tree: &Tree) -> Option<String> {
    tree.holds(LOCK)
}

pub(super) fn by_folders(root: &Path, tree: &Tree) -> Option<String> {
    let (ups, migrations) = (tree.numbered_folders_with("up.sql").len(), tree.numbered_folders_with("migration.sql").len());
    if migrations > ups {
        return Some(format!("{} `migration.sql`", counted(migrations, "folder holds", "folders hold")));
    }
    (ups == 0 && is_own_path(root)).then(|| "its path ends in `prisma/migrations`".to_string())
}

pub(super) fn is_own_path(root: &Path) -> bool {
    std::fs::canonicalize(root).is_ok_and(|path| path.ends_with("prisma/migrations"))
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    arrange_as(tree, Kind::Prisma)
}

pub(super) fn arrange_as(tree: &Tree, kind: Kind) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let mut folders = tree.folders();
    folders.sort_by_cached_key(|(folder, _)| locale_key(folder));
    for (folder, items) in folders {
        let migration = items.iter().find(|item| item.path.matches('/').count() == 1 && item.name() == "migration.sql");
        match migration {
            Some(item) => arrangement.migrations.push(read(tree, kind, folder, item)),
            None if kind == Kind::Drizzle => {}
            None => without_sql(&mut arrangement, tree, folder, &items),
        }
        let companions = items.iter().filter(|item| Some(item.file) != migration.map(|item| item.file));
        arrangement.companions.extend(companions.map(|item| tree.whole(item.file)));
    }
    for path in tree.others.iter().filter(|path| is_foreign(path)) {
        let folder = path.split('/').next().unwrap_or("");
        let known = tree.items.iter().any(|item| item.folder() == folder && item.name() == "migration.sql");
        if !known && !arrangement.foreign.contains(path) {
            arrangement.foreign.push(path.clone());
        }
    }
    for item in tree.top() {
        let reason = format!("{} only looks into folders", kind.label());
        if name::numbered(item.stem()).is_some() {
            arrangement.ignore(item, reason, Some(format!("{}/migration.sql", item.stem())));
        } else {
            arrangement.companions.push(tree.whole(item.file));
        }
    }
    arrangement
}

fn read(tree: &Tree, kind: Kind, folder: &str, item: &Item) -> MigrationFile {
    let digits = name::leading_digits(folder);
    let (version, rest) = folder.split_at(digits);
    let version = if version.is_empty() { folder } else { version };
    MigrationFile {
        version: Some(Version::new(version)),
        name: rest.trim_start_matches(['_', '-']).to_string(),
        up: tree.whole(item.file),
        down: None,
        in_transaction: kind == Kind::Drizzle || pairing::several_statements(tree.text(item.file)),
    }
}

fn is_foreign(path: &str) -> bool {
    matches!(path.split_once('/'), Some((_, "migration.ts" | "migration.js" | "migration.mjs")))
}

fn without_sql(arrangement: &mut Arrangement, tree: &Tree, folder: &str, items: &[&Item]) {
    let foreign = tree.others.iter().any(|path| is_foreign(path) && path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
    let blamed = items.iter().find(|item| item.is_sql()).or(items.first());
    if let Some(item) = blamed.filter(|_| !foreign) {
        let reason = "a folder without `migration.sql`, and Prisma refuses to run at all while there is one";
        arrangement.refuse(item, reason, Some(format!("{folder}/migration.sql")));
    }
}

/// Both sort as people's dictionaries do: punctuation before digits, digits before letters, case last.
fn locale_key(folder: &str) -> (Vec<(u8, char)>, String) {
    let class = |character: char| match character {
        '_' => 0,
        '-' => 1,
        character if !character.is_alphanumeric() => 2,
        character if character.is_numeric() => 3,
        _ => 4,
    };
    let key = folder.chars().flat_map(char::to_lowercase).map(|character| (class(character), character)).collect();
    (key, folder.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_underscore_sorts_before_a_digit() {
        assert!(locale_key("20230912_x") < locale_key("20230912150657_y"));
    }
}
