//! What the lints about files share: where such a finding points, what a file is called, the next free number.

use crate::history::{History, Migration};
use crate::layout::{SourcePart, Version};
use crate::lint::HistoryContext;
use crate::source::{FileId, SourceMap, Span};

/// The first line of a part of a file: where findings about the whole of it point.
pub(super) fn first_line(sources: &SourceMap, part: SourcePart) -> Span {
    let line = sources.text(part.span).lines().next().unwrap_or("");
    let start = part.span.start as usize;
    Span::new(part.file, start..start + line.len())
}

/// The first line of a file.
pub(super) fn top(sources: &SourceMap, file: FileId) -> Span {
    first_line(sources, SourcePart { file, span: sources.whole(file) })
}

/// A file's path within the directory: `018_name.sql`, `20240131_name/up.sql`.
pub(super) fn name<'a>(context: &HistoryContext<'a>, file: FileId) -> &'a str {
    context.history.directory.name(context.sources, file)
}

/// What identifies a migration to people: its file's name, or its folder's.
pub(super) fn title<'a>(context: &HistoryContext<'a>, migration: &Migration) -> &'a str {
    context.history.directory.title(context.sources, migration.file.up)
}

/// `design.md:12`: what a migration is called that stands in a document and is given no name.
pub(super) fn place(sources: &SourceMap, part: SourcePart) -> String {
    format!("{}:{}", sources.path(part.file), sources.start(part.span).line)
}

/// The migrations that are numbered one after the other: index and number.
pub(super) fn sequence(history: &History) -> impl Iterator<Item = (usize, u128)> {
    history.migrations.iter().enumerate().filter_map(|(index, migration)| {
        let version = migration.file.version.as_ref()?;
        let number = version.parts.first().filter(|_| version.parts.len() == 1 && !version.is_timestamp())?;
        Some((index, *number))
    })
}

/// The number behind the highest, as wide as that one; none where migrations carry dates or versions of several parts.
pub(super) fn next_number<'a>(versions: impl Iterator<Item = &'a Version>) -> Option<String> {
    let highest = versions.max_by(|left, right| left.parts.cmp(&right.parts))?;
    if highest.is_timestamp() || highest.parts.len() > 1 && !highest.text.ends_with(|last: char| last.is_ascii_lowercase()) {
        return None;
    }
    let next = highest.parts.first()?.checked_add(1)?;
    let width = highest.text.bytes().take_while(u8::is_ascii_digit).count();
    Some(format!("{next:0width$}"))
}

/// Numbers nobody has taken yet; each is proposed once.
pub(super) struct FreeNumbers {
    next: Option<String>,
}

impl FreeNumbers {
    /// Those behind all of `versions`.
    pub(super) fn behind<'a>(versions: impl Iterator<Item = &'a Version>) -> Self {
        Self { next: next_number(versions) }
    }

    /// The next one; none where migrations carry dates.
    pub(super) fn take(&mut self) -> Option<String> {
        let taken = self.next.clone()?;
        let following = taken.parse::<u128>().ok().and_then(|number| number.checked_add(1));
        self.next = following.map(|number| format!("{number:0width$}", width = taken.len()));
        Some(taken)
    }
}

/// The versions of migrations that have one.
pub(super) fn versions(migrations: &[Migration]) -> impl Iterator<Item = &Version> {
    migrations.iter().filter_map(|migration| migration.file.version.as_ref())
}

/// A file's name under another version.
pub(super) fn renumbered(name: &str, version: &str, next: &str) -> String {
    name.replacen(version, next, 1)
}
