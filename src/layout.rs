//! Which files of a directory are migrations, in what order, and which undo which.
//!
//! Every tool has its own answer; one file per tool in `layout/`. Nothing is parsed here: a layout looks at names,
//! folders, and at most the first lines of a file.

use std::cmp::Ordering;
use std::path::PathBuf;

use crate::source::{FileId, Span};
use crate::sql::Dialect;

/// The conventions that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `018_name.sql`, numbered by hand or by a script of the project's own.
    HandNumbered,
    /// golang-migrate: `1_name.up.sql`, `1_name.down.sql`.
    GolangMigrate,
    /// Diesel: `2024-01-31-120000_name/up.sql`, `down.sql`.
    Diesel,
    /// Prisma Migrate: `20240131120000_name/migration.sql`.
    Prisma,
    /// Flyway: `V1__name.sql`, `U1__name.sql`, `R__name.sql`.
    Flyway,
    /// Supabase: `supabase/migrations/20240131120000_name.sql`.
    Supabase,
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
        }
    }
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
}
