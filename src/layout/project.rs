//! What the project that a directory belongs to says it is built with.

use std::path::{Path, PathBuf};

/// How far up they are looked for.
const LEVELS: usize = 6;

/// Larger files are no lists of dependencies.
const MAX_BYTES: u64 = 1 << 20;

/// Whether the Rust project names a crate.
pub(super) fn names_crate(root: &Path, wanted: &str) -> bool {
    rust_manifest(root).is_some_and(|manifest| {
        manifest
            .lines()
            .any(|line| line.trim_start().trim_matches('"').starts_with(wanted) || line.contains(&format!("dependencies.{wanted}")))
    })
}

/// The manifest of the Rust project.
pub(super) fn rust_manifest(root: &Path) -> Option<String> {
    nearest(root, |folder| Some(folder.join("Cargo.toml")))
}

/// What a Rust project's manifest says of a crate that it needs: version, features.
pub(super) fn crate_settings<'a>(manifest: &'a str, wanted: &str) -> Option<&'a str> {
    let section = format!("dependencies.{wanted}]\n");
    if let Some((_, rest)) = manifest.split_once(&section) {
        return rest.split("\n[").next();
    }
    let rest = manifest.split(&format!("\n{wanted}")).skip(1).find(|rest| rest.trim_start().starts_with('='))?;
    let is_table = rest.lines().next().is_some_and(|line| line.contains('{'));
    rest.split(if is_table { '}' } else { '\n' }).next()
}

/// Whether the .NET project names a package that begins so.
pub(super) fn names_package(root: &Path, wanted: &str) -> bool {
    nearest(root, dotnet_project).is_some_and(|manifest| manifest.contains(&format!("Include=\"{wanted}")))
}

/// .NET's projects have names of their own.
fn dotnet_project(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let found = entries.filter_map(Result::ok).find(|entry| entry.file_name().to_string_lossy().ends_with(".csproj"))?;
    Some(found.path())
}

/// The nearest file that is looked for in each folder, up to the repository's root.
fn nearest(root: &Path, find: fn(&Path) -> Option<PathBuf>) -> Option<String> {
    let path = std::fs::canonicalize(root).ok()?;
    for ancestor in path.ancestors().take(LEVELS) {
        if let Some(manifest) = find(ancestor).and_then(|path| read(&path)) {
            return Some(manifest);
        }
        if ancestor.join(".git").exists() {
            return None;
        }
    }
    None
}

fn read(path: &Path) -> Option<String> {
    let is_small = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() <= MAX_BYTES);
    is_small.then(|| std::fs::read_to_string(path).ok()).flatten()
}
