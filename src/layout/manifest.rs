//! Folders for each version of the schema with a `manifest.json` that lists their files, as Cadence and Temporal have.

use std::path::Path;

use serde::Deserialize;

use super::detect::counted;
use super::facts::{Downs, Facts};
use super::tree::{Arrangement, Item, Tree, base_name};
use super::{ListFault, MigrationFile, Version, releases};
use crate::source::Span;
use crate::sql::Dialect;

pub(super) static FACTS: Facts =
    Facts { is_program: false, identifies_by_name: true, downs: Downs::Unknown, ..Facts::new("manifest", "manifests", arrange) };

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let holds =
        |(folder, items): &(&str, Vec<&Item>)| releases::release(folder).is_some() && items.iter().any(|item| item.name() == MANIFEST);
    let count = tree.folders().iter().filter(|folder| holds(folder)).count();
    (count > 0).then(|| format!("{} `{MANIFEST}`", counted(count, "folder holds", "folders hold")))
}

/// The list in each folder.
pub(super) const MANIFEST: &str = "manifest.json";

#[derive(Deserialize)]
struct Manifest {
    /// The files to run, in order, whatever the database.
    #[serde(rename = "SchemaUpdateCqlFiles")]
    files: Vec<String>,
}

fn arrange(tree: &Tree, _: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    for (folder, items) in tree.folders() {
        let list = items.iter().find(|item| item.name() == MANIFEST);
        let Some((version, list)) = releases::release(base_name(folder)).zip(list) else { continue };
        match serde_json::from_str::<Manifest>(tree.text(list.file)) {
            Ok(manifest) => read(&mut arrangement, tree, &version, (list, &items), &manifest.files),
            Err(error) => {
                let message = format!("the manifest cannot be read: {error}");
                arrangement.faults.push(ListFault { span: Span::new(list.file, 0..0), name: list.path.clone(), message, help: None });
            }
        }
    }
    for item in tree.top() {
        arrangement.companions.push(tree.whole(item.file));
    }
    arrangement
}

/// One step for each file of a manifest; they share its version.
fn read(arrangement: &mut Arrangement, tree: &Tree, version: &Version, (list, items): (&Item, &[&Item]), files: &[String]) {
    for (number, file) in files.iter().enumerate() {
        let text = tree.text(list.file);
        let start = text.find(&format!("\"{file}\"")).map_or(0, |offset| offset + 1);
        let Some(item) = items.iter().find(|item| item.name() == file) else {
            let span = Span::new(list.file, start..start + if start == 0 { 0 } else { file.len() });
            let message = format!("`{file}` is listed and not there: the upgrade to {} stops", version.text);
            arrangement.faults.push(ListFault { span, name: file.clone(), message, help: None });
            continue;
        };
        let parts = version.parts.iter().copied().chain([number as u128]).collect();
        arrangement.migrations.push(MigrationFile {
            version: Some(Version { text: version.text.clone(), parts }),
            name: item.stem().to_string(),
            up: tree.whole(item.file),
            down: None,
            in_transaction: false,
        });
    }
    for item in items.iter().filter(|item| item.is_sql() && !files.iter().any(|file| file == item.name())) {
        arrangement.ignore(item, format!("`{}` does not list it", list.path), None);
    }
}
