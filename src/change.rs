//! The steps a schema is built from, and the only writer of the model.
//!
//! A [`Change`] is one dialect-neutral step: the schema's own objects plus a verb. `ALTER TABLE … ADD …, DROP …`
//! is two changes. [`Schema::apply`] does to the model what PostgreSQL would do to its catalog, implicit names,
//! indexes and cascades included, and refuses what PostgreSQL would refuse.
//!
//! [`Schema::apply`]: crate::schema::Schema::apply

mod apply;
mod children;
mod column_renames;
mod columns;
mod comments;
mod constraints;
mod dependents;
mod drops;
mod extensions;
mod foreign_keys;
mod functions;
mod indexes;
mod keeping;
mod kept_casts;
mod levels;
mod mentions;
mod naming;
mod objects;
mod outcome;
mod plain;
mod queries;
mod renames;
mod resolve;
mod rewrite;
mod session;
mod statistics;
mod storage;
mod store;
mod tables;
mod types;

pub use functions::set_option;
pub use keeping::{Algorithm, AlterLock, Keeping};
pub use levels::{ColumnName, Columns, Level, Rows};

use std::sync::Arc;

use crate::schema::{
    Attribute, Column, Constraint, DomainCheck, Expression, Firing, Function, Generated, Identity, Index, Name, Parallel, Policy,
    QualifiedName, ReplicaIdentity, Sequence, SequenceOptions, Statistics, Table, Trigger, Type, TypeDefinition, View, Volatility,
};
use crate::source::Span;

/// One step, and the place in the source that asks for it.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is to be done.
    pub kind: ChangeKind,
    /// The name of the object concerned where the statement names it; otherwise the clause or statement.
    pub span: Span,
}

/// What a change does. Names are as written: the schema may be missing and is then found on the search path.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are the statement's clauses, under the names PostgreSQL's documentation gives them")]
pub enum ChangeKind {
    /// `CREATE SCHEMA`; what stands inside it becomes changes of its own.
    CreateNamespace { name: Name, if_not_exists: bool },
    /// `ALTER SCHEMA … RENAME TO`.
    RenameNamespace { name: Name, to: Name },
    /// `SET search_path`, until the end of the file; `None` is `DEFAULT`.
    SetSearchPath { path: Option<Vec<Name>> },

    /// `CREATE TABLE` in all its forms. The table's own columns and constraints are in `table`, names of constraints
    /// and tables as written; `table.indexes` holds the index of each PRIMARY KEY, UNIQUE and EXCLUDE constraint, in the
    /// constraints' order. What the table copies from others is named beside it.
    CreateTable { table: Box<Table>, if_not_exists: bool, like: Vec<Like>, query: Option<Box<Query>> },
    /// `ALTER TABLE … ADD COLUMN`; a column's constraints follow as changes of their own.
    AddColumn { table: QualifiedName, column: Box<Column>, if_not_exists: bool, if_table_exists: bool },
    /// `ALTER TABLE … DROP COLUMN`.
    DropColumn { table: QualifiedName, column: Name, if_exists: bool, cascade: bool, if_table_exists: bool },
    /// `ALTER TABLE … RENAME COLUMN` (tables, views, composite types).
    RenameColumn { table: QualifiedName, column: Name, to: Name, if_table_exists: bool },
    /// `ALTER COLUMN … TYPE`.
    SetType {
        table: QualifiedName,
        column: Name,
        data_type: Type,
        collation: Option<QualifiedName>,
        using: Option<Expression>,
        if_table_exists: bool,
    },
    /// `ALTER COLUMN … SET NOT NULL` / `DROP NOT NULL`.
    SetNullable { table: QualifiedName, column: Name, nullable: bool, if_table_exists: bool },
    /// `ALTER COLUMN … SET DEFAULT` / `DROP DEFAULT`.
    SetDefault { table: QualifiedName, column: Name, default: Option<Expression>, if_table_exists: bool },
    /// `ALTER COLUMN … ADD GENERATED AS IDENTITY`, `SET GENERATED` (`replace`), `DROP IDENTITY` (`None`).
    SetIdentity {
        table: QualifiedName,
        column: Name,
        identity: Option<Identity>,
        options: Box<SequenceOptions>,
        replace: bool,
        if_exists: bool,
    },
    /// `ALTER COLUMN … SET sequence option`.
    AlterIdentity { table: QualifiedName, column: Name, options: Box<SequenceOptions> },
    /// `ALTER COLUMN … SET EXPRESSION` / `DROP EXPRESSION` (`None`).
    SetGenerated { table: QualifiedName, column: Name, generated: Option<Generated>, if_exists: bool },

    /// `ALTER TABLE … ADD constraint`, or a constraint that came with a column or table. For keys the
    /// index they make is in `index`; `using_index` names an existing one. `with_column`: the column of the same
    /// statement's `AddColumn` it was written on; it is skipped where `IF NOT EXISTS` skips that.
    AddConstraint {
        table: QualifiedName,
        constraint: Box<Constraint>,
        index: Option<Box<Index>>,
        using_index: Option<Name>,
        with_column: Option<Name>,
        if_table_exists: bool,
    },
    /// `ALTER TABLE … DROP CONSTRAINT`.
    DropConstraint { table: QualifiedName, constraint: Name, if_exists: bool, cascade: bool, if_table_exists: bool },
    /// `ALTER TABLE … RENAME CONSTRAINT`.
    RenameConstraint { table: QualifiedName, constraint: Name, to: Name },
    /// `ALTER TABLE … VALIDATE CONSTRAINT`.
    ValidateConstraint { table: QualifiedName, constraint: Name },
    /// `ALTER TABLE … ALTER CONSTRAINT … DEFERRABLE`.
    AlterConstraint { table: QualifiedName, constraint: Name, deferrable: bool, initially_deferred: bool },

    /// `ALTER TABLE … ENABLE/DISABLE ROW LEVEL SECURITY`.
    EnableRowSecurity { table: QualifiedName, enabled: bool },
    /// `ALTER TABLE … FORCE/NO FORCE ROW LEVEL SECURITY`.
    ForceRowSecurity { table: QualifiedName, forced: bool },
    /// `ALTER TABLE … SET LOGGED/UNLOGGED`.
    SetLogged { table: QualifiedName, logged: bool },
    /// `SET (…)` and `RESET (…)` of a table, index or view.
    AlterOptions { relation: QualifiedName, set: Vec<(Name, Arc<str>)>, reset: Vec<Name>, if_exists: bool },
    /// `ALTER TABLE … REPLICA IDENTITY`.
    SetReplicaIdentity { table: QualifiedName, identity: ReplicaIdentity },
    /// `ALTER TABLE … CLUSTER ON`, `CLUSTER`; `None` is `SET WITHOUT CLUSTER`.
    SetCluster { table: QualifiedName, index: Option<Name> },
    /// `ALTER COLUMN … SET STORAGE` and its kin.
    SetStorage { table: QualifiedName, column: Name, storage: StorageChange },
    /// `ALTER TABLE … INHERIT` / `NO INHERIT`.
    SetInherit { table: QualifiedName, parent: QualifiedName, inherit: bool },
    /// `ALTER TABLE … ATTACH PARTITION`, or `CREATE TABLE … PARTITION OF`'s second half.
    AttachPartition { table: QualifiedName, partition: QualifiedName, bound: Arc<str> },
    /// `ALTER TABLE … DETACH PARTITION`.
    DetachPartition { table: QualifiedName, partition: QualifiedName, concurrently: bool },

    /// `CREATE INDEX`; the table may be a materialized view.
    CreateIndex { table: QualifiedName, index: Box<Index>, concurrently: bool, if_not_exists: bool, only: bool },
    /// `DROP INDEX … ON table`, of an index that is named within its table.
    DropIndex { table: QualifiedName, index: Name, if_exists: bool },
    /// `ALTER TABLE … RENAME INDEX`, likewise.
    RenameIndex { table: QualifiedName, index: Name, to: Name },
    /// A clause of MySQL's `ALTER TABLE` about how a table is kept, or how the statement is carried out.
    Keep { table: QualifiedName, keeping: Keeping },
    /// `DROP TABLE` of a table whose rows the same file has copied into another: the end of making it anew.
    DropCopied { table: QualifiedName, copy: Name, if_exists: bool },
    /// `ALTER INDEX … ATTACH PARTITION`.
    AttachIndex { index: QualifiedName, partition: QualifiedName },

    /// `CREATE TRIGGER`.
    CreateTrigger { table: QualifiedName, trigger: Box<Trigger>, or_replace: bool },
    /// `ALTER TABLE … ENABLE/DISABLE TRIGGER`; `None` is `ALL` or `USER`.
    EnableTrigger { table: QualifiedName, trigger: Option<Name>, enabled: bool, firing: Firing },
    /// `CREATE POLICY`.
    CreatePolicy { table: QualifiedName, policy: Box<Policy> },
    /// `ALTER POLICY`: what is `None` stays.
    AlterPolicy { table: QualifiedName, policy: Name, roles: Option<Vec<Name>>, using: Option<Expression>, check: Option<Expression> },

    /// `CREATE VIEW`, `CREATE MATERIALIZED VIEW`; the view's references are in `query`, resolved when applied.
    CreateView { view: Box<View>, query: Box<Query>, or_replace: bool, if_not_exists: bool },
    /// `REFRESH MATERIALIZED VIEW`; not populated `WITH NO DATA`.
    RefreshView { view: QualifiedName, populated: bool, concurrently: bool },
    /// `CREATE SEQUENCE`.
    CreateSequence { sequence: Box<Sequence>, if_not_exists: bool },
    /// `ALTER SEQUENCE`: `owned_by: Some(None)` is `OWNED BY NONE`.
    AlterSequence {
        sequence: QualifiedName,
        options: Box<SequenceOptions>,
        owned_by: Option<Option<(QualifiedName, Name)>>,
        if_exists: bool,
    },
    /// `CREATE STATISTICS`.
    CreateStatistics { statistics: Box<Statistics>, if_not_exists: bool },
    /// `ALTER STATISTICS … SET STATISTICS`; `None` is the default.
    AlterStatistics { statistics: QualifiedName, target: Option<i32>, if_exists: bool },
    /// `CREATE TYPE`, `CREATE DOMAIN`.
    CreateType { definition: Box<TypeDefinition> },
    /// `ALTER TYPE … ADD VALUE`.
    AddEnumValue { name: QualifiedName, value: Name, position: EnumPosition, if_not_exists: bool },
    /// `ALTER TYPE … RENAME VALUE`.
    RenameEnumValue { name: QualifiedName, value: Name, to: Name },
    /// `ALTER TYPE … ADD/DROP/ALTER ATTRIBUTE`.
    AlterAttribute { name: QualifiedName, change: AttributeChange },
    /// `ALTER DOMAIN`.
    AlterDomain { name: QualifiedName, change: DomainChange },
    /// `CREATE FUNCTION`, `PROCEDURE`, `AGGREGATE`.
    CreateFunction { function: Box<Function>, or_replace: bool },
    /// `ALTER FUNCTION`, `PROCEDURE`.
    AlterFunction { name: QualifiedName, arguments: Option<Vec<Type>>, options: Vec<FunctionOption> },
    /// `CREATE EXTENSION`.
    CreateExtension { name: Name, schema: Option<Name>, if_not_exists: bool },
    /// `CREATE CAST` of one that is used unasked, `CREATE OPERATOR`: which types go together is not known from here on.
    RelateTypes,

    /// `DROP …` of anything that is not part of a table. `together` are the objects that the same statement drops
    /// later: PostgreSQL drops them at once, so they do not stand in this one's way.
    Drop { object: ObjectReference, together: Vec<ObjectReference>, if_exists: bool, cascade: bool, concurrently: bool },
    /// `ALTER … RENAME TO`.
    Rename { object: ObjectReference, to: Name, if_exists: bool },
    /// `ALTER … SET SCHEMA`.
    SetSchema { object: ObjectReference, schema: Name, if_exists: bool },
    /// `COMMENT ON`; `None` removes it.
    Comment { object: ObjectReference, text: Option<Arc<str>> },

    /// `TRUNCATE`.
    Truncate { table: QualifiedName, cascade: bool },
}

/// What a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectReference {
    /// A schema.
    Namespace(Name),
    /// A table; PostgreSQL's `ALTER TABLE` also takes views, indexes and sequences.
    Table(QualifiedName),
    /// A foreign table.
    ForeignTable(QualifiedName),
    /// A view.
    View(QualifiedName),
    /// A materialized view.
    MaterializedView(QualifiedName),
    /// An index.
    Index(QualifiedName),
    /// A sequence.
    Sequence(QualifiedName),
    /// Extended statistics.
    Statistics(QualifiedName),
    /// A type.
    Type(QualifiedName),
    /// A domain.
    Domain(QualifiedName),
    /// A function, procedure or aggregate; without arguments where the name alone was written.
    Function {
        /// The name.
        name: QualifiedName,
        /// The input argument types, where written.
        arguments: Option<Vec<Type>>,
    },
    /// An extension.
    Extension(Name),
    /// A column of a table, view or composite type.
    Column(QualifiedName, Name),
    /// A constraint of a table.
    Constraint(QualifiedName, Name),
    /// A constraint of a domain.
    DomainConstraint(QualifiedName, Name),
    /// A trigger of a table.
    Trigger(QualifiedName, Name),
    /// A policy of a table.
    Policy(QualifiedName, Name),
    /// Something the model does not hold (rules, casts, operators, roles …), by its kind.
    Other(&'static str),
}

/// `LIKE source INCLUDING …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    /// The copied table.
    pub source: QualifiedName,
    /// How many of the table's own columns stand before it.
    pub position: usize,
    /// `INCLUDING DEFAULTS`.
    pub defaults: bool,
    /// `INCLUDING CONSTRAINTS`: checks only.
    pub constraints: bool,
    /// `INCLUDING INDEXES`: primary key, unique constraints and indexes.
    pub indexes: bool,
    /// `INCLUDING IDENTITY`.
    pub identity: bool,
    /// `INCLUDING GENERATED`.
    pub generated: bool,
    /// `INCLUDING COMMENTS`.
    pub comments: bool,
    /// `INCLUDING STATISTICS`.
    pub statistics: bool,
    /// `INCLUDING STORAGE`.
    pub storage: bool,
    /// `INCLUDING COMPRESSION`.
    pub compression: bool,
}

/// `ALTER COLUMN … SET STORAGE` and its kin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageChange {
    /// `SET STORAGE`.
    Strategy(Name),
    /// `SET COMPRESSION`; `None` is `default`.
    Compression(Option<Name>),
    /// `SET STATISTICS`; `None` is -1.
    Statistics(Option<i32>),
    /// `SET (…)`.
    Set(Vec<(Name, Arc<str>)>),
    /// `RESET (…)`.
    Reset(Vec<Name>),
}

/// A clause of `CREATE FUNCTION` and `ALTER FUNCTION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionOption {
    /// `IMMUTABLE`, `STABLE`, `VOLATILE`.
    Volatility(Volatility),
    /// `STRICT` or `CALLED ON NULL INPUT`.
    Strict(bool),
    /// `LEAKPROOF`.
    Leakproof(bool),
    /// `SECURITY DEFINER` or `INVOKER`.
    SecurityDefiner(bool),
    /// `WINDOW`.
    Window,
    /// `PARALLEL`.
    Parallel(Parallel),
    /// `COST`.
    Cost(Name),
    /// `ROWS`.
    Rows(Name),
    /// `SUPPORT`.
    Support(QualifiedName),
    /// `SET parameter TO …`, the values as SQL.
    Set(Name, Arc<str>),
    /// `RESET parameter`.
    Reset(Name),
    /// `RESET ALL`.
    ResetAll,
}

/// What a query refers to and yields, as written: for views and `CREATE TABLE … AS`.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Relations in FROM, subqueries and set operations included, common table expressions left out, with the alias they go by.
    pub relations: Vec<(QualifiedName, Option<Name>)>,
    /// Column references: qualifier and column.
    pub columns: Vec<(Option<Name>, Name)>,
    /// Functions called.
    pub functions: Vec<QualifiedName>,
    /// Types named in casts.
    pub types: Vec<Type>,
    /// The output columns, where each is known.
    pub output: Vec<OutputColumn>,
    /// Queries that stand for relations (subqueries in FROM, common table expressions), by the name they go by.
    pub subqueries: Vec<(Name, Arc<Query>)>,
    /// What each of its levels names.
    pub level: Option<Arc<Level>>,
}

/// One entry of a query's select list.
#[derive(Clone, Debug)]
pub enum OutputColumn {
    /// `*`, or `qualifier.*`.
    Star(Option<Name>),
    /// A column reference, with the name it gets.
    Column {
        /// `qualifier.column`.
        source: (Option<Name>, Name),
        /// The output name.
        name: Name,
    },
    /// Any other expression: its name, and its type where a cast says it.
    Expression {
        /// The output name.
        name: Name,
        /// The type, where it can be told from the text alone.
        data_type: Option<Type>,
        /// The column whose type it has, where that can be told.
        like: Option<(Option<Name>, Name)>,
    },
}

/// Where `ADD VALUE` puts a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnumPosition {
    /// At the end.
    Last,
    /// `BEFORE`.
    Before(Name),
    /// `AFTER`.
    After(Name),
}

/// `ALTER TYPE` on a composite type.
#[derive(Clone, Debug)]
pub enum AttributeChange {
    /// `ADD ATTRIBUTE`.
    Add(Attribute),
    /// `DROP ATTRIBUTE`.
    Drop {
        /// The attribute.
        name: Name,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `ALTER ATTRIBUTE … TYPE`.
    SetType {
        /// The attribute.
        name: Name,
        /// Its new type.
        data_type: Type,
    },
}

/// `ALTER DOMAIN`.
#[derive(Clone, Debug)]
pub enum DomainChange {
    /// `SET DEFAULT` / `DROP DEFAULT`.
    Default(Option<Expression>),
    /// `SET NOT NULL` / `DROP NOT NULL`.
    NotNull(bool),
    /// `ADD CONSTRAINT`.
    AddCheck(DomainCheck),
    /// `DROP CONSTRAINT`.
    DropCheck {
        /// The constraint.
        name: Name,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `VALIDATE CONSTRAINT`.
    Validate(Name),
    /// `RENAME CONSTRAINT`.
    RenameCheck {
        /// The constraint.
        name: Name,
        /// Its new name.
        to: Name,
    },
}

/// What became of a change that PostgreSQL would have carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Why it did nothing (`IF NOT EXISTS` found the object, `IF EXISTS` did not), with the object's own span where there is one.
    pub no_effect: Option<NoEffect>,
    /// What went along with what was named: dependents of a `DROP … CASCADE`, the indexes and constraints of a dropped column.
    pub took_along: Vec<TakenAlong>,
}

/// A guarded change that found nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoEffect {
    /// What there is or is not, in words: ``relation `users` already exists``.
    pub reason: String,
    /// The existing object.
    pub existing: Option<Span>,
    /// The existing object differs from the one the statement describes.
    pub differs: bool,
}

/// An object that was removed because another one was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenAlong {
    /// What it was: ``index `users_email_idx` ``.
    pub object: String,
    /// Where it was made.
    pub span: Option<Span>,
}

/// PostgreSQL would not carry out this change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of error.
    pub error: ErrorKind,
    /// What is wrong, close to the server's own words: ``relation `users` does not exist``.
    pub message: String,
    /// A place that explains it: the existing object, the dependent one, the statement that removed it.
    pub because: Option<(Span, String)>,
    /// What it needs and does not find.
    pub missing: Option<Missing>,
}

/// What a refused change needs and does not find, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A relation.
    Relation(QualifiedName),
    /// A type.
    Type(QualifiedName),
}

/// The kinds of errors replay can foresee, after PostgreSQL's condition names (its documentation's appendix A).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `undefined_table`: no such relation.
    UndefinedTable,
    /// `undefined_column`.
    UndefinedColumn,
    /// `undefined_object`: no such constraint, index, trigger, policy, type, extension …
    UndefinedObject,
    /// `undefined_function`.
    UndefinedFunction,
    /// `invalid_schema_name`.
    UndefinedSchema,
    /// `duplicate_table`: a relation of that name exists.
    DuplicateTable,
    /// `duplicate_column`.
    DuplicateColumn,
    /// `duplicate_object`: a type, constraint, trigger, policy, label … of that name exists.
    DuplicateObject,
    /// `duplicate_function`.
    DuplicateFunction,
    /// `duplicate_schema`.
    DuplicateSchema,
    /// `dependent_objects_still_exist`.
    DependentObjectsStillExist,
    /// `wrong_object_type`.
    WrongObjectType,
    /// `invalid_table_definition`, `invalid_object_definition`, `invalid_foreign_key`, `feature_not_supported`.
    InvalidDefinition,
    /// `datatype_mismatch`: a type change, or a foreign key between types, that has no cast or operator.
    DatatypeMismatch,
}
