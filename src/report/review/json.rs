//! `review --format json`: a contract with scripts, with structs of its own. New fields may be added, none changed.

use std::io::{self, Write};

use serde::Serialize;

use super::{Against, ReviewReport, sql_diff};
use crate::report::diff::{JsonChange, json_change};
use crate::report::json::{Finding, finding};
use crate::report::write_json;
use crate::review::{self, DirectoryReview, Edit, Fate, MigrationReview};
use crate::source::SourceMap;

/// Version of the format; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    base: Option<Base<'a>>,
    directories: Vec<Directory<'a>>,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Base<'a> {
    name: &'a str,
    fork: &'a str,
    tip: &'a str,
}

#[derive(Serialize)]
struct Directory<'a> {
    path: &'a str,
    layout: &'static str,
    dialect: &'static str,
    /// `kept`, `added`, `removed` or `moved`.
    fate: &'static str,
    former_path: Option<&'a str>,
    migrations: Vec<Migration<'a>>,
    changes: Vec<JsonChange<'a>>,
    sql_diff: String,
    known_findings: usize,
    fixed: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Migration<'a> {
    name: &'a str,
    path: &'a str,
    edit: &'static str,
    former_name: Option<&'a str>,
    rollback: &'static str,
    changes: Vec<JsonChange<'a>>,
    locks: Vec<StatementLock>,
}

#[derive(Serialize)]
struct StatementLock {
    line: usize,
    relation: String,
    mode: &'static str,
    blocks: &'static str,
    work: &'static str,
}

/// Writes the review as one JSON document.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &ReviewReport, out: &mut dyn Write) -> io::Result<()> {
    let base = match &report.against {
        Against::Base { name, fork, tip } => Some(Base { name, fork: fork.as_str(), tip: tip.as_str() }),
        Against::Directory => None,
    };
    let new = report.directories.iter().flat_map(|directory| &directory.findings);
    let document = Document {
        schema_version: SCHEMA_VERSION,
        base,
        directories: report.directories.iter().map(|review| directory(review, report.sources)).collect(),
        findings: report.mistakes.iter().chain(new).map(|diagnostic| finding(diagnostic, report.sources)).collect(),
    };
    write_json(&document, out)
}

fn directory<'a>(review: &'a DirectoryReview, sources: &'a SourceMap) -> Directory<'a> {
    let (fate, former_path) = match &review.fate {
        Fate::Kept => ("kept", None),
        Fate::Added => ("added", None),
        Fate::Removed => ("removed", None),
        Fate::MovedFrom(former) => ("moved", Some(former.as_str())),
    };
    Directory {
        path: review.path(),
        layout: review.head.directory.kind.name(),
        dialect: review.head.directory.dialect.name(),
        fate,
        former_path,
        migrations: review.migrations.iter().map(|review| migration(review, sources)).collect(),
        changes: review.differences.iter().map(json_change).collect(),
        sql_diff: sql_diff(review),
        known_findings: review.known,
        fixed: review.fixed.iter().map(|diagnostic| finding(diagnostic, sources)).collect(),
    }
}

fn migration<'a>(review: &'a MigrationReview, sources: &'a SourceMap) -> Migration<'a> {
    let former_name = match &review.edit {
        Edit::RenamedFrom(former) => Some(former.as_str()),
        _ => None,
    };
    Migration {
        name: &review.title,
        path: sources.path(review.place.file),
        edit: review.edit.word(),
        former_name,
        rollback: review.rollback.word(),
        locks: review.locks.iter().map(|lock| statement_lock(lock, sources)).collect(),
        changes: review.differences.iter().map(json_change).collect(),
    }
}

fn statement_lock(lock: &review::StatementLock, sources: &SourceMap) -> StatementLock {
    let review::StatementLock { statement, lock, .. } = lock;
    StatementLock {
        line: sources.start(*statement).line,
        relation: lock.relation.to_string(),
        mode: lock.mode.to_sql(),
        blocks: lock.mode.blocks(),
        work: lock.work.in_words(),
    }
}
