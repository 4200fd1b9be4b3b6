//! Each layout's directory in `testdata/layouts/` is recognised, put in order and paired as its tool does it.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use migralint::layout::{self, Directory, DiscoverOptions, Kind, discover};
use migralint::schema::Dialect;
use migralint::source::{FileId, SourceMap};

fn testdata(directory: &str) -> PathBuf {
    Path::new("testdata/layouts").join(directory)
}

fn read(path: &Path) -> (Directory, SourceMap) {
    let mut sources = SourceMap::default();
    let directory = discover(path, &mut sources, &DiscoverOptions::default());
    (directory.unwrap_or_else(|error| panic!("{}: {error}", path.display())), sources)
}

fn names(sources: &SourceMap, files: impl Iterator<Item = FileId>, root: &str) -> Vec<String> {
    let inside = |path: &str| path.strip_prefix(root).map_or(path, |rest| rest.trim_start_matches('/')).to_owned();
    files.map(|file| inside(sources.path(file))).collect()
}

/// `version name` of each migration in order, with `down` behind those that have one.
fn migrations(directory: &Directory) -> Vec<String> {
    let describe = |migration: &layout::MigrationFile| {
        let version = migration.version.as_ref().map_or("-", |version| version.text.as_str());
        let down = if migration.down.is_some() { " down" } else { "" };
        format!("{version} {}{down}", migration.name)
    };
    directory.migrations.iter().map(describe).collect()
}

#[test]
fn every_tool_is_recognised_and_its_order_kept() {
    let cases: &[(&str, Kind, &[&str])] = &[
        (
            "hand-numbered/sound/migrations",
            Kind::HandNumbered,
            &[
                "001 authors down",
                "002 books down",
                "003 loans down",
                "003a fines",
                "004 auto_rollback",
                "005 add_flag_for_rollback_support down",
                "10 shelves down",
            ],
        ),
        ("golang-migrate/sound", Kind::GolangMigrate, &["1 authors down", "9 books down", "10 loans down"]),
        ("sqlx/sound", Kind::Sqlx, &["20240131120000 authors down", "20240201120000 index down"]),
        (
            "diesel/sound",
            Kind::Diesel,
            &[
                "00000000000000 diesel_initial_setup down",
                "2024-01-31-120000 authors down",
                "20240131120001 index down",
                "2024-02-01-120000-0001 books down",
            ],
        ),
        ("hasura/sound", Kind::Hasura, &["1676582194859 authors down", "1676582663723 books"]),
        ("prisma/sound", Kind::Prisma, &["20240131 authors", "20240131120000 books"]),
        ("flyway/sound", Kind::Flyway, &["1 authors down", "1.9 loans", "1_10 books", "2 fines", "- another_view", "- view"]),
        ("refinery/sound", Kind::Refinery, &["1 authors", "2 books", "3 loans"]),
        ("supabase/sound/supabase/migrations", Kind::Supabase, &["20240131120000 authors", "20240201120000 books down"]),
        ("goose/sound", Kind::Goose, &["00001 authors down", "00002 index"]),
        ("dbmate/sound", Kind::Dbmate, &["20240131120000 authors down", "20240201120000 index down"]),
        ("sql-migrate/sound", Kind::SqlMigrate, &["20240131120000 authors down"]),
        ("tern/sound", Kind::Tern, &["001 authors down", "002 books down"]),
        ("drizzle/sound", Kind::Drizzle, &["0000 authors", "0001 books"]),
        ("drizzle-folders/sound", Kind::Drizzle, &["20240131120000 authors", "20240201120000 books"]),
        ("dbmate-folders/sound", Kind::Dbmate, &["20240131120000 authors down", "20240201120000 books down", "20240202120000 loans down"]),
        ("play/sound", Kind::Play, &["1  down", "2  down", "3 "]),
        ("pop/sound", Kind::Pop, &["20240131120000 authors down", "20240201120000 books down", "20240203120000 index down"]),
        ("sqitch/sound", Kind::Sqitch, &["authors authors down", "titles@v1 titles down", "books books down", "titles titles down"]),
        ("releases/sound", Kind::Releases, &["0.9/00 authors", "0.10/00 books", "0.10/01 loans", "0.10.1/00 fines"]),
        ("manifest/sound", Kind::Manifest, &["v0.9 authors", "v0.10 loans", "v0.10 books"]),
        (
            "liquibase/sound",
            Kind::Liquibase,
            &["ann:authors authors down", "bob:books books down", "ann:loans loans down", "ann:fines fines down"],
        ),
        ("node-pg-migrate/sound", Kind::NodePgMigrate, &["1706702400000 authors down", "1706788800000 books down", "1706875200000 loans"]),
        ("postgrator/sound", Kind::Postgrator, &["001 authors down", "002 books down", "3 "]),
        ("db-migrate/sound", Kind::DbMigrate, &["20240131120000 authors down", "20240201120000 books down"]),
        ("yoyo/sound", Kind::Yoyo, &["0001 authors down", "0003 books down", "0002 index down"]),
        ("atlas/sound", Kind::Atlas, &["20240131120000 ", "20240201120000 books", "20240202120000 index"]),
        ("mybatis/sound", Kind::MyBatis, &["20240131120000 authors down", "20240201120000 books down"]),
        ("evolve/sound", Kind::Evolve, &["1 authors", "2 books", "- views"]),
        ("dbup/sound", Kind::DbUp, &["0001 authors", "0002 books"]),
        ("grate/sound", Kind::Grate, &["0001 authors", "0002 books", "- one", "- titles", "- grants"]),
        ("sourcegraph/sound", Kind::Sourcegraph, &["1648051770 authors down", "1648115472 books down"]),
        ("graphile-migrate/sound", Kind::Graphile, &["000001 ", "000002 books"]),
        ("timestamped/sound", Kind::Timestamped, &["20240131120000 authors", "20240201120000 books down"]),
    ];
    for (path, kind, expected) in cases {
        let (directory, sources) = read(&testdata(path));
        assert_eq!(directory.kind, *kind, "{path}: {}", directory.evidence);
        assert_eq!(migrations(&directory), *expected, "{path}");
        assert!(directory.orphans.is_empty(), "{path}: {:?}", names(&sources, directory.orphans.iter().map(|part| part.file), ""));
        assert!(directory.ignored.is_empty(), "{path}: {:?}", directory.ignored);
        assert!(directory.run_forward.is_empty() && directory.unreadable.is_empty(), "{path}");
    }
}

#[test]
fn what_a_tool_passes_over_refuses_or_misreads_is_told_apart() {
    struct Case {
        path: &'static str,
        migrations: usize,
        orphans: &'static [&'static str],
        ignored: &'static [&'static str],
        refused: &'static [&'static str],
        run_forward: &'static [&'static str],
    }
    let cases = [
        Case {
            path: "hand-numbered/broken",
            migrations: 3,
            orphans: &["003_rollback.sql"],
            ignored: &["add_shelves.sql"],
            refused: &[],
            run_forward: &[],
        },
        Case {
            path: "golang-migrate/broken",
            migrations: 3,
            orphans: &["4_fines.down.sql"],
            ignored: &["3_fines.sql"],
            refused: &[],
            run_forward: &[],
        },
        Case {
            path: "sqlx/broken",
            migrations: 1,
            orphans: &[],
            ignored: &[],
            refused: &["seed_data.sql"],
            run_forward: &["20240131120000_authors_rollback.sql"],
        },
        Case {
            path: "diesel/broken",
            migrations: 2,
            orphans: &[],
            ignored: &["2024-02-02-120000_fines.sql"],
            refused: &["2024-02-01-120000_loans/down.sql"],
            run_forward: &[],
        },
        Case {
            path: "prisma/broken",
            migrations: 1,
            orphans: &[],
            ignored: &[],
            refused: &["20240201120000_backfill/validation.sql"],
            run_forward: &[],
        },
        Case {
            path: "flyway/broken",
            migrations: 4,
            orphans: &["U5__fines.sql"],
            ignored: &["v3__fines.sql"],
            refused: &[],
            run_forward: &[],
        },
        Case {
            path: "supabase/broken/supabase/migrations",
            migrations: 2,
            orphans: &[],
            ignored: &["20200101000000_init.sql", "20240201120000-loans.sql"],
            refused: &[],
            run_forward: &["20240131120000_authors.down.sql"],
        },
        Case { path: "goose/broken", migrations: 2, orphans: &[], ignored: &[], refused: &["00002_loans.sql"], run_forward: &[] },
    ];
    for case in cases {
        let (directory, sources) = read(&testdata(case.path));
        let of = |files: Vec<FileId>| names(&sources, files.into_iter(), &directory.path);
        let ignored = |refused: bool| of(directory.ignored.iter().filter(|file| file.refused == refused).map(|file| file.file).collect());
        assert_eq!(directory.migrations.len(), case.migrations, "{}: {:?}", case.path, migrations(&directory));
        assert_eq!(of(directory.orphans.iter().map(|part| part.file).collect()), case.orphans, "{}", case.path);
        assert_eq!(ignored(false), case.ignored, "{}", case.path);
        assert_eq!(ignored(true), case.refused, "{}", case.path);
        assert_eq!(of(directory.run_forward.clone()), case.run_forward, "{}", case.path);
    }
}

#[test]
fn companions_and_other_languages_are_neither_migrations_nor_ignored() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("prisma/sound", &["20240131120000_books/README.md", "20240131120000_books/rollback.sql"], &["20240201120000_names/migration.ts"]),
        ("golang-migrate/sound", &["11_hash.down.sql"], &["11_hash.up.go"]),
        ("flyway/sound", &["B2__baseline.sql", "afterMigrate__grants.sql"], &["V3__Hash.java"]),
        ("goose/sound", &[], &["00003_hash.go"]),
        ("hand-numbered/sound/migrations", &["seed.sql", "000_combined.sql"], &[]),
    ];
    for (path, companions, foreign) in cases {
        let (directory, sources) = read(&testdata(path));
        assert_eq!(names(&sources, directory.companions.iter().map(|part| part.file), &directory.path), *companions, "{path}");
        assert_eq!(directory.foreign, *foreign, "{path}");
    }
}

#[test]
fn both_directions_of_one_file_are_parts_of_it() {
    let (directory, sources) = read(&testdata("goose/sound"));
    let first = &directory.migrations[0];
    assert_eq!(sources.text(first.up.span), "-- +goose Up\nCREATE TABLE authors (id bigint PRIMARY KEY);\n");
    assert_eq!(first.down.map(|down| sources.text(down.span)), Some("-- +goose Down\nDROP TABLE authors;\n"));
}

#[test]
fn a_migration_that_opts_out_runs_without_a_transaction() {
    for (path, expected) in [
        ("goose/sound", vec![true, false]),
        ("dbmate/sound", vec![true, false]),
        ("sqlx/sound", vec![true, false]),
        ("atlas/sound", vec![true, true, false]),
        ("liquibase/sound", vec![true, false, true, true]),
        ("pop/sound", vec![true, true, false]),
        ("yoyo/sound", vec![true, true, false]),
        ("diesel/sound", vec![true, true, false, true]),
    ] {
        let (directory, _) = read(&testdata(path));
        let wrapped: Vec<bool> = directory.migrations.iter().map(|migration| migration.in_transaction).collect();
        assert_eq!(wrapped, expected, "{path}");
    }
}

#[test]
fn errors_say_what_to_do_instead() {
    let error = |path: &str| discover(Path::new(path), &mut SourceMap::default(), &DiscoverOptions::default()).map(|_| ()).unwrap_err();
    assert_eq!(error("testdata/nowhere").to_string(), "there is no directory `testdata/nowhere`");
    assert_eq!(error("Cargo.toml").to_string(), "`Cargo.toml` is a file; name the directory of migrations it lies in");
    assert_eq!(
        error("testdata/layouts/supabase/sound").to_string(),
        "no migrations directly in `testdata/layouts/supabase/sound`; below it these look like some: \
         `testdata/layouts/supabase/sound/supabase/migrations`"
    );
}

#[test]
fn the_user_decides_the_layout_and_the_folder_of_downs() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("sql/20240131_authors.sql", "CREATE TABLE authors (id bigint);");
    write("back/20240131.sql", "DROP TABLE authors;");
    let options = DiscoverOptions {
        layout: Some(Kind::HandNumbered),
        down_directory: Some(folder.path().join("back")),
        ..DiscoverOptions::default()
    };
    let directory = discover(&folder.path().join("sql"), &mut SourceMap::default(), &options).unwrap();
    assert_eq!((directory.kind, migrations(&directory)), (Kind::HandNumbered, vec!["20240131 authors down".to_owned()]));
}

#[test]
fn folders_of_several_databases_are_no_part_of_the_history_above_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "CREATE TABLE authors (id bigint);").unwrap();
    };
    write("V1__authors.sql");
    write("later/V2__books.sql");
    write("postgresql/V3__loans.sql");
    assert_eq!(migrations(&read(folder.path()).0), ["1 authors", "2 books", "3 loans"]);
    write("mysql/V3__loans.sql");
    assert_eq!(migrations(&read(folder.path()).0), ["1 authors", "2 books"]);
}

#[test]
fn a_file_beside_a_flyway_migration_says_how_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
    for name in ["V1__a", "V2__b", "V3__c"] {
        write(&format!("{name}.sql"), "CREATE TABLE authors (id bigint);");
    }
    write("V2__b.sql.conf", "executeInTransaction=false\n");
    write("V3__c.sql.conf", "shouldExecute = false\n");
    let (directory, sources) = read(folder.path());
    let wrapped: Vec<bool> = directory.migrations.iter().map(|migration| migration.in_transaction).collect();
    assert_eq!(wrapped, [true, false]);
    let ignored = names(&sources, directory.ignored.iter().map(|file| file.file), &directory.path);
    assert_eq!(ignored, ["V3__c.sql"]);
}

#[test]
fn every_layout_has_a_name_that_leads_back_to_it() {
    for kind in Kind::all() {
        assert_eq!(Kind::from_name(kind.name()), Some(kind), "{kind:?}");
        assert!(!kind.label().is_empty(), "{kind:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_do_not_trap_the_walk() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("migrations");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("001_authors.sql"), "CREATE TABLE authors (id bigint);").unwrap();
    symlink(&root, root.join("again")).unwrap();
    symlink(folder.path(), root.join("above")).unwrap();
    symlink(root.join("001_authors.sql"), root.join("002_latest.sql")).unwrap();
    symlink("nowhere", root.join("003_broken.sql")).unwrap();
    let (directory, sources) = read(&root);
    assert_eq!(migrations(&directory), ["001 authors"]);
    assert_eq!(directory.unreadable.len(), 1, "{:?} {:?}", directory.unreadable, sources.path(directory.unreadable[0].file));
}

#[test]
fn unreadable_files_are_kept_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("001_authors.sql"), b"SELECT 'caf\xE9';").unwrap();
    fs::write(folder.path().join("002_secret.sql"), b"\0GITCRYPT\0abc").unwrap();
    let (directory, _) = read(folder.path());
    let reasons: Vec<&str> = directory.unreadable.iter().map(|file| file.reason.as_str()).collect();
    assert_eq!(reasons, ["byte 0xe9 is not UTF-8, and PostgreSQL refuses it", "is encrypted by git-crypt"]);
    assert_eq!(directory.migrations.len(), 2);
}

/// What `migralint layout` and the lints about files and order say of each directory.
#[test]
fn each_directory_reads_as_it_was_reviewed() {
    const LINTS: &str = "duplicate-version,gap,mixed-width,mixed-scheme,ignored-file,journal-mismatch,misplaced-directive,\
        missing-dependency,missing-rollback,orphan-rollback,rollback-run-forward,syntax-error";
    let root = common::root();
    let mut kinds: Vec<_> = fs::read_dir(root.join("testdata/layouts")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    kinds.sort();
    for kind in kinds {
        let kind = kind.to_string_lossy();
        let mut text = String::new();
        for state in ["sound", "broken"] {
            let folders = ["/supabase/migrations", "/migrations", ""].map(|below| format!("testdata/layouts/{kind}/{state}{below}"));
            let Some(path) = folders.iter().find(|path| root.join(path).is_dir()) else { continue };
            for arguments in [vec!["layout", path], vec!["lint", "--only", LINTS, path]] {
                text += &common::stdout(&common::migralint(&root, &arguments));
                text += "\n";
            }
        }
        insta::assert_snapshot!(&*kind, text);
    }
}

/// Writes files below a directory.
fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

#[test]
fn flyway_s_other_locations_are_read_together_with_a_directory() {
    let parent = tempfile::tempdir().expect("a directory");
    let resources = "app/src/main/resources";
    write(
        parent.path(),
        &[
            (&format!("{resources}/application.yml"), "spring:\n  flyway:\n    locations: classpath:db/common,classpath:db/{vendor}\n"),
            (&format!("{resources}/db/common/V1__orders.sql"), "CREATE TABLE orders (id int PRIMARY KEY);"),
            (&format!("{resources}/db/mysql/V2__note.sql"), "ALTER TABLE orders ADD COLUMN note text;"),
            (&format!("{resources}/db/postgresql/V2__note.sql"), "ALTER TABLE orders ADD COLUMN note text;"),
        ],
    );
    let resources = parent.path().join(resources);
    let (directory, _) = read(&resources.join("db/mysql"));
    assert_eq!(migrations(&directory), ["1 orders", "2 note"]);
    assert!(directory.evidence.contains("common` is read with it"), "{}", directory.evidence);
    let below = layout::directories_below(parent.path());
    assert_eq!(below, [resources.join("db/mysql"), resources.join("db/postgresql")]);
}

#[test]
fn a_flyway_directory_that_makes_no_table_builds_on_another() {
    let parent = tempfile::tempdir().expect("a directory");
    write(
        parent.path(),
        &[("V2__a.sql", "UPDATE orders SET paid = true WHERE id = 1;"), ("V3__b.sql", "ALTER TABLE orders ADD COLUMN note text;")],
    );
    let report = common::json(parent.path(), &["--only", "would-fail"]);
    let findings = report["findings"].as_array().expect("findings");
    let told: Vec<_> = findings.iter().map(|finding| (finding["severity"].as_str(), finding["line"].as_u64())).collect();
    assert_eq!(told, [(Some("info"), Some(1))], "{findings:#?}");
}

#[test]
fn a_placeholder_without_a_value_is_shown_as_it_is_written() {
    let parent = tempfile::tempdir().expect("a directory");
    write(parent.path(), &[("V1__a.sql", "CREATE TABLE ${prefix}_orders (id int);\nALTER TABLE {{ .Old }} ADD COLUMN note text;")]);
    let report = common::json(parent.path(), &["--only", "missing-primary-key", "--only", "would-fail"]);
    let messages: Vec<_> = report["findings"].as_array().into_iter().flatten().filter_map(|finding| finding["message"].as_str()).collect();
    assert!(messages.iter().any(|message| message.contains("`${prefix}_orders`")), "{messages:#?}");
    assert!(messages.iter().any(|message| message.contains("`{{ .Old }}`")), "{messages:#?}");
}

#[test]
fn settings_names_and_folders_say_what_few_files_do_not() {
    let parent = tempfile::tempdir().expect("a directory");
    let changesets =
        "--liquibase formatted sql\n\n--changeset a:1\nCREATE TABLE a (id int);\n\n--changeset a:2\nCREATE TABLE b (id int);\n";
    write(
        parent.path(),
        &[
            ("tern/migrations/tern.conf", ""),
            ("tern/migrations/001_a.sql", "CREATE TABLE a (id int);"),
            ("db/migrations-tern/001_a.sql", "CREATE TABLE a (id int);"),
            ("db/migrations-pattern/001_a.sql", "CREATE TABLE a (id int);"),
            ("app/src/main/resources/db/changelog/db.changelog-master.sql", changesets),
            ("util/SqliteMigrations/Scripts/2024-01-31_00_a.sql", "CREATE TABLE a (id int);"),
        ],
    );
    let found: Vec<_> = layout::directories_below(parent.path())
        .iter()
        .map(|path| {
            let (directory, _) = read(path);
            (directory.kind, directory.dialect, directory.migrations.len())
        })
        .collect();
    let expected = [
        (Kind::Liquibase, Dialect::Postgres, 2),
        (Kind::HandNumbered, Dialect::Postgres, 1),
        (Kind::Tern, Dialect::Postgres, 1),
        (Kind::Tern, Dialect::Postgres, 1),
        (Kind::Timestamped, Dialect::Sqlite, 1),
    ];
    assert_eq!(found, expected);
}
