//! The statements that `docs/locks.md` shows of MySQL and MariaDB, and that `tests/mariadb` runs.

mod list;

use super::{Operation, Operations, Session, clauses, concerned};
use crate::change::{Applied, Change};
use crate::history::{Observer, replay_file};
use crate::locks::Work;
use crate::locks::examples::tables;
use crate::schema::{Dialect, Schema};
use crate::source::SourceMap;
use crate::sql::{self, Body, Statement};

pub use list::{EXAMPLES, SETUP};

/// A kind of statement, by an example.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The heading it stands under.
    pub group: &'static str,
    /// The statement, without `ALGORITHM` and `LOCK`.
    pub statement: &'static str,
    /// Whether a server takes `ALGORITHM` and `LOCK` for it, so that what is said of it can be compared.
    pub comparable: bool,
    /// Foreign keys are not checked meanwhile.
    pub unchecked: bool,
}

impl Example {
    /// How it is carried out.
    pub fn operations(&self) -> Option<Operations> {
        let mut sources = SourceMap::default();
        let mut parse = |text: &str| {
            let file = sources.add("example.sql", text);
            sql::parse(&sources, file, 0..text.len(), Dialect::MySql)
        };
        let (setup, statement) = (parse(SETUP), parse(self.statement));
        let empty = Schema { dialect: Dialect::MySql, ..Schema::default() };
        let before = replay_file(&empty, &setup, &sources, &mut Nothing);
        let optimized = statement.iter().filter_map(|statement| optimized(&before, &statement.body)).next();
        let mut taken = Taken { checks_foreign_keys: !self.unchecked, operations: None };
        replay_file(&before, &statement, &sources, &mut taken);
        taken.operations.or(optimized)
    }
}

fn optimized(before: &Schema, body: &Body) -> Option<Operations> {
    super::of_body(body, before).first()?.online
}

struct Nothing;
impl Observer for Nothing {}

/// What all changes of a statement cost together.
struct Taken {
    checks_foreign_keys: bool,
    operations: Option<Operations>,
}

impl Observer for Taken {
    fn applied(&mut self, statement: &Statement, change: &Change, before: &Schema, _: &Schema, _: Applied) {
        let session = Session::of(statement, self.checks_foreign_keys);
        let found = concerned(change, before).and_then(|table| clauses::of(change, table, &session));
        self.operations = match (self.operations, found) {
            (Some(own), Some(other)) => Some(own.with(other)),
            (own, other) => own.or(other),
        };
    }
}

/// The part of `docs/locks.md` about MySQL and MariaDB.
pub fn page() -> String {
    let title = |group: &str| format!("\n### {group}\n\n| statement | MySQL | MariaDB |\n|---|---|---|\n");
    format!("{HEAD}```sql\n{}\n```\n{}", SETUP.trim(), tables(EXAMPLES, |example| example.group, title, row))
}

const HEAD: &str = "\n# Locks in MySQL and MariaDB\n\n\
    Every change of a table waits until no transaction uses it and then locks it for a moment; `lock_wait_timeout` bounds the wait, and\n\
    others wait behind it. How long it lasts beyond that depends on the algorithm:\n\n\
    - INSTANT changes the catalog only, INPLACE leaves the work to InnoDB, COPY writes all rows to a new table.\n\
    - LOCK=NONE lets others read and write meanwhile, SHARED lets them read, EXCLUSIVE neither.\n\
    - `rebuild` writes all rows anew and `index` builds an index from them: these take the longer, the larger the table.\n\n\
    The table says the lightest that the server accepts, which it also takes unasked. For MySQL it is what the manual of 8.4 says, which\n\
    does not mention checks and the width of integers; for MariaDB all but the rows with * were compared with a server of version 10.11, which refuses the next lighter algorithm and lock. Before\n\
    MySQL 8.0.29 columns are dropped, and added elsewhere than at the end, INPLACE, by a rebuild. From version 11.2 on, MariaDB lets others\n\
    write during most forms of COPY. The tables are InnoDB's; the statements work on this schema:\n\n";

fn row(example: &Example) -> String {
    let statement = example.statement.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let star = if example.comparable { "" } else { " *" };
    let unchecked = if example.unchecked { "<br>after `SET foreign_key_checks = 0`" } else { "" };
    let cell = |operation: Operation| format!("{}, LOCK={}{}", operation.algorithm.to_sql(), operation.lock.to_sql(), work(operation.work));
    match example.operations() {
        Some(operations) => {
            format!("| `{statement}`{star}{unchecked} | {} | {} |\n", cell(operations.mysql), cell(operations.mariadb))
        }
        None => format!("| `{statement}`{star}{unchecked} | not told | not told |\n"),
    }
}

fn work(work: Work) -> &'static str {
    match work {
        Work::None => "",
        Work::Scan => ", scan",
        Work::IndexBuild => ", index",
        Work::Rewrite => ", rebuild",
    }
}
