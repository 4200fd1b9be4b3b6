//! The run: what becomes of the findings of checks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use migralint::config::Config;
use migralint::diagnostic::{Diagnostic, Severity};
use migralint::history::History;
use migralint::layout::{DiscoverOptions, discover};
use migralint::lint::{self, Card, ChangeContext, Check, Finding, HistoryContext, Lint, SchemaContext, Settings};
use migralint::source::{SourceMap, Span};

fn lint(id: &str, severity: &str, check: Check) -> Lint {
    let card = format!("{{title: t, group: g, severity: {severity}, what: w, why: because, fix: f, examples: []}}");
    Lint { card: Card::parse(id, &card).unwrap(), check }
}

/// Reports every table at the end of history; `loud` ones with a severity of the check's own.
fn tables(context: &SchemaContext) -> Vec<Finding> {
    let table = |table: &migralint::schema::Table| {
        let finding = Finding::new(table.span, format!("table `{}`", table.name.name)).object(&table.name);
        if table.name.name == "loud" { finding.severity(Severity::Error) } else { finding }
    };
    context.schema.tables.values().map(|found| table(found)).collect()
}

/// Reports every change, and whether it made a table.
fn changes(context: &ChangeContext) -> Vec<Finding> {
    let (before, after) = (context.before.tables.len(), context.after.tables.len());
    vec![Finding::new(context.change.span, format!("{before} to {after} tables"))]
}

/// Reports every file twice.
fn files(context: &HistoryContext) -> Vec<Finding> {
    let file = |migration: &migralint::history::Migration| Finding::new(Span::new(migration.file.up.file, 0..0), "a file");
    context.history.migrations.iter().chain(&context.history.migrations).map(file).collect()
}

struct Run {
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
}

impl Run {
    fn of(lints: &[Lint], config: &str, files: &[(&str, &str)]) -> Self {
        Self::with(lints, config, files, |_| {})
    }

    fn with(lints: &[Lint], config: &str, files: &[(&str, &str)], adjust: impl Fn(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let migrations = folder.path().join("migrations");
        fs::create_dir(&migrations).unwrap();
        files.iter().for_each(|(name, text)| fs::write(migrations.join(name), text).unwrap());
        fs::write(folder.path().join("migralint.yaml"), config).unwrap();
        let mut sources = SourceMap::default();
        let (mut config, mistakes) = Config::load(&folder.path().join("migralint.yaml"), lints, &mut sources).unwrap();
        assert_eq!(mistakes, []);
        adjust(&mut config.settings);
        let directory = discover(&migrations, &mut sources, &DiscoverOptions::default()).unwrap();
        let diagnostics = lint::run(lints, &History::load(directory, &sources), &sources, &config.settings);
        Self { sources, diagnostics }
    }

    /// `file:line lint severity message`.
    fn lines(&self) -> Vec<String> {
        let line = |diagnostic: &Diagnostic| {
            let path = self.sources.path(diagnostic.primary.file);
            let line = self.sources.start(diagnostic.primary).line;
            let path = path.rsplit_once("migrations/").map_or(path, |(_, path)| path);
            format!("{path}:{line} {} {} {}", diagnostic.lint, diagnostic.severity.as_str(), diagnostic.message)
        };
        self.diagnostics.iter().map(line).collect()
    }
}

const FILES: [(&str, &str); 2] =
    [("2_b.sql", "CREATE TABLE zebra (id int);\nCREATE TABLE loud (id int);\n"), ("10_a.sql", "CREATE TABLE ant (id int);\n")];

#[test]
fn findings_stand_in_the_order_of_history_and_each_once() {
    let lints = [lint("tables", "info", Check::Schema(tables)), lint("files", "warning", Check::History(files))];
    assert_eq!(
        Run::of(&lints, "", &FILES).lines(),
        [
            "2_b.sql:1 files warning a file",
            "2_b.sql:1 tables info table `zebra`",
            "2_b.sql:2 tables error table `loud`",
            "10_a.sql:1 files warning a file",
            "10_a.sql:1 tables info table `ant`",
        ]
    );
}

#[test]
fn configuration_wins_over_the_check_and_the_check_over_the_card() {
    let lints = [lint("tables", "info", Check::Schema(tables))];
    let severities = |config: &str| {
        let run = Run::of(&lints, config, &FILES);
        run.diagnostics.iter().map(|diagnostic| (diagnostic.message.clone(), diagnostic.severity)).collect::<Vec<_>>()
    };
    let named = |levels: &[(&str, Severity)]| levels.iter().map(|(name, level)| (format!("table `{name}`"), *level)).collect::<Vec<_>>();
    use Severity::{Error, Info, Warning};
    let cases: &[(&str, &[(&str, Severity)])] = &[
        ("", &[("zebra", Info), ("loud", Error), ("ant", Info)]),
        ("lints: { tables: warning }", &[("zebra", Warning), ("loud", Warning), ("ant", Warning)]),
        ("lints: { tables: off }", &[]),
        ("paths: [{ path: '**/10_*', lints: { tables: off } }]", &[("zebra", Info), ("loud", Error)]),
        ("lints: { tables: off }\npaths: [{ path: 'migrations/2_b.sql', lints: { tables: error } }]", &[("zebra", Error), ("loud", Error)]),
        ("paths: [{ path: '**', lints: { tables: off } }, { path: '**/10_*', lints: { tables: warning } }]", &[("ant", Warning)]),
    ];
    for (config, expected) in cases {
        assert_eq!(severities(config), named(expected), "{config}");
    }
}

#[test]
fn who_asks_for_a_lint_gets_it_whatever_is_configured() {
    let lints = [lint("tables", "off", Check::Schema(tables)), lint("files", "warning", Check::History(files))];
    let ids = |config: &str, only: &[&str], skip: &[&str]| {
        let run = Run::with(&lints, config, &FILES, |settings| {
            settings.only = (!only.is_empty()).then(|| only.iter().map(ToString::to_string).collect());
            settings.skip = skip.iter().map(ToString::to_string).collect();
        });
        let mut ids: Vec<String> = run.diagnostics.into_iter().map(|diagnostic| diagnostic.lint).collect();
        ids.dedup();
        ids
    };
    assert_eq!(ids("", &[], &[]), ["files"]);
    assert_eq!(ids("", &["tables"], &[]), ["tables"]);
    assert_eq!(ids("lints: { files: off }", &["files"], &[]), ["files"]);
    assert_eq!(ids("", &["files"], &["files"]), [""; 0]);
}

#[test]
fn a_change_is_seen_with_the_schema_of_its_moment() {
    let lints = [lint("changes", "info", Check::Change(changes))];
    let sql = "CREATE TABLE a (id int);
DO $$ BEGIN
  CREATE TABLE b (id int);
  IF false THEN DROP TABLE a; END IF;
END $$;
CREATE TABLE a (id int);
DROP TABLE a;";
    assert_eq!(
        Run::of(&lints, "", &[("1_a.sql", sql), ("2_b.sql", "DROP TABLE b;")]).lines(),
        [
            "1_a.sql:1 changes info 0 to 1 tables",
            "1_a.sql:3 changes info 1 to 2 tables",
            "1_a.sql:7 changes info 2 to 1 tables",
            "2_b.sql:1 changes info 1 to 0 tables",
        ],
        "what is refused or does not run is no change"
    );
}

#[test]
fn a_fingerprint_survives_edits_above_and_another_number() {
    let lints = [lint("tables", "info", Check::Schema(tables))];
    let prints = |files: &[(&str, &str)]| {
        let run = Run::of(&lints, "", files);
        run.diagnostics.into_iter().map(|diagnostic| diagnostic.fingerprint).collect::<Vec<_>>()
    };
    let edited = [("3_b.sql", "-- a comment\n\nCREATE TABLE zebra\n  (id int);\nCREATE TABLE loud (id int);\n"), FILES[1]];
    assert_eq!(prints(&edited), prints(&FILES));
}

#[test]
fn the_reason_on_the_card_goes_with_every_finding() {
    let run = Run::of(&[lint("files", "error", Check::History(files))], "", &FILES);
    assert!(run.diagnostics.iter().all(|diagnostic| diagnostic.notes == ["because"]));
}
