//! `migralint layout`: which tool a directory belongs to and why, what runs in which order, and what does not.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::output::for_people;
use super::target::{Reading, Target, mistaken};
use super::{Format, Status, fail};
use crate::layout::{Directory, MigrationFile, SourcePart};
use crate::report::escape::line as printable;
use crate::source::{FileId, SourceMap};

/// Arguments of `migralint layout`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  migralint layout\n  migralint layout --format json db/migrations")]
pub(super) struct LayoutArguments {
    /// Directories of migrations, or a folder above them such as a repository's root [default: .]
    #[arg(value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

/// Writes what is made of each directory.
pub(super) fn run(arguments: &LayoutArguments, out: &mut dyn Write) -> io::Result<Status> {
    let (mut sources, mut mistakes) = (SourceMap::default(), Vec::new());
    let directories: Vec<Directory> = match Target::find_all(&arguments.paths, &arguments.reading, &mut sources, &mut mistakes, None) {
        Ok(targets) => targets.into_iter().map(|target| target.directory).collect(),
        Err(message) => return Ok(fail(&message)),
    };
    if let Some(mistake) = mistakes.first() {
        return Ok(fail(&mistaken(mistake, &sources)));
    }
    match arguments.format {
        Format::Terminal => {
            for (index, directory) in directories.iter().enumerate() {
                let before = if index > 0 { "\n" } else { "" };
                out.write_all(before.as_bytes())?;
                for_people(out, |out| text(directory, &sources).iter().try_for_each(|line| writeln!(out, "{}", printable(line))))?;
            }
        }
        Format::Json => {
            let all: Vec<Value> = directories.iter().map(|directory| value(directory, &sources)).collect();
            writeln!(out, "{:#}", json!({ "directories": all }))?;
        }
    }
    Ok(Status::Clean)
}

/// The directory for people, line by line.
fn text(directory: &Directory, sources: &SourceMap) -> Vec<String> {
    let Directory { path, kind, evidence, dialect, dialect_evidence, migrations, .. } = directory;
    let pairs = migrations.iter().filter(|migration| migration.down.is_some()).count();
    let mut lines = vec![
        format!("{path}: {} ({}), because {evidence}", kind.label(), dialect.name()),
        format!("{}, because {dialect_evidence}", dialect.name()),
        format!("{}, {pairs} with a rollback", counted(migrations.len(), "migration")),
    ];
    let rows: Vec<[String; 2]> = migrations.iter().map(|migration| row(directory, sources, migration)).collect();
    let width = rows.iter().map(|[version, _]| version.chars().count()).max().unwrap_or(0);
    lines.extend(rows.iter().map(|[version, files]| format!("  {version:width$}  {files}")));
    for (title, others) in others(directory, sources) {
        if !others.is_empty() {
            lines.push(title.to_owned());
            lines.extend(others.iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn row(directory: &Directory, sources: &SourceMap, migration: &MigrationFile) -> [String; 2] {
    let version = migration.version.as_ref().map_or("repeatable", |version| version.text.as_str());
    let up = inside(directory, sources, migration.up.file);
    let down = migration.down.map(|down| match down.file == migration.up.file {
        true => ", undone further down in it".to_owned(),
        false => format!(", undone by {}", inside(directory, sources, down.file)),
    });
    [version.to_owned(), format!("{up}{}", down.unwrap_or_default())]
}

/// Everything that is not run forward.
fn others(directory: &Directory, sources: &SourceMap) -> Vec<(&'static str, Vec<String>)> {
    let name = |file: FileId| inside(directory, sources, file).to_owned();
    let names = |parts: &[SourcePart]| parts.iter().map(|part| name(part.file)).collect::<Vec<_>>();
    let ignored = |refused: bool| {
        let files = directory.ignored.iter().filter(move |file| file.refused == refused);
        files.map(|file| format!("{}: {}", name(file.file), file.reason)).collect::<Vec<_>>()
    };
    vec![
        ("stops the run:", ignored(true)),
        ("never runs:", ignored(false)),
        ("wrong in the list of migrations:", directory.faults.iter().map(|fault| fault.message.clone()).collect()),
        ("undoes nothing:", names(&directory.orphans)),
        ("undoes a migration, and runs forward:", directory.run_forward.iter().map(|file| name(*file)).collect()),
        ("not read, in another language:", directory.foreign.clone()),
        ("cannot be read:", directory.unreadable.iter().map(|file| format!("{}: {}", name(file.file), file.reason)).collect()),
        ("kept beside migrations:", names(&directory.companions)),
    ]
}

/// The directory for scripts.
fn value(directory: &Directory, sources: &SourceMap) -> Value {
    let name = |file: FileId| inside(directory, sources, file);
    let names = |parts: &[SourcePart]| parts.iter().map(|part| name(part.file)).collect::<Vec<_>>();
    let migrations = directory.migrations.iter().map(|migration| {
        json!({
            "version": migration.version.as_ref().map(|version| &version.text),
            "name": migration.name,
            "up": name(migration.up.file),
            "down": migration.down.map(|down| name(down.file)),
            "in_transaction": migration.in_transaction,
        })
    });
    let ignored = directory
        .ignored
        .iter()
        .map(|file| json!({ "file": name(file.file), "reason": file.reason, "near_miss": file.near_miss, "refused": file.refused }));
    json!({
        "path": directory.path,
        "layout": directory.kind.name(),
        "evidence": directory.evidence,
        "dialect": directory.dialect.name(),
        "dialect_evidence": directory.dialect_evidence,
        "migrations": migrations.collect::<Vec<_>>(),
        "ignored": ignored.collect::<Vec<_>>(),
        "faults": directory.faults.iter().map(|fault| &fault.message).collect::<Vec<_>>(),
        "orphans": names(&directory.orphans),
        "run_forward": directory.run_forward.iter().map(|file| name(*file)).collect::<Vec<_>>(),
        "other_languages": directory.foreign,
        "unreadable": directory.unreadable.iter().map(|file| name(file.file)).collect::<Vec<_>>(),
        "companions": names(&directory.companions),
    })
}

/// A file's path within the directory.
fn inside<'a>(directory: &Directory, sources: &'a SourceMap, file: FileId) -> &'a str {
    let path = sources.path(file);
    path.strip_prefix(directory.path.as_str()).map_or(path, |rest| rest.trim_start_matches('/'))
}
