//! The files of a directory as the tools' rules see them, and what those rules make of them.

use super::{IgnoredFile, ListFault, MigrationFile, SourcePart};
use crate::source::{FileId, SourceMap};

/// The files in and beside a directory of migrations.
pub(super) struct Tree<'a> {
    /// The texts.
    pub sources: &'a SourceMap,
    /// Files that were read, in byte order of their paths.
    pub items: Vec<Item>,
    /// Relative paths of files that were not read: other languages.
    pub others: Vec<String>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Relative to the directory, `/` between its parts.
    pub path: String,
    /// Its text.
    pub file: FileId,
    /// Its text with nothing in it but what goes back, where that stands in comments.
    pub back: Option<FileId>,
    /// It lies in a folder of down scripts beside the directory, or in one the user named.
    pub beside: bool,
}

/// What a tool's rules make of a tree.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    /// See [`super::Directory::migrations`].
    pub migrations: Vec<MigrationFile>,
    /// See [`super::Directory::orphans`].
    pub orphans: Vec<SourcePart>,
    /// See [`super::Directory::ignored`].
    pub ignored: Vec<IgnoredFile>,
    /// See [`super::Directory::companions`].
    pub companions: Vec<SourcePart>,
    /// See [`super::Directory::foreign`].
    pub foreign: Vec<String>,
    /// See [`super::Directory::run_forward`].
    pub run_forward: Vec<FileId>,
    /// See [`super::Directory::faults`].
    pub faults: Vec<ListFault>,
}

impl Tree<'_> {
    /// The text of a file.
    pub fn text(&self, file: FileId) -> &str {
        &self.sources.file(file).text
    }

    /// The whole of a file.
    pub fn whole(&self, file: FileId) -> SourcePart {
        SourcePart { file, span: self.sources.whole(file) }
    }

    /// SQL files directly in the directory.
    pub fn top(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.folder().is_empty() && !item.beside && item.is_sql())
    }

    /// The evidence that a file gives by lying in the directory.
    pub fn holds(&self, file: &str) -> Option<String> {
        self.items.iter().any(|item| item.path == file).then(|| format!("it holds `{file}`"))
    }

    /// Folders directly in the directory whose names begin with a number and that hold a file of this name.
    pub fn numbered_folders_with(&self, file: &str) -> Vec<&str> {
        let inside = self.items.iter().filter(|item| !item.beside && item.name() == file);
        let folders = inside.map(Item::folder).filter(|folder| !folder.contains('/'));
        folders.filter(|folder| folder.starts_with(|first: char| first.is_ascii_digit())).collect()
    }

    /// Folders directly in the directory with the files that were read from them, in byte order.
    pub fn folders(&self) -> Vec<(&str, Vec<&Item>)> {
        let mut folders: Vec<(&str, Vec<&Item>)> = Vec::new();
        for item in self.items.iter().filter(|item| !item.beside) {
            let Some((folder, _)) = item.path.split_once('/') else { continue };
            match folders.last_mut() {
                Some((last, items)) if *last == folder => items.push(item),
                _ => folders.push((folder, vec![item])),
            }
        }
        folders
    }
}

impl Item {
    /// The file's name.
    pub fn name(&self) -> &str {
        base_name(&self.path)
    }

    /// The file's name without `.sql`.
    pub fn stem(&self) -> &str {
        let name = self.name();
        if self.is_sql() { name.get(..name.len() - 4).unwrap_or(name) } else { name }
    }

    /// The folder the file lies in, empty for the directory itself.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether the name ends `.sql`.
    pub fn is_sql(&self) -> bool {
        is_sql(self.name())
    }
}

impl Arrangement {
    /// Notes a file that will not be run.
    pub fn ignore(&mut self, item: &Item, reason: impl Into<String>, near_miss: Option<String>) {
        self.ignored.push(IgnoredFile { file: item.file, reason: reason.into(), near_miss, refused: false });
    }

    /// Notes a file that makes the tool stop.
    pub fn refuse(&mut self, item: &Item, reason: impl Into<String>, near_miss: Option<String>) {
        self.ignored.push(IgnoredFile { file: item.file, reason: reason.into(), near_miss, refused: true });
    }
}

/// What stands behind the last `/`.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether a name ends `.sql`.
pub(super) fn is_sql(name: &str) -> bool {
    name.len().checked_sub(4).and_then(|at| name.get(at..)).is_some_and(|suffix| suffix.eq_ignore_ascii_case(".sql"))
}
