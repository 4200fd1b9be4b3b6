//! Tables and what belongs to one: columns, constraints, triggers, policies; indexes have a file of their own.

use std::sync::Arc;

use super::{Expression, Index, KeyPart, Name, Options, QualifiedName, SequenceOptions, Type};
use crate::source::{Span, Spanned};

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name; the schema is always set.
    pub name: QualifiedName,
    /// Columns in catalog order.
    pub columns: Vec<Arc<Column>>,
    /// Constraints in the order they were made. NOT NULL is an attribute of the column, not one of these.
    pub constraints: Vec<Arc<Constraint>>,
    /// Indexes, those behind constraints included.
    pub indexes: Vec<Arc<Index>>,
    /// Triggers, internal ones excluded.
    pub triggers: Vec<Arc<Trigger>>,
    /// Row-level security policies.
    pub policies: Vec<Arc<Policy>>,
    /// `ENABLE`/`FORCE ROW LEVEL SECURITY`.
    pub row_security: RowSecurity,
    /// Permanent, unlogged or temporary.
    pub persistence: Persistence,
    /// `PARTITION BY`.
    pub partition_by: Option<PartitionBy>,
    /// `PARTITION OF` or `ATTACH PARTITION`.
    pub partition_of: Option<Partition>,
    /// Parents by `INHERITS`, in order.
    pub inherits: Vec<QualifiedName>,
    /// A foreign table, which has no storage, primary key or index.
    pub foreign: bool,
    /// `WITH (…)`.
    pub options: Options,
    /// `REPLICA IDENTITY`.
    pub replica_identity: ReplicaIdentity,
    /// The columns are not all known, because the table came from a query replay could not resolve.
    pub columns_uncertain: bool,
    /// `COMMENT ON TABLE`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// The name where the table was made.
    pub span: Span,
    /// The last later change that touched the table or anything of it.
    pub changed: Option<Span>,
}

impl Table {
    /// An empty permanent table.
    pub fn new(name: QualifiedName, span: Span) -> Self {
        Self {
            name,
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            policies: Vec::new(),
            row_security: RowSecurity::default(),
            persistence: Persistence::Permanent,
            partition_by: None,
            partition_of: None,
            inherits: Vec::new(),
            foreign: false,
            options: Options::default(),
            replica_identity: ReplicaIdentity::Default,
            columns_uncertain: false,
            comment: None,
            span,
            changed: None,
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().map(Arc::as_ref).find(|column| column.name == *name)
    }

    /// The constraint of this name.
    pub fn constraint(&self, name: &str) -> Option<&Constraint> {
        self.constraints.iter().map(Arc::as_ref).find(|constraint| constraint.name == *name)
    }

    /// The index of this name.
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().map(Arc::as_ref).find(|index| index.name == *name)
    }

    /// The primary key.
    pub fn primary_key(&self) -> Option<&Constraint> {
        self.constraints.iter().map(Arc::as_ref).find(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey))
    }

    /// Foreign keys, in the order they were made.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
        self.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => Some((constraint.as_ref(), key)),
            _ => None,
        })
    }

    /// CHECK constraints and their conditions.
    pub fn checks(&self) -> impl Iterator<Item = (&Constraint, &Expression)> {
        self.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Check { expression, .. } => Some((constraint.as_ref(), expression)),
            _ => None,
        })
    }

    /// Every expression that belongs to the table.
    pub fn expressions(&self) -> Vec<&Expression> {
        let columns = self.columns.iter().flat_map(|column| {
            let generated = column.generated.as_ref().map(|generated| &generated.value.expression);
            column.default.as_ref().map(|default| &default.value).into_iter().chain(generated)
        });
        let checks = self.checks().map(|(_, expression)| expression);
        let indexes = self.indexes.iter().flat_map(|index| index.expressions());
        let keys = self.partition_by.iter().flat_map(|by| by.keys.iter().filter_map(KeyPart::expression));
        let triggers = self.triggers.iter().filter_map(|trigger| trigger.condition.as_ref());
        let policies = self.policies.iter().flat_map(|policy| policy.using.iter().chain(&policy.check));
        columns.chain(checks).chain(indexes).chain(keys).chain(triggers).chain(policies).collect()
    }

    /// Foreign keys in which `column` takes part.
    pub fn foreign_keys_of<'a>(&'a self, column: &'a str) -> impl Iterator<Item = (&'a Constraint, &'a ForeignKey)> {
        self.foreign_keys().filter(move |(constraint, _)| constraint.columns.iter().any(|name| *name == *column))
    }

    /// Whether the table is a partition or an inheritance child, whose keys come from its parent.
    pub fn is_child(&self) -> bool {
        self.partition_of.is_some() || !self.inherits.is_empty()
    }
}

/// Where a table is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// An ordinary table.
    Permanent,
    /// `UNLOGGED`.
    Unlogged,
    /// `TEMPORARY`: gone with the session.
    Temporary,
}

/// What of an old row goes to subscribers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplicaIdentity {
    /// The primary key.
    Default,
    /// The columns of an index.
    Index(Name),
    /// All columns.
    Full,
    /// Nothing.
    Nothing,
}

/// Row-level security flags, each with the statement that set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowSecurity {
    /// `ENABLE ROW LEVEL SECURITY`.
    pub enabled: Option<Span>,
    /// `FORCE ROW LEVEL SECURITY`.
    pub forced: Option<Span>,
}

/// `PARTITION BY strategy (…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionBy {
    /// `range`, `list` or `hash`.
    pub strategy: Name,
    /// The partition key.
    pub keys: Vec<KeyPart>,
}

/// A partition's place in its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The partitioned table.
    pub parent: QualifiedName,
    /// `FOR VALUES …` or `DEFAULT`, as SQL.
    pub bound: Arc<str>,
}

/// A column. What most columns have not stands behind a pointer: every version that altered a column keeps one of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub data_type: Spanned<Type>,
    /// Whether NULL is allowed, and what decided that.
    pub nullable: Spanned<bool>,
    /// `DEFAULT`, or the sequence call behind `serial`.
    pub default: Option<Arc<Spanned<Expression>>>,
    /// The type of the NULL that `DEFAULT NULL` left in the catalog, as it does where the column's type has modifiers.
    /// It has no effect and is no `default`.
    pub null_default: Option<Arc<Type>>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: Option<Spanned<Identity>>,
    /// `GENERATED ALWAYS AS (…) STORED` or `VIRTUAL`.
    pub generated: Option<Arc<Spanned<Generated>>>,
    /// Written as `serial`, `bigserial` or `smallserial`.
    pub serial: bool,
    /// `COLLATE`, where it differs from the type's.
    pub collation: Option<QualifiedName>,
    /// How its values are kept, where any statement said so.
    pub storage: Option<Box<Storage>>,
    /// Options of the identity's sequence; none once the column is applied.
    pub sequence_options: Option<Box<SequenceOptions>>,
    /// `COMMENT ON COLUMN`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// Comes from an inheritance or partition parent only.
    pub inherited: bool,
    /// The name where the column was made.
    pub span: Span,
}

impl Column {
    /// A nullable column without a default.
    pub fn new(name: Name, data_type: Type, span: Span) -> Self {
        Self {
            name,
            data_type: Spanned::new(data_type, span),
            nullable: Spanned::new(true, span),
            default: None,
            null_default: None,
            identity: None,
            generated: None,
            serial: false,
            collation: None,
            storage: None,
            sequence_options: None,
            comment: None,
            inherited: false,
            span,
        }
    }
}

/// How a column's values are kept and counted, where a statement said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// `SET STORAGE`.
    pub strategy: Option<Name>,
    /// `SET COMPRESSION`.
    pub compression: Option<Name>,
    /// `SET STATISTICS`.
    pub statistics: Option<i32>,
    /// `SET (n_distinct = …)`.
    pub options: Options,
}

impl Storage {
    /// What a column's definition says of it, where it says anything.
    pub fn written(strategy: Option<Name>, compression: Option<Name>) -> Option<Box<Self>> {
        let is_written = strategy.is_some() || compression.is_some();
        is_written.then(|| Box::new(Self { strategy, compression, ..Self::default() }))
    }
}

/// `GENERATED ALWAYS` or `BY DEFAULT AS IDENTITY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// `ALWAYS`.
    Always,
    /// `BY DEFAULT`.
    ByDefault,
}

/// A generated column's expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// What is computed.
    pub expression: Expression,
    /// `STORED`; otherwise `VIRTUAL` (PostgreSQL 18).
    pub stored: bool,
}

/// A table constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// Its name; unnamed only in a change that has not been applied.
    pub name: Name,
    /// The constrained columns of this table, in the order of the constraint. For a CHECK, those it mentions.
    pub columns: Vec<Name>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// False from `NOT VALID` until `VALIDATE CONSTRAINT`.
    pub validated: Spanned<bool>,
    /// Comes from an inheritance or partition parent.
    pub inherited: bool,
    /// `COMMENT ON CONSTRAINT`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// Where it was written: the constraint's text from its name or keyword on.
    pub span: Span,
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`; its index has the constraint's name.
    PrimaryKey,
    /// `UNIQUE`; its index has the constraint's name.
    Unique,
    /// `FOREIGN KEY`.
    ForeignKey(ForeignKey),
    /// `CHECK`.
    Check {
        /// The condition.
        expression: Expression,
        /// `NO INHERIT`.
        no_inherit: bool,
    },
    /// `EXCLUDE`; its index has the constraint's name.
    Exclude {
        /// The operator of each element, in the order of the index's keys.
        operators: Vec<Arc<str>>,
    },
}

/// The other half of a foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The referenced table.
    pub references: QualifiedName,
    /// The referenced columns; empty in a change where the SQL leaves them out (the primary key is meant).
    pub referenced_columns: Vec<Name>,
    /// `ON DELETE`, where it was written.
    pub on_delete: Option<Action>,
    /// `ON UPDATE`, where it was written.
    pub on_update: Option<Action>,
    /// `MATCH FULL`.
    pub match_full: bool,
    /// `ON DELETE SET NULL (…)` or `SET DEFAULT (…)`: the columns that are set (PostgreSQL 15).
    pub delete_set_columns: Vec<Name>,
}

/// A referential action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// `NO ACTION`.
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

impl Action {
    /// The SQL keywords.
    pub fn to_sql(self) -> &'static str {
        match self {
            Action::NoAction => "NO ACTION",
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        }
    }
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its name, unique within its table.
    pub name: Name,
    /// `BEFORE`, `AFTER` or `INSTEAD OF`.
    pub timing: Name,
    /// `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`.
    pub events: Vec<Name>,
    /// `UPDATE OF` columns.
    pub columns: Vec<Name>,
    /// `FOR EACH ROW`.
    pub for_each_row: bool,
    /// `WHEN`.
    pub condition: Option<Expression>,
    /// The function it calls.
    pub function: QualifiedName,
    /// The texts it passes to the function.
    pub arguments: Vec<Arc<str>>,
    /// `REFERENCING OLD TABLE AS`.
    pub old_table: Option<Name>,
    /// `REFERENCING NEW TABLE AS`.
    pub new_table: Option<Name>,
    /// A constraint trigger.
    pub constraint: bool,
    /// `FROM`: the other table of a constraint trigger.
    pub from_table: Option<QualifiedName>,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// False after `DISABLE TRIGGER`.
    pub enabled: bool,
    /// In which sessions it fires while it is enabled.
    pub firing: Firing,
    /// Comes from a partitioned parent.
    pub inherited: bool,
    /// `COMMENT ON TRIGGER`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// The name where it was made.
    pub span: Span,
}

/// The sessions an enabled trigger fires in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Firing {
    /// Ordinary ones.
    #[default]
    Origin,
    /// Those that apply replicated changes: `ENABLE REPLICA`.
    Replica,
    /// All: `ENABLE ALWAYS`.
    Always,
}

/// A row-level security policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name, unique within its table.
    pub name: Name,
    /// Which commands it governs.
    pub command: PolicyCommand,
    /// `PERMISSIVE`; otherwise `RESTRICTIVE`.
    pub permissive: bool,
    /// The roles; `public` for everybody.
    pub roles: Vec<Name>,
    /// `USING`.
    pub using: Option<Expression>,
    /// `WITH CHECK`.
    pub check: Option<Expression>,
    /// `COMMENT ON POLICY`.
    pub comment: Option<Spanned<Arc<str>>>,
    /// The name where it was made.
    pub span: Span,
}

/// The commands a policy governs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyCommand {
    /// All of them.
    All,
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
}
