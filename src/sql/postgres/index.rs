//! `CREATE INDEX`.

use pg_query::protobuf::{IndexElem, IndexStmt, PartitionElem, SortByDir, SortByNulls};
use pg_query::{Node, NodeEnum};

use super::node::{inner, kind, optional_relation, qualified};
use super::text::Text;
use super::{expression, options};
use crate::change::{Change, ChangeKind};
use crate::schema::{Index, IndexKey, KeyPart, Name, QualifiedName};
use crate::source::Span;

/// The change.
pub fn create(text: &Text, statement: &IndexStmt) -> Change {
    let span = name_span(text, statement);
    let keys = statement.index_params.iter().filter_map(key).collect();
    let included = |node: &Node| key(node)?.part.column().cloned();
    let index = Index {
        include: statement.index_including_params.iter().filter_map(included).collect(),
        unique: statement.unique,
        nulls_not_distinct: statement.nulls_not_distinct,
        predicate: expression::lower_optional(&statement.where_clause),
        options: options::lower(&statement.options),
        ..Index::plain(statement.idxname.as_str().into(), &statement.access_method, keys, span)
    };
    let kind = ChangeKind::CreateIndex {
        table: optional_relation(&statement.relation),
        index: Box::new(index),
        concurrently: statement.concurrent,
        if_not_exists: statement.if_not_exists,
        only: statement.relation.as_ref().is_some_and(|relation| !relation.inh),
    };
    Change { kind, span }
}

/// The index's name, or the keyword `INDEX` where it has none.
fn name_span(text: &Text, statement: &IndexStmt) -> Span {
    let keyword = text.find_words(0..text.tokens.len(), &["index"]).unwrap_or(0);
    let name = Name::from(statement.idxname.as_str());
    let end = text.find_words(keyword..text.tokens.len(), &["on"]).unwrap_or(text.tokens.len());
    let place = if name.is_unnamed() { None } else { text.find_name(keyword + 1..end, &name) };
    let place = place.unwrap_or(keyword);
    text.span(place..place + 1)
}

/// An index's or exclusion's element.
pub fn key(node: &Node) -> Option<IndexKey> {
    match kind(node)? {
        NodeEnum::IndexElem(element) => Some(element_key(element)),
        _ => None,
    }
}

fn element_key(element: &IndexElem) -> IndexKey {
    let descending = element.ordering() == SortByDir::SortbyDesc;
    IndexKey {
        part: part(&element.name, &element.expr),
        collation: optional_name(&element.collation),
        operator_class: optional_name(&element.opclass),
        descending,
        nulls_first: match element.nulls_ordering() {
            SortByNulls::SortbyNullsFirst => true,
            SortByNulls::SortbyNullsLast => false,
            _ => descending,
        },
    }
}

/// An element of `PARTITION BY`.
pub fn partition_key(element: &PartitionElem) -> KeyPart {
    part(&element.name, &element.expr)
}

fn part(name: &str, expression: &Option<Box<Node>>) -> KeyPart {
    match inner(expression) {
        // `((c))` is an expression to the parser and a column to the catalog.
        Some(NodeEnum::ColumnRef(column)) => match expression::reference(column) {
            Some((_, name)) => KeyPart::Column(name),
            None => KeyPart::Column(name.into()),
        },
        Some(_) => expression::lower_optional(expression).map_or_else(|| KeyPart::Column(name.into()), KeyPart::Expression),
        None => KeyPart::Column(name.into()),
    }
}

fn optional_name(nodes: &[Node]) -> Option<QualifiedName> {
    (!nodes.is_empty()).then(|| qualified(nodes))
}
