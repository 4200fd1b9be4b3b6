//! DbUp: every SQL file in the order of the names, forward only.

use std::path::Path;

use super::facts::{Downs, Facts, Late};
use super::tree::{Arrangement, Item, Tree};
use super::{MigrationFile, Version, VersionOrder, name, project};
use crate::source::SourceMap;
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Listed,
    downs: Downs::Unknown,
    late: Late::Runs,
    rewrite: Some(rewrite),
    ..Facts::new("dbup", "DbUp", arrange)
};

pub(super) fn recognise(root: &Path, _: &Tree) -> Option<String> {
    project::names_package(root, "dbup").then(|| "the project names DbUp".to_string())
}

/// Puts names where DbUp's variables stand, every byte in its place: `$schema$.users` reads `users` behind blanks, and
/// `$prefix$users` is `_prefix_users`. What opens and closes a string is none.
fn rewrite(items: &mut [Item], sources: &mut SourceMap) {
    for item in items.iter_mut().filter(|item| item.is_sql()) {
        let source = sources.file(item.file);
        if let Some(text) = without_variables(&source.text) {
            let path = source.path.clone();
            item.file = sources.add(path, text);
        }
    }
}

fn without_variables(text: &str) -> Option<String> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut rewritten: Option<String> = None;
    let mut position = 0;
    while let Some(start) = text.get(position..).and_then(|rest| rest.find('$')).map(|offset| position + offset) {
        position = start + 1;
        let rest = text.get(position..).unwrap_or("");
        let length = rest.find(|character: char| !is_part(character)).unwrap_or(rest.len());
        let is_closed = length > 0 && rest.get(length..).is_some_and(|behind| behind.starts_with('$'));
        if !is_closed {
            continue;
        }
        let end = position + length + 1;
        let behind = text.get(end..).and_then(|behind| behind.chars().next());
        let stands_in_name = behind.is_some_and(|next| is_part(next) || next == '.') || text.get(..start)?.ends_with(is_part);
        if stands_in_name {
            let name = format!("_{}_", text.get(position..position + length)?);
            let (range, name) = if behind == Some('.') { (start..end + 1, " ".repeat(name.len() + 1)) } else { (start..end, name) };
            rewritten.get_or_insert_with(|| text.to_owned()).replace_range(range, &name);
        }
        position = end;
    }
    rewritten
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    for item in tree.items.iter().filter(|item| item.is_sql() && !item.beside) {
        let stem = item.stem();
        let start = stem.find(|character: char| character.is_ascii_digit()).filter(|start| stem.starts_with("Script") && *start == 6);
        let (version, rest) = match name::numbered(stem.get(start.unwrap_or(0)..).unwrap_or(stem)) {
            Some(named) => (named.version, named.rest),
            None => (Version { text: item.path.clone(), parts: Vec::new() }, String::new()),
        };
        arrangement.migrations.push(MigrationFile {
            version: Some(version),
            name: rest.trim_start_matches([' ', '-']).to_string(),
            up: tree.whole(item.file),
            down: None,
            in_transaction: false,
        });
    }
    arrangement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_as_names_and_strings_stay() {
        for (text, expected) in [
            ("CREATE TABLE $schema$.users (id int)", Some("CREATE TABLE          users (id int)")),
            ("CREATE TABLE $prefix$users (id int)", Some("CREATE TABLE _prefix_users (id int)")),
            ("DO $body$ BEGIN END $body$;", None),
            ("SELECT $1, $$it$$", None),
        ] {
            assert_eq!(without_variables(text).as_deref(), expected, "{text}");
        }
    }
}
