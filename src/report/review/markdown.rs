//! The comment on a pull request, in GitHub's Markdown: the verdict first, the gravest findings in full, the rest folded.
//! What comes from SQL is escaped. What does not fit is left out in a fixed order, and the comment says so.

mod findings;
mod parts;

use std::collections::BTreeSet;

use self::parts::{Part, fit};
use super::document::{Document, DocumentDirectory, DocumentLock, DocumentMigration, EditWord, FateWord, StrongestLock};
use super::{in_short, sign, what_happened};
use crate::diagnostic::Severity;
use crate::layout::Kind;
use crate::report::diff::Change;
use crate::report::escape::{html_comment, markdown, markdown_block, markdown_code, markdown_message, uri};
use crate::report::finding::Finding;
use crate::report::plural;

/// GitHub refuses comments of more than 65,536 characters. Bytes are never fewer, and a marker has to fit as well.
pub const MAX_BYTES: usize = 60_000;

/// A review as it is to be shown.
pub struct Comment<'a> {
    /// The review.
    pub document: &'a Document,
    /// What a path from the repository's root is put behind to make its address on the web, where that is known.
    pub address: Option<String>,
    /// Fingerprints of findings that are told in full elsewhere: at their lines.
    pub elsewhere: &'a BTreeSet<String>,
    /// What became of the findings since the comment was written last.
    pub since: Option<Since>,
    /// Where the whole review can be read if this one had to be shortened.
    pub whole: Option<String>,
    /// How many findings of one severity are told in full; more become a line each.
    pub in_full: usize,
}

/// A longer table is folded: what was found comes first.
const ROWS_AT_SIGHT: usize = 8;

/// What people read of one severity before they stop; a summary that nobody has to scroll past may hold more.
pub const IN_FULL: usize = 25;

/// What became of the findings of the push before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// Findings that were not there.
    pub new: usize,
    /// Findings that are gone.
    pub fixed: usize,
}

/// The review as GitHub's Markdown, no longer than `limit` bytes.
pub fn render(comment: &Comment, limit: usize) -> String {
    let document = comment.document;
    let mut parts = vec![Part::fixed(beginning(comment))];
    parts.extend(document.directories.iter().map(|directory| of_directory(comment, directory)));
    let gravest = document.findings.iter().map(|finding| finding.severity).max();
    for (severity, title) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Info, "Notes")] {
        parts.extend(findings::part(comment, severity, title, gravest == Some(severity)));
    }
    parts.extend(document.directories.iter().flat_map(|directory| of_schema(document, directory)));
    parts.extend(of_locks(comment));
    parts.extend(fixed(document));
    parts.push(Part::fixed(ending()));
    fit(parts, limit, comment.whole.as_deref())
}

/// One finding, as a comment at its line.
pub fn at_line(comment: &Comment, finding: &Finding) -> String {
    findings::at_line(comment, finding)
}

/// The verdict, and what was compared.
fn beginning(comment: &Comment) -> String {
    let document = comment.document;
    let counts = document.counts();
    let worst = document.findings.iter().find(|finding| finding.severity == Severity::Error);
    let preview = worst.map_or_else(|| counts.clone(), |worst| format!("{counts}: {}", worst.message));
    // What mail clients and notifications show.
    let mut text = format!("<!-- {} -->\n## Migration review: {counts}\n\n", html_comment(&cut(&preview, 300)));
    text += &match &document.base {
        Some(base) => {
            format!("Compared with {} at {}", markdown_message(&cut(&base.name, 300)), markdown_code(&cut_plainly(&base.fork, 10)))
        }
        None => "Compared with the directory as it is".to_owned(),
    };
    let (known, gone) = (document.known(), document.fixed().count());
    if known > 0 {
        text += &format!("; {} of the base not shown", plural(known, "finding"));
    }
    let hidden = document.directories.iter().map(|directory| directory.baseline_findings).fold(0, usize::saturating_add);
    if hidden > 0 {
        text += &format!("; {} of the baseline not shown", plural(hidden, "finding"));
    }
    if gone > 0 {
        text += &format!("; {} of the base gone", plural(gone, "finding"));
    }
    if let Some(Since { new, fixed }) = comment.since {
        text += &format!("; **since the last push: {new} new, {fixed} fixed**");
    }
    text + ".\n"
}

/// What is done with each migration, as a table.
fn of_directory(comment: &Comment, directory: &DocumentDirectory) -> Part {
    let what = match (directory.fate, &directory.former_path) {
        (FateWord::Moved, Some(former)) => format!("was {}", markdown_code(&cut(former, 300))),
        _ => what_happened(directory.fate, None, &directory.migrations.iter().map(|migration| migration.edit).collect::<Vec<_>>()),
    };
    let layout = Kind::from_name(&directory.layout).map_or(markdown(&cut(&directory.layout, 100)), |kind| kind.label().to_owned());
    let path = markdown_code(&cut(&directory.path, 300));
    let heading = format!("\n{path}: {what}; {layout}, {}.\n", markdown(&cut(&directory.dialect, 100)));
    if directory.migrations.is_empty() {
        return Part::fixed(heading);
    }
    let rows: Vec<String> = directory.migrations.iter().map(|migration| row(comment, migration)).collect();
    let migrations = rows.len();
    let table = |shown: usize| {
        let rest = rows.len().saturating_sub(shown);
        let more = if rest > 0 { format!("\n… and {}\n", plural(rest, "more migration")) } else { String::new() };
        let rows: String = rows.iter().take(shown).map(String::as_str).collect();
        let table = format!("| Migration | What it does | Rollback |\n|---|---|---|\n{rows}{more}");
        if shown.min(ROWS_AT_SIGHT) < migrations {
            heading.clone() + &folded("Migration by migration", &table)
        } else {
            format!("{heading}\n{table}")
        }
    };
    Part::new("rows of the table", [table(100), table(20), heading.clone()]).after(5)
}

fn row(comment: &Comment, migration: &DocumentMigration) -> String {
    let name = link(comment, &migration.path, migration.line, &markdown_code(&cut(&migration.name, 300)));
    let edit = match (migration.edit, &migration.former_name) {
        (EditWord::Added, _) => String::new(),
        (EditWord::Renamed, Some(former)) => format!(", renamed from {}", markdown_code(&cut(former, 300))),
        (edit, _) => format!(", {}", edit.word()),
    };
    let is_gone = migration.edit == EditWord::Removed;
    let changes = match in_short(&migration.changes) {
        _ if is_gone => "–".to_owned(),
        changes if changes.is_empty() => "unchanged".to_owned(),
        changes => cut(&changes, 300),
    };
    let rollback = if is_gone { "–".to_owned() } else { markdown(&cut(&migration.rollback_summary, 300)) };
    let is_here = |finding: &&Finding| migration.holds(&finding.path, finding.line);
    let count = comment.document.findings.iter().filter(is_here).count();
    let count = if count == 0 { String::new() } else { format!(", {}", plural(count, "finding")) };
    let lock = migration.strongest_lock.as_ref().map(|lock| format!("; {}", strongest(lock))).unwrap_or_default();
    format!("| {name}{edit}{count} | {changes}{lock} | {rollback} |\n")
}

/// The strongest lock on a relation that the base has, and how many there are beside it.
fn strongest(lock: &StrongestLock) -> String {
    let work = lock.work.as_ref().map(|work| format!(", {}", markdown(&cut(work, 100)))).unwrap_or_default();
    let more = if lock.others > 0 { format!("; {}", plural(lock.others, "more table")) } else { String::new() };
    format!("{} on {}{work}{more}", markdown(&cut(&lock.mode, 100)), markdown_code(&cut(&lock.relation, 200)))
}

/// What each statement locks, folded.
fn of_locks(comment: &Comment) -> Option<Part> {
    let migrations = comment.document.directories.iter().flat_map(|directory| &directory.migrations);
    let locks = migrations.flat_map(|migration| migration.locks.iter().map(move |lock| (migration, lock)));
    let rows: Vec<String> = locks.map(|(migration, lock)| lock_row(comment, migration, lock)).collect();
    if rows.is_empty() {
        return None;
    }
    let table = |shown: usize| {
        let rest = rows.len().saturating_sub(shown);
        let more = if rest > 0 { format!("\n… and {}\n", plural(rest, "more lock")) } else { String::new() };
        let rows: String = rows.iter().take(shown).map(String::as_str).collect();
        let head = "| Statement | Lock | Meanwhile |\n|---|---|---|\n";
        folded("Locks on what the base has, by statement", &format!("{head}{rows}{more}"))
    };
    Some(Part::new("locks by statement", [table(200), table(20), String::new()]))
}

fn lock_row(comment: &Comment, migration: &DocumentMigration, lock: &DocumentLock) -> String {
    let text = link(comment, &migration.path, lock.line, &markdown_code(&cut(&lock.statement, 60)));
    let relation = markdown_code(&cut(&lock.relation, 200));
    let [mode, blocks, work] = [&lock.mode, &lock.blocks, &lock.work].map(|words| markdown(&cut(words, 100)));
    format!("| {text} | {mode} on {relation}: blocks {blocks} | {work} |\n")
}

/// What becomes of the schema: objects, SQL and a diagram, folded.
fn of_schema(document: &Document, directory: &DocumentDirectory) -> Vec<Part> {
    if directory.changes.is_empty() {
        return Vec::new();
    }
    let of = if document.directories.len() > 1 { format!(" of {}", markdown_code(&cut(&directory.path, 300))) } else { String::new() };
    let lines: Vec<String> = directory.changes.iter().map(line).collect();
    let in_short = cut(&in_short(&directory.changes), 1000);
    let list = |shown: usize| {
        let rest = lines.len().saturating_sub(shown);
        let mut lines: String = lines.iter().take(shown).map(String::as_str).collect();
        if rest > 0 {
            lines += &format!("… and {}\n", plural(rest, "more"));
        }
        folded(&format!("Schema{of}: {in_short}"), &markdown_block("diff", &lines))
    };
    let summary = format!("\nSchema{of}: {in_short}.\n");
    let of_sql = &directory.sql_diff;
    let sql = if of_sql.is_empty() { String::new() } else { folded(&format!("Schema{of} as SQL"), &markdown_block("diff", of_sql)) };
    let diagram = match directory.diagram.as_str() {
        "" => String::new(),
        diagram => folded(&format!("Diagram{of} of what changes and what is beside it"), &markdown_block("mermaid", diagram)),
    };
    vec![
        Part::new("changed objects", [list(200), list(40), summary]).after(3),
        Part::new("the schema as SQL", [sql, String::new()]).after(1),
        Part::new("the diagram", [diagram, String::new()]),
    ]
}

/// `+ column public.users.email`, as lines of a diff are coloured.
fn line(change: &Change) -> String {
    let sentence = change.sentence().split_whitespace().collect::<Vec<_>>().join(" ");
    let sign = if sign(change) == '~' { '!' } else { sign(change) };
    format!("{sign} {}\n", cut(&sentence, 300))
}

/// Findings of the base that are gone.
fn fixed(document: &Document) -> Option<Part> {
    let gone: Vec<&Finding> = document.fixed().collect();
    if gone.is_empty() {
        return None;
    }
    let lines: String = gone.iter().map(|finding| findings::struck(finding)).collect();
    let title = format!("{} of the base gone", plural(gone.len(), "finding"));
    Some(Part::new("findings that are gone", [folded(&title, &lines), String::new()]).after(2))
}

/// A text that leads to a place.
fn link(comment: &Comment, path: &str, line: usize, text: &str) -> String {
    let Some(address) = &comment.address else { return text.to_owned() };
    format!("[{text}]({address}{}{}#L{line})", uri(&comment.document.folder), uri(path))
}

fn ending() -> String {
    format!(
        "\n<sub>migralint {}. `migralint explain LINT` says more about a finding; \
         `-- migralint: allow(LINT) reason` above a statement accepts it.</sub>\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// A part that is opened by a click.
fn folded(summary: &str, content: &str) -> String {
    format!("\n<details><summary>{}</summary>\n\n{content}\n</details>\n", summary_html(summary))
}

/// Markdown is not read in a summary: code spans become elements.
fn summary_html(summary: &str) -> String {
    summary
        .split('`')
        .enumerate()
        .map(|(index, part)| if index % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() })
        .collect()
}

/// At most this many characters.
fn cut(text: &str, length: usize) -> String {
    if text.chars().count() <= length { text.to_owned() } else { text.chars().take(length).chain(['…']).collect() }
}

/// At most this many characters, and no sign that there were more.
fn cut_plainly(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}
