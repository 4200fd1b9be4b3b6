//! Where a review finds its directories: the work tree, or copies of what git has.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::target::{self, Reading};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::git::base::Base;
use crate::git::tree::Tree;
use crate::git::{GitError, Repository, Side};
use crate::layout::{CopyOf, Directory, Kind, is_rollback_folder, other_locations};
use crate::path::absolute;
use crate::source::SourceMap;

/// The files on both sides.
pub(super) struct Sides {
    fork: Tree,
    /// The base by now, where it moved on since the branch began.
    tip: Option<Tree>,
    /// The branch; nothing for the work tree, which lies on disk.
    head: Option<Tree>,
    /// Paths that may differ between the fork and the head.
    changed: BTreeSet<String>,
}

impl Sides {
    /// Asks git for them.
    ///
    /// # Errors
    /// When git fails.
    pub(super) fn read(repository: &Repository, base: &Base, side: Side) -> Result<Self, GitError> {
        let mut changed: BTreeSet<String> = repository.changed(&base.fork, &side)?.into_iter().collect();
        if side == Side::WorkTree {
            changed.extend(repository.untracked()?);
        }
        let tip = (base.tip != base.fork).then(|| Tree::of_commit(repository, &base.tip)).transpose()?;
        Ok(Self { fork: Tree::of_commit(repository, &base.fork)?, tip, head: Tree::of(repository, &side)?, changed })
    }
}

/// Which folders hold migrations, as far as they were looked at.
type Tried = BTreeMap<String, Result<bool, String>>;

/// Finds and reads directories on all sides. Folders are given relative to the repository's root.
pub(super) struct Places<'a> {
    repository: &'a Repository,
    sides: &'a Sides,
    reading: &'a Reading,
    /// Some checks look at what lies in a directory once more, so that its copy is kept as long.
    copies: RefCell<Vec<TempDir>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(repository: &'a Repository, sides: &'a Sides, reading: &'a Reading) -> Self {
        Self { repository, sides, reading, copies: RefCell::default() }
    }

    /// The folders to review: those named, else those in which something changed; what is named without being a directory
    /// of migrations stands for what changed below it.
    pub(super) fn folders(
        &mut self,
        named: &[PathBuf],
        sources: &mut SourceMap,
        mistakes: &mut Vec<Diagnostic>,
    ) -> Result<BTreeSet<String>, String> {
        let here = [PathBuf::from(".")];
        let mut tried = Tried::new();
        let mut found = BTreeSet::new();
        for path in if named.is_empty() { &here } else { named } {
            let folder = self.folder(path)?;
            if !named.is_empty() && self.is_directory(&folder, sources, mistakes, &mut tried)? {
                found.insert(folder);
                continue;
            }
            let changed = self.changed_folders(&folder, sources, mistakes, &mut tried)?;
            // That the folder holds no migrations is for whoever named it to know.
            found.extend(if changed.is_empty() && !named.is_empty() { BTreeSet::from([folder]) } else { changed });
        }
        Ok(found)
    }

    /// A path of the user's as a folder of the repository; a file stands for the folder it lies in.
    fn folder(&self, path: &Path) -> Result<String, String> {
        let here = Path::new(".");
        let parent = || path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(here);
        let path = if path.is_file() { parent() } else { path };
        let full = path.canonicalize().unwrap_or_else(|_| absolute(path));
        let inside = full.strip_prefix(self.repository.root()).map_err(|_| format!("`{}` lies in another repository", path.display()))?;
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Ok(parts.join("/"))
    }

    /// The directories of migrations that changed files below a folder belong to. A folder is tried before those in it: many layouts
    /// have a folder for each migration.
    fn changed_folders(
        &self,
        above: &str,
        sources: &mut SourceMap,
        mistakes: &mut Vec<Diagnostic>,
        tried: &mut Tried,
    ) -> Result<BTreeSet<String>, String> {
        let mut found = BTreeSet::new();
        let below = |path: &&String| above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        for path in self.sides.changed.iter().filter(below).filter(|path| path.ends_with(".sql") && !is_sample(path)) {
            let Some((parent, _)) = path.rsplit_once('/') else {
                found.extend(self.is_directory("", sources, mistakes, tried)?.then(String::new));
                continue;
            };
            let above = parent.rsplit_once('/').map_or("", |(above, _)| above);
            found.extend(self.first_directory([above, parent], sources, mistakes, tried)?);
        }
        Ok(found)
    }

    /// The first of these folders that holds migrations on either side.
    ///
    /// # Errors
    /// When none does and one of them could not be read: that is not the same as nothing being there.
    fn first_directory(
        &self,
        folders: [&str; 2],
        sources: &mut SourceMap,
        mistakes: &mut Vec<Diagnostic>,
        tried: &mut Tried,
    ) -> Result<Option<String>, String> {
        let mut trouble = None;
        for folder in folders {
            match self.is_directory(folder, sources, mistakes, tried) {
                Ok(true) => return Ok(Some(folder.to_owned())),
                Ok(false) => {}
                Err(error) => trouble = Some(error),
            }
        }
        trouble.map_or(Ok(None), Err)
    }

    fn is_directory(
        &self,
        folder: &str,
        sources: &mut SourceMap,
        mistakes: &mut Vec<Diagnostic>,
        tried: &mut Tried,
    ) -> Result<bool, String> {
        if let Some(known) = tried.get(folder) {
            return known.clone();
        }
        let config = self.config(folder, sources, mistakes)?;
        let here = self.head(folder, &config, sources).map(|head| head.is_some());
        let is_one = match here {
            Ok(false) => self.fork(folder, &config, None, sources).map(|(_, fork)| fork.is_some()),
            known => known,
        };
        tried.insert(folder.to_owned(), is_one.clone());
        is_one
    }

    /// The configuration that governs a folder on either side: the branch's.
    pub(super) fn config(&self, folder: &str, sources: &mut SourceMap, mistakes: &mut Vec<Diagnostic>) -> Result<Config, String> {
        target::configuration(&self.repository.root().join(folder), self.reading, sources, mistakes)
    }

    /// The directory as the branch has it.
    pub(super) fn head(&self, folder: &str, config: &Config, sources: &mut SourceMap) -> Result<Option<Directory>, String> {
        match &self.sides.head {
            Some(tree) => self.copied(tree, folder, config, None, sources),
            None => {
                let root = self.repository.root().to_owned();
                let itself = CopyOf { at: root.clone(), original: root };
                target::find_in_copy(&itself, Path::new(folder), (self.reading, config), None, sources)
            }
        }
    }

    /// The directory as it was where the branch began, and the folder that held it then.
    pub(super) fn fork(
        &self,
        folder: &str,
        config: &Config,
        like: Option<Kind>,
        sources: &mut SourceMap,
    ) -> Result<(String, Option<Directory>), String> {
        let former = self.former_folder(folder);
        let directory = self.copied(&self.sides.fork, &former, config, like, sources)?;
        Ok((former, directory))
    }

    /// The directory as the base has it by now.
    pub(super) fn tip(
        &self,
        folder: &str,
        config: &Config,
        like: Option<Kind>,
        sources: &mut SourceMap,
    ) -> Result<Option<Directory>, String> {
        self.sides.tip.as_ref().map_or(Ok(None), |tip| self.copied(tip, folder, config, like, sources))
    }

    /// The folder's name where the branch began. Only what git tracks can be recognised.
    fn former_folder(&self, folder: &str) -> String {
        if folder.is_empty() || self.sides.fork.has_folder(folder) {
            return folder.to_owned();
        }
        let index = || Tree::of_index(self.repository).ok();
        let moved = self.sides.head.clone().or_else(index).and_then(|head| self.sides.fork.former_folder(folder, &head));
        moved.unwrap_or_else(|| folder.to_owned())
    }

    fn copied(
        &self,
        tree: &Tree,
        folder: &str,
        config: &Config,
        like: Option<Kind>,
        sources: &mut SourceMap,
    ) -> Result<Option<Directory>, String> {
        if !folder.is_empty() && !tree.has_folder(folder) {
            return Ok(None);
        }
        let temporary = TempDir::new().map_err(|error| format!("no temporary folder can be made for the base: {error}"))?;
        let down = config.discover.down_directory.as_ref().and_then(|path| self.folder(path).ok());
        let beside = |name: &str, path: &str| is_rollback_folder(name) || down.as_ref().is_some_and(|down| path.starts_with(down.as_str()));
        let others = other_locations(&self.repository.root().join(folder));
        let others: Vec<String> = others.iter().filter_map(|other| self.folder(other).ok()).collect();
        tree.copy(self.repository, folder, beside, &others, temporary.path()).map_err(|error| error.to_string())?;
        let copy = CopyOf { at: temporary.path().to_owned(), original: self.repository.root().to_owned() };
        self.copies.borrow_mut().push(temporary);
        target::find_in_copy(&copy, Path::new(folder), (self.reading, config), like, sources)
    }
}

/// Folders that hold migrations for tests and demonstrations; they can be named.
fn is_sample(path: &str) -> bool {
    const SAMPLES: [&str; 9] = ["test", "tests", "testdata", "fixtures", "seed", "seeds", "samples", "examples", "node_modules"];
    path.split('/').any(|folder| SAMPLES.contains(&folder))
}
