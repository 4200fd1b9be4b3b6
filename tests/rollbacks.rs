//! Rollbacks on the model beside a real PostgreSQL: apply a migration, note the catalog, roll it back, and compare what
//! the server says about it with the verdict; then run the SQL that completes the rollback, and compare again.
//!
//! With `MIGRALINT_POSTGRES=DIR` as for `--test postgres`; `MIGRALINT_HISTORIES=DIR:DIR=prepare.sql:…` adds directories
//! of migrations, of which `--nocapture` shows how many rollbacks restore, differ and fail.

#![expect(clippy::print_stdout, reason = "whoever runs it wants to know what was compared")]

mod common;
#[path = "postgres/server.rs"]
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use migralint::difference;
use migralint::history::{Group, History, Migration, Rollback, Stop, Verdict};
use migralint::layout::{self, DiscoverOptions};
use migralint::lint::{self, Rollbacks, Settings};
use migralint::lints;
use migralint::source::SourceMap;
use server::{Database, Server};

/// Every fact of a catalog as a line.
const CATALOG: &str = include_str!("postgres/catalog.sql");

#[test]
fn each_rollback_gets_the_verdict_that_its_author_can_read_off_it() {
    let (history, sources) = load(&common::root().join("testdata/rollbacks/shop"));
    let verdicts: Vec<&str> = history.rollbacks(&sources).iter().map(|rollback| rollback.verdict.word()).collect();
    let expected = [
        "restores",
        "restores",
        "restores-but-column-order",
        "differs",
        "differs",
        "fails",
        "differs",
        "nothing-to-undo",
        "restores",
        "differs",
        "differs",
        "restores",
    ];
    assert_eq!(verdicts, expected);
}

#[test]
fn a_rollback_that_works_alone_may_fail_behind_one_that_left_something() {
    let (history, sources) = load(&common::root().join("testdata/rollbacks/shop"));
    let chain = history.chain(&sources);
    // The rollback of 11 leaves `trolleys`, which that of 09 knows as `baskets`.
    assert!(matches!(chain.stop, Some(Stop::Fails(8, _))), "{:?}", chain.stop);
    assert_eq!(chain.undone, 3);
    let settings = |rollbacks| Settings { rollbacks, ..Settings::only(["rollback-fails"]) };
    let found = |rollbacks| lint::run(lints::builtin(), &history, &sources, &settings(rollbacks)).len();
    assert_eq!([Rollbacks::Off, Rollbacks::Each, Rollbacks::Chain].map(found), [0, 1, 2]);
}

#[test]
fn verdicts_are_the_servers_and_completions_complete() {
    let Some(server) = Server::from_environment() else {
        println!("skipped: no server; `script/postgres start DIR` and MIGRALINT_POSTGRES=DIR");
        return;
    };
    let own = common::root().join("testdata/rollbacks/shop").display().to_string();
    let others = std::env::var("MIGRALINT_HISTORIES").unwrap_or_default();
    let wrong: Vec<String> = std::iter::once(own.as_str())
        .chain(others.split(':').filter(|path| !path.is_empty()))
        .flat_map(|path| compare(&server, path))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn load(path: &Path) -> (History, SourceMap) {
    let mut sources = SourceMap::default();
    let directory = layout::discover(path, &mut sources, &DiscoverOptions::default());
    let history = History::load(directory.unwrap_or_else(|error| panic!("{error}")), &sources);
    (history, sources)
}

/// The rollbacks of a history of which server and model think differently.
fn compare(server: &Server, path: &str) -> Vec<String> {
    let (directory, preparation) = path.split_once('=').unwrap_or((path, ""));
    let (history, sources) = load(Path::new(directory));
    let preparation = if preparation.is_empty() { String::new() } else { std::fs::read_to_string(preparation).expect("it is readable") };
    let rollbacks: BTreeMap<usize, &Rollback> = history.rollbacks(&sources).iter().map(|rollback| (rollback.migration, rollback)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let name = format!("migralint_rollbacks_{}", std::process::id());
    server.within(Path::new(directory)).with_database(&name, |database| {
        database.expect(&preparation);
        let mut before = database.expect(CATALOG);
        let mut next = 0;
        while next < history.migrations.len() {
            let migrations = &history.migrations[next..next + together(&rollbacks, next)];
            for migration in migrations {
                apply(database, sources.text(migration.file.up.span)).unwrap_or_else(|error| panic!("{directory}: {error}"));
            }
            let after = database.expect(CATALOG);
            if let Some(rollback) = rollbacks.get(&next) {
                let seen =
                    database.with_copy(&format!("{name}_copy"), |copy| Trial::run(copy, (&before, &after), migrations, rollback, &sources));
                *counts.entry(seen.verdict).or_default() += 1;
                let title = sources.path(migrations[0].file.up.file);
                wrong.extend(seen.complaint(rollback).map(|complaint| format!("{title}: {complaint}")));
            }
            before = after;
            next += migrations.len();
        }
    });
    println!("{directory}: {counts:?}, {} not as the model says", wrong.len());
    wrong
}

/// How many migrations from one on are rolled back together with it: the first of a group stands for all of it.
fn together(rollbacks: &BTreeMap<usize, &Rollback>, first: usize) -> usize {
    let group = |index: &usize| rollbacks.get(index).map(|rollback| rollback.group);
    let others = (first + 1..).take_while(|index| group(index) == Some(Group::Other));
    if group(&first) == Some(Group::First) { 1 + others.count() } else { 1 }
}

/// What the server makes of one rollback.
struct Trial {
    verdict: &'static str,
    /// What differs at the end, or the error.
    details: Vec<String>,
    /// What still differs after the SQL that completes the rollback, or its error.
    incomplete: Vec<String>,
}

impl Trial {
    /// Rolls migrations that belong together back, from the newest to the oldest.
    fn run(
        copy: &Database,
        (before, after): (&BTreeSet<String>, &BTreeSet<String>),
        migrations: &[Migration],
        rollback: &Rollback,
        sources: &SourceMap,
    ) -> Self {
        let downs = migrations.iter().rev().filter_map(|migration| migration.file.down);
        if let Err(error) = downs.map(|down| sources.text(down.span)).try_for_each(|down| apply(copy, down)) {
            return Self { verdict: "fails", details: vec![error], incomplete: Vec::new() };
        }
        let end = copy.expect(CATALOG);
        let verdict = match difference(before, &end) {
            Some(_) if difference(&without_order(before), &without_order(&end)).is_none() => "restores-but-column-order",
            Some(_) => "differs",
            None if before == after => "nothing-to-undo",
            None => "restores",
        };
        let incomplete = if verdict == "differs" { complete(copy, &migrations[0], rollback, before) } else { Vec::new() };
        Self { verdict, details: difference(before, &end).unwrap_or_default(), incomplete }
    }

    fn complaint(&self, rollback: &Rollback) -> Option<String> {
        let ours = rollback.verdict.word();
        let details = |lines: &[String]| lines.iter().take(12).map(|line| format!("\n    {line}")).collect::<String>();
        if ours != self.verdict {
            return Some(format!("{} on the server, {ours} on the model{}", self.verdict, details(&self.details)));
        }
        (!self.incomplete.is_empty()).then(|| format!("the completed rollback leaves{}", details(&self.incomplete)))
    }
}

/// Runs the SQL that completes a rollback, and says what it leaves, but for what PostgreSQL cannot do.
fn complete(copy: &Database, migration: &Migration, rollback: &Rollback, before: &BTreeSet<String>) -> Vec<String> {
    let Verdict::Differs(_) = rollback.verdict else { return Vec::new() };
    let alteration = difference::alter(&rollback.end, &migration.before);
    if let Err(error) = copy.run(&format!("BEGIN; {};\nCOMMIT;", alteration.statements.join(";\n"))) {
        return vec![error, alteration.statements.join(";\n")];
    }
    let left = difference(&without_order(before), &without_order(&copy.expect(CATALOG)));
    if alteration.unsolved.is_empty() { left.unwrap_or_default() } else { Vec::new() }
}

/// The catalog without the numbers of columns.
fn without_order(catalog: &BTreeSet<String>) -> BTreeSet<String> {
    let is_number =
        |line: &&String| line.starts_with("column ") && line.rsplit_once(": ").is_some_and(|(_, fact)| fact.starts_with("number "));
    catalog.iter().filter(|line| !is_number(line)).cloned().collect()
}

fn difference(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Option<Vec<String>> {
    let gone = before.difference(after).map(|line| format!("- {line}"));
    let come = after.difference(before).map(|line| format!("+ {line}"));
    let lines: Vec<String> = gone.chain(come).collect();
    (!lines.is_empty()).then_some(lines)
}

/// A script, in one transaction where it can run in one. Tools end the transaction that a file leaves open.
fn apply(database: &Database, text: &str) -> Result<(), String> {
    let cannot_run_in_one = ["cannot run inside a transaction block", "unsafe use of new value", "cannot be executed from a function"];
    match database.run(&format!("BEGIN;\n{text}\n;COMMIT;")) {
        Err(error) if cannot_run_in_one.iter().any(|reason| error.contains(reason)) => database.run(&format!("{text}\n;COMMIT;")),
        result => result,
    }
    .map(|_| ())
}
