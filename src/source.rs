//! Source files and the places in them.
//!
//! This is the only module where bytes become lines and columns. Everything else passes [`Span`]s
//! around and asks the [`SourceMap`] when a person or a report needs to be told where that is.

use std::ops::Range;
use std::sync::OnceLock;

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `range` of `file`.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: clamp(range.start), end: clamp(range.end) }
    }

    /// The span's bytes as indices into the file's text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether `other` lies wholly within this span.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A value and the place that last set it: the whole of provenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The source that set it.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, set at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A position as people count: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1-based line.
    pub line: usize,
    /// 1-based column in characters, not bytes.
    pub column: usize,
}

/// One file's path and text.
#[derive(Debug)]
pub struct SourceFile {
    /// The path as the user is to see it: relative to where they stand, `/` between its parts.
    pub path: String,
    /// The text, without a byte order mark, invalid UTF-8 replaced by U+FFFD.
    pub text: String,
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// Offsets of the first byte of every line. Only files that are reported on pay for this.
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(offset, _)| offset as u32 + 1)).collect()
        })
    }

    fn position(&self, offset: usize) -> LineColumn {
        let offset = floor_char_boundary(&self.text, offset);
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start as usize <= offset).max(1);
        let start = starts[line - 1] as usize;
        LineColumn { line, column: self.text[start..offset].chars().count() + 1 }
    }
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// All files that were read.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file. `path` is what reports will show.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { path: path.into(), text: text.into(), line_starts: OnceLock::new() });
        id
    }

    /// Makes room for so many more files.
    pub fn reserve(&mut self, files: usize) {
        self.files.reserve_exact(files);
    }

    /// The file.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file of this path, relative to the folder of another or to any folder around it, the nearest first.
    pub fn beside(&self, file: FileId, path: &str) -> Option<FileId> {
        let path = path.trim_start_matches("./").trim_start_matches("../");
        let mut folder = self.path(file);
        while let Some((outer, _)) = folder.rsplit_once('/') {
            folder = outer;
            let wanted = self.files.iter().position(|file| {
                let inside = file.path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
                inside == Some(path)
            });
            if let Some(index) = wanted {
                return u32::try_from(index).ok().map(FileId);
            }
        }
        None
    }

    /// The path of the file a span lies in.
    pub fn path(&self, file: FileId) -> &str {
        &self.file(file).path
    }

    /// A span over the whole file.
    pub fn whole(&self, file: FileId) -> Span {
        Span::new(file, 0..self.file(file).text.len())
    }

    /// The text a span covers, cut to the file and to whole characters.
    pub fn text(&self, span: Span) -> &str {
        let text = &self.file(span.file).text;
        let start = floor_char_boundary(text, span.start as usize);
        let end = floor_char_boundary(text, span.end as usize).max(start);
        &text[start..end]
    }

    /// Where the span begins.
    pub fn start(&self, span: Span) -> LineColumn {
        self.file(span.file).position(span.start as usize)
    }

    /// Where the span begins and ends, with columns in bytes instead of characters.
    pub fn in_bytes(&self, span: Span) -> (LineColumn, LineColumn) {
        let in_bytes = |offset: u32, position: LineColumn| {
            let file = self.file(span.file);
            let start = file.line_starts().get(position.line - 1).copied().unwrap_or_default() as usize;
            let offset = floor_char_boundary(&file.text, offset as usize);
            LineColumn { column: offset.saturating_sub(start) + 1, ..position }
        };
        (in_bytes(span.start, self.start(span)), in_bytes(span.end, self.end(span)))
    }

    /// Where the span ends: the position behind its last character.
    pub fn end(&self, span: Span) -> LineColumn {
        self.file(span.file).position(span.end as usize)
    }
}

impl<'a> codespan_reporting::files::Files<'a> for SourceMap {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, codespan_reporting::files::Error> {
        Ok(self.path(id))
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, codespan_reporting::files::Error> {
        Ok(&self.file(id).text)
    }

    fn line_index(&'a self, id: FileId, offset: usize) -> Result<usize, codespan_reporting::files::Error> {
        Ok(self.file(id).position(offset).line - 1)
    }

    fn line_range(&'a self, id: FileId, index: usize) -> Result<Range<usize>, codespan_reporting::files::Error> {
        let file = self.file(id);
        let starts = file.line_starts();
        let start = *starts
            .get(index)
            .ok_or(codespan_reporting::files::Error::LineTooLarge { given: index, max: starts.len().saturating_sub(1) })?
            as usize;
        let end = starts.get(index + 1).map_or(file.text.len(), |next| *next as usize);
        Ok(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_start_at_one() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.sql", "név\r\nzwei\n");
        let at = |offset| sources.start(Span::new(file, offset..offset));
        assert_eq!(at(0), LineColumn { line: 1, column: 1 });
        assert_eq!(at(4), LineColumn { line: 1, column: 4 }, "é is two bytes and one column");
        assert_eq!(at(6), LineColumn { line: 2, column: 1 });
        assert_eq!(at(999), LineColumn { line: 3, column: 1 }, "behind the end is the end");
    }

    #[test]
    fn a_span_that_cuts_a_character_is_widened_to_its_start() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.sql", "é");
        assert_eq!(sources.text(Span::new(file, 1..2)), "é");
    }
}
