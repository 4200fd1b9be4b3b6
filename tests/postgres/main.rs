//! The model beside a real PostgreSQL: the same files, applied to an empty database, must give the same catalog; and so
//! must the schema that is printed at the end of the history.
//!
//! `script/postgres start DIR` makes a server and `MIGRALINT_POSTGRES=DIR cargo test --test postgres` uses it; without
//! one the tests say that they are skipped. `MIGRALINT_HISTORIES=DIR:DIR=prepare.sql:…` adds directories of migrations;
//! a script behind `=` is run first, for roles and whatever else a history takes for granted.

#![expect(clippy::print_stdout, reason = "whoever runs it wants to know what was skipped")]

#[path = "../common/mod.rs"]
mod common;
mod model;
mod server;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use migralint::ddl;
use migralint::history::History;
use migralint::layout::{self, DiscoverOptions};
use migralint::lint::{self, Settings};
use migralint::lints;
use migralint::schema::Schema;
use migralint::source::SourceMap;
use migralint::sql::{self, Body, Dialect};
use server::{Database, Server};

/// Every fact of a catalog as a line.
const CATALOG: &str = include_str!("catalog.sql");

#[test]
fn the_model_the_printed_schema_and_the_uncovered_keys_are_the_catalogs() {
    on_server(histories(), |server, name, history| history.compare(server, name));
}

#[test]
fn the_printed_schema_of_each_replayed_case_recreates_its_catalog() {
    let directory = common::root().join("testdata/replay");
    let entries = std::fs::read_dir(directory).expect("the cases are there");
    on_server(entries.map(|entry| entry.expect("the entry is readable").path()).collect(), compare_case);
}

/// Runs a comparison for each item, some at a time, and fails with all that differs.
fn on_server<T: Send>(items: Vec<T>, compare: impl Fn(&Server, &str, &T) -> Option<String> + Sync) {
    let Some(server) = Server::from_environment() else {
        println!("skipped: no server; `script/postgres start DIR` and MIGRALINT_POSTGRES=DIR");
        return;
    };
    let kind = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default().to_lowercase();
    let waiting = Mutex::new(items.into_iter().enumerate());
    let differing = Mutex::new(Vec::new());
    let next = || waiting.lock().expect("no comparison panicked").next();
    let work = || {
        while let Some((number, item)) = next() {
            let differences = compare(&server, &format!("migralint_{kind}_{number}"), &item);
            differing.lock().expect("no comparison panicked").extend(differences);
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    let differing = differing.into_inner().expect("no comparison panicked");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// A directory of migrations, and what to run before them.
struct Source {
    directory: PathBuf,
    preparation: String,
}

/// The five cases, one whose code asks the catalogs, and what the environment names.
fn histories() -> Vec<Source> {
    let cases = common::CASES.iter().map(|case| format!("testdata/cases/{case}")).chain(["testdata/questions".to_owned()]);
    let cases = cases.map(|case| common::root().join(case).display().to_string());
    let others = std::env::var("MIGRALINT_HISTORIES").unwrap_or_default();
    let others = others.split(':').filter(|path| !path.is_empty()).map(str::to_owned);
    cases.chain(others).map(|path| Source::new(&path)).collect()
}

impl Source {
    fn new(path: &str) -> Self {
        let (directory, script) = path.split_once('=').map_or((path, None), |(directory, script)| (directory, Some(script)));
        let preparation = script.map(|script| std::fs::read_to_string(script).expect("the preparation is readable"));
        Self { directory: directory.into(), preparation: preparation.unwrap_or_default() }
    }

    /// What differs between model, printed schema and catalog, if anything does.
    fn compare(&self, server: &Server, name: &str) -> Option<String> {
        let mut sources = SourceMap::default();
        let directory = layout::discover(&self.directory, &mut sources, &DiscoverOptions::default());
        let history = History::load(directory.unwrap_or_else(|error| panic!("{error}")), &sources);
        let (catalog, lines, uncovered) = server.within(&self.directory).with_database(&format!("{name}_files"), |database| {
            database.expect(&self.preparation);
            history.migrations.iter().for_each(|migration| apply(database, sources.text(migration.file.up.span)));
            (database.expect(CATALOG), database.expect(model::CATALOG), database.expect(model::UNCOVERED))
        });
        let found = lint::run(lints::builtin(), &history, &sources, &Settings::only(["foreign-key-without-index"]));
        let found: BTreeSet<String> = found.into_iter().filter_map(|diagnostic| diagnostic.object).collect();
        let differences = [
            difference("model", &model::lines_of(history.end()), &lines),
            difference("foreign keys without an index", &found, &uncovered),
            printed_difference(server, name, &self.preparation, history.end(), &catalog),
        ];
        report(&self.directory, differences)
    }
}

/// A migration, in one transaction where it can run in one. Tools end the transaction that a file leaves open.
fn apply(database: &Database, text: &str) {
    if database.run(&format!("BEGIN;\n{text}\n;COMMIT;")).is_err() {
        database.expect(&format!("{text}\n;COMMIT;"));
    }
}

/// One of `testdata/replay`: a statement a line, some of which are refused.
fn compare_case(server: &Server, name: &str, path: &PathBuf) -> Option<String> {
    let case = std::fs::read_to_string(path).expect("the case is readable");
    let (statements, _) = case.split_once("-- leaves:\n").expect("the case says what it leaves");
    let catalog = server.with_database(&format!("{name}_case"), |database| {
        database.run_each(statements);
        database.expect(CATALOG)
    });
    let differences = printed_difference(server, name, "", &replay(statements), &catalog);
    report(path, [differences])
}

fn replay(statements: &str) -> Schema {
    let mut sources = SourceMap::default();
    let file = sources.add("case.sql", statements);
    let mut schema = Schema::default();
    for statement in sql::parse(&sources, file, 0..statements.len(), Dialect::Postgres) {
        let Body::Changes(changes) = &statement.body else { continue };
        let mut after = schema.clone();
        if changes.iter().all(|change| after.apply(change).is_ok()) {
            schema = after;
        }
    }
    schema
}

/// What differs once the schema as it is printed is loaded into an empty database.
fn printed_difference(server: &Server, name: &str, preparation: &str, schema: &Schema, catalog: &BTreeSet<String>) -> Option<String> {
    let printed = ddl::create_schema(schema);
    let loaded = server.with_database(&format!("{name}_printed"), |database| {
        database.expect(preparation);
        database.run(&printed).map(|_| database.expect(CATALOG))
    });
    match loaded {
        Ok(loaded) => difference("printed schema", &loaded, catalog),
        Err(error) => Some(format!(" the printed schema does not load: {error}")),
    }
}

fn report(path: &Path, differences: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    (!differences.is_empty()).then(|| format!("{}:\n{}", path.display(), differences.join("\n")))
}

fn difference(what: &str, ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> Option<String> {
    let only_ours = ours.difference(theirs).map(|line| format!("  only ours: {line}"));
    let only_theirs = theirs.difference(ours).map(|line| format!("  only PostgreSQL's: {line}"));
    let lines: Vec<String> = only_ours.chain(only_theirs).collect();
    (!lines.is_empty()).then(|| format!(" {what}\n{}", lines.join("\n")))
}
