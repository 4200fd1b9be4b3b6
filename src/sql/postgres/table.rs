//! `CREATE TABLE` in its forms.

use std::sync::Arc;

use pg_query::protobuf::{
    CreateStmt, CreateTableAsStmt, IntoClause, PartitionBoundSpec, PartitionSpec, PartitionStrategy, RangeVar, TableLikeClause,
};
use pg_query::{Node, NodeEnum};

use super::node::{kind, names, optional_relation, relation};
use super::text::Text;
use super::{column, constraint, expression, index, options, query};
use crate::change::{Change, ChangeKind, Like, OutputColumn, Query};
use crate::schema::{Name, Partition, PartitionBy, Persistence, QualifiedName, Table};

/// `CREATE [FOREIGN] TABLE`.
///
/// The k-th primary key, unique or exclusion constraint of the table belongs to its k-th index.
/// A column of a partition or typed table that only adds options has a type without a name.
pub fn create(text: &Text, statement: &CreateStmt, foreign: bool) -> Change {
    let span = text.name_at(super::node::location(&statement.relation));
    let mut table = Table::new(optional_relation(&statement.relation), span);
    table.persistence = persistence(&statement.relation);
    table.foreign = foreign;
    table.options = options::lower(&statement.options);
    table.partition_by = statement.partspec.as_ref().map(partition_by);
    table.columns_uncertain = statement.of_typename.is_some();
    let parents: Vec<QualifiedName> = statement.inh_relations.iter().filter_map(range).map(relation).collect();
    match &statement.partbound {
        Some(bound) => {
            let parent = parents.into_iter().next().unwrap_or_else(|| QualifiedName::unqualified(""));
            table.partition_of = Some(Partition { parent, bound: bound_text(bound).into() });
        }
        None => table.inherits = parents,
    }
    let like = fill(text, statement, &mut table);
    let kind = ChangeKind::CreateTable { table: Box::new(table), if_not_exists: statement.if_not_exists, like, query: None };
    Change { kind, span }
}

/// Columns and constraints; gives the LIKE clauses.
fn fill(text: &Text, statement: &CreateStmt, table: &mut Table) -> Vec<Like> {
    let (mut constraints, mut like) = (Vec::new(), Vec::new());
    for element in statement.table_elts.iter().filter_map(kind) {
        match element {
            NodeEnum::ColumnDef(definition) => {
                let (column, of_column) = column::lower(text, definition);
                table.columns.push(Arc::new(column));
                constraints.extend(of_column);
            }
            NodeEnum::Constraint(parsed) => {
                let start = text.token_at(parsed.location).unwrap_or(0);
                let tokens = start..text.clause_end(start, |_| false);
                apply_not_null(text, parsed, &tokens, table);
                constraints.extend(constraint::lower(text, parsed, tokens, None));
            }
            NodeEnum::TableLikeClause(clause) => like.push(like_clause(clause, table.columns.len())),
            _ => {}
        }
    }
    for mut lowered in constraint::in_order_of_creation(constraints) {
        // A new table has no rows that could violate them.
        lowered.constraint.validated.value = true;
        table.constraints.push(Arc::new(lowered.constraint));
        table.indexes.extend(lowered.index.map(Arc::new));
    }
    like
}

/// `[CONSTRAINT n] NOT NULL c` among the table's constraints (PostgreSQL 18).
fn apply_not_null(text: &Text, parsed: &pg_query::protobuf::Constraint, tokens: &std::ops::Range<usize>, table: &mut Table) {
    if parsed.contype() != pg_query::protobuf::ConstrType::ConstrNotnull {
        return;
    }
    for name in names(&parsed.keys) {
        let column = table.columns.iter_mut().find(|column| column.name == name);
        if let Some(column) = column {
            Arc::make_mut(column).nullable = crate::source::Spanned::new(false, text.span(tokens.clone()));
        }
    }
}

/// The relation in a node.
pub fn range(node: &Node) -> Option<&RangeVar> {
    match kind(node)? {
        NodeEnum::RangeVar(range) => Some(range),
        _ => None,
    }
}

fn persistence(range: &Option<RangeVar>) -> Persistence {
    match range.as_ref().map(|range| (range.relpersistence.as_str(), range.schemaname.as_str())) {
        Some(("t", _) | (_, "pg_temp")) => Persistence::Temporary,
        Some(("u", _)) => Persistence::Unlogged,
        _ => Persistence::Permanent,
    }
}

/// Whether a relation is temporary.
pub fn is_temporary(range: &Option<RangeVar>) -> bool {
    persistence(range) == Persistence::Temporary
}

fn partition_by(specification: &PartitionSpec) -> PartitionBy {
    let strategy = match specification.strategy() {
        PartitionStrategy::List => "list",
        PartitionStrategy::Hash => "hash",
        _ => "range",
    };
    let keys = specification.part_params.iter().filter_map(|node| match kind(node)? {
        NodeEnum::PartitionElem(element) => Some(index::partition_key(element)),
        _ => None,
    });
    PartitionBy { strategy: strategy.into(), keys: keys.collect() }
}

/// `FOR VALUES …` or `DEFAULT`.
pub fn bound_text(bound: &PartitionBoundSpec) -> String {
    let list = |nodes: &[Node]| nodes.iter().map(bound_value).collect::<Vec<_>>().join(", ");
    match bound.strategy.as_str() {
        _ if bound.is_default => "DEFAULT".to_owned(),
        "h" => format!("FOR VALUES WITH (modulus {}, remainder {})", bound.modulus, bound.remainder),
        "l" => format!("FOR VALUES IN ({})", list(&bound.listdatums)),
        _ => format!("FOR VALUES FROM ({}) TO ({})", list(&bound.lowerdatums), list(&bound.upperdatums)),
    }
}

/// `MINVALUE` and `MAXVALUE` are columns to the parser.
fn bound_value(node: &Node) -> String {
    let text = expression::deparse(node);
    if ["minvalue", "maxvalue"].contains(&text.as_str()) { text.to_ascii_uppercase() } else { text }
}

fn like_clause(clause: &TableLikeClause, position: usize) -> Like {
    // The bits of PostgreSQL's TableLikeOption.
    let including = |bit: u32| clause.options & (1 << bit) != 0;
    Like {
        source: optional_relation(&clause.relation),
        position,
        comments: including(0),
        compression: including(1),
        constraints: including(2),
        defaults: including(3),
        generated: including(4),
        identity: including(5),
        indexes: including(6),
        statistics: including(7),
        storage: including(8),
    }
}

/// `CREATE TABLE … AS`.
pub fn create_as(text: &Text, statement: &CreateTableAsStmt) -> Option<Change> {
    let into = statement.into.as_ref()?;
    Some(from_query(text, into, statement.query.as_deref()?, statement.if_not_exists))
}

/// A table made by a query: its columns are known when it is applied. Names that were written replace the query's.
fn from_query(text: &Text, into: &IntoClause, query: &Node, if_not_exists: bool) -> Change {
    let span = text.name_at(super::node::location(&into.rel));
    let mut table = Table::new(optional_relation(&into.rel), span);
    table.persistence = persistence(&into.rel);
    table.options = options::lower(&into.options);
    // `EXECUTE` runs a query that stands elsewhere.
    table.columns_uncertain = !matches!(kind(query), Some(NodeEnum::SelectStmt(_)));
    let query = with_column_names(query::lower(query), names(&into.col_names));
    let kind = ChangeKind::CreateTable { table: Box::new(table), if_not_exists, like: Vec::new(), query: Some(Box::new(query)) };
    Change { kind, span }
}

/// `SELECT … INTO`.
pub fn select_into(text: &Text, node: &Node) -> Option<Change> {
    let Some(NodeEnum::SelectStmt(select)) = kind(node) else { return None };
    let mut first = select;
    while let Some(left) = &first.larg {
        first = left;
    }
    let into = first.into_clause.as_ref()?;
    Some(from_query(text, into, node, false))
}

/// The query with its output columns renamed. Which column is which behind a `*` cannot be known.
pub fn with_column_names(mut query: Query, columns: Vec<Name>) -> Query {
    let has_star = query.output.iter().any(|output| matches!(output, OutputColumn::Star(_)));
    if has_star && !columns.is_empty() {
        query.output = columns.into_iter().map(|name| OutputColumn::Expression { name, data_type: None, like: None }).collect();
        return query;
    }
    for (output, written) in query.output.iter_mut().zip(columns) {
        if let OutputColumn::Column { name, .. } | OutputColumn::Expression { name, .. } = output {
            *name = written;
        }
    }
    query
}
