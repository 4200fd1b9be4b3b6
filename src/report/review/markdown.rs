//! The comment on a pull request, in GitHub's Markdown: the verdict first, the gravest findings in full, the rest folded.
//! What comes from SQL is escaped. What does not fit is left out in a fixed order, and the comment says so.

mod findings;
mod parts;

use std::collections::BTreeSet;

use self::parts::{Part, fit};
use super::{Against, ReviewReport, in_short, rollback_words, sign, sql_diff, strongest_locks, what_happened};
use crate::diagnostic::Severity;
use crate::difference::{Difference, Object};
use crate::locks::Work;
use crate::report::escape::{html_comment, markdown, markdown_block, markdown_code, markdown_message};
use crate::report::schema::{mermaid, select::Selection};
use crate::report::{Report, diff, plural, terminal};
use crate::review::{DirectoryReview, Edit, Fate, MigrationReview, StatementLock};
use crate::schema::{QualifiedName, Schema};

/// GitHub refuses comments of more than 65,536 characters. Bytes are never fewer, and a marker has to fit as well.
pub const MAX_BYTES: usize = 60_000;

/// More tables than this make a diagram nobody reads.
const DRAWN_TABLES: usize = 15;

/// The review as GitHub's Markdown, no longer than `limit` bytes.
pub fn render(report: &ReviewReport, limit: usize) -> String {
    let found = report.findings();
    let mut parts = vec![Part::fixed(beginning(report, &found))];
    parts.extend(report.directories.iter().flat_map(|review| of_directory(report, review)));
    for (severity, title) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Info, "Notes")] {
        parts.extend(findings::part(report, &found, severity, title));
    }
    parts.extend(report.directories.iter().flat_map(|review| of_schema(report, review)));
    parts.extend(of_locks(report));
    parts.extend(fixed(report));
    parts.push(Part::fixed(ending()));
    fit(parts, limit)
}

/// The verdict, and what was compared.
fn beginning(report: &ReviewReport, found: &Report) -> String {
    let counts = terminal::counts(found);
    let worst = found.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    let preview = worst.map_or_else(|| counts.clone(), |worst| format!("{counts}: {}", worst.message));
    // What mail clients and notifications show.
    let mut text = format!("<!-- {} -->\n## Migration review: {counts}\n\n", html_comment(&cut(&preview, 300)));
    if let Some(worst) = worst.filter(|_| found.diagnostics.len() > 1) {
        text += &format!("> [!CAUTION]\n> {}\n\n", markdown_message(&cut(&worst.message, 1000)));
    }
    text += &match &report.against {
        Against::Base { name, fork, .. } => format!("Compared with {} at {}", markdown_message(name), markdown_code(fork.short())),
        Against::Directory => "Compared with the directory as it is".to_owned(),
    };
    if report.known() > 0 {
        text += &format!("; {} of the base not shown", plural(report.known(), "finding"));
    }
    if report.fixed() > 0 {
        text += &format!("; {} of the base gone", plural(report.fixed(), "finding"));
    }
    text + ".\n"
}

/// What is done with each migration, as a table.
fn of_directory(report: &ReviewReport, review: &DirectoryReview) -> Option<Part> {
    let directory = &review.head.directory;
    let what = match &review.fate {
        Fate::MovedFrom(former) => format!("was {}", markdown_code(former)),
        _ => what_happened(review),
    };
    let heading = format!("\n### {}\n\n{what}; {}, {}\n", markdown_code(review.path()), directory.kind.label(), directory.dialect.name());
    if review.migrations.is_empty() {
        return Some(Part::fixed(heading));
    }
    let rows: Vec<String> = review.migrations.iter().map(|migration| row(report, review, migration)).collect();
    let table = |shown: usize| {
        let rest = rows.len().saturating_sub(shown);
        let more = if rest > 0 { format!("\n… and {}\n", plural(rest, "more migration")) } else { String::new() };
        let rows: String = rows.iter().take(shown).map(String::as_str).collect();
        format!("{heading}\n| Migration | Schema | Locks | Rollback | Findings |\n|---|---|---|---|---|\n{rows}{more}")
    };
    Some(Part::new("rows of the table", [table(100), table(20), heading.clone()]).after(5))
}

fn row(report: &ReviewReport, review: &DirectoryReview, migration: &MigrationReview) -> String {
    let name = findings::link(report, migration.place, &markdown_code(&migration.title));
    let edit = match &migration.edit {
        Edit::Added => String::new(),
        Edit::RenamedFrom(former) => format!(", renamed from {}", markdown_code(former)),
        edit => format!(", {}", edit.word()),
    };
    let changes = match (&migration.edit, in_short(&migration.differences)) {
        (Edit::Removed, _) => "–".to_owned(),
        (_, changes) if changes.is_empty() => "unchanged".to_owned(),
        (_, changes) => changes,
    };
    let rollback = if migration.edit == Edit::Removed { "–".to_owned() } else { markdown(&rollback_words(&migration.rollback)) };
    let is_here = |diagnostic: &&crate::diagnostic::Diagnostic| migration.place.contains(diagnostic.primary);
    let count = review.findings.iter().filter(is_here).count();
    let count = if count == 0 { "none".to_owned() } else { count.to_string() };
    let locks = strongest(migration);
    format!("| {name}{edit} | {changes} | {locks} | {rollback} | {count} |\n")
}

/// The strongest lock on a relation that the base has, and how many there are beside it.
fn strongest(migration: &MigrationReview) -> String {
    let locks = strongest_locks(&migration.locks);
    let Some(lock) = locks.iter().max_by_key(|lock| (lock.mode, lock.work)) else { return "–".to_owned() };
    let work = if lock.work == Work::None { String::new() } else { format!(", {}", lock.work.in_words()) };
    let more = if locks.len() > 1 { format!("; {}", plural(locks.len() - 1, "more table")) } else { String::new() };
    format!("{} on {}{work}{more}", lock.mode.to_sql(), markdown_code(&lock.relation.to_string()))
}

/// What each statement locks, folded.
fn of_locks(report: &ReviewReport) -> Option<Part> {
    let migrations = report.directories.iter().flat_map(|directory| &directory.migrations);
    let rows: Vec<String> = migrations.flat_map(|migration| &migration.locks).map(|lock| lock_row(report, lock)).collect();
    if rows.is_empty() {
        return None;
    }
    let table = |shown: usize| {
        let rest = rows.len().saturating_sub(shown);
        let more = if rest > 0 { format!("\n… and {}\n", plural(rest, "more lock")) } else { String::new() };
        let rows: String = rows.iter().take(shown).map(String::as_str).collect();
        let head = "| Statement | Lock | On | Blocks | Meanwhile |\n|---|---|---|---|---|\n";
        folded("Locks on what the base has, by statement", &format!("{head}{rows}{more}"))
    };
    Some(Part::new("locks by statement", [table(200), table(20), String::new()]))
}

fn lock_row(report: &ReviewReport, lock: &StatementLock) -> String {
    let StatementLock { statement, lock, .. } = lock;
    let first_line = report.sources.text(*statement).lines().next().unwrap_or_default();
    let text = findings::link(report, *statement, &markdown_code(&cut(first_line, 60)));
    let relation = markdown_code(&lock.relation.to_string());
    format!("| {text} | {} | {relation} | {} | {} |\n", lock.mode.to_sql(), lock.mode.blocks(), lock.work.in_words())
}

/// What becomes of the schema: objects, SQL and a diagram, folded.
fn of_schema(report: &ReviewReport, review: &DirectoryReview) -> Vec<Part> {
    if review.differences.is_empty() {
        return Vec::new();
    }
    let of = if report.directories.len() > 1 { format!(" of {}", markdown_code(review.path())) } else { String::new() };
    let objects: Vec<String> = review.differences.iter().map(line).collect();
    let list = |shown: usize| {
        let rest = objects.len().saturating_sub(shown);
        let mut lines: String = objects.iter().take(shown).map(String::as_str).collect();
        if rest > 0 {
            lines += &format!("… and {}\n", plural(rest, "more"));
        }
        folded(&format!("Schema{of}: {}", in_short(&review.differences)), &markdown_block("diff", &lines))
    };
    let summary = format!("\nSchema{of}: {}.\n", in_short(&review.differences));
    let sql = sql_diff(review);
    let sql = if sql.is_empty() { String::new() } else { folded(&format!("Schema{of} as SQL"), &markdown_block("diff", &sql)) };
    vec![
        Part::new("changed objects", [list(200), list(40), summary]).after(3),
        Part::new("the schema as SQL", [sql, String::new()]).after(1),
        Part::new("the diagram", [diagram(review, &of), String::new()]),
    ]
}

/// `+ column public.users.email`, as lines of a diff are coloured.
fn line(difference: &Difference) -> String {
    let sentence = diff::sentence(difference).split_whitespace().collect::<Vec<_>>().join(" ");
    let sign = if sign(difference) == '~' { '!' } else { sign(difference) };
    format!("{sign} {}\n", cut(&sentence, 300))
}

/// The tables that change, and those beside them that foreign keys lead to or come from.
fn diagram(review: &DirectoryReview, of: &str) -> String {
    let after = review.head.end();
    let drawn = drawn_tables(&review.differences, after);
    if drawn.is_empty() {
        return String::new();
    }
    let shown = Selection { relations: Some(drawn), namespaces: None }.of(after);
    folded(&format!("Diagram{of} of what changes and what is beside it"), &markdown_block("mermaid", &mermaid::render(&shown)))
}

fn drawn_tables(differences: &[Difference], after: &Schema) -> Vec<QualifiedName> {
    let is_drawn = |difference: &&Difference| !matches!(difference.object, Object::Sequence(_) | Object::View(_));
    let changed = differences.iter().filter(is_drawn).filter_map(|difference| difference.object.relation());
    let changed: BTreeSet<&QualifiedName> = changed.collect();
    let beside =
        after.foreign_keys().filter_map(|(table, _, key)| match (changed.contains(&table.name), changed.contains(&key.references)) {
            (true, _) => Some(&key.references),
            (false, true) => Some(&table.name),
            (false, false) => None,
        });
    let mut drawn: Vec<QualifiedName> = Vec::new();
    for name in changed.iter().copied().chain(beside).filter(|name| after.table(name).is_some()) {
        if drawn.len() < DRAWN_TABLES && !drawn.contains(name) {
            drawn.push(name.clone());
        }
    }
    drawn
}

/// Findings of the base that are gone.
fn fixed(report: &ReviewReport) -> Option<Part> {
    let gone: Vec<_> = report.directories.iter().flat_map(|directory| &directory.fixed).collect();
    if gone.is_empty() {
        return None;
    }
    let lines: String = gone.iter().map(|diagnostic| findings::struck(diagnostic)).collect();
    let title = format!("{} of the base gone", plural(gone.len(), "finding"));
    Some(Part::new("findings that are gone", [folded(&title, &lines), String::new()]).after(2))
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
