//! For which database a directory is written: by the tool's own files, by its path, or by the text.

use std::cell::LazyCell;
use std::path::Path;

use aho_corasick::AhoCorasick;

use super::Kind;
use super::drizzle;
use super::project;
use super::tree::Tree;
use crate::schema::Dialect;

/// Words in the names of folders.
const WORDS: &[(&str, Dialect)] = &[
    ("mysql", Dialect::MySql),
    ("mariadb", Dialect::MySql),
    ("sqlite", Dialect::Sqlite),
    ("sqlite3", Dialect::Sqlite),
    ("mssql", Dialect::SqlServer),
    ("sqlserver", Dialect::SqlServer),
    ("tsql", Dialect::SqlServer),
    ("postgres", Dialect::Postgres),
    ("postgresql", Dialect::Postgres),
    ("pgsql", Dialect::Postgres),
    ("psql", Dialect::Postgres),
];

/// How far up folders are looked at for a name, where no repository begins before that.
const LEVELS: usize = 6;

/// How much of the text is looked at, in bytes.
const MAX_TEXT: usize = 64 * 1024;

/// Fewer signs than this in the text prove nothing, unless one is among [`DECISIVE`] and none speaks for another.
const ENOUGH: usize = 3;

/// The dialect, and what it was told by.
pub(super) fn recognise(root: &Path, kind: Kind, tree: &Tree) -> (Dialect, String) {
    // All texts are searched for them, and mostly something else decides.
    let speaks = LazyCell::new(|| signs(tree));
    by_own_files(root, kind)
        .or_else(|| by_path(root))
        .or_else(|| by_file_names(kind, tree))
        .or_else(|| by_address(root).filter(|(dialect, _)| speaks.allow(*dialect)))
        .or_else(|| by_crate(root).filter(|(dialect, _)| speaks.allow(*dialect)))
        .or_else(|| speaks.verdict())
        .unwrap_or_else(|| (Dialect::Postgres, "nothing says otherwise".to_owned()))
}

/// The dialect that a folder's name says.
pub(super) fn of_folder(name: &str) -> Option<Dialect> {
    let mut parts = name.split(|character: char| !character.is_ascii_alphanumeric());
    parts.find_map(|part| WORDS.iter().find(|(known, _)| has_word(part, known)).map(|(_, dialect)| *dialect))
}

/// Whether letters and digits are a word, or have it where capitals begin one: `SqliteMigrations`, `MySqlMigrations`.
pub(super) fn has_word(part: &str, word: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let is_upper = |at: usize| part.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase);
    let begins = |at: usize| at == 0 || is_upper(at) && !is_upper(at - 1);
    let ends = |at: usize| at == part.len() || is_upper(at);
    lower.match_indices(word).any(|(at, _)| begins(at) && ends(at + word.len()))
}

/// Prisma's lock, Drizzle's journal.
fn by_own_files(root: &Path, kind: Kind) -> Option<(Dialect, String)> {
    let (file, keys) = match kind {
        Kind::Prisma => ("migration_lock.toml", ["\nprovider", "provider"].as_slice()),
        Kind::Drizzle => (drizzle::JOURNAL, ["\"dialect\""].as_slice()),
        _ => return None,
    };
    let text = small(&root.join(file))?;
    let rest = keys.iter().find_map(|key| text.split_once(key)).map(|(_, rest)| rest)?;
    let value = rest.split(['\n', ',', '}']).next()?.trim_matches(|character: char| !character.is_ascii_alphanumeric());
    let dialect = of_folder(value)?;
    Some((dialect, format!("`{file}` says `{value}`")))
}

fn by_path(root: &Path) -> Option<(Dialect, String)> {
    let path = std::fs::canonicalize(root).ok()?;
    for folder in path.ancestors().take(LEVELS) {
        let name = folder.file_name()?.to_string_lossy();
        if folder.join(".git").exists() {
            return None;
        }
        if let Some(dialect) = of_folder(&name) {
            return Some((dialect, format!("it lies in the folder `{name}`")));
        }
    }
    None
}

/// pop's names say it of each file: PostgreSQL where that is among them.
fn by_file_names(kind: Kind, tree: &Tree) -> Option<(Dialect, String)> {
    if kind != Kind::Pop {
        return None;
    }
    let of_file = |stem: &str| stem.rsplit('.').find_map(of_folder);
    let mut dialects: Vec<Dialect> = tree.top().filter_map(|item| of_file(item.stem())).collect();
    dialects.sort_unstable();
    let dialect = *dialects.first()?;
    Some((dialect, format!("names of its files end in `.{}`", if dialect == Dialect::Postgres { "postgres" } else { dialect.key() })))
}

/// The address of the database that sqlx, dbmate and others read from the environment.
fn by_address(root: &Path) -> Option<(Dialect, String)> {
    let path = std::fs::canonicalize(root).ok()?;
    for folder in path.ancestors().take(LEVELS) {
        for file in
            [".env", ".env.example", ".env.sample", "atlas.hcl", "diesel.toml", "drizzle.config.ts", "drizzle.config.js", "knexfile.js"]
        {
            let Some(text) = small(&folder.join(file)) else { continue };
            if let Some(dialect) = addressed(&text) {
                return Some((dialect, format!("`{file}` has an address of {}", dialect.name())));
            }
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The one database that a Rust project builds its client for.
fn by_crate(root: &Path) -> Option<(Dialect, String)> {
    const FEATURES: [(&str, Dialect); 3] =
        [("\"sqlite\"", Dialect::Sqlite), ("\"mysql\"", Dialect::MySql), ("\"postgres\"", Dialect::Postgres)];
    let manifest = project::rust_manifest(root)?;
    ["sqlx", "diesel"].iter().find_map(|client| {
        let settings = project::crate_settings(&manifest, client)?;
        let mut named = FEATURES.iter().filter(|(feature, _)| settings.contains(feature));
        let (_, dialect) = named.next().filter(|_| named.next().is_none())?;
        Some((*dialect, format!("`Cargo.toml` builds `{client}` for {}", dialect.name())))
    })
}

/// The one kind of database that a text has addresses of.
fn addressed(text: &str) -> Option<Dialect> {
    let schemes: &[(&str, Dialect)] = &[
        ("mysql://", Dialect::MySql),
        ("mariadb://", Dialect::MySql),
        ("sqlite:", Dialect::Sqlite),
        ("sqlserver://", Dialect::SqlServer),
        ("postgres://", Dialect::Postgres),
        ("postgresql://", Dialect::Postgres),
    ];
    let mut found: Vec<Dialect> = schemes.iter().filter(|(scheme, _)| text.contains(scheme)).map(|(_, dialect)| *dialect).collect();
    found.dedup();
    match found.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

fn small(path: &Path) -> Option<String> {
    const MAX_BYTES: u64 = 4 << 20;
    std::fs::metadata(path).ok().filter(|metadata| metadata.is_file() && metadata.len() <= MAX_BYTES)?;
    std::fs::read_to_string(path).ok()
}

/// What only one database understands. None of them may stand in the names of things.
const SIGNS: &[(Dialect, &[&str])] = &[
    (
        Dialect::MySql,
        &[
            "auto_increment",
            "engine=",
            "engine =",
            "create table `",
            "alter table `",
            "create table if not exists `",
            " unsigned",
            "charset=",
            "tinyint",
            "mediumtext",
            "longtext",
            "modify column",
            "varchar(255) character set",
        ],
    ),
    (
        Dialect::Sqlite,
        &["autoincrement", "pragma ", "without rowid", "strftime(", "datetime('now", "sqlite_master", "unixepoch(", "julianday("],
    ),
    (
        Dialect::SqlServer,
        &[
            "identity(1",
            "nvarchar",
            "\ngo\n",
            "\ngo\r\n",
            "[dbo]",
            "uniqueidentifier",
            "getdate()",
            "datetime2",
            "sysutcdatetime",
            "clustered",
        ],
    ),
    (
        Dialect::Postgres,
        &[
            "serial",
            "jsonb",
            "timestamptz",
            "::",
            "$$",
            "create extension",
            "plpgsql",
            " uuid",
            "bytea",
            "with time zone",
            "[]",
            "using gin",
            "concurrently",
            "gen_random_uuid",
            "character varying",
            "alter column",
            "nextval(",
            " on conflict",
            "owner to",
            "create type",
            "create schema",
            "add constraint",
            "now()",
            "comment on",
            "do nothing",
            "interval '",
        ],
    ),
];

/// Signs that no other database even reads, and that hardly stand in a string by chance.
const DECISIVE: &[&str] =
    &["auto_increment", "engine=", "engine =", "create table `", "autoincrement", "without rowid", "[dbo]", "nvarchar"];

/// How many signs of each dialect the text holds, and of which it holds decisive ones.
struct Signs {
    counts: [(Dialect, usize); 4],
    decisive: Vec<Dialect>,
}

fn signs(tree: &Tree) -> Signs {
    let mut counts = Dialect::ALL.map(|dialect| (dialect, 0));
    let signs: Vec<(Dialect, &str)> = SIGNS.iter().flat_map(|(dialect, signs)| signs.iter().map(|sign| (*dialect, *sign))).collect();
    let mut decisive = Vec::new();
    let Ok(finder) = AhoCorasick::new(signs.iter().map(|(_, sign)| sign)) else { return Signs { counts, decisive } };
    let mut left = MAX_TEXT;
    for item in tree.items.iter().filter(|item| item.is_sql()) {
        let text = without_comments(tree.text(item.file), left);
        left = left.saturating_sub(text.len());
        for found in finder.find_overlapping_iter(&text) {
            let Some((dialect, sign)) = signs.get(found.pattern().as_usize()) else { continue };
            counts.iter_mut().filter(|(counted, _)| counted == dialect).for_each(|(_, count)| *count += 1);
            if DECISIVE.contains(sign) && !decisive.contains(dialect) {
                decisive.push(*dialect);
            }
        }
        if left == 0 {
            break;
        }
    }
    Signs { counts, decisive }
}

/// The beginning of a text in small letters, lines of comments left out.
fn without_comments(text: &str, length: usize) -> String {
    let mut kept = String::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("--")) {
        if kept.len() >= length {
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept.make_ascii_lowercase();
    kept
}

impl Signs {
    fn of(&self, dialect: Dialect) -> usize {
        self.counts.iter().find(|(counted, _)| *counted == dialect).map_or(0, |(_, count)| *count)
    }

    /// A dialect with three times as many signs as any other, or with a decisive one where no other has any.
    fn verdict(&self) -> Option<(Dialect, String)> {
        let (dialect, count) = *self.counts.iter().max_by_key(|(_, count)| *count)?;
        let others = self.counts.iter().filter(|(other, _)| *other != dialect).map(|(_, count)| *count).max().unwrap_or(0);
        let is_clear = count >= ENOUGH && count >= others * 3;
        let is_alone = others == 0 && self.decisive.contains(&dialect);
        let signs = if count == 1 { "a sign".to_owned() } else { format!("{count} signs") };
        (is_clear || is_alone).then(|| (dialect, format!("its text has {signs} of {}", dialect.name())))
    }

    /// Whether the text does not speak against a dialect.
    fn allow(&self, dialect: Dialect) -> bool {
        dialect == Dialect::Postgres || self.of(Dialect::Postgres) <= self.of(dialect)
    }
}
