//! `migralint history`: every statement that ever touched a table or column.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::naming::{Written, unknown};
use super::opened::{Opened, relations};
use super::output::for_people;
use super::target::Reading;
use super::{Format, Status, fail};
use crate::difference::Object;
use crate::history::{Deed, Touch};
use crate::nearest::did_you_mean;
use crate::report::history::{Entry, Report, Subject, entries, json, render};
use crate::report::write_json;
use crate::schema::{Name, QualifiedName};

/// Arguments of `migralint history`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  migralint history users db/migrations\n  migralint history billing.invoices.amount db/migrations\n  \
    migralint history --format json '\"Users\"'")]
pub(super) struct HistoryArguments {
    /// The table or view, or a column of it: TABLE, SCHEMA.TABLE, TABLE.COLUMN; quotes as in SQL where case matters
    #[arg(value_name = "TABLE[.COLUMN]")]
    object: String,
    /// Directory of migrations [default: .]
    #[arg(value_name = "DIR")]
    path: Option<PathBuf>,
    /// How the history is written; docs/history.schema.json describes the JSON
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

/// Writes the history.
pub(super) fn run(arguments: &HistoryArguments, out: &mut dyn Write) -> io::Result<Status> {
    let opened = match Opened::new(arguments.path.as_ref(), &arguments.reading) {
        Ok(opened) => opened,
        Err(message) => return Ok(fail(&message)),
    };
    let touches = opened.touches();
    let subject = match subject(&opened, &touches, &arguments.object) {
        Ok(subject) => subject,
        Err(message) => return Ok(fail(&message)),
    };
    let entries = entries(&touches, &subject);
    let labels = opened.labels();
    let label = |entry: &Entry| labels.get(entry.migration).cloned().unwrap_or_default();
    let report = Report {
        sources: &opened.sources,
        subject: &subject,
        versions: entries.iter().map(label).collect(),
        entries: &entries,
        uncertain: opened.history.end().is_uncertain(&subject.relation),
    };
    match arguments.format {
        Format::Terminal => for_people(out, |out| render(&report, out))?,
        Format::Json => write_json(&json(&report), out)?,
    }
    Ok(opened.status(opened.history.migrations.len()))
}

/// What is meant, as it is called at the end of history, or was when it was dropped.
fn subject(opened: &Opened, touches: &[Touch], text: &str) -> Result<Subject, String> {
    let written = Written::parse(text)?;
    let known = ever_known(opened, touches);
    let found = written.relations(&known);
    if !found.is_empty() {
        let relation = only_one(opened, text, found)?;
        return Ok(Subject { relation: later_name(touches, relation), column: None });
    }
    let Some((table, column)) = written.split() else { return Err(unknown("table or view", text, known.iter())) };
    let found = table.relations(&known);
    if found.is_empty() {
        return Err(unknown("table or view", text, known.iter()));
    }
    let relation = later_name(touches, only_one(opened, text, found)?);
    let columns = columns_of(opened, touches, &relation);
    match &column.names(&columns)[..] {
        [] => {
            let hint = did_you_mean(column.last(), columns.iter().map(Name::as_str));
            Err(format!("`{relation}` never had a column `{}`{}", column.last(), hint.map(|hint| format!("; {hint}")).unwrap_or_default()))
        }
        [only, ..] => Ok(Subject { column: Some(later_column(touches, &relation, only)), relation }),
    }
}

/// Tables and views of any time.
fn ever_known(opened: &Opened, touches: &[Touch]) -> Vec<QualifiedName> {
    let objects = touches.iter().flat_map(|touch| match &touch.deed {
        Deed::Renamed { from, to } => vec![from.clone(), to.clone()],
        deed => vec![deed.object()],
    });
    let named = objects.filter_map(|object| match object {
        Object::Table(name) | Object::View(name) => Some(name),
        _ => None,
    });
    named.chain(relations(opened.history.end())).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What is there at the end comes before what was, `public` before other schemas.
fn only_one(opened: &Opened, text: &str, mut found: Vec<QualifiedName>) -> Result<QualifiedName, String> {
    let end = relations(opened.history.end());
    let preferences: [&dyn Fn(&QualifiedName) -> bool; 2] = [&|name| end.contains(name), &|name| name.schema == "public"];
    for preferred in preferences {
        if found.len() > 1 && found.iter().any(preferred) {
            found.retain(preferred);
        }
    }
    match &found[..] {
        [only] => Ok(only.clone()),
        several => {
            let names = several.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            Err(format!("`{text}` may be any of {names}: name one of them"))
        }
    }
}

/// The name a relation got last, where it lost this one.
fn later_name(touches: &[Touch], mut relation: QualifiedName) -> QualifiedName {
    let mut rest = touches;
    while let Some(position) = rest.iter().rposition(|touch| names(&touch.deed, &relation)) {
        let (_, later) = rest.split_at(position);
        match later.first().map(|touch| &touch.deed) {
            Some(Deed::Renamed { from: Object::Table(from) | Object::View(from), to: Object::Table(to) | Object::View(to) })
                if *from == relation =>
            {
                relation = to.clone();
            }
            _ => break,
        }
        rest = later.get(1..).unwrap_or_default();
    }
    relation
}

/// Whether a deed is about the relation itself, under this name.
fn names(deed: &Deed, relation: &QualifiedName) -> bool {
    let is_it = |object: &Object| matches!(object, Object::Table(name) | Object::View(name) if name == relation);
    match deed {
        Deed::Renamed { from, to } => is_it(from) || is_it(to),
        deed => is_it(&deed.object()),
    }
}

/// The columns a table ever had.
fn columns_of(opened: &Opened, touches: &[Touch], relation: &QualifiedName) -> Vec<Name> {
    let mut columns: BTreeSet<Name> = BTreeSet::new();
    let subject = Subject { relation: relation.clone(), column: None };
    let statements: BTreeSet<_> = entries(touches, &subject).into_iter().map(|entry| (entry.migration, entry.statement)).collect();
    for touch in touches.iter().filter(|touch| statements.contains(&(touch.migration, touch.statement)) && !touch.deed.is_data()) {
        columns.extend(touch.columns.iter().cloned());
        if let Deed::Renamed { from: Object::Column(_, from), .. } = &touch.deed {
            columns.insert(from.clone());
        }
    }
    let end = opened.history.end();
    columns.extend(end.table(relation).into_iter().flat_map(|table| table.columns.iter().map(|column| column.name.clone())));
    columns.into_iter().collect()
}

/// The name a column got last, where it lost this one.
fn later_column(touches: &[Touch], relation: &QualifiedName, column: &Name) -> Name {
    let subject = Subject { relation: relation.clone(), column: None };
    let tables: BTreeSet<QualifiedName> = entries(touches, &subject).into_iter().map(|entry| entry.subject.relation).collect();
    let mut column = column.clone();
    for touch in touches {
        match &touch.deed {
            Deed::Renamed { from: Object::Column(table, from), to: Object::Column(_, to) } if tables.contains(table) && *from == column => {
                column = to.clone();
            }
            _ => {}
        }
    }
    column
}
