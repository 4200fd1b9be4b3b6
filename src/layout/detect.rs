//! Which tool a directory belongs to, by the most decisive evidence there is.

use std::path::Path;

use super::listing::Listing;
use super::sections::Sections;
use super::tree::{Item, Tree, base_name, is_sql};
use super::{
    Kind, atlas, below, databases, db_migrate, dbmate, dbup, diesel, drizzle, evolve, flyway, golang_migrate, goose, graphile, grate,
    hand_numbered, hasura, liquibase, manifest, mybatis, name, node_pg_migrate, play, pop, postgrator, prisma, project, refinery, releases,
    sections, sourcegraph, sqitch, sql_migrate, sqlx, supabase, tern, timestamped, yoyo,
};

/// Whether the directory itself holds migrations, whatever the tool.
pub(super) fn has_migrations(root: &Path, listing: &Listing) -> bool {
    let inside = || listing.readable.iter().filter(|found| !found.beside).map(|found| found.path.as_str());
    let top = || inside().filter(|path| !path.contains('/') && is_sql(path));
    let in_folder = |path: &str, file: &str| path.strip_suffix(file).is_some_and(|folder| folder.matches('/').count() == 1);
    top().any(looks_numbered)
        || inside().any(|path| {
            (in_folder(path, "up.sql") || in_folder(path, "migration.sql")) && path.starts_with(|first: char| first.is_ascii_digit())
        })
        || inside().any(|path| [prisma::LOCK, drizzle::JOURNAL, sqitch::PLAN].contains(&path))
        || inside().any(|path| {
            path.split_once('/').is_some_and(|(folder, file)| file == manifest::MANIFEST && releases::release(folder).is_some())
        })
        || inside().any(|path| path.split_once('/').is_some_and(|(folder, _)| folder == graphile::COMMITTED) && is_sql(path))
        || inside().any(|path| path.strip_prefix("sqls/").is_some_and(looks_numbered))
        || grate::is_root(inside().filter_map(|path| path.split_once('/')).map(|(folder, _)| folder))
        || in_numbered_folders(listing)
        || has_changelog(listing)
        || top().next().is_some() && project::names_package(root, "dbup")
        || prisma::is_own_path(root) && inside().any(|path| path.contains('/'))
        || mostly_flyway(listing)
}

/// Whether a folder's name begins with a number, as those do that hold one migration.
pub(super) fn looks_dated(folder: &str) -> bool {
    name::leading_digits(folder) > 0
}

pub(super) fn looks_numbered(path: &str) -> bool {
    let stem = path.get(..path.len().saturating_sub(4)).unwrap_or(path);
    name::numbered(stem).is_some() || flyway::parse(base_name(path)).is_some()
}

/// Flyway looks into folders, so its root may hold nothing but those.
fn mostly_flyway(listing: &Listing) -> bool {
    let flyway = listing.readable.iter().filter(|found| flyway::parse(base_name(&found.path)).is_some()).count();
    !databases::are_several(listing)
        && !flyway::begins_anew(listing)
        && flyway > 0
        && flyway * 5 >= (listing.readable.len() + listing.others.len()) * 3
}

/// Changelogs of Liquibase and the SQL they are about, in the directory itself or below it.
fn has_changelog(listing: &Listing) -> bool {
    let inside = || listing.readable.iter().filter(|found| !found.beside);
    let top = || inside().filter(|found| !found.path.contains('/'));
    let is_formatted = |found: &&super::listing::Found| is_sql(&found.path) && liquibase::is_formatted(&super::reading::start(&found.at));
    top().any(|found| is_formatted(&found))
        || top().any(|found| liquibase::is_changelog(&found.path)) && inside().any(|found| is_formatted(&found))
}

/// `0.22/00__name.sql`, `100-shared/20240131_name.sql`: several such folders and no migration beside them.
fn in_numbered_folders(listing: &Listing) -> bool {
    let folder_of = |found: &'_ super::listing::Found| {
        let (folder, file) = found.path.split_once('/').filter(|_| !found.beside && is_sql(&found.path))?;
        let is_number = name::leading_digits(folder.trim_start_matches(['v', 'V'])) > 0;
        (is_number && looks_numbered(file)).then(|| folder.to_string())
    };
    let mut folders: Vec<String> = listing.readable.iter().filter_map(folder_of).collect();
    folders.dedup();
    folders.len() > 1
}

/// Directories below that look like migrations, the largest first.
pub(super) fn below(listing: &Listing, shown: &str) -> Vec<String> {
    let mut folders: Vec<_> = below::candidates(listing).into_iter().collect();
    folders.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let prefix = if shown == "." { String::new() } else { format!("{shown}/") };
    folders.into_iter().take(5).map(|(folder, _)| format!("{prefix}{folder}")).collect()
}

/// Looks for what one tool's directories have, and says what it found.
type Recogniser = fn(&Path, &Tree) -> Option<String>;

/// The most decisive evidence first: lists that only one tool keeps, headers, folders for each migration.
static LISTS: [(Kind, Recogniser); 10] = [
    (Kind::Drizzle, drizzle::by_journal),
    (Kind::Sqitch, sqitch::recognise),
    (Kind::Prisma, prisma::by_lock),
    (Kind::Liquibase, liquibase::recognise),
    (Kind::Manifest, manifest::recognise),
    (Kind::Drizzle, drizzle::by_snapshots),
    (Kind::Prisma, prisma::by_folders),
    (Kind::Sourcegraph, sourcegraph::recognise),
    (Kind::Hasura, hasura::recognise),
    (Kind::Diesel, diesel::recognise),
];

/// Tools that write both directions into one file.
static SECTIONED: [(Kind, &Sections); 7] = [
    (Kind::Goose, &goose::SECTIONS),
    (Kind::Dbmate, &dbmate::SECTIONS),
    (Kind::SqlMigrate, &sql_migrate::SECTIONS),
    (Kind::Play, &play::SECTIONS),
    (Kind::Tern, &tern::SECTIONS),
    (Kind::MyBatis, &mybatis::SECTIONS),
    (Kind::NodePgMigrate, &node_pg_migrate::SECTIONS),
];

/// What is looked at when no file says it: names, folders, and what the project is built with.
static NAMES: [(Kind, Recogniser); 18] = [
    (Kind::Tern, tern::by_settings),
    (Kind::Evolve, evolve::recognise),
    (Kind::Refinery, refinery::recognise),
    (Kind::Flyway, flyway::recognise),
    (Kind::Supabase, supabase::recognise),
    (Kind::Pop, pop::recognise),
    (Kind::Sqlx, sqlx::by_directions),
    (Kind::GolangMigrate, golang_migrate::recognise),
    (Kind::Graphile, graphile::recognise),
    (Kind::Postgrator, postgrator::recognise),
    (Kind::DbMigrate, db_migrate::recognise),
    (Kind::Yoyo, yoyo::recognise),
    (Kind::Grate, grate::recognise),
    (Kind::Releases, releases::recognise),
    (Kind::Atlas, atlas::recognise),
    (Kind::DbUp, dbup::recognise),
    (Kind::Sqlx, sqlx::by_dates),
    (Kind::Timestamped, timestamped::recognise),
];

/// The convention and what it was recognised by.
pub(super) fn kind(root: &Path, tree: &Tree) -> (Kind, String) {
    let first = |order: &[(Kind, Recogniser)]| order.iter().find_map(|(kind, recognise)| Some((*kind, recognise(root, tree)?)));
    let found = first(&LISTS).or_else(|| by_markers(tree)).or_else(|| first(&NAMES));
    found.unwrap_or_else(|| (Kind::HandNumbered, hand_numbered::evidence(tree)))
}

fn by_markers(tree: &Tree) -> Option<(Kind, String)> {
    let comments = |item: &Item| sections::comments(tree.text(item.file)).collect();
    let top: Vec<Vec<&str>> = tree.top().map(comments).collect();
    let in_folders = || tree.items.iter().filter(|item| item.is_sql() && sections::in_numbered_folder(item)).map(comments).collect();
    SECTIONED.iter().find_map(|(kind, own)| {
        let inside: Vec<Vec<&str>> = if own.in_folders(tree) { in_folders() } else { Vec::new() };
        let files = if own.in_folders(tree) { &inside } else { &top };
        let count = files.iter().filter(|lines| own.has_marker(lines.iter().copied())).count();
        let evidence = || format!("{count} of {} files hold `{}`", files.len(), own.marker);
        (count > 0 && count * 2 >= files.len()).then(|| (*kind, evidence()))
    })
}

/// "1 name ends", "2 names end".
pub(super) fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}
