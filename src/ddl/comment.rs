//! Comments.

use std::sync::Arc;

use super::{beside, quote_literal};
use crate::schema::Table;
use crate::source::Spanned;

/// `COMMENT ON what IS …`; no text removes the comment. `what` is SQL: ``TABLE users``.
pub fn comment_on(what: &str, text: Option<&str>) -> String {
    format!("COMMENT ON {what} IS {}", text.map_or_else(|| "NULL".to_owned(), quote_literal))
}

/// The comment on something, where it has one.
pub(super) fn of(what: String, comment: &Option<Spanned<Arc<str>>>) -> Option<String> {
    comment.as_ref().map(|comment| comment_on(&what, Some(&comment.value)))
}

/// The comments on a table and everything that belongs to it.
pub fn comments_of_table(table: &Table) -> Vec<String> {
    let name = table.name.to_sql();
    let kind = if table.foreign { "FOREIGN TABLE" } else { "TABLE" };
    let itself = of(format!("{kind} {name}"), &table.comment);
    let columns = table.columns.iter().filter_map(|column| of(format!("COLUMN {name}.{}", column.name.to_sql()), &column.comment));
    let on_table = |kind: &str, part: String, comment| of(format!("{kind} {part} ON {name}"), comment);
    let constraints = table.constraints.iter().filter_map(|part| on_table("CONSTRAINT", part.name.to_sql(), &part.comment));
    let indexes =
        table.indexes.iter().filter_map(|index| of(format!("INDEX {}", beside(&table.name, &index.name).to_sql()), &index.comment));
    let triggers = table.triggers.iter().filter_map(|part| on_table("TRIGGER", part.name.to_sql(), &part.comment));
    let policies = table.policies.iter().filter_map(|part| on_table("POLICY", part.name.to_sql(), &part.comment));
    itself.into_iter().chain(columns).chain(constraints).chain(indexes).chain(triggers).chain(policies).collect()
}
