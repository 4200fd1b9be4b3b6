//! Headers that name a migration which is absent, or comes later.

use std::collections::HashMap;

use crate::diagnostic::Severity;
use crate::history::Migration;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::source::Span;

const WORDS: [&str; 7] = ["dependencies", "dependency", "depends on", "depends", "requires", "prerequisites", "prerequisite"];
const HEADER_LINES: usize = 60;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let migrations = &context.history.migrations;
    if migrations.iter().all(|migration| references(context, migration).is_empty()) {
        return Vec::new();
    }
    let by_stem: HashMap<String, usize> =
        migrations.iter().enumerate().map(|(index, migration)| (stem(files::title(context, migration)), index)).collect();
    let number = |migration: &Migration| migration.file.version.as_ref()?.parts.first().copied();
    let by_number: HashMap<u128, usize> =
        migrations.iter().enumerate().filter_map(|(index, migration)| Some((number(migration)?, index))).collect();
    let mut findings = Vec::new();
    for (index, migration) in migrations.iter().enumerate() {
        for (span, target) in references(context, migration) {
            match by_stem.get(&stem(target)) {
                Some(found) if *found <= index => {}
                Some(found) => findings.push(later(context, span, target, &migrations[*found], migration)),
                None => {
                    let same_number = leading_number(target).and_then(|number| by_number.get(&number)).map(|found| &migrations[*found]);
                    findings.push(absent(context, span, target, migration, same_number));
                }
            }
        }
    }
    findings
}

fn stem(name: &str) -> String {
    let name = name.to_lowercase();
    let name = name.strip_suffix(".sql").unwrap_or(&name);
    name.strip_suffix(".up").unwrap_or(name).to_string()
}

/// The migrations a header names, with the places of their names.
fn references<'a>(context: &HistoryContext<'a>, migration: &Migration) -> Vec<(Span, &'a str)> {
    let part = migration.file.up;
    let mut offset = part.span.start as usize;
    let mut found = Vec::new();
    for line in context.sources.text(part.span).split_inclusive('\n').take(HEADER_LINES) {
        if !is_comment(line) {
            break;
        }
        if let Some(at) = list(line) {
            found.extend(names(&line[at..]).map(|(start, name)| {
                let start = offset + at + start;
                (Span::new(part.file, start..start + name.len()), name)
            }));
        }
        offset += line.len();
    }
    found
}

fn is_comment(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with("--") || line.starts_with("/*") || line.starts_with('*')
}

/// Where the list behind `Dependencies:` begins.
fn list(line: &str) -> Option<usize> {
    let start = line.find(|character: char| character.is_alphabetic())?;
    let (key, _) = line.get(start..)?.split_once(':')?;
    WORDS.iter().any(|word| key.trim().eq_ignore_ascii_case(word)).then_some(start + key.len() + 1)
}

/// `014_semantic_foundation.sql` and `014_semantic_foundation`; prose and paths to elsewhere are left alone.
fn names(list: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '/');
    let mut rest = 0;
    list.split(move |character| !is_part(character)).filter_map(move |word| {
        let start = rest;
        rest += word.len() + list.get(rest + word.len()..).and_then(|tail| tail.chars().next()).map_or(0, char::len_utf8);
        let name = word.trim_end_matches(['.', '-']);
        is_migration(name).then_some((start, name))
    })
}

fn is_migration(name: &str) -> bool {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let rest = name.get(digits..).unwrap_or("");
    digits >= 2 && rest.starts_with(['_', '-']) && rest.contains(|character: char| character.is_alphabetic()) && !name.contains('/')
}

fn later(context: &HistoryContext, span: Span, target: &str, found: &Migration, migration: &Migration) -> Finding {
    let name = files::title(context, migration);
    Finding::new(span, format!("`{name}` depends on `{target}`, which runs after it"))
        .because(files::first_line(context.sources, found.file.up), "runs later")
        .object(name)
}

fn leading_number(target: &str) -> Option<u128> {
    let digits = target.bytes().take_while(u8::is_ascii_digit).count();
    target.get(..digits)?.parse().ok()
}

fn absent(context: &HistoryContext, span: Span, target: &str, migration: &Migration, same_number: Option<&Migration>) -> Finding {
    let name = files::title(context, migration);
    let finding = Finding::new(span, format!("`{name}` depends on `{target}`, and there is no such migration")).object(name);
    match same_number {
        Some(other) => finding
            .because(
                files::first_line(context.sources, other.file.up),
                format!("this one has the number: `{}`", files::title(context, other)),
            )
            .severity(Severity::Warning),
        None => finding,
    }
}
