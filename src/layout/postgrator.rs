//! Postgrator (`001.do.name.sql`, `001.undo.name.sql`) and db-migrate (`sqls/20240131120000-name-up.sql`, `-down.sql`).

use std::path::Path;

use super::detect::counted;
use super::facts::{Facts, Late, WayBack};
use super::pairing::{self, Down};
use super::tree::{Arrangement, Item, Tree};
use super::{Kind, MigrationFile, Version, name};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    keeps_checksum: true,
    way_back: Some(WayBack::File(|stem| format!("{}.sql", stem.replacen(".do", ".undo", 1)))),
    duplicate: Some("Postgrator refuses to run"),
    late: Late::Fails("Postgrator never runs it where that one has run"),
    ..Facts::new("postgrator", "Postgrator", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    recognise_as(tree, Kind::Postgrator, "001.do.name.sql")
}

/// Whether half of the names or more are the tool's.
pub(super) fn recognise_as(tree: &Tree, kind: Kind, example: &str) -> Option<String> {
    let items = || tree.items.iter().filter(|item| item.is_sql() && in_place(item, kind));
    let count = items().filter(|item| parse(item.stem(), kind).is_some()).count();
    (count > 0 && count * 2 >= items().count()).then(|| format!("{} like `{example}`", counted(count, "name is", "names are")))
}

/// What a name says: the version, the description, and whether it goes back.
pub(super) fn parse(stem: &str, kind: Kind) -> Option<(Version, &str, bool)> {
    let (number, rest) = stem.split_at(name::leading_digits(stem));
    let version = (!number.is_empty()).then(|| Version::new(number))?;
    if kind == Kind::DbMigrate {
        let rest = rest.strip_prefix('-')?;
        let up = rest.strip_suffix("-up").map(|name| (name, false));
        let (name, goes_back) = up.or_else(|| rest.strip_suffix("-down").map(|name| (name, true)))?;
        return Some((version, name, goes_back));
    }
    let rest = rest.strip_prefix('.')?;
    let (direction, name) = rest.split_once('.').unwrap_or((rest, ""));
    let goes_back = match direction {
        "do" => false,
        "undo" => true,
        _ => return None,
    };
    (!name.contains('.')).then_some((version, name, goes_back))
}

/// Whether the file lies where the tool looks: db-migrate's in a folder beside its programs.
pub(super) fn in_place(item: &Item, kind: Kind) -> bool {
    !item.beside && (item.folder().is_empty() || kind == Kind::DbMigrate && item.folder() == "sqls")
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    arrange_as(tree, Kind::Postgrator)
}

pub(super) fn arrange_as(tree: &Tree, kind: Kind) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let mut downs = Vec::new();
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        match parse(item.stem(), kind).filter(|_| in_place(item, kind)) {
            Some((version, name, true)) => downs.push(Down { file: item.file, version: Some(version), name: name.to_string() }),
            Some((version, name, false)) => arrangement.migrations.push(MigrationFile {
                version: Some(version),
                name: name.to_string(),
                up: tree.whole(item.file),
                down: None,
                in_transaction: false,
            }),
            None if in_place(item, kind) && name::leading_digits(item.stem()) > 0 => {
                let wanted = if kind == Kind::DbMigrate { "18-name-up.sql" } else { "18.do.name.sql" };
                arrangement.ignore(item, format!("{} passes over names that are not like `{wanted}`", kind.label()), None);
            }
            None => arrangement.companions.push(tree.whole(item.file)),
        }
    }
    pairing::pair(&mut arrangement, tree, downs);
    arrangement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_as_each_tool_does() {
        for (stem, kind, expected) in [
            ("001.do.users", Kind::Postgrator, Some(("001", "users", false))),
            ("001.undo", Kind::Postgrator, Some(("001", "", true))),
            ("001.do.users.v2", Kind::Postgrator, None),
            ("001_users", Kind::Postgrator, None),
            ("20240131-add-users-up", Kind::DbMigrate, Some(("20240131", "add-users", false))),
            ("20240131-add-users-down", Kind::DbMigrate, Some(("20240131", "add-users", true))),
            ("20240131-add-users", Kind::DbMigrate, None),
        ] {
            let found = parse(stem, kind);
            assert_eq!(found.as_ref().map(|(version, name, back)| (version.text.as_str(), *name, *back)), expected, "{stem}");
        }
    }
}
