//! Findings in a comment: the gravest at sight, what they say and the SQL to write first; the others folded.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::parts::Part;
use super::{Comment, cut, folded, link};
use crate::diagnostic::Severity;
use crate::report::escape::{markdown, markdown_code, markdown_message};
use crate::report::finding::{Finding, LabelledPlace};
use crate::report::markdown::{advice, severity};
use crate::report::plural;

/// Findings that get a line of their own when there is no room for more.
const LINES: usize = 100;

/// Explaining places shown of one finding.
const LABELS: usize = 4;

/// Paragraphs shown of why one finding matters.
const NOTES: usize = 8;

/// Findings at sight, where there is no error.
const AT_SIGHT: usize = 3;

/// All findings of one severity, at sight if none is graver.
pub(super) fn part(comment: &Comment, of: Severity, title: &'static str, at_sight: bool) -> Option<Part> {
    let findings: Vec<&Finding> = comment.document.findings.iter().filter(|finding| finding.severity == of).collect();
    if findings.is_empty() {
        return None;
    }
    let heading = format!("{title} ({})", findings.len());
    let wrap = |content: String| if at_sight { format!("\n### {heading}\n\n{content}") } else { folded(&heading, &content) };
    let sight = match (at_sight, of) {
        (false, _) => 0,
        (true, Severity::Error) => usize::MAX,
        (true, _) => AT_SIGHT,
    };
    let forms = [
        wrap(in_full_or_elsewhere(comment, &findings, sight)),
        wrap(lines(comment, &findings, LINES)),
        wrap(lines(comment, &findings, 20)),
        wrap(format!("{}\n", plural(findings.len(), "finding"))),
    ];
    let (name, rank) = match of {
        Severity::Error => ("errors", 6),
        Severity::Warning => ("warnings", 4),
        Severity::Info => ("infos", 1),
    };
    Some(Part::new(name, forms).after(rank))
}

/// Each finding once in full: here, or at its line and here in a line. Of those at sight, reasons are folded; of a part
/// of which none is, they are not, and where only some are, the others are folded.
fn in_full_or_elsewhere(comment: &Comment, findings: &[&Finding], sight: usize) -> String {
    let is_elsewhere = |finding: &&Finding| comment.elsewhere.contains(&finding.fingerprint);
    let (there, here): (Vec<&Finding>, Vec<&Finding>) = findings.iter().partition(|finding| is_elsewhere(finding));
    let (full, rest) = here.split_at(here.len().min(comment.in_full));
    let (seen, unseen) = full.split_at(full.len().min(sight));
    let mut explained = BTreeSet::new();
    let mut text: String = seen.iter().map(|finding| at_sight(comment, finding, &mut explained)).collect();
    let unseen: String = unseen.iter().map(|finding| in_full(comment, finding, &mut explained)).collect();
    let rest = lines(comment, rest, LINES);
    text += &match seen.first() {
        Some(first) if !unseen.is_empty() => {
            let more = plural(here.len() - seen.len(), &format!("more {}", severity(first.severity)));
            folded(&more, &(unseen + &rest))
        }
        _ => unseen + &rest,
    };
    if there.is_empty() {
        return text;
    }
    format!("{text}Told at the lines they are about:\n\n{}", lines(comment, &there, LINES))
}

/// A line for each, and the number of those beyond.
fn lines(comment: &Comment, findings: &[&Finding], most: usize) -> String {
    let mut text: String = findings.iter().take(most).map(|finding| line(comment, finding)).collect();
    if let Some(rest @ 1..) = findings.len().checked_sub(most) {
        let _ = writeln!(text, "- … and {}", plural(rest, "more finding"));
    }
    text
}

fn line(comment: &Comment, finding: &Finding) -> String {
    format!("- {} {}: {}\n", place(comment, &finding.path, finding.line), lint(finding), message(finding))
}

/// A finding that is no more.
pub(super) fn struck(finding: &Finding) -> String {
    format!("- ~~{}: {}~~\n", lint(finding), message(finding))
}

fn lint(finding: &Finding) -> String {
    markdown_code(&cut(&finding.lint, 100))
}

fn message(finding: &Finding) -> String {
    markdown_message(&cut(&finding.message, 600))
}

/// What is wrong and what to write; why is a click away, and each reason told once.
fn at_sight<'a>(comment: &Comment, finding: &'a Finding, explained: &mut BTreeSet<&'a str>) -> String {
    let (why, labels) = (why(finding, explained), labels(comment, finding));
    let title = if why.is_empty() { "Where" } else { "Why" };
    let reasons = [why, labels].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
    let reasons = if reasons.is_empty() { reasons } else { folded(title, &reasons) };
    format!("{}{}{reasons}\n", beginning(comment, finding), how(finding))
}

fn in_full<'a>(comment: &Comment, finding: &'a Finding, explained: &mut BTreeSet<&'a str>) -> String {
    let labels = labels(comment, finding);
    let labels = if labels.is_empty() { labels } else { labels + "\n" };
    let why = why(finding, explained);
    format!("{}{labels}{why}{}\n", beginning(comment, finding), how(finding))
}

fn beginning(comment: &Comment, finding: &Finding) -> String {
    format!("**{}** {}\n\n{}\n\n", place(comment, &finding.path, finding.line), lint(finding), message(finding))
}

/// A finding where its line is shown anyway.
pub(super) fn at_line(comment: &Comment, finding: &Finding) -> String {
    let mut text = format!("**{}** {}: {}\n", severity(finding.severity), lint(finding), message(finding));
    let labels = labels(comment, finding);
    if !labels.is_empty() {
        text += &format!("\n{labels}");
    }
    let more = why(finding, &mut BTreeSet::new()) + &how(finding);
    if more.is_empty() { text } else { format!("{text}\n{}\n", more.trim_end()) }
}

/// The places that explain a finding, as a list.
fn labels(comment: &Comment, finding: &Finding) -> String {
    let mut text = String::new();
    for LabelledPlace { path, line, message, .. } in finding.labels.iter().take(LABELS) {
        let _ = writeln!(text, "- {}: {}", place(comment, path, *line), markdown_message(&cut(message, 300)));
    }
    if let Some(rest @ 1..) = finding.labels.len().checked_sub(LABELS) {
        let _ = writeln!(text, "- … and {}", plural(rest, "more place"));
    }
    text
}

/// Why a finding matters, as paragraphs; without those that were told of another.
fn why<'a>(finding: &'a Finding, explained: &mut BTreeSet<&'a str>) -> String {
    let new = finding.notes.iter().take(NOTES).filter(|note| explained.insert(note));
    new.map(|note| format!("{}\n\n", markdown(&cut(note, 1000)))).collect()
}

/// What to do.
fn how(finding: &Finding) -> String {
    finding.help.as_ref().map(|help| format!("{}\n", advice(&cut(help.trim(), 4000)).trim_end())).unwrap_or_default()
}

/// Where it is, linked where the address is known. Where there is but one directory, its name need not be repeated.
fn place(comment: &Comment, path: &str, line: usize) -> String {
    let inside = match comment.document.directories.as_slice() {
        [only] => path.strip_prefix(&only.path).and_then(|inside| inside.strip_prefix('/')).unwrap_or(path),
        _ => path,
    };
    link(comment, path, line, &markdown_code(&cut(&format!("{inside}:{line}"), 300)))
}
