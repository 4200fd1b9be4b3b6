//! Tables in JSON, with everything that belongs to one.

use serde::Serialize;

use super::{Origin, Reference, Writer, comment, names, reference, text};
use crate::difference::Object;
use crate::schema::{self, Action, ConstraintKind, ForeignKey, Identity, KeyPart, Persistence, PolicyCommand};

/// A table.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    pub schema: String,
    pub name: String,
    pub kind: &'static str,
    pub persistence: &'static str,
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    pub triggers: Vec<Trigger>,
    pub policies: Vec<Policy>,
    pub row_security: bool,
    pub row_security_forced: bool,
    pub partition_by: Option<PartitionBy>,
    pub partition_of: Option<PartitionOf>,
    pub inherits: Vec<Reference>,
    pub comment: Option<String>,
    pub uncertain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// How a table is partitioned.
#[derive(Clone, Debug, Serialize)]
pub struct PartitionBy {
    pub strategy: String,
    pub keys: Vec<String>,
}

/// What a table is a partition of.
#[derive(Clone, Debug, Serialize)]
pub struct PartitionOf {
    pub table: Reference,
    pub bound: String,
}

/// A column.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: String,
    pub nullable: bool,
    pub default: Option<String>,
    pub identity: Option<&'static str>,
    pub generated: Option<String>,
    pub collation: Option<String>,
    pub inherited: bool,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A constraint.
#[derive(Clone, Debug, Serialize)]
pub struct Constraint {
    pub name: String,
    pub kind: &'static str,
    pub columns: Vec<String>,
    pub expression: Option<String>,
    pub references: Option<References>,
    pub deferrable: bool,
    pub initially_deferred: bool,
    pub validated: bool,
    pub inherited: bool,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// The other half of a foreign key.
#[derive(Clone, Debug, Serialize)]
pub struct References {
    pub schema: String,
    pub table: String,
    pub columns: Vec<String>,
    pub on_delete: &'static str,
    pub on_update: &'static str,
    pub match_full: bool,
}

/// An index.
#[derive(Clone, Debug, Serialize)]
pub struct Index {
    pub name: String,
    pub method: String,
    pub unique: bool,
    pub primary: bool,
    pub keys: Vec<IndexKey>,
    pub include: Vec<String>,
    pub predicate: Option<String>,
    pub nulls_not_distinct: bool,
    pub from_constraint: bool,
    pub inherited: bool,
    pub valid: bool,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// One key of an index.
#[derive(Clone, Debug, Serialize)]
pub struct IndexKey {
    pub column: Option<String>,
    pub expression: Option<String>,
    pub descending: bool,
    pub nulls_first: bool,
    pub collation: Option<String>,
    pub operator_class: Option<String>,
}

/// A trigger.
#[derive(Clone, Debug, Serialize)]
pub struct Trigger {
    pub name: String,
    pub timing: String,
    pub events: Vec<String>,
    pub columns: Vec<String>,
    pub for_each: &'static str,
    pub condition: Option<String>,
    pub function: Reference,
    pub enabled: bool,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A row-level security policy.
#[derive(Clone, Debug, Serialize)]
pub struct Policy {
    pub name: String,
    pub command: &'static str,
    pub permissive: bool,
    pub roles: Vec<String>,
    pub using: Option<String>,
    pub check: Option<String>,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Writer<'_> {
    pub(super) fn table(&self, table: &schema::Table) -> Table {
        Table {
            schema: table.name.schema.to_string(),
            name: table.name.name.to_string(),
            kind: kind(table),
            persistence: persistence(table.persistence),
            columns: table.columns.iter().map(|column| self.column(table, column)).collect(),
            primary_key: table.primary_key().map(|key| names(&key.columns)).unwrap_or_default(),
            constraints: table.constraints.iter().map(|constraint| self.constraint(table, constraint)).collect(),
            indexes: table.indexes.iter().map(|index| self.index(&table.name, index)).collect(),
            triggers: table.triggers.iter().map(|trigger| self.trigger(table, trigger)).collect(),
            policies: table.policies.iter().map(|policy| self.policy(table, policy)).collect(),
            row_security: table.row_security.enabled.is_some(),
            row_security_forced: table.row_security.forced.is_some(),
            partition_by: table.partition_by.as_ref().map(partition_by),
            partition_of: table.partition_of.as_ref().map(partition_of),
            inherits: table.inherits.iter().map(reference).collect(),
            comment: comment(&table.comment),
            uncertain: table.columns_uncertain || self.schema.is_uncertain(&table.name),
            origin: self.origin(&Object::Table(table.name.clone()), Some(table.span)),
        }
    }

    fn column(&self, table: &schema::Table, column: &schema::Column) -> Column {
        Column {
            name: column.name.to_string(),
            data_type: column.data_type.value.to_string(),
            nullable: column.nullable.value,
            default: text(column.default.as_ref().map(|default| &default.value)),
            identity: column.identity.as_ref().map(|identity| match identity.value {
                Identity::Always => "always",
                Identity::ByDefault => "by_default",
            }),
            generated: text(column.generated.as_ref().map(|generated| &generated.value.expression)),
            collation: column.collation.as_ref().map(ToString::to_string),
            inherited: column.inherited,
            comment: comment(&column.comment),
            origin: self.origin(&Object::Column(table.name.clone(), column.name.clone()), Some(column.span)),
        }
    }

    fn constraint(&self, table: &schema::Table, constraint: &schema::Constraint) -> Constraint {
        let (kind, expression, references) = match &constraint.kind {
            ConstraintKind::PrimaryKey => ("primary_key", None, None),
            ConstraintKind::Unique => ("unique", None, None),
            ConstraintKind::ForeignKey(key) => ("foreign_key", None, Some(references(key))),
            ConstraintKind::Check { expression, .. } => ("check", text(Some(expression)), None),
            ConstraintKind::Exclude { .. } => ("exclude", None, None),
        };
        Constraint {
            name: constraint.name.to_string(),
            kind,
            columns: names(&constraint.columns),
            expression,
            references,
            deferrable: constraint.deferrable,
            initially_deferred: constraint.initially_deferred,
            validated: constraint.validated.value,
            inherited: constraint.inherited,
            comment: comment(&constraint.comment),
            origin: self.origin(&Object::Constraint(table.name.clone(), constraint.name.clone()), Some(constraint.span)),
        }
    }

    pub(super) fn index(&self, relation: &schema::QualifiedName, index: &schema::Index) -> Index {
        Index {
            name: index.name.to_string(),
            method: index.method.to_string(),
            unique: index.unique,
            primary: index.primary,
            keys: index.keys.iter().map(index_key).collect(),
            include: names(&index.include),
            predicate: text(index.predicate.as_ref()),
            nulls_not_distinct: index.nulls_not_distinct,
            from_constraint: index.from_constraint,
            inherited: index.inherited,
            valid: index.valid,
            comment: comment(&index.comment),
            origin: self.origin(&Object::Index(relation.clone(), index.name.clone()), Some(index.span)),
        }
    }

    fn trigger(&self, table: &schema::Table, trigger: &schema::Trigger) -> Trigger {
        Trigger {
            name: trigger.name.to_string(),
            timing: trigger.timing.to_string(),
            events: names(&trigger.events),
            columns: names(&trigger.columns),
            for_each: if trigger.for_each_row { "row" } else { "statement" },
            condition: text(trigger.condition.as_ref()),
            function: reference(&trigger.function),
            enabled: trigger.enabled,
            comment: comment(&trigger.comment),
            origin: self.origin(&Object::Trigger(table.name.clone(), trigger.name.clone()), Some(trigger.span)),
        }
    }

    fn policy(&self, table: &schema::Table, policy: &schema::Policy) -> Policy {
        Policy {
            name: policy.name.to_string(),
            command: match policy.command {
                PolicyCommand::All => "all",
                PolicyCommand::Select => "select",
                PolicyCommand::Insert => "insert",
                PolicyCommand::Update => "update",
                PolicyCommand::Delete => "delete",
            },
            permissive: policy.permissive,
            roles: names(&policy.roles),
            using: text(policy.using.as_ref()),
            check: text(policy.check.as_ref()),
            comment: comment(&policy.comment),
            origin: self.origin(&Object::Policy(table.name.clone(), policy.name.clone()), Some(policy.span)),
        }
    }
}

fn kind(table: &schema::Table) -> &'static str {
    match (table.foreign, &table.partition_by, &table.partition_of) {
        (true, ..) => "foreign_table",
        (_, Some(_), _) => "partitioned_table",
        (_, None, Some(_)) => "partition",
        _ => "table",
    }
}

fn persistence(persistence: Persistence) -> &'static str {
    match persistence {
        Persistence::Permanent => "permanent",
        Persistence::Unlogged => "unlogged",
        Persistence::Temporary => "temporary",
    }
}

fn partition_by(by: &schema::PartitionBy) -> PartitionBy {
    let key = |part: &KeyPart| match part {
        KeyPart::Column(column) => column.to_string(),
        KeyPart::Expression(expression) => expression.text.to_string(),
    };
    PartitionBy { strategy: by.strategy.to_string(), keys: by.keys.iter().map(key).collect() }
}

fn partition_of(partition: &schema::Partition) -> PartitionOf {
    PartitionOf { table: reference(&partition.parent), bound: partition.bound.to_string() }
}

fn references(key: &ForeignKey) -> References {
    References {
        schema: key.references.schema.to_string(),
        table: key.references.name.to_string(),
        columns: names(&key.referenced_columns),
        on_delete: action(key.on_delete),
        on_update: action(key.on_update),
        match_full: key.match_full,
    }
}

/// What is not written is `NO ACTION`.
fn action(action: Option<Action>) -> &'static str {
    match action.unwrap_or(Action::NoAction) {
        Action::NoAction => "no_action",
        Action::Restrict => "restrict",
        Action::Cascade => "cascade",
        Action::SetNull => "set_null",
        Action::SetDefault => "set_default",
    }
}

fn index_key(key: &schema::IndexKey) -> IndexKey {
    let (column, expression) = match &key.part {
        KeyPart::Column(column) => (Some(column.to_string()), None),
        KeyPart::Expression(expression) => (None, Some(expression.text.to_string())),
    };
    IndexKey {
        column,
        expression,
        descending: key.descending,
        nulls_first: key.nulls_first,
        collation: key.collation.as_ref().map(ToString::to_string),
        operator_class: key.operator_class.as_ref().map(ToString::to_string),
    }
}
