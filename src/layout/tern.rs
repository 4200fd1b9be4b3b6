//! tern: `---- create above / drop below ----` between both directions in one file.

use std::path::Path;

use super::facts::{Downs, Facts, Late, WayBack};
use super::name;
use super::sections::{self, Direction, Forward, Sections};
use super::tree::{Arrangement, Tree};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    downs: Downs::Continued,
    way_back: Some(WayBack::Section("---- create above / drop below ----")),
    without_transaction: Some("add the line `---- tern: disable-tx ----`"),
    duplicate: Some("tern refuses to run"),
    gap: Some("tern refuses to run"),
    late: Late::Fails("tern counts positions: it never runs it where as many have run"),
    ..Facts::new("tern", "tern", arrange)
};

/// How both directions stand in one file.
pub(super) static SECTIONS: Sections = Sections {
    forward: Forward::First,
    follows_number: |rest| rest.starts_with('_'),
    opts_out: |_, text| text.lines().any(|line| line.trim() == "---- tern: disable-tx ----"),
    ..Sections::new("tern", "---- create above / drop below ----", direction)
};

/// By the settings that lie among the migrations, or the folder's name; not all migrations have a way back.
pub(super) fn by_settings(root: &Path, tree: &Tree) -> Option<String> {
    if !tree.top().any(|item| name::leading_digits(item.name()) > 0) {
        return None;
    }
    if tree.others.iter().any(|file| file == "tern.conf") {
        return Some("it holds `tern.conf`".to_owned());
    }
    let path = std::fs::canonicalize(root).ok()?;
    let folder = path.file_name()?.to_string_lossy();
    let is_named = folder.split(|character: char| !character.is_alphanumeric()).any(|word| word == "tern");
    is_named.then(|| format!("its folder `{folder}` is named after it"))
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    sections::arrange(tree, &SECTIONS)
}

fn direction(line: &str) -> Option<Direction> {
    (line.trim_end() == SECTIONS.marker).then_some(Direction::Down)
}
