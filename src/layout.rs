//! Which files of a directory are migrations, in what order, and which undo which.
//!
//! Every tool has its own answer; one file per tool in `layout/`, which begins with its [`Facts`]. Nothing is parsed here:
//! a layout looks at names, folders, and at most the first lines of a file.

mod atlas;
mod below;
mod databases;
mod db_migrate;
mod dbmate;
mod dbup;
mod delimiter;
mod detect;
mod dialect;
mod diesel;
mod discover;
mod down;
mod drizzle;
mod evolve;
mod facts;
mod flyway;
mod golang_migrate;
mod goose;
mod graphile;
mod grate;
mod hand_numbered;
mod hasura;
mod kind;
mod ledger;
mod liquibase;
mod listing;
mod locations;
mod manifest;
mod mybatis;
mod name;
mod node_pg_migrate;
mod pairing;
mod play;
mod pop;
mod postgrator;
mod prisma;
mod project;
mod reading;
mod refinery;
mod releases;
mod sections;
mod sourcegraph;
mod sqitch;
mod sql_migrate;
mod sqlx;
mod supabase;
mod tern;
mod timestamped;
mod tree;
mod yoyo;

use std::cmp::Ordering;
use std::path::PathBuf;

use crate::source::{FileId, SourceMap, Span};
use crate::sql::{Dialect, Values};

pub use below::{changes_schema, directories_below};
pub use discover::{CopyOf, DiscoverError, DiscoverOptions, Unsaved, discover};
pub use down::is_folder as is_rollback_folder;
pub use facts::{Downs, Facts, Late, Transaction, WayBack};
pub use locations::others as other_locations;

/// The conventions that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `018_name.sql`, numbered by hand or by a script of the project's own.
    HandNumbered,
    /// golang-migrate: `1_name.up.sql`, `1_name.down.sql`.
    GolangMigrate,
    /// sqlx: `1_name.sql`, or `1_name.up.sql` with `1_name.down.sql`.
    Sqlx,
    /// Diesel: `2024-01-31-120000_name/up.sql`, `down.sql`.
    Diesel,
    /// Hasura: `1676582194859_name/up.sql`, `down.sql`, the number in milliseconds.
    Hasura,
    /// Prisma Migrate: `20240131120000_name/migration.sql`.
    Prisma,
    /// Flyway: `V1__name.sql`, `U1__name.sql`, `R__name.sql`.
    Flyway,
    /// Refinery: Flyway's names, in which `U1__name.sql` is a migration like any other.
    Refinery,
    /// Supabase: `supabase/migrations/20240131120000_name.sql`.
    Supabase,
    /// goose: `-- +goose Up` and `-- +goose Down` in one file.
    Goose,
    /// dbmate: `-- migrate:up` and `-- migrate:down` in one file.
    Dbmate,
    /// sql-migrate: `-- +migrate Up` and `-- +migrate Down` in one file.
    SqlMigrate,
    /// tern: `---- create above / drop below ----` in one file.
    Tern,
    /// Drizzle: files that `meta/_journal.json` lists, or `20240131120000_name/migration.sql` with `snapshot.json`.
    Drizzle,
    /// Play evolutions: `1.sql` with `# --- !Ups` and `# --- !Downs`.
    Play,
    /// pop: `1_name.up.sql` for every database, `1_name.postgres.up.sql` for one.
    Pop,
    /// Sqitch: `sqitch.plan` lists the scripts in `deploy/`, `revert/` and `verify/`.
    Sqitch,
    /// Liquibase's formatted SQL: `--changeset author:id`.
    Liquibase,
    /// node-pg-migrate: `-- Up Migration` and `-- Down Migration` in one file.
    NodePgMigrate,
    /// Postgrator: `001.do.name.sql`, `001.undo.name.sql`.
    Postgrator,
    /// db-migrate: `sqls/20240131120000-name-up.sql`, `-down.sql`.
    DbMigrate,
    /// yoyo: any names, `-- depends:` in the files, `name.rollback.sql`.
    Yoyo,
    /// Atlas: `20240131120000_name.sql`, listed in `atlas.sum`.
    Atlas,
    /// MyBatis Migrations: what goes back stands behind `-- //@UNDO`.
    MyBatis,
    /// Evolve: Flyway's names in whatever case.
    Evolve,
    /// DbUp: every file in the order of the names.
    DbUp,
    /// Grate: a folder for each kind of script, `up/` and others.
    Grate,
    /// Sourcegraph: `1648051770_name/up.sql`, `down.sql`, `metadata.yaml`.
    Sourcegraph,
    /// graphile-migrate: `committed/000001.sql`, each with the hash of the one before.
    Graphile,
    /// A folder for each release: `0.22/00__name.sql`.
    Releases,
    /// A folder for each version of the schema, `v0.4/`, with a `manifest.json` that lists its files.
    Manifest,
    /// `20240131120000_name.sql`, by no tool that can be told.
    Timestamped,
}

/// How versions of a layout compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionOrder {
    /// As numbers: 9 before 10, 018 equals 18.
    Numeric,
    /// As bytes: `10` before `9`.
    Bytes,
    /// As bytes, dashes left out: `2024-01-31-120000` equals `20240131120000`.
    BytesWithoutDashes,
    /// Not at all: the tool keeps a list.
    Listed,
}

/// A migration's version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// As written in the file name: `018`, `2024-01-31-120000`, `1.2`.
    pub text: String,
    /// Its numeric parts, where it has any: `1.2` is `[1, 2]`; trailing zero parts dropped where the tool drops them.
    pub parts: Vec<u128>,
}

impl Version {
    /// Compares as the layout's tool does.
    pub fn compare(&self, other: &Version, order: VersionOrder) -> Ordering {
        match order {
            VersionOrder::Numeric => self.parts.cmp(&other.parts),
            VersionOrder::Bytes => self.text.as_bytes().cmp(other.text.as_bytes()),
            VersionOrder::BytesWithoutDashes => digits(&self.text).cmp(digits(&other.text)),
            VersionOrder::Listed => self.parts.cmp(&other.parts).then_with(|| self.text.cmp(&other.text)),
        }
    }
}

fn digits(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(|byte| *byte != b'-')
}

/// A directory of migrations, recognised and put in order.
#[derive(Clone, Debug)]
pub struct Directory {
    /// As the user is to see it.
    pub path: String,
    /// Where it is.
    pub root: PathBuf,
    /// The convention.
    pub kind: Kind,
    /// What the convention was recognised by, in words.
    pub evidence: String,
    /// The SQL it is written in.
    pub dialect: Dialect,
    /// What that was told by, in words.
    pub dialect_evidence: String,
    /// How its versions compare.
    pub order: VersionOrder,
    /// In the order the tool runs them; repeatable migrations last.
    pub migrations: Vec<MigrationFile>,
    /// Downs that belong to no migration.
    pub orphans: Vec<SourcePart>,
    /// Files the tool will not pick up though they look as if somebody meant it to.
    pub ignored: Vec<IgnoredFile>,
    /// Files that belong to a migration without being run: README, validation queries, rollbacks of tools without downs.
    pub companions: Vec<SourcePart>,
    /// Migrations that exist in another language (Go, TypeScript …) and are not read.
    pub foreign: Vec<String>,
    /// Down scripts that the tool takes for migrations and runs going forward.
    pub run_forward: Vec<FileId>,
    /// Files whose bytes are not text, or not all of them.
    pub unreadable: Vec<Unreadable>,
    /// The list of files and hashes that a tool keeps beside them.
    pub ledger: Option<Ledger>,
    /// What is wrong with the list that a tool takes its order from.
    pub faults: Vec<ListFault>,
    /// Migrations that stand in a document so far, and the names of the files they are to become.
    pub proposed: Vec<(SourcePart, String)>,
    /// What the placeholders in the files stand for.
    pub placeholders: Values,
}

/// A mistake in a tool's own list of its migrations.
#[derive(Clone, Debug)]
pub struct ListFault {
    /// The entry, in the list.
    pub span: Span,
    /// The migration, as the list names it.
    pub name: String,
    /// What is wrong and what the tool makes of it.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// A tool's own list of the files of a directory.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The list's own file.
    pub file: FileId,
    /// What it lists, in its order.
    pub entries: Vec<LedgerEntry>,
    /// Index of the first entry whose file is there and is not as it was.
    pub changed: Option<usize>,
}

/// One file of a [`Ledger`].
#[derive(Clone, Debug)]
pub struct LedgerEntry {
    /// The file's name.
    pub name: String,
    /// The hash that was written down.
    pub hash: String,
    /// The name in the ledger.
    pub span: Span,
}

impl Directory {
    /// A directory of the same kind without any file.
    pub fn emptied(&self) -> Self {
        Self {
            migrations: Vec::new(),
            orphans: Vec::new(),
            ignored: Vec::new(),
            companions: Vec::new(),
            foreign: Vec::new(),
            run_forward: Vec::new(),
            unreadable: Vec::new(),
            ledger: None,
            faults: Vec::new(),
            proposed: Vec::new(),
            ..self.clone()
        }
    }

    /// A file's path within the directory: `018_name.sql`, `20240131_name/up.sql`.
    pub fn name<'a>(&self, sources: &'a SourceMap, file: FileId) -> &'a str {
        let path = sources.path(file);
        let inside = path.strip_prefix(self.path.as_str()).and_then(|rest| rest.strip_prefix('/'));
        inside.unwrap_or(path)
    }

    /// What identifies the migration that begins here to people: its file's name, or its folder's.
    pub fn title<'a>(&'a self, sources: &'a SourceMap, up: SourcePart) -> &'a str {
        if let Some((_, name)) = self.proposed.iter().find(|(part, _)| *part == up) {
            return name;
        }
        let name = self.name(sources, up.file);
        name.strip_suffix("/up.sql").or_else(|| name.strip_suffix("/migration.sql")).unwrap_or(name)
    }

    /// Whether a migration in another language may run after the one and no later than the other.
    pub fn has_foreign_between(&self, earlier: &MigrationFile, later: &MigrationFile) -> bool {
        let (Some(earlier), Some(later)) = (&earlier.version, &later.version) else { return !self.foreign.is_empty() };
        let named = self.foreign.iter().filter_map(|path| path.split('/').find_map(name::numbered));
        named.map(|named| named.version).any(|version| {
            earlier.compare(&version, self.order) != Ordering::Greater && version.compare(later, self.order) != Ordering::Greater
        })
    }

    /// Every file that is run in some direction, or would be if the tool saw it.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        let migrations = self.migrations.iter().flat_map(|migration| [Some(migration.up), migration.down]).flatten();
        migrations.chain(self.orphans.iter().copied()).map(|part| part.file).chain(self.ignored.iter().map(|file| file.file))
    }
}

/// A file that could not be read as text.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The file; its text is empty where nothing of it can be read as SQL.
    pub file: FileId,
    /// The first place that is no text.
    pub span: Span,
    /// Why, in words: "byte 0xe9 is not UTF-8".
    pub reason: String,
}

/// A file, or the part of one that holds one direction of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourcePart {
    /// The file.
    pub file: FileId,
    /// The part of it.
    pub span: Span,
}

/// One migration of a directory, before anything is parsed.
#[derive(Clone, Debug)]
pub struct MigrationFile {
    /// Its version; `None` for repeatable migrations.
    pub version: Option<Version>,
    /// The description behind the number, as written: `add_customer_to_saved_insights`.
    pub name: String,
    /// What is run going forward.
    pub up: SourcePart,
    /// What undoes it, where there is one.
    pub down: Option<SourcePart>,
    /// Whether the tool wraps it in a transaction.
    pub in_transaction: bool,
}

/// A file that will not be run.
#[derive(Clone, Debug)]
pub struct IgnoredFile {
    /// The file.
    pub file: FileId,
    /// Why, in words: "the name has no `.up` before `.sql`".
    pub reason: String,
    /// The name that would be picked up, where it is clear what was meant.
    pub near_miss: Option<String>,
    /// The tool stops with an error because of it, instead of passing it over.
    pub refused: bool,
}
