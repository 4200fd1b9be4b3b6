//! What is known of a layout's tool: one value for each layout, in the file of that name.

use super::VersionOrder;
use super::tree::{Arrangement, Item, Tree};
use crate::diagnostic::Severity;
use crate::source::SourceMap;
use crate::sql::Dialect;

/// What a tool does, as far as findings tell of it. What is `None` is not known, or not worth a word of its own.
pub struct Facts {
    /// As options and configuration write it: `golang-migrate`.
    pub name: &'static str,
    /// As sentences name it: `Diesel`.
    pub label: &'static str,
    /// One program runs such directories; not so for what people number by hand.
    pub is_program: bool,
    /// How versions compare.
    pub order: VersionOrder,
    /// Migrations are told apart by their whole names, so that two may share a number.
    pub identifies_by_name: bool,
    /// It keeps a hash of what it has run and refuses to run where the file is another by now.
    pub keeps_checksum: bool,
    /// Which migrations are to have a script that undoes them.
    pub downs: Downs,
    /// What to add so that a migration can be undone.
    pub way_back: Option<WayBack>,
    /// Who opens the transaction that a migration runs in.
    pub transaction: Transaction,
    /// What to do where a statement must not run in one.
    pub without_transaction: Option<&'static str>,
    /// Newer releases run statements outside of one where they must.
    pub copes_without_transaction: bool,
    /// Says why a line that means to be a directive is not one; is given its text and its offset in the file.
    pub misplaced: Option<fn(&str, usize) -> Option<&'static str>>,
    /// What it does with two migrations of one version.
    pub duplicate: Option<&'static str>,
    /// What it does where a number is missing, if it minds.
    pub gap: Option<&'static str>,
    /// What it does with a migration that comes before others that have run.
    pub late: Late,
    /// What the names of migrations begin with that may come late all the same.
    pub may_be_late: Option<&'static str>,
    /// What follows where a migration that has run is edited.
    pub edited: Option<&'static str>,
    /// What follows where a migration that has run is gone.
    pub deleted: Option<&'static str>,
    /// What follows where it has another name and the same version.
    pub renamed: Option<(&'static str, Severity)>,
    /// Puts the files in order.
    pub(super) arrange: fn(&Tree, Dialect) -> Arrangement,
    /// Makes SQL of what only the tool understands.
    pub(super) rewrite: Option<fn(&mut [Item], &mut SourceMap)>,
}

/// Where a tool looks for what undoes a migration.
#[derive(Clone, Copy, Debug)]
pub enum WayBack {
    /// In a file, whose name within the directory is made of the migration's title without `.sql`.
    File(fn(&str) -> String),
    /// In the same file, behind this line.
    Section(&'static str),
    /// In the same file, in lines that begin like this.
    Lines(&'static str),
}

impl WayBack {
    /// What to add, in words, to a migration of this title without `.sql`.
    pub fn describe(self, stem: &str) -> String {
        match self {
            WayBack::File(name) => format!("`{}`", name(stem)),
            WayBack::Section(line) => format!("`{line}` and the statements behind it"),
            WayBack::Lines(beginning) => format!("`{beginning}` lines"),
        }
    }
}

/// Which migrations are to have a script that undoes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downs {
    /// None: the tool does not run any.
    Unknown,
    /// None need one, though the tool runs them.
    Rare,
    /// Those behind the first one that has one.
    Continued,
    /// Each, as soon as one has one.
    Each,
}

/// Who opens the transaction that a migration runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// The tool.
    Opened,
    /// PostgreSQL, since the tool sends all statements of a file at once.
    Implied,
    /// Whoever runs the files.
    Unknown,
}

/// What a tool does with a migration that comes before others that have run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// That depends on who runs it.
    Unknown,
    /// It runs it, later than it stands.
    Runs,
    /// It does not run it, in words.
    Fails(&'static str),
}

impl Facts {
    /// Those of a program that numbers its migrations, opens a transaction for each and takes them back.
    pub(super) const fn new(name: &'static str, label: &'static str, arrange: fn(&Tree, Dialect) -> Arrangement) -> Self {
        Self {
            name,
            label,
            is_program: true,
            order: VersionOrder::Numeric,
            identifies_by_name: false,
            keeps_checksum: false,
            downs: Downs::Each,
            way_back: None,
            transaction: Transaction::Opened,
            without_transaction: None,
            copes_without_transaction: false,
            misplaced: None,
            duplicate: None,
            gap: None,
            late: Late::Unknown,
            may_be_late: None,
            edited: None,
            deleted: None,
            renamed: None,
            arrange,
            rewrite: None,
        }
    }

    /// The program that runs the directory, where the convention is that of one program.
    pub fn tool(&self) -> Option<&'static str> {
        self.is_program.then_some(self.label)
    }

    /// Whether the tool runs down scripts at all.
    pub fn has_downs(&self) -> bool {
        self.downs != Downs::Unknown
    }
}
