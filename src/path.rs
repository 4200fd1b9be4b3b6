//! Paths, as they are written: links are not followed.

use std::path::{Component, Path, PathBuf};

/// The absolute path, without `.` and `..`.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).map_or_else(|_| tidy(path), |path| tidy(&path))
}

/// The path without `.` and `..`, where that can be said without looking at what is there.
pub fn tidy(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            component => clean.push(component),
        }
    }
    clean
}
