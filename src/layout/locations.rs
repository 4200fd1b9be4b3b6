//! Where Flyway looks for migrations besides a directory, as far as the project's own files say it: `locations` in
//! `flyway.conf`, `flyway.toml`, `application.properties` or `application.yml`.

use std::path::{Path, PathBuf};

use super::dialect;

/// The files that may say it, in a folder above the directory.
const FILES: [&str; 9] = [
    "flyway.conf",
    "flyway.toml",
    "conf/flyway.conf",
    "application.properties",
    "application.yml",
    "application.yaml",
    "src/main/resources/application.properties",
    "src/main/resources/application.yml",
    "src/main/resources/application.yaml",
];

/// Larger files are no settings.
const MAX_BYTES: u64 = 1 << 20;

/// How far up they are looked for: Java keeps migrations deep below a project's root.
const LEVELS: usize = 8;

/// What stands for the folder of the database in use.
const VENDOR: &str = "{vendor}";

/// The other folders whose migrations the tool runs together with those of a directory.
pub fn others(root: &Path) -> Vec<PathBuf> {
    let Ok(path) = std::fs::canonicalize(root) else { return Vec::new() };
    for folder in path.ancestors().take(LEVELS) {
        let texts = FILES.iter().filter_map(|file| Some((*file, small(&folder.join(file))?)));
        if let Some(others) = texts.filter_map(|(file, text)| beside(&path, &written(file, &text))).next() {
            return others;
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Vec::new()
}

fn small(path: &Path) -> Option<String> {
    let is_small = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_BYTES);
    is_small.then(|| std::fs::read_to_string(path).ok()).flatten()
}

/// The folders beside `root` in a list of locations; `None` where `root` is not among them.
fn beside(root: &Path, locations: &[String]) -> Option<Vec<PathBuf>> {
    let (own, base, vendor) = locations.iter().find_map(|location| {
        let (base, vendor) = base_of(root, location)?;
        Some((location, base, vendor))
    })?;
    let others = locations.iter().filter(|location| *location != own).filter_map(|location| {
        let location = match (&vendor, location.contains(VENDOR)) {
            (Some(vendor), true) => location.replace(VENDOR, vendor),
            // What is common to several databases belongs to each of theirs.
            (None, true) => return None,
            (_, false) => location.clone(),
        };
        Some(base.join(location))
    });
    let is_apart = |folder: &PathBuf| folder.is_dir() && !folder.starts_with(root) && !root.starts_with(folder);
    Some(others.filter(is_apart).collect())
}

/// The folder that a location is relative to, where `root` is that location, and the folder that stands for the vendor.
fn base_of(root: &Path, location: &str) -> Option<(PathBuf, Option<String>)> {
    let (mut base, mut vendor) = (root, None);
    for part in location.rsplit('/') {
        let name = base.file_name()?.to_str()?;
        match part {
            VENDOR if dialect::of_folder(name).is_some() => vendor = Some(name.to_owned()),
            _ if part == name => {}
            _ => return None,
        }
        base = base.parent()?;
    }
    Some((base.to_path_buf(), vendor))
}

/// The locations that a file of settings lists, without `classpath:` and its like.
fn written(file: &str, text: &str) -> Vec<String> {
    let listed = match file.rsplit('.').next() {
        Some("toml") => in_toml(text),
        Some("yml" | "yaml") => in_yaml(text),
        _ => in_properties(text),
    };
    let plain = |location: &str| {
        let location = location.trim().trim_matches(['"', '\'', '[', ']']).trim();
        let path = ["classpath:", "filesystem:"].iter().find_map(|scheme| location.strip_prefix(scheme)).unwrap_or(location);
        path.trim_start_matches("./").trim_matches('/').to_owned()
    };
    let is_path = |location: &String| !location.is_empty() && !location.contains("${") && !location.split('/').any(|part| part == "..");
    listed.iter().flat_map(|value| value.split(',')).map(plain).filter(is_path).collect()
}

/// `flyway.locations=…`, `spring.flyway.locations=…`, `quarkus.flyway.locations=…`.
fn in_properties(text: &str) -> Vec<String> {
    let pairs = text.lines().filter(|line| !line.trim_start().starts_with('#')).filter_map(|line| line.split_once('='));
    pairs.filter(|(key, _)| key.trim().ends_with("flyway.locations")).map(|(_, value)| value.to_owned()).collect()
}

/// `locations = ["…", "…"]`, perhaps on several lines.
fn in_toml(text: &str) -> Vec<String> {
    let Some((_, rest)) = text.split_once("locations") else { return Vec::new() };
    let Some(list) = rest.trim_start().strip_prefix('=').and_then(|rest| rest.trim_start().strip_prefix('[')) else { return Vec::new() };
    vec![list.split(']').next().unwrap_or_default().to_owned()]
}

/// `locations:` below `flyway:`, as text or as a list.
fn in_yaml(text: &str) -> Vec<String> {
    let indented = |line: &str| line.len() - line.trim_start().len();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).peekable();
    let Some(outer) = lines.find(|line| line.trim() == "flyway:").map(indented) else { return Vec::new() };
    let mut inside = lines.take_while(|line| indented(line) > outer);
    let Some(value) = inside.find_map(|line| line.trim().strip_prefix("locations:")) else { return Vec::new() };
    match value.trim() {
        "" => inside.map_while(|line| line.trim().strip_prefix("- ").map(str::to_owned)).collect(),
        value => vec![value.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_from_what_the_project_says() {
        let both = ["db/migration/common", "db/migration/{vendor}"];
        for (file, text) in [
            ("flyway.conf", "flyway.url=x\nflyway.locations=filesystem:db/migration/common,filesystem:./db/migration/{vendor}\n"),
            ("application.properties", "spring.flyway.locations = classpath:db/migration/common, classpath:/db/migration/{vendor}/"),
            ("flyway.toml", "[flyway]\nlocations = [\n  \"filesystem:db/migration/common\",\n  \"filesystem:db/migration/{vendor}\"\n]\n"),
            (
                "application.yml",
                "spring:\n  flyway:\n    locations: classpath:db/migration/common,classpath:db/migration/{vendor}\n  x: y\n",
            ),
            (
                "application.yml",
                "spring:\n  flyway:\n    enabled: true\n    locations:\n      - classpath:db/migration/common\n      - 'db/migration/{vendor}'\n",
            ),
            ("application.yaml", "flyway:\n  locations: [\"db/migration/common\", \"db/migration/{vendor}\"]\n"),
        ] {
            assert_eq!(written(file, text), both, "{text}");
        }
        assert_eq!(written("application.yml", "other:\n  locations: a\n"), Vec::<String>::new());
        assert_eq!(written("flyway.conf", "flyway.locations=${dir},filesystem:../x"), Vec::<String>::new());
    }
}
