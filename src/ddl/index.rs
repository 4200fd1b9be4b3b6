//! Indexes.

use super::{join, list, with_options};
use crate::schema::{Index, IndexKey, KeyPart, QualifiedName};

/// `CREATE INDEX`, on a table or materialized view.
pub fn create_index(relation: &QualifiedName, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let only = if index.valid { "" } else { "ONLY " };
    let keys = join(index.keys.iter().map(index_key));
    let mut written =
        format!("CREATE {unique}INDEX {} ON {only}{} USING {} ({keys})", index.name.to_sql(), relation.to_sql(), index.method.to_sql());
    if !index.include.is_empty() {
        written.push_str(&format!(" INCLUDE {}", list(&index.include)));
    }
    if index.nulls_not_distinct {
        written.push_str(" NULLS NOT DISTINCT");
    }
    written.push_str(&with_options(&index.options));
    if let Some(predicate) = &index.predicate {
        written.push_str(&format!(" WHERE {}", predicate.text));
    }
    written
}

/// A key with its collation, operator class and order.
pub(super) fn index_key(key: &IndexKey) -> String {
    let mut written = match &key.part {
        KeyPart::Column(column) => column.to_sql(),
        KeyPart::Expression(expression) => format!("({})", expression.text),
    };
    if let Some(collation) = &key.collation {
        written.push_str(&format!(" COLLATE {}", collation.to_sql()));
    }
    if let Some(class) = &key.operator_class {
        written.push_str(&format!(" {}", class.to_sql()));
    }
    match (key.descending, key.nulls_first) {
        (true, true) => written.push_str(" DESC"),
        (true, false) => written.push_str(" DESC NULLS LAST"),
        (false, true) => written.push_str(" NULLS FIRST"),
        (false, false) => {}
    }
    written
}
