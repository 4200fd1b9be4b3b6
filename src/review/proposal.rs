//! Migrations that a Markdown document proposes: its SQL fences, read where they stand.

use crate::layout::{Directory, MigrationFile, SourcePart, Version};
use crate::source::{SourceMap, Span};
use crate::sql::{self, Body};

/// What a document proposes.
#[derive(Debug, Default)]
pub struct Proposal {
    /// The names of the files it proposes, in order.
    pub names: Vec<String>,
    /// First lines of SQL fences that are no migrations: examples and queries.
    pub passed_over: Vec<Span>,
}

/// A fenced block of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fence {
    /// The bytes between its first and last line.
    range: std::ops::Range<usize>,
    /// The file it is to become, as far as the document says.
    name: Option<String>,
}

/// Adds the migrations of a document behind a directory's own. A fence without a file name counts if its SQL changes
/// the schema; one that is called a rollback belongs to the migration before it that has its number. Each fence becomes
/// a file of its own in which all lines but its own are blank, so that it stands where the document has it.
pub fn add(directory: &mut Directory, path: &str, document: &str, sources: &mut SourceMap) -> Proposal {
    let mut proposal = Proposal::default();
    for fence in fences(document) {
        let file = sources.add(path, blank_around(document, &fence.range));
        let part = SourcePart { file, span: Span::new(file, fence.range.clone()) };
        let Some(name) = fence.name.or_else(|| unnamed(directory, part, sources)) else {
            proposal.passed_over.push(part.span);
            continue;
        };
        let stem = name.strip_suffix(".sql").unwrap_or(&name);
        let (stem, down) = without_direction(stem);
        let version = leading_number(stem).map(Version::new);
        if down {
            let proposed: Vec<SourcePart> = directory.proposed.iter().map(|(part, _)| *part).collect();
            let own = |migration: &&mut MigrationFile| proposed.contains(&migration.up) && migration.version == version;
            match directory.migrations.iter_mut().rev().find(own) {
                Some(migration) => migration.down = Some(part),
                None => directory.orphans.push(part),
            }
            continue;
        }
        let description = stem.trim_start_matches(|first: char| first.is_ascii_digit()).trim_start_matches(['_', '-', '.']);
        let in_transaction = directory.migrations.last().is_none_or(|last| last.in_transaction);
        directory.migrations.push(MigrationFile { version, name: description.to_owned(), up: part, down: None, in_transaction });
        directory.proposed.push((part, name.clone()));
        proposal.names.push(name);
    }
    proposal
}

/// The document with nothing but ends of lines outside of a range, which stays where it is.
fn blank_around(document: &str, range: &std::ops::Range<usize>) -> String {
    let blank = |text: &str| text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    let (before, rest) = document.split_at(range.start);
    let (own, after) = rest.split_at(range.len());
    format!("{}{own}{}", blank(before), blank(after))
}

/// A fence that is given no name but changes the schema is a migration nonetheless.
fn unnamed(directory: &Directory, part: SourcePart, sources: &SourceMap) -> Option<String> {
    let statements = sql::parse(sources, part.file, part.span.range(), directory.dialect);
    let changes = statements.iter().any(|statement| matches!(&statement.body, Body::Changes(changes) if !changes.is_empty()));
    changes.then(|| format!("{}:{}", sources.path(part.file), sources.start(part.span).line))
}

/// A name without the words that make it a rollback, and whether it had some.
fn without_direction(stem: &str) -> (&str, bool) {
    let stem = stem.strip_suffix(".up").unwrap_or(stem);
    let words = ["rollback", "down", "undo", "revert"];
    let without = words.iter().find_map(|word| stem.strip_suffix(word)?.strip_suffix(['_', '.', '-']));
    without.map_or((stem, false), |stem| (stem, true))
}

fn leading_number(stem: &str) -> Option<&str> {
    let end = stem.find(|character: char| !character.is_ascii_digit()).unwrap_or(stem.len());
    stem.get(..end).filter(|number| !number.is_empty())
}

/// The SQL fences of a document. A fence is named by its info string, by the last file named in the text between it
/// and the fence before, or by the comment in its first line.
fn fences(document: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<(&str, Fence, bool)> = None;
    let mut named = None;
    let mut offset = 0;
    for line in document.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let content = line.trim();
        match open.take() {
            Some((marker, fence, is_sql)) if closes(content, marker) => {
                found.extend(is_sql.then(|| fence.closed_at(start, document)));
            }
            Some(inside) => open = Some(inside),
            None => match opening(content) {
                Some((marker, info)) => {
                    let is_sql = info.split([' ', ',', '{', ':']).next().is_some_and(is_sql);
                    let name = file_name(info).or_else(|| named.take());
                    open = Some((marker, Fence { range: offset..offset, name }, is_sql));
                    named = None;
                }
                None => named = file_name(content).or(named),
            },
        }
    }
    // What is never closed goes on to the end.
    found.extend(open.filter(|(.., is_sql)| *is_sql).map(|(_, fence, _)| fence.closed_at(offset, document)));
    found
}

impl Fence {
    fn closed_at(self, end: usize, document: &str) -> Self {
        let range = self.range.start..end;
        let comment = || first_comment(document.get(range.clone()).unwrap_or_default());
        Self { name: self.name.or_else(comment), range }
    }
}

fn is_sql(language: &str) -> bool {
    ["sql", "postgresql", "postgres", "pgsql", "plpgsql", "psql"].iter().any(|known| language.eq_ignore_ascii_case(known))
}

/// The backticks or tildes that open a fence, and what stands behind them.
fn opening(line: &str) -> Option<(&str, &str)> {
    let fence = line.chars().next().filter(|first| matches!(first, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(fence).len();
    let (marker, info) = line.split_at(length);
    (length >= 3 && !(fence == '`' && info.contains('`'))).then(|| (marker, info.trim()))
}

fn closes(line: &str, marker: &str) -> bool {
    line.len() >= marker.len() && marker.chars().next().is_some_and(|fence| line.chars().all(|character| character == fence))
}

fn first_comment(sql: &str) -> Option<String> {
    let line = sql.lines().find(|line| !line.trim().is_empty())?;
    file_name(line.trim().strip_prefix("--")?)
}

/// The last name of an SQL file in a text, without its folders.
fn file_name(text: &str) -> Option<String> {
    let part_of_name = |character: char| character.is_alphanumeric() || "._-/".contains(character);
    let mut words = text.split(|character| !part_of_name(character)).map(|word| word.trim_end_matches('.'));
    let name = words.rfind(|word| word.ends_with(".sql") && word.len() > ".sql".len())?;
    Some(name.rsplit('/').next().unwrap_or(name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(document: &str) -> Vec<(Option<String>, &str)> {
        fences(document).into_iter().map(|fence| (fence.name, &document[fence.range])).collect()
    }

    #[test]
    fn a_fence_is_named_by_its_info_string_the_text_above_or_its_first_comment() {
        let cases = [
            ("```sql title=\"db/018_a.sql\"\nSELECT 1;\n```\n", Some("018_a.sql")),
            ("```sql:db/018_a.sql\nSELECT 1;\n```\n", Some("018_a.sql")),
            ("**File**: `db/018_a.sql`\n\nIt adds a column.\n\n```SQL\nSELECT 1;\n```\n", Some("018_a.sql")),
            ("Unlike 001_old.sql, 018_a.sql. does:\n~~~postgresql\nSELECT 1;\n~~~\n", Some("018_a.sql")),
            ("```sql\nSELECT 1;\n```\n", None),
        ];
        for (document, name) in cases {
            assert_eq!(found(document), [(name.map(str::to_owned), "SELECT 1;\n")], "{document}");
        }
        assert_eq!(found("```sql\n\n-- db/018_a.sql\n```\n"), [(Some("018_a.sql".to_owned()), "\n-- db/018_a.sql\n")]);
    }

    #[test]
    fn a_name_counts_for_the_next_fence_only_and_other_languages_are_passed_over() {
        let document = "018_a.sql\n```sql\nA;\n```\n```sql\nB;\n```\n```js\n// 019_b.sql\n```\n````sql\n```\n````\n";
        assert_eq!(found(document), [(Some("018_a.sql".to_owned()), "A;\n"), (None, "B;\n"), (None, "```\n")]);
    }
}
