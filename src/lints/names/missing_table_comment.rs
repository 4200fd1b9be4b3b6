//! Tables that nobody described.

use super::designed_tables;
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let bare = designed_tables(context.schema).filter(|table| table.comment.is_none());
    let places = bare.map(|table| Place {
        span: table.span,
        object: table.name.to_string(),
        label: format!("the table `{}` has no comment", table.name.name),
        sql: format!("COMMENT ON TABLE {} IS '…';", table.name.to_sql()),
    });
    per_migration(context, places.collect(), "table", ": what it holds is known only to who made it")
}
