//! The files of a commit or of the index, and copies of some of them on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::{Commit, GitError, Repository, Side};

/// All files of a commit, or of the index, by path from the repository's root.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    blobs: BTreeMap<String, Blob>,
}

#[derive(Clone, Debug)]
struct Blob {
    object: String,
    is_link: bool,
}

/// Files with these endings say which tool a directory belongs to; they lie beside it or above.
const MANIFESTS: [&str; 10] = [".toml", ".json", ".yaml", ".yml", ".mod", ".hcl", ".prisma", ".csproj", ".conf", ".properties"];

impl Tree {
    /// The files of a commit.
    ///
    /// # Errors
    /// When git fails.
    pub fn of_commit(repository: &Repository, commit: &Commit) -> Result<Self, GitError> {
        Ok(Self::parse(&repository.bytes(&["ls-tree", "-r", "-z", "--full-tree", commit.as_str()])?))
    }

    /// The files as they would be committed now.
    ///
    /// # Errors
    /// When git fails.
    pub fn of_index(repository: &Repository) -> Result<Self, GitError> {
        Ok(Self::parse(&repository.bytes(&["ls-files", "--stage", "-z"])?))
    }

    /// The files of a side that is not the work tree.
    ///
    /// # Errors
    /// When git fails.
    pub fn of(repository: &Repository, side: &Side) -> Result<Option<Self>, GitError> {
        match side {
            Side::WorkTree => Ok(None),
            Side::Index => Self::of_index(repository).map(Some),
            Side::Commit(commit) => Self::of_commit(repository, commit).map(Some),
        }
    }

    /// `mode type object<tab>path` of `ls-tree`, or `mode object stage<tab>path` of `ls-files`, each ended by a zero.
    fn parse(listing: &[u8]) -> Self {
        let entry = |entry: &[u8]| {
            let entry = String::from_utf8_lossy(entry);
            let (fields, path) = entry.split_once('\t')?;
            let fields: Vec<&str> = fields.split(' ').collect();
            let mode = fields.first()?;
            let object = fields.iter().find(|field| field.len() >= 40)?;
            // A submodule is a commit of another repository, not a file of this one.
            (*mode != "160000").then(|| (path.to_owned(), Blob { object: (*object).to_owned(), is_link: *mode == "120000" }))
        };
        Self { blobs: listing.split(|byte| *byte == 0).filter_map(entry).collect() }
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.blobs.keys().map(String::as_str)
    }

    /// Whether there is a file below `folder`.
    pub fn has_folder(&self, folder: &str) -> bool {
        self.below(folder).next().is_some()
    }

    /// Paths of files below `folder`; all where it is empty.
    pub fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from_prefix = self.blobs.range(prefix.clone()..).map(|(path, _)| path.as_str());
        from_prefix.take_while(move |path| path.starts_with(&prefix))
    }

    /// The folder whose files most of the files below `folder` in `other` are, by content: where a renamed
    /// directory was before.
    pub fn former_folder(&self, folder: &str, other: &Tree) -> Option<String> {
        let wanted: BTreeMap<&str, &str> =
            other.below(folder).filter_map(|path| Some((other.blobs.get(path)?.object.as_str(), base_name(path)))).collect();
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for (path, blob) in &self.blobs {
            let Some(rest) = wanted.get(blob.object.as_str()).and_then(|name| path.strip_suffix(name)) else { continue };
            *votes.entry(rest.trim_end_matches('/')).or_default() += 1;
        }
        let (former, count) = votes.into_iter().max_by_key(|(_, count)| *count)?;
        (former != folder && count * 2 > self.below(former).count() && !other.has_folder(former)).then(|| former.to_owned())
    }

    /// Writes what reading the directory at `folder` needs to `into`, at the same paths: its files, those in folders
    /// beside it that `beside` accepts (asked with the folder's name and the file's path), the `others` that are read with
    /// it, and what tells the tool.
    ///
    /// # Errors
    /// When git or the disk fails.
    pub fn copy(
        &self,
        repository: &Repository,
        folder: &str,
        beside: impl Fn(&str, &str) -> bool,
        others: &[String],
        into: &Path,
    ) -> Result<(), GitError> {
        let mut wanted: BTreeSet<&str> = self.below(folder).collect();
        let parent = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        if !folder.is_empty() {
            wanted.extend(self.below(parent).filter(|path| child(path, parent).is_some_and(|name| beside(name, path))));
        }
        wanted.extend(others.iter().flat_map(|other| self.below(other)));
        wanted.extend(self.paths().filter(|path| is_manifest_above(path, folder)));
        self.write(repository, &wanted, into)
    }

    fn write(&self, repository: &Repository, paths: &BTreeSet<&str>, into: &Path) -> Result<(), GitError> {
        // A link could lead out of the copy; what it leads to within the repository is read where it lies.
        let files: Vec<(&str, &Blob)> =
            paths.iter().filter_map(|path| Some((*path, self.blobs.get(*path)?))).filter(|(_, blob)| !blob.is_link).collect();
        let objects: Vec<&str> = files.iter().map(|(_, blob)| blob.object.as_str()).collect();
        let contents = contents(repository, &objects)?;
        let cannot = |error: std::io::Error| GitError(format!("the base cannot be copied to `{}`: {error}", into.display()));
        for ((path, _), content) in files.into_iter().zip(contents) {
            let Some(place) = inside(into, path) else { continue };
            std::fs::create_dir_all(place.parent().unwrap_or(into)).map_err(cannot)?;
            std::fs::write(place, content).map_err(cannot)?;
        }
        // Who looks for a project's root from below stops here, as in the original.
        std::fs::create_dir_all(into.join(".git")).map_err(cannot)
    }
}

/// Where a path lies in a copy; nothing for a path that would lead out of it.
fn inside(into: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| into.join(path))
}

fn base_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The name of the folder right in `parent` that holds `path`.
fn child<'a>(path: &'a str, parent: &str) -> Option<&'a str> {
    let rest = if parent.is_empty() { path } else { path.strip_prefix(parent)?.strip_prefix('/')? };
    rest.split_once('/').map(|(name, _)| name)
}

fn is_manifest_above(path: &str, folder: &str) -> bool {
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    let is_above = above.is_empty() || folder == above || folder.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
    is_above && MANIFESTS.iter().any(|ending| path.ends_with(ending))
}

/// The contents of objects, in their order, by one run of git.
fn contents(repository: &Repository, objects: &[&str]) -> Result<Vec<Vec<u8>>, GitError> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    let input: String = objects.iter().map(|object| format!("{object}\n")).collect();
    let output = repository.bytes_given(&["cat-file", "--batch"], input.as_bytes())?;
    let mut rest = output.as_slice();
    let contents: Option<Vec<Vec<u8>>> = objects.iter().map(|_| next_content(&mut rest)).collect();
    contents.ok_or_else(|| GitError("the repository lacks files of the base: fetch them (`git fetch --refetch`)".to_owned()))
}

/// Reads `object type size`, a line end, the content and another line end.
fn next_content(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let size: usize = std::str::from_utf8(rest.get(..end)?).ok()?.rsplit_once(' ')?.1.parse().ok()?;
    let content = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + 1 + size + 1..)?;
    Some(content)
}
