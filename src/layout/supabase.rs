//! Supabase: `supabase/migrations/20240131120000_name.sql`, everything of that form run forward.

use std::path::Path;

use super::facts::{Downs, Facts, Late, Transaction};
use super::pairing::{self, Down};
use super::tree::{Arrangement, Item, Tree};
use super::{MigrationFile, Version, VersionOrder, down, hand_numbered, name};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Bytes,
    downs: Downs::Unknown,
    transaction: Transaction::Implied,
    copes_without_transaction: true,
    duplicate: Some("recording the second one fails, and with it the deployment"),
    late: Late::Fails("`supabase db push` refuses to run without --include-all"),
    deleted: Some("`supabase db push` refuses to run where it has run"),
    ..Facts::new("supabase", "Supabase", arrange)
};

pub(super) fn recognise(root: &Path, _: &Tree) -> Option<String> {
    let path = std::fs::canonicalize(root).ok()?;
    if !path.ends_with("supabase/migrations") {
        return None;
    }
    let declares = path.with_file_name("schemas").is_dir();
    let declared = if declares { "; `schemas` beside it declares what migrations are generated from, and is not run" } else { "" };
    Some(format!("its path ends in `supabase/migrations`{declared}"))
}

/// The tool's own first migration from before this moment is left out by it.
const FIRST_INIT: u128 = 20_211_209_000_000;

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let mut downs = Vec::new();
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        if item.beside || down::in_folder(&item.path) {
            downs.push(hand_numbered::in_folder(item));
        } else if !item.folder().is_empty() {
            arrangement.companions.push(tree.whole(item.file));
        } else {
            top_level(&mut arrangement, tree, item, &mut downs);
        }
    }
    pairing::pair(&mut arrangement, tree, downs);
    arrangement
}

fn top_level(arrangement: &mut Arrangement, tree: &Tree, item: &Item, downs: &mut Vec<Down>) {
    let Some((version, name)) = parse(item.stem()) else {
        return unmatched(arrangement, tree, item);
    };
    if name == "init" && version.parts.first().is_some_and(|number| *number < FIRST_INIT) && version.text.len() == 14 {
        arrangement.ignore(item, "Supabase leaves out an `init` migration from before 2021-12-09", None);
        return;
    }
    let undoes = down::marked(name).filter(|marked| marked.dotted || down::only_destroys(tree.text(item.file)));
    if let Some(marked) = undoes {
        arrangement.run_forward.push(item.file);
        downs.push(Down { file: item.file, version: Some(version), name: marked.base.to_string() });
        return;
    }
    let in_transaction = pairing::several_statements(tree.text(item.file));
    arrangement.migrations.push(MigrationFile {
        version: Some(version),
        name: name.to_string(),
        up: tree.whole(item.file),
        down: None,
        in_transaction,
    });
}

fn parse(stem: &str) -> Option<(Version, &str)> {
    let (number, rest) = stem.split_once('_')?;
    (!number.is_empty() && name::leading_digits(number) == number.len()).then(|| (Version::new(number), rest))
}

fn unmatched(arrangement: &mut Arrangement, tree: &Tree, item: &Item) {
    let stem = item.stem();
    let digits = name::leading_digits(stem);
    if digits == 0 {
        arrangement.companions.push(tree.whole(item.file));
        return;
    }
    let rest = stem.get(digits..).unwrap_or("").trim_start_matches(['-', '.', ' ']);
    let near_miss = stem.get(..digits).map(|number| format!("{number}_{rest}.sql"));
    arrangement.ignore(item, "Supabase passes over names that are not a number, `_` and a description", near_miss);
}
