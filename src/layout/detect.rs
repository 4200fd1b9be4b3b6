//! Which tool a directory belongs to, by the most decisive evidence there is.

use std::collections::BTreeMap;
use std::path::Path;

use super::listing::Listing;
use super::tree::{Item, Tree, base_name, is_sql};
use super::{Kind, down, flyway, name, sections};

/// Tools that are recognised by their own files, and not understood yet.
pub(super) fn unsupported(listing: &Listing) -> Option<(&'static str, String)> {
    let holds = |wanted: &str| listing.others.iter().any(|path| path == wanted);
    [("Drizzle", "meta/_journal.json"), ("Sqitch", "sqitch.plan"), ("Marv", ".marvrc")]
        .into_iter()
        .find(|(_, file)| holds(file))
        .map(|(tool, file)| (tool, format!("it holds `{file}`")))
        .or_else(|| pop(listing))
}

/// pop names a file for each database: `1_name.postgres.up.sql` beside `1_name.mysql.up.sql`.
fn pop(listing: &Listing) -> Option<(&'static str, String)> {
    let suffixes = ["postgres", "mysql", "sqlite3", "cockroach"];
    let names = || listing.readable.iter().map(|found| found.path.as_str()).filter(|path| !path.contains('/'));
    let of = |dialect: &&str| {
        names()
            .any(|name| name.strip_suffix(".up.sql").and_then(|stem| stem.strip_suffix(*dialect)).is_some_and(|rest| rest.ends_with('.')))
    };
    let mut found = suffixes.iter().copied().filter(of);
    let (one, other) = (found.next()?, found.next()?);
    Some(("pop", format!("it holds names ending in `.{one}.up.sql` and in `.{other}.up.sql`")))
}

/// Whether a text belongs to a tool.
type Holds = fn(&str) -> bool;

/// Tools that are recognised by comments in the files, and not understood yet.
pub(super) fn unsupported_text(tree: &Tree) -> Option<(&'static str, String)> {
    let tools: [(&str, &str, Holds); 3] = [
        ("Liquibase", "--liquibase formatted sql", |text| {
            text.trim_start().replace(' ', "").to_ascii_lowercase().starts_with("--liquibaseformatted")
        }),
        ("Play evolutions", "# --- !Ups", |text| {
            text.lines().any(|line| (line.starts_with('#') || line.starts_with("--")) && line.contains("!Ups"))
        }),
        ("graphile-migrate", "--! Previous:", |text| text.starts_with("--! Previous:")),
    ];
    let files: Vec<&str> = tree.top().map(|item| tree.text(item.file)).collect();
    tools.into_iter().find_map(|(tool, marker, holds)| {
        let count = files.iter().filter(|text| holds(text)).count();
        (count > 0 && count * 2 >= files.len()).then(|| (tool, format!("{count} of {} files hold `{marker}`", files.len())))
    })
}

/// Whether the directory itself holds migrations, whatever the tool.
pub(super) fn has_migrations(root: &Path, listing: &Listing) -> bool {
    let inside = || listing.readable.iter().filter(|found| !found.beside).map(|found| found.path.as_str());
    let top = || inside().filter(|path| !path.contains('/') && is_sql(path));
    let in_folder = |path: &str, file: &str| path.strip_suffix(file).is_some_and(|folder| folder.matches('/').count() == 1);
    top().any(looks_numbered)
        || inside().any(|path| {
            (in_folder(path, "up.sql") || in_folder(path, "migration.sql")) && path.starts_with(|first: char| first.is_ascii_digit())
        })
        || inside().any(|path| path == "migration_lock.toml")
        || is_prisma_path(root) && inside().any(|path| path.contains('/'))
        || mostly_flyway(listing)
}

fn looks_numbered(path: &str) -> bool {
    let stem = path.get(..path.len().saturating_sub(4)).unwrap_or(path);
    name::numbered(stem).is_some() || flyway::parse(base_name(path)).is_some()
}

/// Flyway looks into folders, so its root may hold nothing but those.
fn mostly_flyway(listing: &Listing) -> bool {
    let flyway = listing.readable.iter().filter(|found| flyway::parse(base_name(&found.path)).is_some()).count();
    flyway > 0 && flyway * 5 >= (listing.readable.len() + listing.others.len()) * 3
}

fn is_prisma_path(root: &Path) -> bool {
    std::fs::canonicalize(root).is_ok_and(|path| path.ends_with("prisma/migrations"))
}

/// Directories below that look like migrations, the largest first.
pub(super) fn below(listing: &Listing, shown: &str) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for found in listing.readable.iter().filter(|found| !found.beside && is_sql(&found.path) && !down::in_folder(&found.path)) {
        let Some((folder, file)) = found.path.rsplit_once('/') else { continue };
        if matches!(file, "up.sql" | "migration.sql") {
            *counts.entry(folder.rsplit_once('/').map_or("", |(parent, _)| parent)).or_default() += 1;
        } else if looks_numbered(file) {
            *counts.entry(folder).or_default() += 1;
        }
    }
    let mut folders: Vec<_> = counts.into_iter().filter(|(folder, _)| !folder.is_empty()).collect();
    folders.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let prefix = if shown == "." { String::new() } else { format!("{shown}/") };
    folders.into_iter().take(5).map(|(folder, _)| format!("{prefix}{folder}")).collect()
}

/// The convention and what it was recognised by.
pub(super) fn kind(root: &Path, tree: &Tree) -> (Kind, String) {
    by_folders(root, tree)
        .or_else(|| by_markers(tree))
        .or_else(|| by_flyway_names(root, tree))
        .or_else(|| by_path(root))
        .or_else(|| by_directions(root, tree))
        .unwrap_or_else(|| by_numbers(root, tree))
}

fn by_folders(root: &Path, tree: &Tree) -> Option<(Kind, String)> {
    if tree.items.iter().any(|item| item.path == "migration_lock.toml") {
        return Some((Kind::Prisma, "it holds `migration_lock.toml`".to_string()));
    }
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
    if migrations.len() > ups.len() {
        return Some((Kind::Prisma, format!("{} folders hold `migration.sql`", migrations.len())));
    }
    if ups.is_empty() {
        return is_prisma_path(root).then(|| (Kind::Prisma, "its path ends in `prisma/migrations`".to_string()));
    }
    let milliseconds = ups.iter().all(|folder| name::leading_digits(folder) == 13);
    let evidence = format!("{} folders hold `up.sql`", ups.len());
    Some(if milliseconds { (Kind::Hasura, format!("{evidence}, numbered in milliseconds")) } else { (Kind::Diesel, evidence) })
}

fn by_markers(tree: &Tree) -> Option<(Kind, String)> {
    let files: Vec<&str> = tree.top().map(|item| tree.text(item.file)).collect();
    [Kind::Goose, Kind::Dbmate, Kind::SqlMigrate, Kind::Tern].into_iter().find_map(|kind| {
        let count = files.iter().filter(|text| sections::has_marker(text, kind)).count();
        let evidence = || format!("{count} of {} files hold `{}`", files.len(), sections::marker(kind));
        (count > 0 && count * 2 >= files.len()).then(|| (kind, evidence()))
    })
}

fn by_flyway_names(root: &Path, tree: &Tree) -> Option<(Kind, String)> {
    let names: Vec<&str> =
        tree.items.iter().filter(|item| !item.beside && item.is_sql() && !down::in_folder(&item.path)).map(Item::name).collect();
    let count = names.iter().filter(|name| flyway::parse(name).is_some()).count();
    if count == 0 || count * 5 < names.len() * 3 {
        return None;
    }
    let evidence = format!("{count} of {} names are like `V1__name.sql`", names.len());
    Some(if manifest_names(root, "refinery") {
        (Kind::Refinery, format!("{evidence}, and `Cargo.toml` names refinery"))
    } else {
        (Kind::Flyway, evidence)
    })
}

fn by_path(root: &Path) -> Option<(Kind, String)> {
    let path = std::fs::canonicalize(root).ok()?;
    path.ends_with("supabase/migrations").then(|| (Kind::Supabase, "its path ends in `supabase/migrations`".to_string()))
}

fn by_directions(root: &Path, tree: &Tree) -> Option<(Kind, String)> {
    let (mut ups, mut forward) = (0, 0);
    for item in tree.top().filter(|item| item.name().starts_with(|first: char| first.is_ascii_digit())) {
        if item.stem().ends_with(".up") {
            ups += 1;
        } else if down::marked(item.stem()).is_none() {
            forward += 1;
        }
    }
    let evidence = format!("{ups} names end in `.up.sql`");
    if ups > 0 && manifest_names(root, "sqlx") {
        return Some((Kind::Sqlx, format!("{evidence}, and `Cargo.toml` names sqlx")));
    }
    (ups > 0 && ups >= forward).then_some((Kind::GolangMigrate, evidence))
}

fn by_numbers(root: &Path, tree: &Tree) -> (Kind, String) {
    let versions: Vec<_> = tree.top().filter_map(|item| name::numbered(item.stem())).map(|named| named.version).collect();
    let dated = versions.iter().filter(|version| version.is_timestamp()).count();
    if dated > 0 && manifest_names(root, "sqlx") {
        return (Kind::Sqlx, "`Cargo.toml` names sqlx".to_string());
    }
    if dated * 2 > versions.len() {
        return (Kind::Timestamped, format!("{dated} of {} names begin with a date", versions.len()));
    }
    (Kind::HandNumbered, format!("{} names begin with a number", versions.len()))
}

/// Whether the Rust project the directory belongs to names a crate.
fn manifest_names(root: &Path, wanted: &str) -> bool {
    let Ok(path) = std::fs::canonicalize(root) else { return false };
    for ancestor in path.ancestors().take(6) {
        if let Ok(manifest) = std::fs::read_to_string(ancestor.join("Cargo.toml")) {
            return manifest
                .lines()
                .any(|line| line.trim_start().trim_matches('"').starts_with(wanted) || line.contains(&format!("dependencies.{wanted}")));
        }
        if ancestor.join(".git").exists() {
            return false;
        }
    }
    false
}
