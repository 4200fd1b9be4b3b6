//! Everything that ever touched one table or column, oldest first: for people and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::diff::altered;
use super::escape::line as printable;
use super::{place, plural};
use crate::difference::{Difference, DifferenceKind, Object};
use crate::history::{Deed, Touch};
use crate::schema::{Name, QualifiedName};
use crate::source::{SourceMap, Span};
use crate::sql::DataKind;

/// Version of the JSON; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// More of a statement's first line than this is cut.
const MAX_LINE: usize = 120;

/// Versions that are longer than this do not push everything to the right.
const MAX_INDENT: usize = 17;

/// A table, or a column of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The table or view.
    pub relation: QualifiedName,
    /// The column.
    pub column: Option<Name>,
}

impl std::fmt::Display for Subject {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.column {
            Some(column) => write!(formatter, "{}.{column}", self.relation),
            None => write!(formatter, "{}", self.relation),
        }
    }
}

/// What one statement did to the subject.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Index of the migration.
    pub migration: usize,
    /// The statement.
    pub statement: Span,
    /// The place in it that names the object.
    pub span: Span,
    /// Rows were written, the schema is as it was.
    pub data: bool,
    /// What was done, in words.
    pub did: Vec<String>,
    /// What the subject is called from here on.
    pub subject: Subject,
}

/// What touched a subject that is called so at the end, through renames and all tables of that name.
pub fn entries(touches: &[Touch], subject: &Subject) -> Vec<Entry> {
    let mut subject = subject.clone();
    let mut found: Vec<Entry> = Vec::new();
    for touch in touches.iter().rev() {
        if is_another(&touch.deed, &subject) {
            break;
        }
        if !concerns(touch, &subject) {
            continue;
        }
        let did = words(&touch.deed);
        match found.last_mut() {
            Some(entry) if entry.statement == touch.statement && entry.migration == touch.migration => {
                entry.did.insert(0, did);
                entry.data &= touch.deed.is_data();
                entry.span = touch.span;
            }
            _ => found.push(Entry {
                migration: touch.migration,
                statement: touch.statement,
                span: touch.span,
                data: touch.deed.is_data(),
                did: vec![did],
                subject: subject.clone(),
            }),
        }
        subject = called_before(&touch.deed, subject);
    }
    found.reverse();
    found.iter_mut().for_each(|entry| entry.did.dedup());
    found
}

/// Whether what had this name before was renamed, so that it has a history of its own.
fn is_another(deed: &Deed, subject: &Subject) -> bool {
    let Deed::Renamed { from, .. } = deed else { return false };
    match (from, &subject.column) {
        (Object::Table(name) | Object::View(name), _) => *name == subject.relation,
        (Object::Column(table, name), Some(column)) => *table == subject.relation && name == column,
        _ => false,
    }
}

fn concerns(touch: &Touch, subject: &Subject) -> bool {
    let object = touch.deed.object();
    if object.relation() != Some(&subject.relation) || matches!(object, Object::Sequence(_)) {
        return false;
    }
    let Some(column) = &subject.column else { return true };
    match &touch.deed {
        Deed::Renamed { to: Object::Table(_) | Object::View(_), .. } => true,
        // Without a list of columns all are written.
        Deed::Data { kind: DataKind::Insert | DataKind::Copy, .. } if touch.columns.is_empty() => true,
        _ => touch.columns.contains(column),
    }
}

fn called_before(deed: &Deed, subject: Subject) -> Subject {
    let Deed::Renamed { from, to } = deed else { return subject };
    match (from, to, &subject.column) {
        (Object::Table(from) | Object::View(from), Object::Table(to) | Object::View(to), _) if *to == subject.relation => {
            Subject { relation: from.clone(), ..subject }
        }
        (Object::Column(_, from), Object::Column(table, to), Some(column)) if *table == subject.relation && to == column => {
            Subject { column: Some(from.clone()), ..subject }
        }
        _ => subject,
    }
}

/// `added column status`
fn words(deed: &Deed) -> String {
    match deed {
        Deed::Differs(Difference { object, kind, .. }) => match (object, kind) {
            (Object::Table(_) | Object::View(_), DifferenceKind::Added) => format!("created {} {}", object.kind(), own_name(object)),
            (_, DifferenceKind::Added) => format!("added {} {}", object.kind(), own_name(object)),
            (_, DifferenceKind::Removed) => format!("dropped {} {}", object.kind(), own_name(object)),
            (_, DifferenceKind::Altered { attribute, from, to }) => {
                format!("{} {}: {}", object.kind(), own_name(object), altered(attribute, from.as_deref(), to.as_deref()))
            }
        },
        Deed::Renamed { from, to } => format!("renamed {} {} to {}", to.kind(), own_name(from), own_name(to)),
        Deed::Data { kind, .. } => rows(*kind).to_owned(),
        Deed::Truncated(_) => "removed all rows".to_owned(),
    }
}

fn rows(kind: DataKind) -> &'static str {
    match kind {
        DataKind::Select => "read rows",
        DataKind::Insert => "inserted rows",
        DataKind::Update => "updated rows",
        DataKind::Delete => "deleted rows",
        DataKind::Merge => "merged rows",
        DataKind::Copy => "copied rows in",
    }
}

/// The name within the table; a table's own in full.
fn own_name(object: &Object) -> String {
    match object {
        Object::Column(_, name)
        | Object::Constraint(_, name)
        | Object::Index(_, name)
        | Object::Trigger(_, name)
        | Object::Policy(_, name) => name.to_string(),
        other => other.to_string(),
    }
}

/// What there is to tell about one subject.
pub struct Report<'a> {
    /// The texts that spans point into.
    pub sources: &'a SourceMap,
    /// What was asked for, as it is called at the end.
    pub subject: &'a Subject,
    /// What touched it.
    pub entries: &'a [Entry],
    /// What each entry's version is called.
    pub versions: Vec<String>,
    /// Statements that replay could not follow may have touched it besides.
    pub uncertain: bool,
}

/// Writes the history for people.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", printable(&report.subject.to_string()), plural(report.entries.len(), "statement"))?;
    let longest = report.versions.iter().map(|version| version.chars().count()).max().unwrap_or(0);
    let width = longest.min(MAX_INDENT);
    for (entry, version) in report.entries.iter().zip(&report.versions) {
        let kind = if entry.data { "data: " } else { "" };
        writeln!(out, "\n{:width$}  {}", printable(version), printable(&place(entry.statement, report.sources)))?;
        for did in &entry.did {
            writeln!(out, "{:width$}  {kind}{}", "", printable(did))?;
        }
        writeln!(out, "{:width$}    {}", "", printable(&first_line(report.sources, entry.statement)))?;
    }
    match report.uncertain {
        true => writeln!(out, "\nstatements that could not be followed may have touched it too: migralint lint --only not-modelled"),
        false => Ok(()),
    }
}

fn first_line(sources: &SourceMap, statement: Span) -> String {
    let line = sources.text(statement).lines().next().unwrap_or_default().trim_end();
    let shown: String = line.chars().take(MAX_LINE).collect();
    if shown.len() < line.len() { format!("{shown}…") } else { shown }
}

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    object: String,
    uncertain: bool,
    entries: Vec<JsonEntry>,
}

#[derive(Serialize)]
struct JsonEntry {
    version: String,
    path: String,
    line: usize,
    column: usize,
    kind: &'static str,
    object: String,
    did: Vec<String>,
    statement: String,
}

/// The history as a JSON value, described by `docs/history.schema.json`.
pub fn json(report: &Report) -> impl Serialize {
    let entries = report.entries.iter().zip(&report.versions).map(|(entry, version)| {
        let start = report.sources.start(entry.statement);
        JsonEntry {
            version: version.clone(),
            path: report.sources.path(entry.statement.file).to_owned(),
            line: start.line,
            column: start.column,
            kind: if entry.data { "data" } else { "schema" },
            object: entry.subject.to_string(),
            did: entry.did.clone(),
            statement: first_line(report.sources, entry.statement),
        }
    });
    let object = report.subject.to_string();
    Document { schema_version: SCHEMA_VERSION, object, uncertain: report.uncertain, entries: entries.collect() }
}
