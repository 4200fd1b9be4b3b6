//! The model refuses nothing that PostgreSQL accepts: histories as they are and with mistakes put into them (a file left
//! out, two swapped, statements repeated or left out) are run statement by statement on both. What only PostgreSQL refuses
//! is printed.
//!
//! `MIGRALINT_POSTGRES=DIR cargo test --test refusals` uses the server that `script/postgres start DIR` made; without one
//! the test says that it is skipped. `MIGRALINT_HISTORIES=DIR:DIR…` adds directories of migrations, and
//! `MIGRALINT_MUTATIONS=N` has N mistakes tried on each.

#![expect(clippy::print_stdout, reason = "whoever runs it wants to know what was skipped and how much was compared")]

mod common;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use migralint::change::Refusal;
use migralint::history::{Observer, made_too_late, replay_file};
use migralint::layout::{self, DiscoverOptions};
use migralint::schema::Schema;
use migralint::source::{SourceMap, Span};
use migralint::sql::{self, Body, Dialect, Statement};

/// The statements of one file.
type File = Vec<Statement>;

/// A history, or a mutation of one.
struct Subject {
    name: String,
    files: Vec<File>,
}

#[test]
fn the_model_refuses_nothing_that_postgresql_accepts() {
    let Ok(server) = std::env::var("MIGRALINT_POSTGRES") else {
        println!("skipped: no server; `script/postgres start DIR` and MIGRALINT_POSTGRES=DIR");
        return;
    };
    let mutations = std::env::var("MIGRALINT_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(4);
    let mut report = Report::default();
    for path in paths() {
        let mut sources = SourceMap::default();
        let subject = load(&path, &mut sources);
        compare(&server, &subject, &sources, &mut report);
        for seed in 0..mutations {
            compare(&server, &mutated(&subject, seed), &sources, &mut report);
        }
    }
    let Report { histories, statements, agreed, missed, refused_alone } = report;
    println!("{statements} statements of {histories} histories, {agreed} refused by both, {} by the server alone", missed.len());
    println!("{}", missed.join("\n"));
    assert!(refused_alone.is_empty(), "{} refused by the model alone\n{}", refused_alone.len(), refused_alone.join("\n"));
}

#[derive(Default)]
struct Report {
    histories: usize,
    statements: usize,
    agreed: usize,
    /// What the server alone refuses: known to happen, printed to be read.
    missed: Vec<String>,
    refused_alone: Vec<String>,
}

/// The cases, the scripts that replay is tested with, and what the environment names.
fn paths() -> Vec<PathBuf> {
    let testdata = common::root().join("testdata");
    let scripts = std::fs::read_dir(testdata.join("replay")).expect("the scripts are there");
    let mut scripts: Vec<PathBuf> = scripts.map(|entry| entry.expect("the entry is readable").path()).collect();
    scripts.sort();
    let others = std::env::var("MIGRALINT_HISTORIES").unwrap_or_default();
    let others = others.split(':').filter(|path| !path.is_empty()).map(PathBuf::from);
    common::CASES.iter().map(|case| testdata.join("cases").join(case)).chain(scripts).chain(others).collect()
}

fn load(path: &Path, sources: &mut SourceMap) -> Subject {
    let name = path.to_string_lossy().into_owned();
    if path.is_file() {
        let text = std::fs::read_to_string(path).expect("the script is readable");
        let text = text.split("-- leaves:").next().unwrap_or_default().to_owned();
        let file = sources.add(name.clone(), text.clone());
        return Subject { name, files: vec![comparable(sql::parse(sources, file, 0..text.len(), Dialect::Postgres), sources)] };
    }
    let directory = layout::discover(path, sources, &DiscoverOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    let ups = directory.migrations.iter().map(|migration| migration.up);
    let files = ups.map(|up| comparable(sql::parse(sources, up.file, up.span.range(), Dialect::Postgres), sources)).collect();
    Subject { name, files }
}

/// Statements that can be run by themselves: no transactions, which one refused statement would undo, no commands of
/// psql, no data that stands behind, no placeholders, nothing that asks for more than the database.
fn comparable(statements: Vec<Statement>, sources: &SourceMap) -> File {
    let is_comparable = |statement: &Statement| {
        let text = sources.text(statement.span).to_ascii_lowercase();
        let alone = ["\\", "copy ", "create role", "create user", "create database", "drop role", "alter role", "alter system", "vacuum"];
        let is_template = ["${", "{{"].iter().any(|open| text.contains(open));
        !matches!(statement.body, Body::Transaction(_)) && !is_template && !alone.iter().any(|start| text.starts_with(start))
    };
    statements.into_iter().filter(is_comparable).collect()
}

/// The history with a mistake in it.
fn mutated(subject: &Subject, seed: u64) -> Subject {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ subject.files.iter().map(Vec::len).sum::<usize>() as u64);
    let mut files = subject.files.clone();
    let index = dice.below(files.len());
    let mistake = if files.len() > 1 { dice.below(5) } else { 2 + dice.below(3) };
    let name = match mistake {
        0 => {
            files.remove(index);
            format!("file {index} left out")
        }
        1 => {
            let other = (index + 1 + dice.below(3)) % files.len();
            files.swap(index, other);
            format!("files {index} and {other} swapped")
        }
        2 => {
            let file = &mut files[index];
            let from = dice.below(file.len().max(1));
            let repeated: Vec<Statement> = file.iter().skip(from).take(1).cloned().collect();
            let at = (from + 1 + dice.below(3)).min(file.len());
            file.splice(at..at, repeated);
            format!("statement {from} of file {index} repeated")
        }
        3 => {
            let file = &mut files[index];
            let from = dice.below(file.len().max(1));
            file.splice(from..(from + 1).min(file.len()), []);
            format!("statement {from} of file {index} left out")
        }
        _ => {
            let file = &mut files[index];
            let (one, other) = (dice.below(file.len().max(1)), dice.below(file.len().max(1)));
            if one < file.len() && other < file.len() {
                file.swap(one, other);
            }
            format!("statements {one} and {other} of file {index} swapped")
        }
    };
    Subject { name: format!("{} ({name})", subject.name), files }
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count.max(1)
    }
}

/// Runs all statements on both sides, and takes out what the server refuses as it goes.
fn compare(server: &str, subject: &Subject, sources: &SourceMap, report: &mut Report) {
    let errors = on_server(server, subject, sources);
    if errors.iter().flatten().flatten().any(|error| error.contains("extension control file")) {
        println!("skipped: {}: the server lacks an extension", subject.name);
        return;
    }
    report.histories += 1;
    let absent_namespaces = made_too_late(subject.files.iter().flatten());
    let mut schema = Schema { absent_namespaces, ..Schema::default() };
    let mut followed = true;
    for (file, errors) in subject.files.iter().zip(errors) {
        report.statements += file.len();
        match compare_file(&schema, file, errors, sources, report, (&subject.name, &mut followed)) {
            Some(after) => schema = after,
            // From here on the two are different databases.
            None => return,
        }
    }
}

fn compare_file(
    before: &Schema,
    file: &File,
    errors: Vec<Option<String>>,
    sources: &SourceMap,
    report: &mut Report,
    (name, followed): (&str, &mut bool),
) -> Option<Schema> {
    let mut left: Vec<(usize, Statement, Option<String>)> =
        file.iter().cloned().zip(errors).enumerate().map(|(index, (statement, error))| (index, statement, error)).collect();
    loop {
        let statements: Vec<Statement> = left.iter().map(|(_, statement, _)| statement.clone()).collect();
        let mut refusals = FirstRefusal { statements: &statements, first: None, lost: None };
        let after = replay_file(before, &statements, sources, &mut refusals);
        let unparsed = statements.iter().position(|statement| matches!(statement.body, Body::Unparsed(_)));
        let unparsed = unparsed.map(|index| (index, "does not parse".to_owned()));
        let ours = [refusals.first, unparsed].into_iter().flatten().min_by_key(|(index, _)| *index);
        let theirs = left.iter().position(|(_, _, error)| error.is_some());
        let describe = |index: usize| sources.text(left[index].1.span).lines().take(6).collect::<Vec<_>>().join(" ");
        let place = |index: usize| {
            let span = left[index].1.span;
            format!("{}:{}", sources.path(span.file), sources.start(span).line)
        };
        match (ours, theirs) {
            (None, None) => {
                *followed &= refusals.lost.is_none();
                return Some(after);
            }
            (Some((index, reason)), theirs) if theirs.is_none_or(|theirs| index < theirs) => {
                report.refused_alone.push(format!("{name}\n  {}\n  {}\n  model: {reason}", place(index), describe(index)));
                return None;
            }
            (ours, Some(index)) => {
                let agreed = ours.is_some_and(|(ours, _)| ours == index);
                let error = left[index].2.clone().unwrap_or_default();
                report.agreed += usize::from(agreed);
                // What replay could not follow may have made what is missing.
                let is_certain = *followed && refusals.lost.is_none_or(|lost| lost > index);
                if !agreed && is_certain && concerns_the_model(&left[index].1, &error) {
                    report.missed.push(format!("MISSED {name}\n  {}\n  {}\n  server: {error}", place(index), describe(index)));
                }
                left.remove(index);
            }
            (Some(_), None) => return None,
        }
    }
}

/// Whether the schema alone shows that the statement must fail: not the rows, roles, or what functions do.
fn concerns_the_model(statement: &Statement, error: &str) -> bool {
    let about_rows = ["22", "23", "P0", "38", "54", "55P04"].iter().any(|class| error.starts_with(class));
    // Newer servers than the one compared with take these.
    let is_newer_syntax = error.contains("subquery in FROM must have an alias");
    // A schema that no migration has made yet is taken to be there from elsewhere.
    let is_elsewhere = error.starts_with("3F000");
    !is_elsewhere
        && matches!(statement.body, Body::Changes(_) | Body::Data(_))
        && !about_rows
        && !is_newer_syntax
        && !error.contains("role \"")
}

struct FirstRefusal<'a> {
    statements: &'a [Statement],
    first: Option<(usize, String)>,
    /// The first statement that replay could not follow.
    lost: Option<usize>,
}

impl FirstRefusal<'_> {
    fn index(&self, statement: &Statement) -> usize {
        self.statements.iter().position(|other| std::ptr::eq(other, statement)).unwrap_or(0)
    }
}

impl Observer for FirstRefusal<'_> {
    fn refused(&mut self, statement: &Statement, _: Span, refusal: Refusal) {
        if self.first.is_none() {
            self.first = Some((self.index(statement), format!("{:?}", refusal.error)));
        }
    }

    fn not_modelled(&mut self, statement: &Statement, _: Span, _: &str) {
        self.lost = self.lost.or(Some(self.index(statement)));
    }
}

/// The server's error for each statement, where there is one.
fn on_server(server: &str, subject: &Subject, sources: &SourceMap) -> Vec<Vec<Option<String>>> {
    let mut script = String::from(
        "DROP DATABASE IF EXISTS migralint_refusals;\nCREATE DATABASE migralint_refusals;\n\\c migralint_refusals\n\\set VERBOSITY verbose\n",
    );
    for (number, file) in subject.files.iter().enumerate() {
        for (index, statement) in file.iter().enumerate() {
            writeln!(script, "\\warn @@ {number} {index}\n{}\n;", sources.text(statement.span)).expect("a string takes it");
        }
        script.push_str("\\warn @@ end\nDISCARD ALL;\n");
    }
    let mut errors: Vec<Vec<Option<String>>> = subject.files.iter().map(|file| vec![None; file.len()]).collect();
    let mut current = None;
    for line in psql(server, &script).lines() {
        if let Some(place) = line.strip_prefix("@@ ") {
            current = place.split_once(' ').and_then(|(file, index)| Some((file.parse::<usize>().ok()?, index.parse::<usize>().ok()?)));
        } else if let (Some((_, error)), Some((file, index))) = (line.split_once("ERROR:  "), current) {
            errors[file][index].get_or_insert_with(|| error.to_owned());
        }
    }
    errors
}

/// What psql writes to standard error while it runs a script in one session.
fn psql(server: &str, script: &str) -> String {
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-U", "postgres", "-h", server, "-d", "postgres", "-f", "-"])
        .env("PGOPTIONS", "-c client_min_messages=error")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql starts");
    let mut input = child.stdin.take().expect("a pipe");
    let script = script.to_owned();
    // Both pipes may fill up.
    let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let output = child.wait_with_output().expect("psql ends");
    let _ = writer.join();
    String::from_utf8_lossy(&output.stderr).into_owned()
}
