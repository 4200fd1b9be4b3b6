//! Rollbacks written by machine: the SQL that leads back, where replay shows that it does, and where the tool looks for it.

use crate::diagnostic::{Applicability, Edit, Fix, NewFile};
use crate::difference::{self, Alteration, Difference};
use crate::history::{Culprit, Event, EventKind, Group, Migration, Observer, Remainder, Rollback, Verdict, replay_file};
use crate::layout::{Kind, SourcePart, WayBack};
use crate::lint::HistoryContext;
use crate::lints::files;
use crate::schema::{Dialect, Schema};
use crate::source::{SourceMap, Span};
use crate::sql::{self, Body, DataKind, Statement, TransactionControl};

/// The rollbacks of these migrations, all of which are yet to run.
pub(super) fn missing(context: &HistoryContext, migrations: &[usize]) -> Option<Fix> {
    let mut fix = Fix {
        title: if migrations.len() == 1 { "write the rollback" } else { "write the rollbacks" }.to_owned(),
        applicability: Applicability::Certain,
        edits: Vec::new(),
        files: Vec::new(),
    };
    for index in migrations.iter().copied() {
        let migration = context.history.migrations.get(index).filter(|_| is_pending(context, index))?;
        let is_known = !context.history.events_of(index).iter().any(is_doubtful);
        let statements = leading_back(&migration.after, &migration.before).filter(|_| is_known)?;
        if statements.iter().any(|statement| makes_anew(statement))
            || migration.up.iter().any(|statement| changes_rows(statement, &migration.before))
        {
            fix.applicability = Applicability::Possible;
        }
        match place(context, migration)? {
            Place::File(path) => fix.files.push(NewFile { path, text: script(&statements) }),
            Place::Section(line) => fix.edits.push(behind(context, migration, &section(context, line, &statements)?)),
            Place::Lines(beginning) => fix.edits.push(behind(context, migration, &prefixed(beginning, &statements))),
        }
    }
    Some(fix)
}

/// The statements that a rollback lacks, behind its own.
pub(super) fn completed(context: &HistoryContext, rollback: &Rollback, remainders: &[Remainder]) -> Option<Fix> {
    let migration = context.history.migrations.get(rollback.migration)?;
    let is_own = |remainder: &Remainder| remainder.culprit == Culprit::Migration;
    let is_known = rollback.group == Group::Alone && matches!(rollback.verdict, Verdict::Differs(_)) && remainders.iter().all(is_own);
    if !is_known || !is_pending(context, rollback.migration) {
        return None;
    }
    let statements = leading_back(&rollback.end, &migration.before)?;
    let edit = in_front_of_commit(context.sources, migration.file.down?, migration.down.as_ref()?, &script(&statements))?;
    let title = "complete the rollback".to_owned();
    let applicability =
        if statements.iter().any(|statement| makes_anew(statement)) { Applicability::Possible } else { Applicability::Certain };
    Some(Fix { title, applicability, edits: vec![edit], files: Vec::new() })
}

/// The SQL of a repair that consists of rollbacks.
pub(super) fn text(fix: &Fix) -> String {
    let edits = fix.edits.iter().map(|edit| edit.text.trim());
    edits.chain(fix.files.iter().map(|file| file.text.trim())).collect::<Vec<_>>().join("\n\n")
}

fn is_pending(context: &HistoryContext, index: usize) -> bool {
    context.facts.pending.scripts.iter().any(|script| script.migration == index)
}

fn is_doubtful(event: &Event) -> bool {
    matches!(event.kind, EventKind::Refused(_) | EventKind::NotModelled(_))
}

/// Whether a statement of ours makes something that held rows before the migration, and makes it empty.
fn makes_anew(statement: &str) -> bool {
    statement.starts_with("CREATE TABLE") || statement.contains(" ADD COLUMN ")
}

/// Whether rows that were there before are others afterwards: what they were, no statement about the schema brings back.
fn changes_rows(statement: &Statement, before: &Schema) -> bool {
    let Body::Data(data) = &statement.body else { return false };
    let was_there =
        |name: &crate::schema::QualifiedName| before.resolve(name.schema(), &name.name, |name| before.table(name).is_some()).is_some();
    data.kind != DataKind::Select && data.table.as_ref().is_none_or(was_there)
}

/// The statements that lead from one schema to another, if replay agrees.
fn leading_back(from: &Schema, to: &Schema) -> Option<Vec<String>> {
    if from.dialect != Dialect::Postgres {
        return None;
    }
    let Alteration { statements, unsolved } = difference::alter(from, to);
    let is_all = !statements.is_empty() && unsolved.iter().all(Difference::is_about_order);
    (is_all && leads(from, to, &script(&statements))).then_some(statements)
}

fn leads(from: &Schema, to: &Schema, script: &str) -> bool {
    let mut sources = SourceMap::default();
    let file = sources.add("rollback.sql", script);
    let statements = sql::parse(&sources, file, 0..script.len(), from.dialect);
    let mut watch = Watch::default();
    let end = replay_file(from, &statements, &sources, &mut watch);
    !watch.is_in_doubt && difference::between(to, &end).iter().all(Difference::is_about_order)
}

/// Notes whether anything is refused or cannot be followed.
#[derive(Default)]
struct Watch {
    is_in_doubt: bool,
}

impl Observer for Watch {
    fn refused(&mut self, _: &Statement, _: Span, _: crate::change::Refusal) {
        self.is_in_doubt = true;
    }

    fn not_modelled(&mut self, _: &Statement, _: Span, _: &str) {
        self.is_in_doubt = true;
    }
}

/// Where the tool looks for a rollback.
enum Place {
    /// In this file, as the user is to see it.
    File(String),
    /// Behind this line, in the migration's own file.
    Section(&'static str),
    /// In lines of that file which begin like this.
    Lines(&'static str),
}

fn place(context: &HistoryContext, migration: &Migration) -> Option<Place> {
    let shown = context.sources.path(migration.file.up.file);
    let title = files::title(context, migration);
    let stem = title.strip_suffix(".sql").unwrap_or(title);
    match context.history.directory.kind.facts().way_back {
        Some(WayBack::Section(line)) => Some(Place::Section(line)),
        Some(WayBack::Lines(beginning)) => Some(Place::Lines(beginning)),
        Some(WayBack::File(name)) => {
            let folder = shown.strip_suffix(files::name(context, migration.file.up.file))?;
            Some(Place::File(format!("{folder}{}", name(stem))))
        }
        None => by_example(context, shown).map(Place::File),
    }
}

/// A name like that of the last rollback there is, where that is made of its migration's.
fn by_example(context: &HistoryContext, up: &str) -> Option<String> {
    let (folder, stem) = split(up)?;
    let pairs = context.history.migrations.iter().rev().filter_map(|other| Some((other.file.up.file, other.file.down?.file)));
    let Some((other_up, other_down)) = pairs.into_iter().next() else { return Some(format!("{folder}{stem}.down.sql")) };
    let (other_folder, other_stem) = split(context.sources.path(other_up))?;
    let down = context.sources.path(other_down);
    let (down_folder, name) = down.split_at(down.rfind('/').map_or(0, |slash| slash + 1));
    if !name.contains(other_stem) {
        return None;
    }
    // Beside the migration, wherever that lies, or in the folder of rollbacks.
    let down_folder = if down_folder == other_folder { folder } else { down_folder };
    Some(format!("{down_folder}{}", name.replacen(other_stem, stem, 1)))
}

/// A path's folder with its slash, and its name without `.sql`.
fn split(path: &str) -> Option<(&str, &str)> {
    let (folder, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
    Some((folder, name.strip_suffix(".sql")?))
}

fn script(statements: &[String]) -> String {
    statements.iter().map(|statement| format!("{statement};\n")).collect()
}

/// The part of a file that goes back. Some tools cut statements at every semicolon, unless they are told where one ends.
fn section(context: &HistoryContext, line: &str, statements: &[String]) -> Option<String> {
    let marks = match context.history.directory.kind {
        Kind::Goose => Some("+goose"),
        Kind::SqlMigrate => Some("+migrate"),
        _ => None,
    };
    let is_cut = |statement: &&String| statement.contains(';');
    if context.history.directory.kind == Kind::Play && statements.iter().any(|statement| statement.contains(';')) {
        return None;
    }
    let written = statements.iter().map(|statement| match marks.filter(|_| is_cut(&statement)) {
        Some(mark) => format!("-- {mark} StatementBegin\n{statement};\n-- {mark} StatementEnd\n"),
        None => format!("{statement};\n"),
    });
    Some(format!("{line}\n{}", written.collect::<String>()))
}

fn prefixed(beginning: &str, statements: &[String]) -> String {
    script(statements).lines().map(|line| format!("{beginning} {line}\n")).collect()
}

/// Puts text behind what is run going forward, after an empty line.
fn behind(context: &HistoryContext, migration: &Migration, text: &str) -> Edit {
    let up = migration.file.up;
    let written = context.sources.text(up.span);
    let end = up.span.range().start + written.trim_end().len();
    Edit { span: Span::new(up.file, end..up.span.range().end), text: format!("\n\n{text}") }
}

/// Puts statements at the end of a script, in the transaction that it opens.
fn in_front_of_commit(sources: &SourceMap, part: SourcePart, statements: &[Statement], text: &str) -> Option<Edit> {
    let last = statements.last()?;
    if matches!(last.body, Body::Transaction(TransactionControl::Commit)) {
        let start = last.span.range().start;
        return Some(Edit { span: Span::new(part.file, start..start), text: format!("{text}\n") });
    }
    let end = part.span.range().end;
    let tail = sources.file(part.file).text.get(last.span.range().end..end)?;
    if tail.contains("StatementEnd") {
        return None;
    }
    let separator = if tail.trim_start().starts_with(';') { "" } else { ";" };
    let line_end = if tail.ends_with('\n') && separator.is_empty() { "" } else { "\n" };
    Some(Edit { span: Span::new(part.file, end..end), text: format!("{separator}{line_end}{text}") })
}
