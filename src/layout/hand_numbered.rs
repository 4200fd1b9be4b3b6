//! Directories numbered or dated by hand, or by a script of the project's own, with rollbacks wherever people put them.

use std::collections::HashMap;

use super::detect::counted;
use super::facts::{Downs, Facts, Transaction};
use super::name::{self, Named};
use super::pairing::{self, Down};
use super::tree::{Arrangement, Item, Tree, base_name};
use super::{MigrationFile, down, timestamped};
use crate::diagnostic::Severity;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    is_program: false,
    downs: Downs::Continued,
    transaction: Transaction::Unknown,
    renamed: Some(("a runner that remembers names runs it again", Severity::Warning)),
    ..Facts::new("hand-numbered", "hand-numbered", arrange)
};

/// What is left when nothing tells of a tool.
pub(super) fn evidence(tree: &Tree) -> String {
    let (_, all) = timestamped::count(tree);
    format!("{} with a number", counted(all, "name begins", "names begin"))
}

/// Files people keep beside numbered migrations to run them all, or to start over.
const WHOLE: [&str; 7] = ["combined", "complete_setup", "all_migrations", "full_schema", "complete_schema", "consolidated", "run_all"];

/// What files end in that runners of several languages take for migrations.
const PROGRAMS: [&str; 11] = ["cjs", "cs", "go", "java", "js", "kt", "mjs", "php", "py", "rb", "ts"];

/// A word a migration's name begins with: a file named so without a number was probably meant to be one.
const VERBS: [&str; 12] =
    ["create", "add", "alter", "drop", "update", "fix", "rename", "remove", "migrate", "backfill", "enable", "change"];

pub(super) fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement { foreign: foreign(tree), ..Arrangement::default() };
    let mut downs = Vec::new();
    let mut named = Vec::new();
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        match name::numbered(item.stem()) {
            _ if item.beside || down::in_folder(&item.path) => downs.push(in_folder(item)),
            _ if !item.folder().is_empty() => arrangement.companions.push(tree.whole(item.file)),
            Some(name) => named.push((item, name)),
            None => unnumbered(&mut arrangement, tree, item, &mut downs),
        }
    }
    let forwards = forwards(&named);
    for (item, name) in named {
        let (base, is_down) = judge(tree, item, &name, &forwards);
        if is_down {
            downs.push(Down { file: item.file, version: Some(name.version), name: base });
        } else if is_whole(&name) && forwards.len() > 1 {
            arrangement.companions.push(tree.whole(item.file));
        } else {
            let name_of_it = base;
            arrangement.migrations.push(MigrationFile {
                version: Some(name.version),
                name: name_of_it,
                up: tree.whole(item.file),
                down: None,
                in_transaction: false,
            });
        }
    }
    pairing::pair(&mut arrangement, tree, downs);
    arrangement
}

/// Numbered programs among the SQL: migrations that are not read.
fn foreign(tree: &Tree) -> Vec<String> {
    let is_program = |path: &&String| {
        let name = base_name(path);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        name.len() == path.len() && PROGRAMS.contains(&extension) && name::numbered(stem).is_some()
    };
    tree.others.iter().filter(is_program).cloned().collect()
}

/// The names under each version that do not look like downs.
fn forwards(named: &[(&Item, Named)]) -> HashMap<Vec<u128>, Vec<String>> {
    let mut forwards: HashMap<Vec<u128>, Vec<String>> = HashMap::new();
    let goes_back = |rest: &str| down::direction_first(rest).map_or_else(|| down::marked(rest).is_some(), |(back, _)| back);
    for (_, name) in named.iter().filter(|(_, name)| !goes_back(&name.rest)) {
        forwards.entry(name.version.parts.clone()).or_default().push(without_up(&name.rest).to_string());
    }
    forwards
}

/// The description, and whether the file undoes what it describes.
fn judge(tree: &Tree, item: &Item, name: &Named, forwards: &HashMap<Vec<u128>, Vec<String>>) -> (String, bool) {
    if let Some((is_down, description)) = down::direction_first(&name.rest) {
        return (description.to_string(), is_down);
    }
    let Some(marked) = down::marked(&name.rest) else { return (without_up(&name.rest).to_string(), false) };
    let same_number = forwards.get(&name.version.parts);
    let is_down = marked.dotted
        || same_number.is_some_and(|names| marked.base.is_empty() || names.iter().any(|name| name == marked.base))
        || down::only_destroys(tree.text(item.file));
    (if is_down { marked.base.to_string() } else { name.rest.clone() }, is_down)
}

fn without_up(rest: &str) -> &str {
    rest.strip_suffix(".up").unwrap_or(rest)
}

/// `000_combined.sql`: every migration in one file, for a fresh start.
fn is_whole(name: &Named) -> bool {
    name.version.parts == [0] && WHOLE.contains(&name.rest.to_ascii_lowercase().as_str())
}

/// A script in a folder of downs: the number may stand anywhere in its name, or nowhere.
pub(super) fn in_folder(item: &Item) -> Down {
    let stem = item.stem();
    let named = name::numbered(stem).or_else(|| down::word_first(stem)).or_else(|| {
        let at = stem.find(|character: char| character.is_ascii_digit())?;
        name::numbered(stem.get(at..)?)
    });
    match named {
        Some(Named { version, rest }) => {
            let name = down::marked(&rest).map_or(rest.as_str(), |marked| marked.base).to_string();
            Down { file: item.file, version: Some(version), name }
        }
        None => Down { file: item.file, version: None, name: stem.to_string() },
    }
}

fn unnumbered(arrangement: &mut Arrangement, tree: &Tree, item: &Item, downs: &mut Vec<Down>) {
    let stem = item.stem();
    if let Some(Named { version, rest }) = down::word_first(stem) {
        downs.push(Down { file: item.file, version: Some(version), name: rest });
        return;
    }
    let first_word = stem.split(['_', '-', ' ']).next().unwrap_or("").to_ascii_lowercase();
    if VERBS.contains(&first_word.as_str()) {
        arrangement.ignore(item, "its name does not begin with a number, so it has no place in the order", None);
    } else {
        arrangement.companions.push(tree.whole(item.file));
    }
}
