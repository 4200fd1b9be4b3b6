//! Tables and their columns.

use super::constraint_definition;
use super::object::sequence_values;
use super::quote::operand;
use super::{join, option_name, quote_literal, with_options};
use crate::schema::{
    Column, Constraint, ConstraintKind, Identity, Index, KeyPart, PartitionBy, Persistence, ReplicaIdentity, Schema, Sequence, Table,
};

/// `CREATE TABLE` with its columns and its constraints but for foreign keys, which may reference tables that come later.
///
/// A partition is a table like any other until [`attach_partition`].
pub fn create_table(schema: &Schema, table: &Table) -> String {
    let from_parent = !table.inherits.is_empty();
    let columns = table.columns.iter().filter(|column| !(from_parent && column.inherited));
    let columns = columns.map(|column| column_definition(schema, table, column));
    let constraints = table.constraints.iter().filter(|constraint| {
        let of_parent = constraint.inherited && from_parent;
        !of_parent && !is_late(table, constraint)
    });
    let constraints = constraints.map(|constraint| constraint_definition(table, constraint));
    let elements: Vec<String> = columns.chain(constraints).map(|element| format!("\n    {element}")).collect();
    let end = if elements.is_empty() { "" } else { "\n" };
    let mut written = format!("CREATE {}TABLE {} ({}{end})", persistence(table), table.name.to_sql(), elements.join(","));
    if from_parent {
        written.push_str(&format!("\nINHERITS ({})", join(table.inherits.iter().map(|parent| parent.to_sql()))));
    }
    if let Some(by) = &table.partition_by {
        written.push_str(&format!("\n{}", partition_by(by)));
    }
    written.push_str(&with_options(&table.options));
    written
}

/// Whether a constraint cannot be made with its table: a foreign key, one that is not validated, a key beside one of the
/// same columns (`CREATE TABLE` makes only one of them).
pub(super) fn is_late(table: &Table, constraint: &Constraint) -> bool {
    let twin = || table.index(&constraint.name).is_some_and(|index| has_twin(table, index));
    !constraint.validated.value || matches!(constraint.kind, ConstraintKind::ForeignKey(_)) || twin()
}

/// Whether another unique index has the same columns. Foreign keys rely on the older.
pub(super) fn has_twin(table: &Table, index: &Index) -> bool {
    let mut others = table.indexes.iter().filter(|other| other.unique && other.name != index.name);
    index.unique && others.any(|other| other.keys == index.keys)
}

fn persistence(table: &Table) -> &'static str {
    match (table.foreign, table.persistence) {
        (true, _) => "FOREIGN ",
        (false, Persistence::Permanent) => "",
        (false, Persistence::Unlogged) => "UNLOGGED ",
        (false, Persistence::Temporary) => "TEMPORARY ",
    }
}

fn partition_by(by: &PartitionBy) -> String {
    let keys = by.keys.iter().map(|key| match key {
        KeyPart::Column(column) => column.to_sql(),
        KeyPart::Expression(expression) => format!("({})", expression.text),
    });
    format!("PARTITION BY {} ({})", by.strategy.to_uppercase(), join(keys))
}

/// A column with its type, default and NOT NULL, as `CREATE TABLE` and `ADD COLUMN` take it.
pub fn column_definition(schema: &Schema, table: &Table, column: &Column) -> String {
    let mut written = format!("{} {}", column.name.to_sql(), column.data_type.value);
    if let Some(collation) = &column.collation {
        written.push_str(&format!(" COLLATE {}", collation.to_sql()));
    }
    if let Some(default) = &column.default {
        written.push_str(&format!(" DEFAULT {}", operand(&default.value.text)));
    }
    if let Some(data_type) = column.null_default.as_ref().filter(|_| column.default.is_none()) {
        written.push_str(&format!(" DEFAULT {}", operand(&format!("NULL::{data_type}"))));
    }
    if let Some(generated) = &column.generated {
        let kept = if generated.value.stored { "STORED" } else { "VIRTUAL" };
        written.push_str(&format!(" GENERATED ALWAYS AS ({}) {kept}", generated.value.expression.text));
    }
    if let Some(identity) = &column.identity {
        written.push_str(&identity_clause(identity.value, identity_sequence(schema, table, column)));
    }
    if !column.nullable.value && column.identity.is_none() {
        written.push_str(" NOT NULL");
    }
    written
}

fn identity_sequence<'a>(schema: &'a Schema, table: &Table, column: &Column) -> Option<&'a Sequence> {
    let is_owner = |sequence: &&Sequence| {
        let owner = sequence.owned_by.as_ref();
        sequence.identity && owner.is_some_and(|(owner, name)| *owner == table.name && *name == column.name)
    };
    schema.sequences.values().map(AsRef::as_ref).find(is_owner)
}

fn identity_clause(identity: Identity, sequence: Option<&Sequence>) -> String {
    let always = match identity {
        Identity::Always => "ALWAYS",
        Identity::ByDefault => "BY DEFAULT",
    };
    let options = sequence.map(|sequence| format!(" (SEQUENCE NAME {}{})", sequence.name.to_sql(), sequence_values(sequence)));
    let options = options.unwrap_or_default();
    format!(" GENERATED {always} AS IDENTITY{options}")
}

/// `ALTER TABLE parent ATTACH PARTITION …`, for a partition.
pub fn attach_partition(table: &Table) -> Option<String> {
    let of = table.partition_of.as_ref()?;
    Some(format!("ALTER TABLE {} ATTACH PARTITION {} {}", of.parent.to_sql(), table.name.to_sql(), of.bound))
}

/// The words behind `REPLICA IDENTITY`.
pub fn replica_identity(identity: &ReplicaIdentity) -> String {
    match identity {
        ReplicaIdentity::Default => "DEFAULT".to_owned(),
        ReplicaIdentity::Full => "FULL".to_owned(),
        ReplicaIdentity::Nothing => "NOTHING".to_owned(),
        ReplicaIdentity::Index(index) => format!("USING INDEX {}", index.to_sql()),
    }
}

/// How a table's rows are kept, where that is not the default: `REPLICA IDENTITY`, `CLUSTER ON`, `SET STORAGE` and its kin.
pub fn storage(table: &Table) -> Vec<String> {
    let identity = Some(&table.replica_identity).filter(|identity| **identity != ReplicaIdentity::Default);
    let identity = identity.map(|identity| format!("REPLICA IDENTITY {}", replica_identity(identity)));
    let clustered = table.indexes.iter().filter(|index| index.clustered).map(|index| format!("CLUSTER ON {}", index.name.to_sql()));
    let columns = table.columns.iter().flat_map(|column| column_storage(column));
    let clauses = columns.chain(identity).chain(clustered);
    clauses.map(|clause| format!("ALTER TABLE ONLY {} {clause}", table.name.to_sql())).collect()
}

fn column_storage(column: &Column) -> Vec<String> {
    let Some(storage) = &column.storage else { return Vec::new() };
    let strategy = storage.strategy.as_ref().map(|strategy| format!("SET STORAGE {}", strategy.to_uppercase()));
    let compression = storage.compression.as_ref().map(|method| format!("SET COMPRESSION {}", method.to_sql()));
    let statistics = storage.statistics.map(|target| format!("SET STATISTICS {target}"));
    let options = join(storage.options.iter().map(|(name, value)| format!("{}={}", option_name(name), quote_literal(value))));
    let options = (!options.is_empty()).then(|| format!("SET ({options})"));
    let clauses = strategy.into_iter().chain(compression).chain(statistics).chain(options);
    clauses.map(|clause| format!("ALTER COLUMN {} {clause}", column.name.to_sql())).collect()
}

/// `ENABLE` and `FORCE ROW LEVEL SECURITY`, where they are set.
pub fn row_security(table: &Table) -> Vec<String> {
    let flags = [(table.row_security.enabled, "ENABLE"), (table.row_security.forced, "FORCE")];
    let set = flags.into_iter().filter(|(flag, _)| flag.is_some());
    set.map(|(_, verb)| format!("ALTER TABLE {} {verb} ROW LEVEL SECURITY", table.name.to_sql())).collect()
}
