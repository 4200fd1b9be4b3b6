//! The statements that `docs/locks.md` shows and `tests/locks.rs` runs.

mod list;

use super::{Lock, ServerVersion, Work, of_body, of_change};
use crate::history::{Observer, replay_file};
use crate::schema::Schema;
use crate::source::{SourceMap, Span};
use crate::sql::{self, Body, DataStatement, Dialect, Statement};

pub use list::{EXAMPLES, SETUP};

/// A kind of statement, by an example.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The heading it stands under.
    pub group: &'static str,
    /// What must be there besides [`SETUP`]; often nothing.
    pub setup: &'static str,
    /// The statement.
    pub statement: &'static str,
    /// The first version that has it.
    pub since: u8,
    /// Whether it can run in a transaction.
    pub in_transaction: bool,
}

impl Example {
    /// The locks of the statement.
    pub fn locks(&self, version: ServerVersion) -> Vec<Lock> {
        let mut sources = SourceMap::default();
        let mut parse = |text: &str| {
            let file = sources.add("example.sql", text);
            sql::parse(&sources, file, 0..text.len(), Dialect::Postgres)
        };
        let (setup, own, statement) = (parse(SETUP), parse(self.setup), parse(self.statement));
        let before = replay_file(&Schema::default(), &setup, &sources, &mut Nothing);
        let before = replay_file(&before, &own, &sources, &mut Nothing);
        let mut taken = Taken { start: &before, version, locks: Vec::new() };
        replay_file(&before, &statement, &sources, &mut taken);
        taken.locks.retain(|lock| before.relation(&lock.relation).is_some());
        super::Held { schema: &before, version, in_utc: false, locks: taken.locks }.finish()
    }
}

struct Nothing;
impl Observer for Nothing {}

/// Collects the locks of all changes of a statement.
struct Taken<'a> {
    start: &'a Schema,
    version: ServerVersion,
    locks: Vec<Lock>,
}

impl Observer for Taken<'_> {
    fn applied(&mut self, _: &Statement, change: &crate::change::Change, before: &Schema, _: &Schema, _: crate::change::Applied) {
        self.locks.extend(of_change(change, before, self.version, false));
    }

    fn passed(&mut self, _: &Statement, _: Span, body: &Body, _: &Schema) {
        self.locks.extend(of_body(body, self.start, self.version));
    }

    fn data(&mut self, _: &Statement, _: Span, data: &DataStatement, _: &Schema) {
        self.locks.extend(of_body(&Body::Data(data.clone()), self.start, self.version));
    }
}

/// The page `docs/locks.md`.
pub fn page() -> String {
    let title = |group: &str| format!("\n## {group}\n\n| statement | locks | blocks | work |\n|---|---|---|---|\n");
    format!("{HEAD}```sql\n{}\n```\n{}", SETUP.trim(), tables(EXAMPLES, |example| example.group, title, row))
}

/// A table for each group of examples, in order.
pub(in crate::locks) fn tables<T>(
    examples: &[T],
    group: impl Fn(&T) -> &'static str,
    title: impl Fn(&str) -> String,
    row: impl Fn(&T) -> String,
) -> String {
    let groups = examples.chunk_by(|one, next| group(one) == group(next));
    let table = |examples: &[T]| {
        let title = examples.first().map(|first| title(group(first))).unwrap_or_default();
        title + &examples.iter().map(&row).collect::<String>()
    };
    groups.map(table).collect()
}

const HEAD: &str = "# Locks\n\n\
    <!-- Made from src/locks: MIGRALINT_BLESS=1 cargo test --test locks -->\n\n\
    What each kind of statement locks in PostgreSQL 12 to 18, what others cannot do meanwhile, and what it does to the rows. A lock is\n\
    held until its transaction ends, and whoever waits for it makes everybody behind wait as well. `scan` reads all rows, `index` builds an\n\
    index from them, `rewrite` writes all of them again: these take the longer, the larger the table. Everything else is a change of the\n\
    catalog.\n\n\
    Statements marked with * cannot run in a transaction. A number is the first version that has the statement. Where versions differ, each\n\
    has a row. The statements work on this schema:\n\n";

fn row(example: &Example) -> String {
    let mut rows: Vec<(u8, u8, Vec<Lock>)> = Vec::new();
    for major in ServerVersion::KNOWN.filter(|major| *major >= example.since) {
        let Some(version) = ServerVersion::new(major) else { continue };
        let locks = example.locks(version);
        match rows.last_mut().filter(|(.., last)| *last == locks) {
            Some((_, end, _)) => *end = major,
            None => rows.push((major, major, locks)),
        }
    }
    let several = rows.len() > 1;
    rows.iter().map(|(start, end, locks)| cells(example, several.then_some((*start, *end)), locks)).collect()
}

fn cells(example: &Example, versions: Option<(u8, u8)>, locks: &[Lock]) -> String {
    let setup = if example.setup.is_empty() { String::new() } else { format!("<br>after `{}`", one_line(example.setup)) };
    let star = if example.in_transaction { "" } else { " *" };
    let version = match versions {
        Some((start, end)) if start == end => format!(" ({start})"),
        Some((start, end)) => format!(" ({start} to {end})"),
        None if example.since > *ServerVersion::KNOWN.start() => format!(" ({})", example.since),
        None => String::new(),
    };
    let shown = |cell: fn(&Lock) -> String| match locks {
        [] => "none".to_owned(),
        _ => locks.iter().map(cell).collect::<Vec<_>>().join("<br>"),
    };
    let modes = shown(|lock| format!("`{}` {}", lock.relation.name, lock.mode.to_sql()));
    let blocks = if locks.is_empty() { "nothing".to_owned() } else { shown(|lock| lock.mode.blocks().to_owned()) };
    let work = if locks.is_empty() { String::new() } else { shown(|lock| work(lock.work).to_owned()) };
    format!("| `{}`{star}{version}{setup} | {modes} | {blocks} | {work} |\n", one_line(example.statement))
}

fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn work(work: Work) -> &'static str {
    match work {
        Work::None => "–",
        Work::Scan => "scan",
        Work::IndexBuild => "index",
        Work::Rewrite => "rewrite",
    }
}
