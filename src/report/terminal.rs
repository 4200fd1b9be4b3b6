//! The report people read: a line per directory, each finding with its source, a closing summary.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Rendered, Label as RenderedLabel, Severity as RenderedSeverity};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::{Ansi, NoColor};
use codespan_reporting::term::{self, Config, Styles, StylesWriter};

use super::escape::{is_unprintable, line};
use super::{DirectorySummary, Report, RollbackCounts, plural};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, SourceMap};

/// More explaining places than this are counted instead of shown.
const SHOWN_LABELS: usize = 6;

/// Writes the report for a person.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    for directory in &report.directories {
        writeln!(out, "{}", heading(directory))?;
    }
    writeln!(out)?;
    findings(report, colour, out)?;
    if let Some(line) = rollbacks(report) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{}", summary(report))
}

/// The findings alone, each with an empty line behind it.
pub(super) fn findings(report: &Report, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let files = PrintableFiles::new(report);
    report.diagnostics.iter().try_for_each(|diagnostic| out.write_all(&rendered(diagnostic, &files, colour)?))
}

/// `database/migration: 22 migrations, hand-numbered, PostgreSQL`
pub(super) fn heading(directory: &DirectorySummary) -> String {
    let DirectorySummary { path, layout, dialect, migrations, .. } = directory;
    format!("{}: {}, {layout}, {dialect}", line(path), plural(*migrations, "migration"))
}

/// `2 errors, 1 warning; 57 of 58 statements modelled`
pub(super) fn summary(report: &Report) -> String {
    let statements: usize = report.directories.iter().map(|directory| directory.statements).sum();
    let not_modelled: usize = report.directories.iter().map(|directory| directory.not_modelled).sum();
    let counts = format!("{}{}", counts(report), report.hidden());
    match not_modelled {
        _ if statements == 0 => format!("{counts}; no statements"),
        0 if statements == 1 => format!("{counts}; 1 statement modelled"),
        0 => format!("{counts}; all {} modelled", plural(statements, "statement")),
        _ => format!("{counts}; {} of {} modelled", statements.saturating_sub(not_modelled), plural(statements, "statement")),
    }
}

/// `2 errors, 1 warning`
pub(super) fn counts(report: &Report) -> String {
    super::counts(report.diagnostics.iter().map(|diagnostic| diagnostic.severity))
}

/// `rollbacks: 112 restore the schema, 3 leave another, 1 fails`
fn rollbacks(report: &Report) -> Option<String> {
    let counts: Vec<RollbackCounts> = report.directories.iter().filter_map(|directory| directory.rollbacks).collect();
    let sum = |of: fn(&RollbackCounts) -> usize| counts.iter().map(of).sum::<usize>();
    let parts = [
        (sum(|counts| counts.restore), "restores the schema", "restore the schema"),
        (sum(|counts| counts.restore_but_column_order), "all but the order of columns", "all but the order of columns"),
        (sum(|counts| counts.differ), "leaves another", "leave another"),
        (sum(|counts| counts.fail), "fails", "fail"),
        (sum(|counts| counts.nothing_to_undo), "has nothing to undo", "have nothing to undo"),
        (sum(|counts| counts.unknown), "cannot be known", "cannot be known"),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many })).collect();
    (!parts.is_empty()).then(|| format!("rollbacks: {}", parts.join(", ")))
}

fn rendered(diagnostic: &Diagnostic, files: &PrintableFiles, colour: bool) -> io::Result<Vec<u8>> {
    let config = Config::default();
    let rendered = to_codespan(diagnostic);
    let text = if colour {
        let styles = Styles::default();
        let mut text = Ansi::new(Vec::new());
        let mut writer = StylesWriter::new(&mut text, &styles);
        term::emit_to_write_style(&mut writer, &config, files, &rendered).map_err(io::Error::other)?;
        text.into_inner()
    } else {
        let mut text = NoColor::new(Vec::new());
        term::emit_to_io_write(&mut text, &config, files, &rendered).map_err(io::Error::other)?;
        text.into_inner()
    };
    Ok(if diagnostic.severity == Severity::Info { renamed(text) } else { text })
}

/// The renderer has a word of its own for [`Severity::Info`]; it begins the text, but for colours.
fn renamed(mut text: Vec<u8>) -> Vec<u8> {
    const THEIRS: &[u8] = b"note[";
    const OURS: &[u8] = b"info[";
    if let Some(place) = text.windows(THEIRS.len()).position(|window| window == THEIRS) {
        text.splice(place..place + THEIRS.len(), OURS.iter().copied());
    }
    text
}

fn to_codespan(diagnostic: &Diagnostic) -> Rendered<FileId> {
    let severity = match diagnostic.severity {
        Severity::Error => RenderedSeverity::Error,
        Severity::Warning => RenderedSeverity::Warning,
        Severity::Info => RenderedSeverity::Note,
    };
    let primary = RenderedLabel::primary(diagnostic.primary.file, diagnostic.primary.range());
    let labels = diagnostic
        .labels
        .iter()
        .take(SHOWN_LABELS)
        .map(|label| RenderedLabel::secondary(label.span.file, label.span.range()).with_message(printable(&label.message)));
    Rendered::new(severity)
        .with_code(&diagnostic.lint)
        .with_message(printable(&diagnostic.message))
        .with_labels(std::iter::once(primary).chain(labels).collect())
        .with_notes(notes(diagnostic))
}

fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let hidden = diagnostic.labels.len().saturating_sub(SHOWN_LABELS);
    let hidden = (hidden > 0).then(|| format!("and {} (all in --format json)", plural(hidden, "more place")));
    let reasons = diagnostic.notes.iter().map(|note| printable(note.trim()).into_owned());
    let help = diagnostic.help.iter().map(|help| format!("help: {}", printable(help.trim())));
    hidden.into_iter().chain(reasons).chain(help).collect()
}

/// The sources, with everything replaced that would move a terminal's cursor or reverse its text.
struct PrintableFiles<'a> {
    sources: &'a SourceMap,
    replaced: HashMap<FileId, String>,
}

impl<'a> PrintableFiles<'a> {
    fn new(report: &Report<'a>) -> Self {
        let places = |diagnostic: &Diagnostic| {
            let labels = diagnostic.labels.iter().map(|label| label.span.file);
            std::iter::once(diagnostic.primary.file).chain(labels).collect::<Vec<_>>()
        };
        let files: BTreeSet<FileId> = report.diagnostics.iter().flat_map(places).collect();
        let replace = |file: FileId| match printable(&report.sources.file(file).text) {
            Cow::Owned(text) => Some((file, text)),
            Cow::Borrowed(_) => None,
        };
        Self { sources: report.sources, replaced: files.into_iter().filter_map(replace).collect() }
    }
}

impl<'a> Files<'a> for PrintableFiles<'_> {
    type FileId = FileId;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<String, Error> {
        Ok(line(self.sources.path(id)))
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(self.replaced.get(&id).map_or(&self.sources.file(id).text, |text| text.as_str()))
    }

    fn line_index(&'a self, id: FileId, offset: usize) -> Result<usize, Error> {
        self.sources.line_index(id, offset)
    }

    fn line_range(&'a self, id: FileId, index: usize) -> Result<Range<usize>, Error> {
        self.sources.line_range(id, index)
    }
}

/// Replaces control and bidirectional formatting characters, byte for byte, so that spans stay right.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|character| character == '\r' || is_unprintable(character)) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        // A carriage return that ends no line makes a terminal overwrite the line.
        let overwrites = character == '\r' && characters.peek() != Some(&'\n');
        match overwrites || is_unprintable(character) {
            true => clean.extend(std::iter::repeat_n('?', character.len_utf8())),
            false => clean.push(character),
        }
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_text_reversal_never_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c"), "a?[31mb???c");
        assert_eq!(printable("DROP TABLE t;\rSELECT 1;\r\n"), "DROP TABLE t;?SELECT 1;\r\n");
        assert!(matches!(printable("plain\n\ttext é"), Cow::Borrowed(_)));
    }
}
