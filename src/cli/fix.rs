//! `migralint lint --fix`: makes the repairs that are certain, in migrations that nobody has run.
//!
//! Nothing is written before replay has shown that the repaired history leads to the same schema and that nothing else is
//! found in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::target::{Reading, Target, find_in_copy};
use super::{version, warn};
use crate::config::Config;
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::difference;
use crate::fix;
use crate::git::base::{self, Surroundings};
use crate::git::tree::Tree;
use crate::git::{GitError, Repository};
use crate::history::{History, Migration, Rollback, Verdict};
use crate::layout::CopyOf;
use crate::lint::{self, Lint, Settings, Unapplied};
use crate::path::absolute;
use crate::source::{FileId, SourceMap};

/// What the user says about repairs.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct Fixing {
    /// Make the repairs that are certain, in migrations that are not on the base (outside of git: that are yet to run)
    #[arg(long, conflicts_with = "stdin_filename")]
    pub(super) fix: bool,
    /// Print the repairs as a patch for `git apply`, and write nothing
    #[arg(long, requires = "fix")]
    pub(super) diff: bool,
}

/// Makes the repairs of each directory, or prints them.
///
/// # Errors
/// Those of `out`, and of files that cannot be written. Within: a message for the user, why nothing is repaired.
pub(super) fn run(
    mut targets: Vec<Target>,
    fixing: Fixing,
    reading: &Reading,
    sources: &SourceMap,
    out: &mut dyn Write,
) -> io::Result<Result<(), String>> {
    let histories: Vec<History> = targets.iter().map(|target| History::load(target.directory.clone(), sources)).collect();
    // All of them before anything is written.
    for (target, history) in targets.iter_mut().zip(&histories) {
        if let Err(message) = version::resolve_since(&mut target.config.settings.unapplied, history, sources) {
            return Ok(Err(message));
        }
    }
    let mut texts: Vec<Repaired> = Vec::new();
    let (mut count, mut is_any_open) = (0, false);
    for (mut target, history) in targets.into_iter().zip(histories) {
        let files: BTreeSet<FileId> = target.directory.files().collect();
        let open = open_files(&history, &files, &target.config.settings, sources);
        is_any_open |= !open.is_empty();
        let is_chosen = !target.only_files.is_empty() || matches!(target.config.settings.unapplied, Unapplied::Since(_));
        if !is_chosen && !open.is_empty() {
            target.config.settings.unapplied = Unapplied::Files(open.clone());
        }
        let Target { config, lints, .. } = &target;
        let found = lint::findings(lints, &history, None, sources, &config.settings).diagnostics;
        let repairing = Repairing { history: &history, files: &files, config, lints, reading, sources, found: &found };
        let made = repairing.proven(&open);
        let (of_directory, repairs) = repairing.repaired(&made)?;
        texts.extend(of_directory);
        count += repairs;
    }
    if fixing.diff {
        return print(&texts, is_any_open, out);
    }
    for text in &texts {
        if let Err(error) = replace(text) {
            return Ok(Err(format!("`{}` cannot be written: {error}", text.path)));
        }
    }
    if count > 0 {
        let plural = |count: usize, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
        warn(&format!("repaired {} in {}", plural(count, "finding"), plural(texts.len(), "file")));
    }
    Ok(Ok(()))
}

/// A file with repairs made in it, or one that a repair makes.
struct Repaired {
    path: String,
    before: Option<String>,
    after: String,
}

/// Prints a patch of all files, or says that there is none.
fn print(texts: &[Repaired], is_any_open: bool, out: &mut dyn Write) -> io::Result<Result<(), String>> {
    match (texts.is_empty(), is_any_open) {
        (true, true) => warn("nothing that is found can be repaired with certainty: there is no patch"),
        (true, false) => warn("the base has all of these migrations, and what somebody may have run is not repaired: there is no patch"),
        (false, _) => {}
    }
    let patch = |text: &Repaired| {
        let path = path_in_patch(&text.path)?;
        Ok(text.before.as_ref().map_or_else(|| fix::patch_of_new(&path, &text.after), |before| fix::patch(&path, before, &text.after)))
    };
    let patches: Result<Vec<String>, String> = texts.iter().map(patch).collect();
    match patches {
        Ok(patches) => out.write_all(patches.concat().as_bytes()).map(Ok),
        Err(message) => Ok(Err(message)),
    }
}

/// What a patch calls a file: its path from the repository's root, outside of git from where the user stands.
fn path_in_patch(path: &str) -> Result<String, String> {
    let refused = |reason: &str| format!("there is no patch for `{path}`: {reason}");
    let full = resolved(Path::new(path)).map_err(|error| refused(&error.to_string()))?;
    let root = match Repository::containing(&full) {
        Ok(repository) => repository.root().to_owned(),
        Err(_) => Path::new(".").canonicalize().map_err(|error| refused(&error.to_string()))?,
    };
    let written = |inside: &Path| inside.iter().map(OsStr::to_str).collect::<Option<Vec<_>>>().map(|parts| parts.join("/"));
    let inside = full.strip_prefix(&root).ok().and_then(written);
    let inside = inside.ok_or_else(|| refused("it lies outside of this folder, and in no git repository"))?;
    if inside.chars().any(char::is_control) {
        return Err(refused("its name cannot be written in one"));
    }
    Ok(inside)
}

/// Where a path leads, whether or not there is anything yet.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    match (path.canonicalize(), absolute(path).parent(), path.file_name()) {
        (Err(error), Some(folder), Some(name)) if error.kind() == io::ErrorKind::NotFound => Ok(resolved(folder)?.join(name)),
        (resolved, ..) => resolved,
    }
}

/// Makes a file that is not there.
fn make(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::File::create_new(path)?.write_all(text.as_bytes())
}

/// Writes a file beside the old one and puts it in its place: whoever stops in between leaves the old one whole.
fn replace(text: &Repaired) -> io::Result<()> {
    let Some(before) = &text.before else { return make(Path::new(&text.path), &text.after) };
    // A link stays one.
    let path = Path::new(&text.path).canonicalize()?;
    let permissions = fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    if fs::read(&path)? != before.as_bytes() {
        return Err(io::Error::other("it has just been changed"));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.after.as_bytes())?;
    file.as_file().set_permissions(permissions)?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// The files that nobody has run: in git what is not on the base, elsewhere the migrations that are yet to run.
fn open_files(history: &History, files: &BTreeSet<FileId>, settings: &Settings, sources: &SourceMap) -> BTreeSet<FileId> {
    let Ok(repository) = Repository::containing(&history.directory.root) else {
        let pending = settings.unapplied.migrations(history).into_iter().filter_map(|index| history.migrations.get(index));
        return pending.flat_map(|migration| [Some(migration.file.up), migration.file.down]).flatten().map(|part| part.file).collect();
    };
    let known = match known_files(&repository) {
        Ok(known) => known,
        Err(error) => {
            warn(&format!("nothing is repaired, because it cannot be known what the base has: {error}"));
            return BTreeSet::new();
        }
    };
    let is_open = |file: &FileId| {
        let full = Path::new(sources.path(*file)).canonicalize().ok();
        let inside =
            full.and_then(|full| full.strip_prefix(repository.root()).ok().map(|inside| inside.to_string_lossy().replace('\\', "/")));
        inside.is_some_and(|inside| !known.contains(&inside))
    };
    files.iter().copied().filter(is_open).collect()
}

fn known_files(repository: &Repository) -> Result<BTreeSet<String>, GitError> {
    let Some(head) = repository.commit("HEAD")? else { return Ok(BTreeSet::new()) };
    let variable = |name: &str| std::env::var(name).ok();
    let base = base::find(repository, &head, None, &Surroundings { variable: &variable, event: None });
    let commit = base.map_or(head, |base| base.fork);
    Ok(Tree::of_commit(repository, &commit)?.paths().map(str::to_owned).collect())
}

/// One directory whose findings are repaired.
struct Repairing<'a> {
    history: &'a History,
    /// The directory's files.
    files: &'a BTreeSet<FileId>,
    config: &'a Config,
    lints: &'a [Lint],
    reading: &'a Reading,
    sources: &'a SourceMap,
    found: &'a [Diagnostic],
}

/// A finding and its repair.
type Repair<'a> = (&'a Diagnostic, &'a Fix);

impl<'a> Repairing<'a> {
    /// The repairs that can be made: all at once, or those that hold by themselves.
    fn proven(&self, open: &BTreeSet<FileId>) -> Vec<Repair<'a>> {
        let certain =
            |found: &'a Diagnostic| Some((found, found.fix.as_deref().filter(|fix| fix.applicability == Applicability::Certain)?));
        let in_open = |(found, fix): &Repair| {
            let is_new = |path: &str| !Path::new(path).exists();
            let may_make = || open.contains(&found.primary.file) && fix.files.iter().all(|file| is_new(&file.path));
            fix.edits.iter().all(|edit| open.contains(&edit.span.file)) && (fix.files.is_empty() || may_make())
        };
        let repairs: Vec<Repair> = self.found.iter().filter_map(certain).filter(in_open).collect();
        let fixes: Vec<&Fix> = repairs.iter().map(|(_, fix)| *fix).collect();
        let mut chosen: Vec<Repair> = fix::compatible(&fixes).into_iter().filter_map(|index| repairs.get(index).copied()).collect();
        if chosen.is_empty() || self.prove(&chosen).is_ok() {
            return chosen;
        }
        chosen.retain(|repair| self.prove(&[*repair]).map_err(|reason| self.refuse(repair.0, &reason)).is_ok());
        match self.prove(&chosen) {
            Ok(()) => chosen,
            Err(reason) => {
                chosen.iter().for_each(|repair| self.refuse(repair.0, &reason));
                Vec::new()
            }
        }
    }

    fn refuse(&self, found: &Diagnostic, reason: &str) {
        let place = format!("{}:{}", self.sources.path(found.primary.file), self.sources.start(found.primary).line);
        warn(&format!("{place}: `{}` is not repaired: {reason}", found.lint));
    }

    /// Whether the repaired history leads to the same schema, and has fewer findings and no new ones.
    fn prove(&self, repairs: &[Repair]) -> Result<(), String> {
        let fixes: Vec<&Fix> = repairs.iter().map(|(_, fix)| *fix).collect();
        let folder = tempfile::tempdir().map_err(|error| format!("no copy can be made: {error}"))?;
        let root = absolute(&self.history.directory.root);
        let original = root.ancestors().last().unwrap_or(&root).to_owned();
        self.copy(&fixes, folder.path(), &original).map_err(|error| format!("no copy can be made: {error}"))?;
        let copy = CopyOf { at: folder.path().to_owned(), original: original.clone() };
        let inside = root.strip_prefix(&original).unwrap_or(&root);
        let mut sources = SourceMap::default();
        let kind = Some(self.history.directory.kind);
        let directory = find_in_copy(&copy, inside, (self.reading, self.config), kind, &mut sources)?;
        let repaired = History::load(directory.ok_or("no migration would be left")?, &sources);
        if repaired.migrations.len() != self.history.migrations.len() {
            return Err("there would be another number of migrations".to_owned());
        }
        if !difference::between(self.history.end(), repaired.end()).is_empty() {
            return Err("it would lead to another schema".to_owned());
        }
        if let Some(migration) = self.misled(&repaired, &sources) {
            return Err(format!("the rollback of `{}` would not lead back", migration.file.name));
        }
        let pending = self.config.settings.unapplied.migrations(self.history).into_iter();
        let pending = pending.filter_map(|index| repaired.migrations.get(index)).map(|migration| migration.file.up.file).collect();
        let settings = Settings { unapplied: Unapplied::Files(pending), ..self.config.settings.clone() };
        let now = lint::findings(self.lints, &repaired, None, &sources, &settings).diagnostics;
        let (before, after) = (counts(self.found.iter()), counts(now.iter()));
        let gone = counts(repairs.iter().map(|(found, _)| *found));
        for (lint, count) in &after {
            let expected = before.get(lint).copied().unwrap_or(0).saturating_sub(gone.get(lint).copied().unwrap_or(0));
            if *count > expected {
                return Err(format!("`{lint}` would find something in it"));
            }
        }
        Ok(())
    }

    /// A migration whose rollback the repairs have made or changed, and that is not led back by it.
    fn misled<'h>(&self, repaired: &'h History, sources: &SourceMap) -> Option<&'h Migration> {
        let text = |migration: &Migration, sources: &SourceMap| migration.file.down.map(|down| sources.text(down.span).to_owned());
        let leads_back = |verdict: &Verdict| !matches!(verdict, Verdict::Differs(_) | Verdict::Fails(_) | Verdict::Unknown(_));
        let mut wrong = repaired.rollbacks(sources).iter().filter(|rollback| !leads_back(&rollback.verdict));
        let word = |index: usize| {
            let mut known = self.history.rollbacks(self.sources).iter();
            known.find(|rollback| rollback.migration == index).map(|rollback| rollback.verdict.word())
        };
        let changed = |rollback: &Rollback| {
            let index = rollback.migration;
            let (before, after) = (self.history.migrations.get(index)?, repaired.migrations.get(index)?);
            let is_other = text(before, self.sources) != text(after, sources) && word(index) != Some(rollback.verdict.word());
            is_other.then_some(after)
        };
        wrong.find_map(changed)
    }

    /// Copies the folders that the directory's files lie in, the repaired files as they will be.
    fn copy(&self, fixes: &[&Fix], to: &Path, original: &Path) -> io::Result<()> {
        let directory = &self.history.directory;
        let path = |file: FileId| absolute(Path::new(self.sources.path(file)));
        let mut folders: BTreeSet<PathBuf> = self.files.iter().filter_map(|file| path(*file).parent().map(Path::to_path_buf)).collect();
        folders.insert(absolute(&directory.root));
        let copied = |path: &Path| to.join(path.strip_prefix(original).unwrap_or(path));
        for folder in folders {
            fs::create_dir_all(copied(&folder))?;
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_file() {
                    fs::copy(&path, copied(&path))?;
                }
            }
        }
        fix::apply(fixes, self.sources).into_iter().try_for_each(|(file, text)| fs::write(copied(&path(file)), text))?;
        fix::made(fixes).into_iter().try_for_each(|file| make(&copied(&absolute(Path::new(&file.path))), &file.text))
    }

    /// The files with their repairs made, and how many these are. Files that have changed meanwhile are left alone, and so
    /// is what must be repaired in them and elsewhere.
    fn repaired(&self, repairs: &[Repair]) -> io::Result<(Vec<Repaired>, usize)> {
        let touched: BTreeSet<FileId> = repairs.iter().flat_map(|(_, fix)| &fix.edits).map(|edit| edit.span.file).collect();
        let mut known = BTreeMap::new();
        for file in touched {
            let path = self.sources.path(file);
            match self.unchanged(file)? {
                Some(mark) => drop(known.insert(file, mark)),
                None => warn(&format!("`{path}` is not repaired: it is not text, or has just been changed")),
            }
        }
        let fixes: Vec<&Fix> = repairs.iter().map(|(_, fix)| *fix).collect();
        let fixes: Vec<&Fix> = fixes.into_iter().filter(|fix| fix.edits.iter().all(|edit| known.contains_key(&edit.span.file))).collect();
        let texts = fix::apply(&fixes, self.sources).into_iter().map(|(file, text)| {
            let mark = known.get(&file).copied().unwrap_or_default();
            let before = Some(format!("{mark}{}", self.sources.file(file).text));
            Repaired { path: self.sources.path(file).to_owned(), before, after: format!("{mark}{text}") }
        });
        let made = fix::made(&fixes).into_iter().map(|file| Repaired { path: file.path.clone(), before: None, after: file.text.clone() });
        Ok((texts.chain(made).collect(), fixes.len()))
    }

    /// The byte order mark, or nothing, that a file begins with which is still what was read.
    fn unchanged(&self, file: FileId) -> io::Result<Option<&'static str>> {
        let bytes = fs::read(self.sources.path(file))?;
        let mark = if bytes.starts_with(b"\xef\xbb\xbf") { "\u{feff}" } else { "" };
        let text = bytes.get(mark.len()..).unwrap_or_default();
        Ok((text == self.sources.file(file).text.as_bytes()).then_some(mark))
    }
}

fn counts<'a>(found: impl Iterator<Item = &'a Diagnostic>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    found.for_each(|found| *counts.entry(found.lint.as_str()).or_default() += 1);
    counts
}
