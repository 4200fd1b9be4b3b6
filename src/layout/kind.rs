//! Names of the conventions, and what each tool does that findings tell the user about.

use super::{Kind, VersionOrder};

const KINDS: &[(Kind, &str, &str)] = &[
    (Kind::HandNumbered, "hand-numbered", "hand-numbered"),
    (Kind::GolangMigrate, "golang-migrate", "golang-migrate"),
    (Kind::Sqlx, "sqlx", "sqlx"),
    (Kind::Diesel, "diesel", "Diesel"),
    (Kind::Hasura, "hasura", "Hasura"),
    (Kind::Prisma, "prisma", "Prisma"),
    (Kind::Flyway, "flyway", "Flyway"),
    (Kind::Refinery, "refinery", "Refinery"),
    (Kind::Supabase, "supabase", "Supabase"),
    (Kind::Goose, "goose", "goose"),
    (Kind::Dbmate, "dbmate", "dbmate"),
    (Kind::SqlMigrate, "sql-migrate", "sql-migrate"),
    (Kind::Tern, "tern", "tern"),
    (Kind::Drizzle, "drizzle", "Drizzle"),
    (Kind::Play, "play", "Play evolutions"),
    (Kind::Pop, "pop", "pop"),
    (Kind::Sqitch, "sqitch", "Sqitch"),
    (Kind::Liquibase, "liquibase", "Liquibase"),
    (Kind::NodePgMigrate, "node-pg-migrate", "node-pg-migrate"),
    (Kind::Postgrator, "postgrator", "Postgrator"),
    (Kind::DbMigrate, "db-migrate", "db-migrate"),
    (Kind::Yoyo, "yoyo", "yoyo"),
    (Kind::Atlas, "atlas", "Atlas"),
    (Kind::MyBatis, "mybatis", "MyBatis Migrations"),
    (Kind::Evolve, "evolve", "Evolve"),
    (Kind::DbUp, "dbup", "DbUp"),
    (Kind::Grate, "grate", "Grate"),
    (Kind::Sourcegraph, "sourcegraph", "Sourcegraph"),
    (Kind::Graphile, "graphile-migrate", "graphile-migrate"),
    (Kind::Releases, "releases", "releases"),
    (Kind::Manifest, "manifest", "manifests"),
    (Kind::Timestamped, "timestamped", "timestamped"),
];

impl Kind {
    /// Every convention.
    pub fn all() -> impl Iterator<Item = Kind> {
        KINDS.iter().map(|(kind, ..)| *kind)
    }

    /// The convention of this name, as options and configuration write it.
    pub fn from_name(name: &str) -> Option<Kind> {
        KINDS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name)).map(|(kind, ..)| *kind)
    }

    /// As options and configuration write it: `golang-migrate`.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, name, _)| name)
    }

    /// As sentences name it: `Diesel`.
    pub fn label(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(.., label)| label)
    }

    /// The program that runs the directory, where the convention is that of one program.
    pub fn tool(self) -> Option<&'static str> {
        (!matches!(self, Kind::HandNumbered | Kind::Timestamped | Kind::Releases | Kind::Manifest)).then(|| self.label())
    }

    /// How versions compare.
    pub fn order(self) -> VersionOrder {
        match self {
            Kind::Diesel => VersionOrder::BytesWithoutDashes,
            Kind::Prisma | Kind::Supabase | Kind::Dbmate | Kind::Pop | Kind::Atlas => VersionOrder::Bytes,
            Kind::Drizzle | Kind::Sqitch | Kind::Liquibase | Kind::Yoyo | Kind::DbUp | Kind::Grate => VersionOrder::Listed,
            _ => VersionOrder::Numeric,
        }
    }

    /// Whether the tool runs down scripts at all.
    pub fn has_downs(self) -> bool {
        !matches!(
            self,
            Kind::Prisma
                | Kind::Supabase
                | Kind::Refinery
                | Kind::Drizzle
                | Kind::Manifest
                | Kind::Atlas
                | Kind::Evolve
                | Kind::DbUp
                | Kind::Grate
                | Kind::Graphile
        )
    }

    /// Whether the tool tells migrations apart by their whole names, so that two may share a number.
    pub fn identifies_by_name(self) -> bool {
        matches!(self, Kind::Prisma | Kind::SqlMigrate | Kind::Manifest | Kind::NodePgMigrate) || self.order() == VersionOrder::Listed
    }
}
