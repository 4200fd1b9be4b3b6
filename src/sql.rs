//! SQL text to statements. Parsing never fails: what a parser rejects becomes a statement that says so.

pub mod access;
pub mod generic;
mod maintenance;
pub mod mentions;
pub mod plpgsql;
pub mod postgres;
pub mod split;
mod stand_ins;
pub mod types;

pub use crate::schema::Dialect;
pub use access::{Access, AccessKind};
pub use maintenance::{LockMode, Maintenance, MaintenanceKind, TableOption};
pub use plpgsql::{Call, Continuation};
pub use stand_ins::stand_ins;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::catalog::{self, Datum, Record, Select, Term};
use crate::change::{Change, Level};
use crate::schema::{ExpressionTree, Function, Name, QualifiedName, Schema};
use crate::source::{FileId, SourceMap, Span};

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// From its first token to its last, the semicolon left out.
    pub span: Span,
    /// What it does.
    pub body: Body,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum Body {
    /// It changes the schema; never empty.
    Changes(Vec<Change>),
    /// It changes or reads rows.
    Data(DataStatement),
    /// `SET`, `RESET`, `set_config`: the parameter and its value (`search_path` is a change instead).
    Setting {
        /// The parameter.
        name: Name,
        /// Its value, as written.
        value: String,
    },
    /// `BEGIN`, `COMMIT`, `ROLLBACK`, savepoints.
    Transaction(TransactionControl),
    /// A block of procedural code (`DO`), as far as it is understood.
    Block(Vec<Step>),
    /// It leaves the schema as it is, and locks, scans or rewrites relations (`LOCK TABLE`, `VACUUM`, `REINDEX` …); never empty.
    Maintenance(Vec<Maintenance>),
    /// It says who may do what (`GRANT`, `CREATE ROLE` …), of which the model holds nothing.
    Access(Box<Access>),
    /// Understood, and of no interest to the model.
    Other,
    /// Valid SQL whose effect on the schema replay cannot know.
    Opaque {
        /// Why, in words: "dynamic SQL", "calls the function `f`, whose body is unknown".
        reason: String,
        /// What it may have touched.
        may_touch: Reach,
    },
    /// The parser rejects it.
    Unparsed(ParseError),
}

/// How far the effects of a statement may reach that replay cannot follow. In names,
/// [`UNKNOWN_PART`](crate::schema::UNKNOWN_PART) stands for what is not known of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Anything at all may be touched.
    pub anything: bool,
    /// Relations that may be made, altered or dropped.
    pub relations: Vec<QualifiedName>,
    /// Tables whose partitions and children may be altered or dropped.
    pub children: Vec<QualifiedName>,
    /// Names that may be given to new objects, or taken from indexes and sequences.
    pub created: Vec<QualifiedName>,
    /// Tables that may get or lose triggers, policies and rules.
    pub attachments: Vec<QualifiedName>,
}

impl Reach {
    /// The reach of a statement of which nothing is known.
    pub fn anything() -> Self {
        Self { anything: true, ..Self::default() }
    }
}

/// One step of a block of procedural code.
#[derive(Clone, Debug)]
pub enum Step {
    /// A statement.
    Statement(Statement),
    /// `IF … THEN … ELSE …`.
    If {
        /// What decides.
        condition: Condition,
        /// Steps when it holds.
        then: Vec<Step>,
        /// Steps when it does not.
        otherwise: Vec<Step>,
    },
    /// `BEGIN … EXCEPTION WHEN … THEN …`: a refused step ends `body`, undoes it, and runs the handler.
    Protected {
        /// The protected steps.
        body: Vec<Step>,
        /// Condition names each handler catches (`duplicate_object`, `others`) and what it does.
        handlers: Vec<(Vec<Name>, Vec<Step>)>,
    },
    /// What follows depends on what the catalogs hold at this point.
    Ask(Box<Ask>),
}

/// A question to the catalogs, and the code that runs with the answer.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What is asked.
    pub question: Question,
    /// The code and what is known of its variables.
    pub continuation: Continuation,
    /// What is known of the code without an answer.
    pub otherwise: Vec<Step>,
}

/// What code asks the catalogs.
#[derive(Clone, Debug)]
pub enum Question {
    /// `FOR row IN SELECT …`: the code runs once for each row.
    Each(Select),
    /// `SELECT … INTO`: the code runs once, with the first row.
    First(Select),
    /// `variable := (SELECT …)`: the code runs once, with the value.
    Value(Term),
}

impl Ask {
    /// The rows that the code runs with, or without; `None` where the model does not know them.
    pub fn answers(&self, schema: &Schema) -> Option<Vec<Option<Record>>> {
        match &self.question {
            Question::Each(select) => Some(catalog::rows(select, schema)?.into_iter().map(Some).collect()),
            Question::First(select) => {
                let mut rows = catalog::rows(select, schema)?.into_iter();
                let first = rows.next();
                // Without an order nobody knows which is the first.
                (rows.len() == 0 || !select.order.is_empty()).then(|| vec![first])
            }
            Question::Value(term) => {
                let value = catalog::evaluate(term, schema);
                (value != Datum::Unknown).then(|| vec![Some(vec![("value".into(), value)])])
            }
        }
    }
}

/// A condition of procedural code that can be answered from the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `EXISTS (SELECT … FROM a catalog)`: an object of this kind and name exists.
    Exists(CatalogQuery),
    /// `NOT`.
    Not(Box<Condition>),
    /// `AND`.
    All(Vec<Condition>),
    /// `OR`.
    Any(Vec<Condition>),
    /// A constant.
    Constant(bool),
    /// An expression over the catalogs.
    Asked(Arc<Term>),
    /// Cannot be known.
    Unknown,
}

/// What a query of `pg_catalog` or `information_schema` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogQuery {
    /// A table or other relation.
    Relation {
        /// Its name.
        name: CatalogName,
        /// The kinds that count; empty means any.
        kinds: Vec<CatalogRelation>,
    },
    /// A column.
    Column {
        /// The table.
        table: CatalogName,
        /// The column.
        column: Name,
        /// What else must hold for it.
        tests: Vec<ColumnTest>,
    },
    /// A constraint; at least one of its table and name is given.
    Constraint {
        /// The table, where named.
        table: Option<CatalogName>,
        /// The constraint, where named.
        name: Option<Name>,
        /// Its kind, where asked for.
        kind: Option<ConstraintClass>,
        /// Columns it must constrain.
        columns: Vec<Name>,
    },
    /// A constraint on columns of a table, or a foreign key that references it.
    ConstraintUsage {
        /// The table.
        table: CatalogName,
        /// The constraint.
        name: Name,
    },
    /// An index.
    Index {
        /// The table, where named.
        table: Option<CatalogName>,
        /// The index.
        name: CatalogName,
    },
    /// A type.
    Type {
        /// Its name.
        name: CatalogName,
    },
    /// An enum's label.
    EnumLabel {
        /// The enum.
        name: CatalogName,
        /// The label.
        label: Name,
    },
    /// A trigger, on a table where one is named.
    Trigger {
        /// The table, where named.
        table: Option<CatalogName>,
        /// The trigger.
        name: Name,
    },
    /// A policy, on a table where one is named.
    Policy {
        /// The table, where named.
        table: Option<CatalogName>,
        /// The policy.
        name: Name,
    },
    /// A function.
    Function {
        /// Its name.
        name: CatalogName,
    },
    /// A schema.
    Namespace {
        /// Its name.
        name: Name,
    },
    /// An extension.
    Extension {
        /// Its name.
        name: Name,
    },
}

/// The name of an object and the schemas it is looked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogName {
    /// Where it is looked for.
    pub scope: Scope,
    /// Its own name.
    pub name: Name,
}

/// The schemas a query of a catalog looks into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them: the query names no schema.
    Anywhere,
    /// Those of the search path: `'users'::regclass`.
    SearchPath,
    /// The one new objects go into: `current_schema()`.
    Current,
    /// This one.
    Schema(Name),
}

/// Kinds of relations as the catalogs tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogRelation {
    /// `r`: an ordinary table.
    Table,
    /// `p`: a partitioned table.
    PartitionedTable,
    /// `f`: a foreign table.
    ForeignTable,
    /// `i` or `I`: an index.
    Index,
    /// `v`: a view.
    View,
    /// `m`: a materialized view.
    MaterializedView,
    /// `S`: a sequence.
    Sequence,
    /// `c`: a composite type.
    CompositeType,
}

/// Kinds of constraints as the catalogs tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintClass {
    /// `p`, `PRIMARY KEY`.
    PrimaryKey,
    /// `u`, `UNIQUE`.
    Unique,
    /// `f`, `FOREIGN KEY`.
    ForeignKey,
    /// `c`, `CHECK`.
    Check,
    /// `x`: an exclusion constraint.
    Exclude,
}

/// What a query asks of a column besides its existence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnTest {
    /// What is asked.
    pub property: ColumnProperty,
    /// The opposite is asked.
    pub negated: bool,
}

/// A property of a column as `information_schema.columns` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnProperty {
    /// `data_type`: `character varying`, `ARRAY`, `USER-DEFINED`.
    DataType(Name),
    /// `udt_name`: `varchar`, `int4`, `_text`.
    UdtName(Name),
    /// `is_nullable = 'YES'`.
    Nullable,
    /// `character_maximum_length`.
    MaximumLength(usize),
    /// `column_default IS NOT NULL`.
    HasDefault,
    /// `is_identity = 'YES'`.
    Identity,
}

/// A statement that works on rows.
#[derive(Clone, Debug)]
pub struct DataStatement {
    /// Which.
    pub kind: DataKind,
    /// The table it writes to; for `SELECT` and `COPY … TO`, none.
    pub table: Option<QualifiedName>,
    /// Columns it writes: an UPDATE's SET list, an INSERT's column list.
    pub columns: Vec<Name>,
    /// Whether it has a WHERE clause.
    pub has_where: bool,
    /// What an UPDATE or DELETE does to which rows, where its text was read.
    pub rows: Option<Box<RowChange>>,
    /// Functions it calls, by their written names.
    pub functions: Vec<QualifiedName>,
    /// The same calls with what is known of their arguments, once for every row that calls them.
    pub calls: Vec<Call>,
    /// Relations it reads.
    pub reads: Vec<QualifiedName>,
    /// What each of its levels names; `None` where other names may be meant, as in a block with variables.
    pub level: Option<Box<Level>>,
}

/// What an UPDATE or DELETE does to which rows.
#[derive(Clone, Debug, Default)]
pub struct RowChange {
    /// What an UPDATE sets: the column and its value. Columns that one query fills together are left out.
    pub assignments: Vec<(Name, ExpressionTree)>,
    /// The WHERE clause.
    pub condition: Option<ExpressionTree>,
    /// Only so many rows at a time: a LIMIT stands somewhere in it.
    pub limited: bool,
}

/// Statements that work on rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    /// `SELECT`, `VALUES`, `WITH` without a data-modifying part.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `MERGE`.
    Merge,
    /// `COPY … FROM`.
    Copy,
}

/// `BEGIN`, `COMMIT` and their kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionControl {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT`.
    Rollback,
    /// `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`.
    Savepoint,
}

/// Why a statement was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The parser's message: ``syntax error at or near `[` ``.
    pub message: String,
    /// The token it stumbled over.
    pub span: Span,
    /// The text is a template's placeholder (`[ids]`, `${x}`, `{{ }}`, `:var`), in words.
    pub placeholder: Option<String>,
}

/// What placeholders of templates and variables of psql stand for: `ohdsiSchema` and `public` for `${ohdsiSchema}`.
pub type Values = BTreeMap<String, String>;

/// The statements of a part of a file, in order.
pub fn parse(sources: &SourceMap, file: FileId, range: Range<usize>, dialect: Dialect) -> Vec<Statement> {
    parse_with(sources, file, range, dialect, &Values::new())
}

/// The statements of a part of a file, in order, placeholders filled in.
pub fn parse_with(sources: &SourceMap, file: FileId, range: Range<usize>, dialect: Dialect, values: &Values) -> Vec<Statement> {
    match dialect {
        Dialect::Postgres => postgres::parse(sources, file, range, values),
        Dialect::MySql | Dialect::Sqlite | Dialect::SqlServer => generic::parse(sources, file, range, dialect, values),
    }
}

/// What a call of a function does, as far as its body says. Functions it calls in turn are left to the caller.
pub fn function_steps(sources: &SourceMap, function: &Function, call: &Call) -> Vec<Step> {
    postgres::function_steps(sources, function, call)
}

/// What the code behind a question does with one of the answers.
pub fn resumed(ask: &Ask, answer: Option<Record>) -> Vec<Step> {
    postgres::resumed(ask, answer)
}

impl Statement {
    /// The schema changes of this statement, those inside blocks included whether or not they would run.
    pub fn changes(&self) -> Vec<&Change> {
        match &self.body {
            Body::Changes(changes) => changes.iter().collect(),
            Body::Block(steps) => steps.iter().flat_map(Step::changes).collect(),
            _ => Vec::new(),
        }
    }
}

impl Step {
    /// The statements of this step, those of every branch and handler included.
    pub fn statements(&self) -> Vec<&Statement> {
        match self {
            Step::Statement(statement) => vec![statement],
            Step::If { then, otherwise, .. } => then.iter().chain(otherwise).flat_map(Step::statements).collect(),
            Step::Protected { body, handlers } => {
                let handlers = handlers.iter().flat_map(|(_, steps)| steps);
                body.iter().chain(handlers).flat_map(Step::statements).collect()
            }
            Step::Ask(ask) => ask.otherwise.iter().flat_map(Step::statements).collect(),
        }
    }

    /// The changes of this step, both branches of a condition included.
    pub fn changes(&self) -> Vec<&Change> {
        match self {
            Step::Statement(statement) => statement.changes(),
            Step::If { then, otherwise, .. } => then.iter().chain(otherwise).flat_map(Step::changes).collect(),
            Step::Protected { body, .. } => body.iter().flat_map(Step::changes).collect(),
            Step::Ask(ask) => ask.otherwise.iter().flat_map(Step::changes).collect(),
        }
    }
}
