//! DbUp: every SQL file in the order of the names, forward only.

use super::tree::{Arrangement, Tree};
use super::{MigrationFile, Version, name};

pub(super) fn arrange(tree: &Tree) -> Arrangement {
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
