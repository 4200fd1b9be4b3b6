//! Which files there are in and beside a directory.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::tree::{base_name, is_sql};
use super::{down, liquibase};
use crate::path::absolute;

/// The files below a directory.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Files whose text matters, in byte order of their relative paths.
    pub readable: Vec<Found>,
    /// Relative paths of all other files.
    pub others: Vec<String>,
    /// Places that could not be listed, and why.
    pub troubles: Vec<(PathBuf, String)>,
}

/// A file.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Relative to the directory, `/` between its parts.
    pub path: String,
    /// Where it is.
    pub at: PathBuf,
    /// It lies in a folder of down scripts beside the directory.
    pub beside: bool,
}

impl Listing {
    /// Adds a file that is yet to be written, unless it lies outside the directory.
    pub(super) fn add_unsaved(&mut self, root: &Path, at: &Path) {
        let Some(path) = relative(root, at).filter(|path| is_readable(path)) else { return };
        if let Err(place) = self.readable.binary_search_by(|found| found.path.as_str().cmp(&path)) {
            self.readable.insert(place, Found { path, at: at.to_path_buf(), beside: false });
        }
    }
}

/// Adds the files of folders that the tool reads together with a directory.
pub(super) fn add_locations(listing: &mut Listing, folders: &[PathBuf]) {
    for folder in folders {
        let name = folder.file_name().map_or_else(String::new, |name| format!("../{}/", name.to_string_lossy()));
        add(listing, folder, &name, false);
    }
    listing.readable.sort_by(|left, right| left.path.cmp(&right.path));
    listing.others.sort();
}

/// The path of a file below a directory as it is listed.
fn relative(root: &Path, at: &Path) -> Option<String> {
    let at = absolute(at);
    let parts: Vec<_> = at.strip_prefix(absolute(root)).ok()?.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Some(parts.join("/"))
}

const SKIPPED: [&str; 6] = ["node_modules", "vendor", "target", "dist", "build", "__pycache__"];
/// Java keeps migrations below `src/main/resources/` and the folders of a package.
const MAX_DEPTH: usize = 16;

/// Lists a directory and the folders of down scripts beside it.
pub(super) fn list(root: &Path, down_directory: Option<&Path>) -> Listing {
    let mut listing = Listing::default();
    add(&mut listing, root, "", false);
    for folder in down_directory.map_or_else(|| folders_beside(root), |folder| vec![folder.to_path_buf()]) {
        let name = folder.file_name().map_or_else(String::new, |name| format!("../{}/", name.to_string_lossy()));
        add(&mut listing, &folder, &name, true);
    }
    listing.readable.sort_by(|left, right| left.path.cmp(&right.path));
    listing.others.sort();
    listing
}

fn add(listing: &mut Listing, root: &Path, prefix: &str, beside: bool) {
    let home = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let mut followed = HashSet::new();
    let walk = WalkDir::new(root).follow_links(true).max_depth(MAX_DEPTH).sort_by_file_name();
    for entry in walk.into_iter().filter_entry(|entry| wanted(entry) && first_visit(entry, &home, &mut followed)) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => add_file(listing, root, &entry, prefix, beside),
            Ok(_) => {}
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => note(listing, root, &error),
        }
    }
}

fn note(listing: &mut Listing, root: &Path, error: &walkdir::Error) {
    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    listing.troubles.push((error.path().unwrap_or(root).to_path_buf(), format!("cannot be read: {reason}")));
}

fn add_file(listing: &mut Listing, root: &Path, entry: &DirEntry, prefix: &str, beside: bool) {
    let Ok(relative) = entry.path().strip_prefix(root) else { return };
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let path = format!("{prefix}{}", parts.join("/"));
    if is_readable(&path) && !is_alias(entry) {
        listing.readable.push(Found { path, at: entry.path().to_path_buf(), beside });
    } else if !beside {
        listing.others.push(path);
    }
}

/// Lists that tools keep: they say which files run, and in what order.
const LISTS: [&str; 4] = ["_journal.json", "manifest.json", "metadata.yaml", "sqitch.plan"];

fn is_readable(path: &str) -> bool {
    is_sql(path)
        || path.ends_with(".md")
        || path.ends_with(".toml")
        || path.ends_with(".sql.conf")
        || LISTS.contains(&base_name(path))
        || liquibase::is_changelog(base_name(path))
}

/// A link to a file of the same folder is another name for it, not another file.
fn is_alias(entry: &DirEntry) -> bool {
    entry.path_is_symlink()
        && std::fs::canonicalize(entry.path())
            .is_ok_and(|target| target.parent() == entry.path().parent().and_then(|parent| std::fs::canonicalize(parent).ok()).as_deref())
}

fn wanted(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let skipped = name.starts_with('.') || entry.file_type().is_dir() && SKIPPED.contains(&name.as_ref());
    entry.depth() == 0 || !skipped
}

/// Links between folders can multiply paths without end: each linked folder is entered once, and none that holds the
/// directory or lies in it.
fn first_visit(entry: &DirEntry, home: &Path, followed: &mut HashSet<PathBuf>) -> bool {
    if entry.depth() == 0 || !entry.path_is_symlink() || !entry.file_type().is_dir() {
        return true;
    }
    let Ok(target) = std::fs::canonicalize(entry.path()) else { return false };
    !target.starts_with(home) && !home.starts_with(&target) && followed.insert(target)
}

fn folders_beside(root: &Path) -> Vec<PathBuf> {
    let Ok(absolute) = std::fs::canonicalize(root) else { return Vec::new() };
    let Some(entries) = absolute.parent().and_then(|parent| std::fs::read_dir(parent).ok()) else { return Vec::new() };
    let beside = root.parent().filter(|_| root.file_name().is_some());
    let mut folders: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path() != absolute && down::is_folder(&entry.file_name().to_string_lossy()) && entry.path().is_dir())
        .map(|entry| beside.map_or_else(|| entry.path(), |parent| parent.join(entry.file_name())))
        .collect();
    folders.sort();
    folders
}
