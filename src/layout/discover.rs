//! From a path to a [`Directory`]: list, read, recognise, arrange.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::listing::{self, Found, Listing};
use super::tree::{Arrangement, Item, Tree};
use super::{Directory, Kind, Unreadable, VersionOrder, databases, detect, dialect, flyway, ledger, pairing, reading};
use crate::path::{absolute, tidy};
use crate::progress::{self, Stage};
use crate::source::{SourceMap, Span};
use crate::sql::{Dialect, Values};

/// What the user decides instead of the evidence.
#[derive(Clone, Debug, Default)]
pub struct DiscoverOptions {
    /// The convention.
    pub layout: Option<Kind>,
    /// Where the down scripts are, when they are not in a usual place.
    pub down_directory: Option<PathBuf>,
    /// The SQL the directory is written in.
    pub dialect: Option<Dialect>,
    /// The directory is read from a copy.
    pub copy: Option<CopyOf>,
    /// What the placeholders in the files stand for.
    pub placeholders: Values,
    /// A file as it is about to be written.
    pub unsaved: Option<Unsaved>,
}

/// A file's text as an editor holds it, which takes the place of what lies on disk, if anything does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaved {
    /// Where it is to lie.
    pub at: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Where a copy lies, and what it is a copy of: reports show the original's paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyOf {
    /// The folder that was copied to.
    pub at: PathBuf,
    /// The folder that was copied.
    pub original: PathBuf,
}

/// Why a path is no directory of migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiscoverError {
    /// There is nothing at this path.
    NotFound {
        /// As the user is to see it.
        path: String,
    },
    /// It is a file.
    NotADirectory {
        /// As the user is to see it.
        path: String,
    },
    /// It cannot be listed.
    Unreadable {
        /// As the user is to see it.
        path: String,
        /// The system's reason.
        reason: String,
    },
    /// No file in it is a migration.
    NoMigrations {
        /// As the user is to see it.
        path: String,
        /// Directories below it that look like migrations, the largest first.
        below: Vec<String>,
    },
}

impl fmt::Display for DiscoverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { path } => write!(f, "there is no directory `{path}`"),
            Self::NotADirectory { path } => write!(f, "`{path}` is a file; name the directory of migrations it lies in"),
            Self::Unreadable { path, reason } => write!(f, "`{path}` cannot be read: {reason}"),
            Self::NoMigrations { path, below } if below.is_empty() => write!(f, "no migrations in `{path}`"),
            Self::NoMigrations { path, below } => {
                let below: Vec<_> = below.iter().map(|folder| format!("`{folder}`")).collect();
                write!(f, "no migrations directly in `{path}`; below it these look like some: {}", below.join(", "))
            }
        }
    }
}

impl std::error::Error for DiscoverError {}

/// Reads the directory of migrations at `path`.
pub fn discover(path: &Path, sources: &mut SourceMap, options: &DiscoverOptions) -> Result<Directory, DiscoverError> {
    let current = std::env::current_dir().ok();
    let shown_path = |path: &Path| shown(current.as_deref(), &original(path, options.copy.as_ref()));
    let shown = shown_path(path);
    check(path, &shown)?;
    let mut listing = listing::list(path, options.down_directory.as_deref());
    if let Some(unsaved) = &options.unsaved {
        listing.add_unsaved(path, &unsaved.at);
    }
    if !detect::has_migrations(path, &listing) {
        return Err(DiscoverError::NoMigrations { below: detect::below(&listing, &shown), path: shown });
    }
    databases::leave_out(&mut listing);
    let locations = if options.layout.unwrap_or(Kind::Flyway) == Kind::Flyway { flyway::locations(path, &listing) } else { Vec::new() };
    listing::add_locations(&mut listing, &locations);
    let (items, unreadable) = read(&listing, options.unsaved.as_ref(), sources, shown_path);
    let tree = Tree { sources, items, others: listing.others };
    let (kind, evidence) = match options.layout {
        Some(kind) => (kind, "named by the user".to_string()),
        None => detect::kind(path, &tree),
    };
    let evidence = locations.iter().fold(evidence, |evidence, folder| format!("{evidence}; `{}` is read with it", shown_path(folder)));
    let (dialect, dialect_evidence) = match options.dialect {
        Some(dialect) => (dialect, "named by the user".to_string()),
        None => dialect::recognise(path, kind, &tree),
    };
    let Tree { mut items, others, .. } = tree;
    if let Some(rewrite) = kind.facts().rewrite {
        rewrite(&mut items, sources);
    }
    let arrangement = arrange(kind, &Tree { sources, items, others }, dialect);
    if arrangement.migrations.is_empty() && arrangement.ignored.is_empty() && arrangement.foreign.is_empty() {
        return Err(DiscoverError::NoMigrations { path: shown, below: Vec::new() });
    }
    let ledger = ledger::read(path, &shown, sources);
    Ok(Directory {
        ledger,
        dialect_evidence,
        placeholders: options.placeholders.clone(),
        ..directory(path, shown, (kind, evidence), dialect, arrangement, unreadable)
    })
}

fn check(path: &Path, shown: &str) -> Result<(), DiscoverError> {
    let path_shown = || shown.to_string();
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(DiscoverError::NotFound { path: path_shown() }),
        Err(error) => return Err(DiscoverError::Unreadable { path: path_shown(), reason: error.to_string() }),
        Ok(metadata) if !metadata.is_dir() => return Err(DiscoverError::NotADirectory { path: path_shown() }),
        Ok(_) => {}
    }
    match std::fs::read_dir(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(DiscoverError::Unreadable { path: path_shown(), reason: error.to_string() }),
    }
}

/// Reads on all cores, adds in order.
fn read(
    listing: &Listing,
    unsaved: Option<&Unsaved>,
    sources: &mut SourceMap,
    shown: impl Fn(&Path) -> String,
) -> (Vec<Item>, Vec<Unreadable>) {
    let read = |found: &Found| match unsaved {
        Some(unsaved) if absolute(&unsaved.at) == absolute(&found.at) => reading::of_bytes(unsaved.bytes.clone()),
        _ => reading::read(&found.at),
    };
    progress::begin(Stage::Reading, listing.readable.len());
    let texts: Vec<_> = listing.readable.par_iter().map(read).inspect(|_| progress::advance()).collect();
    let mut items = Vec::with_capacity(texts.len());
    let mut unreadable = Vec::new();
    sources.reserve(texts.len());
    for (Found { path, at, beside }, text) in listing.readable.iter().zip(texts) {
        let file = sources.add(shown(at), text.text);
        if let Some((range, reason)) = text.trouble {
            unreadable.push(Unreadable { file, span: Span::new(file, range), reason });
        }
        items.push(Item { path: path.clone(), file, beside: *beside, back: None });
    }
    for (at, reason) in &listing.troubles {
        let file = sources.add(shown(at), "");
        unreadable.push(Unreadable { file, span: Span::new(file, 0..0), reason: reason.clone() });
    }
    (items, unreadable)
}

fn arrange(kind: Kind, tree: &Tree, dialect: Dialect) -> Arrangement {
    let mut arrangement = (kind.facts().arrange)(tree, dialect);
    if kind != Kind::Prisma && kind.order() != VersionOrder::Listed {
        pairing::sort(&mut arrangement.migrations, kind);
    }
    arrangement
}

fn directory(
    root: &Path,
    path: String,
    (kind, evidence): (Kind, String),
    dialect: Dialect,
    arrangement: Arrangement,
    unreadable: Vec<Unreadable>,
) -> Directory {
    let Arrangement { migrations, orphans, ignored, companions, foreign, run_forward, faults } = arrangement;
    Directory {
        path,
        root: root.to_path_buf(),
        kind,
        evidence,
        dialect,
        dialect_evidence: String::new(),
        order: kind.order(),
        migrations,
        orphans,
        ignored,
        companions,
        foreign,
        run_forward,
        unreadable,
        ledger: None,
        faults,
        proposed: Vec::new(),
        placeholders: Values::new(),
    }
}

/// A path as people write it from where they stand: relative when that takes at most two steps up, `/` between its parts.
fn shown(current: Option<&Path>, path: &Path) -> String {
    let Some(current) = current else { return joined(path) };
    let absolute = tidy(&current.join(path));
    for (steps, ancestor) in current.ancestors().take(3).enumerate() {
        let Ok(rest) = absolute.strip_prefix(ancestor) else { continue };
        let is_root = ancestor.parent().is_none();
        if steps > 0 && is_root {
            break;
        }
        let shown = format!("{}{}", "../".repeat(steps), joined(rest));
        return if shown.is_empty() { ".".to_string() } else { shown.trim_end_matches('/').to_string() };
    }
    joined(&absolute)
}

/// The path that stands in the original for one in the copy.
fn original<'a>(path: &'a Path, copy: Option<&CopyOf>) -> Cow<'a, Path> {
    let inside = copy.and_then(|copy| Some(copy.original.join(path.strip_prefix(&copy.at).ok()?)));
    inside.map_or(Cow::Borrowed(path), Cow::Owned)
}

fn joined(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}
