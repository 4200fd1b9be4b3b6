//! Sqitch: `sqitch.plan` lists the changes in order; each is a script in `deploy/` and one in `revert/`.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::facts::{Facts, Late, WayBack};
use super::tree::{Arrangement, Tree};
use super::{ListFault, MigrationFile, SourcePart, Version, VersionOrder};
use crate::source::{FileId, Span};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Listed,
    way_back: Some(WayBack::File(|stem| format!("{}.sql", stem.replacen("deploy/", "revert/", 1)))),
    late: Late::Fails("Sqitch refuses a plan in which something was put before what it has run"),
    ..Facts::new("sqitch", "Sqitch", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    tree.holds(PLAN)
}

/// The list of the changes.
pub(super) const PLAN: &str = "sqitch.plan";

/// A line of the plan that names a change.
#[derive(Debug, PartialEq, Eq)]
struct Change<'a> {
    name: &'a str,
    /// Where the line names it.
    start: usize,
    /// The tags that stand behind it, before the next change.
    tags: Vec<&'a str>,
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let Some(plan) = tree.items.iter().find(|item| item.path == PLAN) else { return arrangement };
    let changes = changes(tree.text(plan.file));
    let scripts: HashMap<&str, FileId> =
        tree.items.iter().filter(|item| !item.beside).map(|item| (item.path.as_str(), item.file)).collect();
    let mut next_of: HashMap<&str, usize> = HashMap::new();
    let mut later: Vec<Option<usize>> =
        changes.iter().enumerate().rev().map(|(index, change)| next_of.insert(change.name, index)).collect();
    later.reverse();
    for (index, (change, later)) in changes.iter().zip(later).enumerate() {
        let span = Span::new(plan.file, change.start..change.start + change.name.len());
        let tags =
            later.and_then(|later| changes.get(index..later)).unwrap_or_default().iter().flat_map(|change| change.tags.iter().copied());
        let tags: Vec<&str> = tags.collect();
        if later.is_some() && tags.is_empty() {
            let message = format!("`{}` is planned twice with no tag between: Sqitch refuses the plan", change.name);
            arrangement.faults.push(fault(change, span, message));
            continue;
        }
        match script(&scripts, "deploy", change.name, &tags) {
            Some((name, up)) => {
                arrangement.migrations.push(migration(tree, change, name, up, script(&scripts, "revert", change.name, &tags)))
            }
            None => {
                let message = format!("`deploy/{}.sql` is planned and not there: Sqitch stops at it", change.name);
                arrangement.faults.push(fault(change, span, message));
            }
        }
    }
    leftovers(&mut arrangement, tree);
    arrangement
}

fn fault(change: &Change, span: Span, message: String) -> ListFault {
    ListFault { span, name: change.name.to_string(), message, help: None }
}

/// A change that was reworked later is kept under the name of a tag from before that.
fn script(scripts: &HashMap<&str, FileId>, folder: &str, name: &str, tags: &[&str]) -> Option<(String, FileId)> {
    if tags.is_empty() {
        return scripts.get(format!("{folder}/{name}.sql").as_str()).map(|file| (name.to_string(), *file));
    }
    tags.iter().find_map(|tag| {
        let name = format!("{name}{tag}");
        scripts.get(format!("{folder}/{name}.sql").as_str()).map(|file| (name, *file))
    })
}

fn migration(tree: &Tree, change: &Change, version: String, up: FileId, down: Option<(String, FileId)>) -> MigrationFile {
    MigrationFile {
        version: Some(Version { text: version, parts: Vec::new() }),
        name: change.name.to_string(),
        up: tree.whole(up),
        down: down.map(|(_, file)| tree.whole(file)),
        in_transaction: false,
    }
}

/// Scripts that no change of the plan calls for.
fn leftovers(arrangement: &mut Arrangement, tree: &Tree) {
    let parts = |migration: &MigrationFile| [Some(migration.up), migration.down];
    let used: HashSet<FileId> = arrangement.migrations.iter().flat_map(parts).flatten().map(|part: SourcePart| part.file).collect();
    for item in tree.items.iter().filter(|item| item.is_sql() && !item.beside && !used.contains(&item.file)) {
        match item.path.split('/').next() {
            Some("deploy") => arrangement.ignore(item, format!("`{PLAN}` does not list it"), None),
            Some("revert") => arrangement.orphans.push(tree.whole(item.file)),
            _ => arrangement.companions.push(tree.whole(item.file)),
        }
    }
}

/// The changes of a plan: `name [requirements] date planner <address> # note`, tags on lines of their own.
fn changes(plan: &str) -> Vec<Change<'_>> {
    let mut changes: Vec<Change> = Vec::new();
    let mut offset = 0;
    for line in plan.split_inclusive('\n') {
        let start = offset + (line.len() - line.trim_start().len());
        offset += line.len();
        let Some(word) = line.split_whitespace().next() else { continue };
        match word.chars().next() {
            Some('%' | '#') | None => {}
            Some('@') => changes.last_mut().into_iter().for_each(|change| change.tags.push(word)),
            Some(_) => changes.push(Change { name: word, start, tags: Vec::new() }),
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_lists_changes_and_their_tags() {
        let plan = "%syntax-version=1.0.0\n%project=library\n\nauthors 2024-01-31T12:00:00Z A <a@example.org> # first\n\
            @v1 2024-02-01T12:00:00Z A <a@example.org>\n  books [authors] 2024-02-02T12:00:00Z A <a@example.org>\n# a comment\n";
        let found: Vec<(&str, Vec<&str>)> = changes(plan).into_iter().map(|change| (change.name, change.tags)).collect();
        assert_eq!(found, [("authors", vec!["@v1"]), ("books", vec![])]);
        assert!(changes(plan).iter().all(|change| plan[change.start..].starts_with(change.name)));
    }
}
