//! From a convention to what is known of it.

use super::facts::Facts;
use super::{
    Kind, VersionOrder, atlas, db_migrate, dbmate, dbup, diesel, drizzle, evolve, flyway, golang_migrate, goose, graphile, grate,
    hand_numbered, hasura, liquibase, manifest, mybatis, node_pg_migrate, play, pop, postgrator, prisma, refinery, releases, sourcegraph,
    sqitch, sql_migrate, sqlx, supabase, tern, timestamped, yoyo,
};

/// Names the file of each convention, once.
macro_rules! conventions {
    ($($kind:ident => $file:ident,)*) => {
        const ALL: &[Kind] = &[$(Kind::$kind),*];

        impl Kind {
            /// What is known of it.
            pub fn facts(self) -> &'static Facts {
                match self {
                    $(Kind::$kind => &$file::FACTS,)*
                }
            }
        }
    };
}

conventions! {
    HandNumbered => hand_numbered,
    GolangMigrate => golang_migrate,
    Sqlx => sqlx,
    Diesel => diesel,
    Hasura => hasura,
    Prisma => prisma,
    Flyway => flyway,
    Refinery => refinery,
    Supabase => supabase,
    Goose => goose,
    Dbmate => dbmate,
    SqlMigrate => sql_migrate,
    Tern => tern,
    Drizzle => drizzle,
    Play => play,
    Pop => pop,
    Sqitch => sqitch,
    Liquibase => liquibase,
    NodePgMigrate => node_pg_migrate,
    Postgrator => postgrator,
    DbMigrate => db_migrate,
    Yoyo => yoyo,
    Atlas => atlas,
    MyBatis => mybatis,
    Evolve => evolve,
    DbUp => dbup,
    Grate => grate,
    Sourcegraph => sourcegraph,
    Graphile => graphile,
    Releases => releases,
    Manifest => manifest,
    Timestamped => timestamped,
}

impl Kind {
    /// Every convention.
    pub fn all() -> impl Iterator<Item = Kind> {
        ALL.iter().copied()
    }

    /// The convention of this name, as options and configuration write it.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::all().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// As options and configuration write it: `golang-migrate`.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// As sentences name it: `Diesel`.
    pub fn label(self) -> &'static str {
        self.facts().label
    }

    /// The program that runs the directory, where the convention is that of one program.
    pub fn tool(self) -> Option<&'static str> {
        self.facts().tool()
    }

    /// How versions compare.
    pub fn order(self) -> VersionOrder {
        self.facts().order
    }

    /// Whether the tool runs down scripts at all.
    pub fn has_downs(self) -> bool {
        self.facts().has_downs()
    }

    /// Whether the tool tells migrations apart by their whole names, so that two may share a number.
    pub fn identifies_by_name(self) -> bool {
        self.facts().identifies_by_name || self.order() == VersionOrder::Listed
    }
}
