//! What the project that a directory belongs to says it is built with.

use std::path::Path;

/// Files that say what a project needs, by their endings.
const RUST: &str = "Cargo.toml";
const DOTNET: &str = ".csproj";

/// How far up they are looked for.
const LEVELS: usize = 6;

/// Larger files are no lists of dependencies.
const MAX_BYTES: u64 = 1 << 20;

/// Whether the Rust project names a crate.
pub(super) fn names_crate(root: &Path, wanted: &str) -> bool {
    nearest(root, RUST).is_some_and(|manifest| {
        manifest
            .lines()
            .any(|line| line.trim_start().trim_matches('"').starts_with(wanted) || line.contains(&format!("dependencies.{wanted}")))
    })
}

/// What the Rust project says of a crate that it needs: version, features.
pub(super) fn crate_settings(root: &Path, wanted: &str) -> Option<String> {
    let manifest = nearest(root, RUST)?;
    let section = format!("dependencies.{wanted}]\n");
    if let Some((_, rest)) = manifest.split_once(&section) {
        return Some(rest.split("\n[").next().unwrap_or_default().to_owned());
    }
    let rest = manifest.split(&format!("\n{wanted}")).skip(1).find(|rest| rest.trim_start().starts_with('='))?;
    let is_table = rest.lines().next().is_some_and(|line| line.contains('{'));
    rest.split(if is_table { '}' } else { '\n' }).next().map(str::to_owned)
}

/// Whether the .NET project names a package that begins so.
pub(super) fn names_package(root: &Path, wanted: &str) -> bool {
    nearest(root, DOTNET).is_some_and(|manifest| manifest.contains(&format!("Include=\"{wanted}")))
}

/// The nearest file of this ending, up to the repository's root.
fn nearest(root: &Path, ending: &str) -> Option<String> {
    let path = std::fs::canonicalize(root).ok()?;
    for ancestor in path.ancestors().take(LEVELS) {
        if let Some(manifest) = read(ancestor, ending) {
            return Some(manifest);
        }
        if ancestor.join(".git").exists() {
            return None;
        }
    }
    None
}

fn read(folder: &Path, ending: &str) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?;
    let found = entries.filter_map(Result::ok).find(|entry| entry.file_name().to_string_lossy().ends_with(ending))?;
    let is_small = found.metadata().is_ok_and(|metadata| metadata.len() <= MAX_BYTES);
    is_small.then(|| std::fs::read_to_string(found.path()).ok()).flatten()
}
