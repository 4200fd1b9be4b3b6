//! Patterns for files, relative to the folder of the configuration file that holds them.

use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::path::absolute;

/// A set of files given by patterns.
#[derive(Clone, Debug, Default)]
pub struct PathSet {
    base: PathBuf,
    globs: GlobSet,
    patterns: Vec<String>,
}

impl PathSet {
    /// The files below `base` that one of the patterns matches.
    ///
    /// # Errors
    /// When the patterns together are too large to compile.
    pub fn new(base: &Path, globs: &[Glob]) -> Result<Self, globset::Error> {
        let mut builder = GlobSetBuilder::new();
        for glob in globs {
            builder.add(glob.clone());
        }
        let patterns = globs.iter().map(|glob| glob.glob().to_owned()).collect();
        Ok(Self { base: absolute(base), globs: builder.build()?, patterns })
    }

    /// The patterns as they are written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// Whether it holds this file, given relative to where the user stands.
    pub fn contains(&self, path: &str) -> bool {
        !self.globs.is_empty() && absolute(Path::new(path)).strip_prefix(&self.base).is_ok_and(|relative| self.globs.is_match(relative))
    }
}

/// A pattern: `*` stays within a folder, `**` does not.
///
/// # Errors
/// When it is not a pattern.
pub fn pattern(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text.trim_start_matches("./")).literal_separator(true).build()
}

/// A path, given relative to where the user stands, relative to `root`; as it is where it lies outside.
pub fn relative(root: &Path, path: &str) -> String {
    let full = absolute(Path::new(path));
    let inside = full.strip_prefix(absolute(if root.as_os_str().is_empty() { Path::new(".") } else { root }));
    inside.map_or_else(|_| path.to_owned(), |inside| inside.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_relative_to_their_folder_wherever_the_user_stands() {
        let cases = [
            ("*.sql", "db/1.sql", true),
            ("*.sql", "db/old/1.sql", false),
            ("**/*.sql", "db/old/1.sql", true),
            ("./old/**", "db/old/1.sql", true),
            ("old/**", "db/new/../old/1.sql", true),
            ("**", "other/1.sql", false),
            ("**", "../db/1.sql", false),
        ];
        for (text, path, expected) in cases {
            let set = PathSet::new(Path::new("./x/../db"), &[pattern(text).unwrap()]).unwrap();
            assert_eq!(set.contains(path), expected, "{text} {path}");
        }
    }
}
