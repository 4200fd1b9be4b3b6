//! Versions as people type them: `018`, `18`, a timestamp or the beginning of one, a migration's name or file.

use std::collections::HashMap;
use std::path::Path;

use crate::history::{History, Migration};
use crate::lint::Unapplied;
use crate::nearest::did_you_mean;
use crate::source::SourceMap;

/// More candidates than this are counted instead of named.
const SHOWN: usize = 4;

/// Index of the migration that is meant.
///
/// # Errors
/// A message: there is none and this one is nearest, or there are several.
pub(super) fn find(history: &History, sources: &SourceMap, written: &str) -> Result<usize, String> {
    let all: Vec<Candidate> = history.migrations.iter().map(|migration| Candidate::new(history, migration, sources)).collect();
    let ways: [&dyn Fn(&Candidate) -> bool; 4] = [
        &|it| it.file == written || it.stem == written || it.path == written,
        &|it| it.version == written,
        &|it| it.parts.is_some_and(|parts| numbers(written).is_some_and(|numbers| *numbers == *parts)),
        &|it| !written.is_empty() && (it.version.starts_with(written) || it.stem.starts_with(written)),
    ];
    for way in ways {
        let found: Vec<usize> = all.iter().enumerate().filter(|(_, it)| way(it)).map(|(index, _)| index).collect();
        match found[..] {
            [] => {}
            [only] => return Ok(only),
            _ => return Err(several(written, found.iter().filter_map(|index| all.get(*index)))),
        }
    }
    Err(none(written, &all))
}

/// Replaces a name in the choice of unapplied migrations by the version that is meant. A number need not exist: it may
/// be the next one.
///
/// # Errors
/// A message: there is no such version, and this one is nearest.
pub(super) fn resolve_since(unapplied: &mut Unapplied, history: &History, sources: &SourceMap) -> Result<(), String> {
    let Unapplied::Since(written) = unapplied else { return Ok(()) };
    let is_number = written.bytes().any(|byte| byte.is_ascii_digit())
        && written.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '_' | '-' | ':' | 'T' | 'V' | 'v'));
    if is_number {
        return Ok(());
    }
    let meant = history.migrations.get(find(history, sources, written)?);
    if let Some(version) = meant.and_then(|migration| migration.file.version.as_ref()) {
        *written = version.text.clone();
    }
    Ok(())
}

/// What each version is called: its number where no other has that, otherwise its migration's name.
pub(super) fn labels(history: &History, sources: &SourceMap) -> Vec<String> {
    let candidates: Vec<Candidate> = history.migrations.iter().map(|migration| Candidate::new(history, migration, sources)).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    candidates.iter().for_each(|candidate| *counts.entry(candidate.version).or_default() += 1);
    let is_known_by_number = |candidate: &Candidate| !candidate.version.is_empty() && counts.get(candidate.version) == Some(&1);
    let label = |candidate: &Candidate| if is_known_by_number(candidate) { candidate.version } else { candidate.stem }.to_owned();
    candidates.iter().map(label).collect()
}

struct Candidate<'a> {
    version: &'a str,
    parts: Option<&'a [u128]>,
    /// Relative to where the user stands.
    path: &'a str,
    /// The file or, where every migration has one, the folder.
    file: &'a str,
    /// That without what stands behind the name.
    stem: &'a str,
}

impl<'a> Candidate<'a> {
    fn new(history: &History, migration: &'a Migration, sources: &'a SourceMap) -> Self {
        let path = sources.path(migration.file.up.file);
        let inside = path.strip_prefix(&history.directory.path).map_or(path, |inside| inside.trim_start_matches('/'));
        let of_folder = ["up.sql", "migration.sql"].iter().find_map(|name| inside.strip_suffix(name)?.strip_suffix('/'));
        let file = of_folder.unwrap_or(inside);
        let stem = file.strip_suffix(".sql").unwrap_or(file);
        let stem = stem.strip_suffix(".up").unwrap_or(stem);
        let version = migration.file.version.as_ref();
        Self { version: version.map_or("", |version| &version.text), parts: version.map(|version| &version.parts[..]), path, file, stem }
    }

    fn name(&self) -> &str {
        Path::new(self.stem).file_name().and_then(|name| name.to_str()).unwrap_or(self.stem)
    }
}

/// `018` and `18` are one number; `1.2` is two.
fn numbers(text: &str) -> Option<Vec<u128>> {
    text.trim_start_matches(['V', 'v']).split(['.', '_', '-']).map(|part| part.parse().ok()).collect()
}

fn several<'a>(written: &str, found: impl Iterator<Item = &'a Candidate<'a>>) -> String {
    let names: Vec<String> = found.map(|candidate| format!("`{}`", candidate.name())).collect();
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("version `{written}` may be any of {shown}{more}: name one of them")
}

fn none(written: &str, all: &[Candidate]) -> String {
    let names = all.iter().flat_map(|candidate| [candidate.version, candidate.name()]).filter(|name| !name.is_empty());
    let hint = did_you_mean(written, names).or_else(|| {
        let (first, last) = (all.first()?, all.last()?);
        Some(format!("the first is `{}` and the last `{}`", first.name(), last.name()))
    });
    let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("there is no version `{written}`{hint}")
}
