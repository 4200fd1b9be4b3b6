//! Which tool a directory belongs to, by the most decisive evidence there is.

use std::path::Path;

use super::listing::Listing;
use super::tree::{Item, Tree, base_name, is_sql};
use super::{
    Kind, atlas, below, databases, down, drizzle, flyway, graphile, grate, liquibase, manifest, name, pop, postgrator, project, releases,
    sections, sqitch, yoyo,
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
        || inside().any(|path| ["migration_lock.toml", drizzle::JOURNAL, sqitch::PLAN].contains(&path))
        || inside().any(|path| {
            path.split_once('/').is_some_and(|(folder, file)| file == manifest::MANIFEST && releases::release(folder).is_some())
        })
        || inside().any(|path| path.split_once('/').is_some_and(|(folder, _)| folder == graphile::COMMITTED) && is_sql(path))
        || inside().any(|path| path.strip_prefix("sqls/").is_some_and(looks_numbered))
        || grate::is_root(inside().filter_map(|path| path.split_once('/')).map(|(folder, _)| folder))
        || in_numbered_folders(listing)
        || has_changelog(listing)
        || top().next().is_some() && project::names_package(root, "dbup")
        || is_prisma_path(root) && inside().any(|path| path.contains('/'))
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
        && !databases::begin_anew(listing)
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

fn is_prisma_path(root: &Path) -> bool {
    std::fs::canonicalize(root).is_ok_and(|path| path.ends_with("prisma/migrations"))
}

/// Directories below that look like migrations, the largest first.
pub(super) fn below(listing: &Listing, shown: &str) -> Vec<String> {
    let mut folders: Vec<_> = below::candidates(listing).into_iter().collect();
    folders.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let prefix = if shown == "." { String::new() } else { format!("{shown}/") };
    folders.into_iter().take(5).map(|(folder, _)| format!("{prefix}{folder}")).collect()
}

/// The convention and what it was recognised by.
pub(super) fn kind(root: &Path, tree: &Tree) -> (Kind, String) {
    by_list(tree)
        .or_else(|| by_changesets(tree))
        .or_else(|| by_folders(root, tree))
        .or_else(|| by_markers(tree))
        .or_else(|| by_flyway_names(root, tree))
        .or_else(|| by_path(root))
        .or_else(|| by_directions(root, tree))
        .or_else(|| by_names(tree))
        .or_else(|| by_releases(tree))
        .or_else(|| by_project(root, tree))
        .unwrap_or_else(|| by_numbers(root, tree))
}

/// Lists that only one tool keeps.
fn by_list(tree: &Tree) -> Option<(Kind, String)> {
    let lists = [(Kind::Drizzle, drizzle::JOURNAL), (Kind::Sqitch, sqitch::PLAN), (Kind::Prisma, "migration_lock.toml")];
    let holds = |file: &str| tree.items.iter().any(|item| item.path == file);
    let (kind, file) = lists.into_iter().find(|(_, file)| holds(file))?;
    Some((kind, format!("it holds `{file}`")))
}

fn by_changesets(tree: &Tree) -> Option<(Kind, String)> {
    let files: Vec<&Item> = tree.items.iter().filter(|item| item.is_sql() && !item.beside).collect();
    let formatted = files.iter().filter(|item| liquibase::is_formatted(tree.text(item.file))).count();
    (formatted > 0 && formatted * 2 >= files.len())
        .then(|| (Kind::Liquibase, format!("{formatted} of {} files hold `--liquibase formatted sql`", files.len())))
}

/// Names, headers and folders that only one tool has.
fn by_names(tree: &Tree) -> Option<(Kind, String)> {
    let committed: Vec<&Item> = tree.items.iter().filter(|item| graphile::is_committed(item)).collect();
    let chained = committed.iter().filter(|item| tree.text(item.file).starts_with(graphile::PREVIOUS)).count();
    if chained > 0 && chained * 2 >= committed.len() {
        return Some((Kind::Graphile, format!("{chained} of {} files hold `{}`", committed.len(), graphile::PREVIOUS)));
    }
    for (kind, example) in [(Kind::Postgrator, "001.do.name.sql"), (Kind::DbMigrate, "18-name-up.sql")] {
        let items = || tree.items.iter().filter(|item| item.is_sql() && postgrator::in_place(item, kind));
        let count = items().filter(|item| postgrator::parse(item.stem(), kind).is_some()).count();
        if count > 0 && count * 2 >= items().count() {
            return Some((kind, format!("{} like `{example}`", counted(count, "name is", "names are"))));
        }
    }
    let dependent = tree.top().filter(|item| !yoyo::dependencies(tree.text(item.file)).is_empty()).count();
    if dependent > 0 {
        return Some((Kind::Yoyo, format!("{} `-- depends:`", counted(dependent, "file holds", "files hold"))));
    }
    let folders = tree.folders();
    grate::is_root(folders.iter().map(|(folder, _)| *folder))
        .then(|| (Kind::Grate, "it holds `up` and other folders of Grate's".to_string()))
}

/// Lists that do not say how files are named, and what the project is built with.
fn by_project(root: &Path, tree: &Tree) -> Option<(Kind, String)> {
    let marks_files = tree.others.iter().any(|path| path == atlas::SUM);
    if marks_files {
        return Some((Kind::Atlas, format!("it holds `{}`", atlas::SUM)));
    }
    project::names_package(root, "dbup").then(|| (Kind::DbUp, "the project names DbUp".to_string()))
}

fn by_folders(root: &Path, tree: &Tree) -> Option<(Kind, String)> {
    let folders = tree.folders();
    let with = |file: &str| -> Vec<&str> {
        let holds = |items: &[&Item]| items.iter().any(|item| item.path.matches('/').count() == 1 && item.name() == file);
        folders
            .iter()
            .filter(|(folder, items)| folder.starts_with(|first: char| first.is_ascii_digit()) && holds(items))
            .map(|(folder, _)| *folder)
            .collect()
    };
    let (ups, migrations) = (with("up.sql"), with("migration.sql"));
    let manifests = tree
        .folders()
        .iter()
        .filter(|(folder, items)| releases::release(folder).is_some() && items.iter().any(|item| item.name() == manifest::MANIFEST))
        .count();
    if manifests > 0 {
        return Some((Kind::Manifest, format!("{} `{}`", counted(manifests, "folder holds", "folders hold"), manifest::MANIFEST)));
    }
    let snapshots = migrations.iter().filter(|folder| tree.others.contains(&format!("{folder}/snapshot.json"))).count();
    if migrations.len() > ups.len() && snapshots * 2 >= migrations.len() {
        return Some((
            Kind::Drizzle,
            format!("{} `migration.sql` and `snapshot.json`", counted(snapshots, "folder holds", "folders hold")),
        ));
    }
    if migrations.len() > ups.len() {
        return Some((Kind::Prisma, format!("{} `migration.sql`", counted(migrations.len(), "folder holds", "folders hold"))));
    }
    if ups.is_empty() {
        return is_prisma_path(root).then(|| (Kind::Prisma, "its path ends in `prisma/migrations`".to_string()));
    }
    let milliseconds = ups.iter().all(|folder| name::leading_digits(folder) == 13);
    let evidence = format!("{} `up.sql`", counted(ups.len(), "folder holds", "folders hold"));
    let described = with("metadata.yaml");
    if described.len() * 2 >= ups.len() {
        return Some((Kind::Sourcegraph, format!("{evidence}, and {} hold `metadata.yaml`", described.len())));
    }
    Some(if milliseconds { (Kind::Hasura, format!("{evidence}, numbered in milliseconds")) } else { (Kind::Diesel, evidence) })
}

fn by_markers(tree: &Tree) -> Option<(Kind, String)> {
    let comments = |item: &Item| sections::comments(tree.text(item.file)).collect();
    let top: Vec<Vec<&str>> = tree.top().map(comments).collect();
    let in_folders = || tree.items.iter().filter(|item| item.is_sql() && sections::in_numbered_folder(item)).map(comments).collect();
    [Kind::Goose, Kind::Dbmate, Kind::SqlMigrate, Kind::Play, Kind::Tern, Kind::MyBatis, Kind::NodePgMigrate].into_iter().find_map(|kind| {
        let inside: Vec<Vec<&str>> = if sections::takes_folders(tree, kind) { in_folders() } else { Vec::new() };
        let files = if sections::takes_folders(tree, kind) { &inside } else { &top };
        let count = files.iter().filter(|lines| sections::has_marker(lines.iter().copied(), kind)).count();
        let evidence = || format!("{count} of {} files hold `{}`", files.len(), sections::marker(kind));
        (count > 0 && count * 2 >= files.len()).then(|| (kind, evidence()))
    })
}

fn by_flyway_names(root: &Path, tree: &Tree) -> Option<(Kind, String)> {
    let names: Vec<&str> =
        tree.items.iter().filter(|item| !item.beside && item.is_sql() && !down::in_folder(&item.path)).map(Item::name).collect();
    let count = names.iter().filter(|name| flyway::parse(&flyway::capitalised(name, Kind::Evolve)).is_some()).count();
    let exact = names.iter().filter(|name| flyway::parse(name).is_some()).count();
    if count > exact && project::names_package(root, "Evolve") {
        return Some((Kind::Evolve, format!("{count} of {} names are like `v1__name.sql`, and the project names Evolve", names.len())));
    }
    let count = exact;
    if count == 0 || count * 5 < names.len() * 3 {
        return None;
    }
    let evidence = format!("{count} of {} names are like `V1__name.sql`", names.len());
    Some(if project::names_package(root, "Evolve") {
        (Kind::Evolve, format!("{evidence}, and the project names Evolve"))
    } else if project::names_crate(root, "refinery") {
        (Kind::Refinery, format!("{evidence}, and `Cargo.toml` names refinery"))
    } else {
        (Kind::Flyway, evidence)
    })
}

fn by_path(root: &Path) -> Option<(Kind, String)> {
    let path = std::fs::canonicalize(root).ok()?;
    path.ends_with("supabase/migrations").then(|| (Kind::Supabase, "its path ends in `supabase/migrations`".to_string()))
}

/// A folder for each release.
fn by_releases(tree: &Tree) -> Option<(Kind, String)> {
    let (files, folders) = releases::count(tree);
    let top = tree.top().filter(|item| name::numbered(item.stem()).is_some()).count();
    (folders > 1 && files > top).then(|| (Kind::Releases, format!("{files} numbered files lie in {folders} folders named after versions")))
}

fn by_directions(root: &Path, tree: &Tree) -> Option<(Kind, String)> {
    if let Some(evidence) = by_databases(tree) {
        return Some((Kind::Pop, evidence));
    }
    let (mut ups, mut forward) = (0, 0);
    for item in tree.top().filter(|item| item.name().starts_with(|first: char| first.is_ascii_digit())) {
        if item.stem().ends_with(".up") {
            ups += 1;
        } else if down::marked(item.stem()).is_none() {
            forward += 1;
        }
    }
    let evidence = format!("{} in `.up.sql`", counted(ups, "name ends", "names end"));
    if ups > 0 && project::names_crate(root, "sqlx") {
        return Some((Kind::Sqlx, format!("{evidence}, and `Cargo.toml` names sqlx")));
    }
    (ups > 0 && ups >= forward).then_some((Kind::GolangMigrate, evidence))
}

/// Names for several databases, or with pop's word for running without a transaction.
fn by_databases(tree: &Tree) -> Option<String> {
    let named: Vec<(&str, pop::Parsed)> = tree.top().filter_map(|item| Some((item.name(), pop::parse(item.stem())?))).collect();
    let mut databases: Vec<&str> = named.iter().filter_map(|(_, parsed)| parsed.database).collect();
    databases.sort_unstable();
    databases.dedup();
    if let [one, other, ..] = databases.as_slice() {
        return Some(format!("it holds names ending in `.{one}.up.sql` and in `.{other}.up.sql`"));
    }
    named.iter().find(|(_, parsed)| parsed.autocommit).map(|(name, _)| format!("it holds `{name}`"))
}

fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

fn by_numbers(root: &Path, tree: &Tree) -> (Kind, String) {
    let versions: Vec<_> = tree.top().filter_map(|item| name::numbered(item.stem())).map(|named| named.version).collect();
    let dated = versions.iter().filter(|version| version.is_timestamp()).count();
    if dated > 0 && project::names_crate(root, "sqlx") {
        return (Kind::Sqlx, "`Cargo.toml` names sqlx".to_string());
    }
    if dated * 2 > versions.len() {
        return (Kind::Timestamped, format!("{dated} of {} names begin with a date", versions.len()));
    }
    (Kind::HandNumbered, format!("{} with a number", counted(versions.len(), "name begins", "names begin")))
}
