//! The type `money`.

use super::{Kind, judge, of_type};
use crate::lint::{Finding, SchemaContext};
use crate::schema::Dialect;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let ending = match context.schema.dialect {
        Dialect::SqlServer => ": quotients and products are rounded to four decimals before they are used",
        _ => ": it keeps no currency, and the server's lc_monetary decides what the same number means",
    };
    let kind = Kind { otherwise: Vec::new(), ending, becomes: "numeric(19, 4)", using: "{}::numeric" };
    let mut found = of_type(context.schema, "money");
    found.extend(of_type(context.schema, "smallmoney"));
    judge(context, found, &kind)
}
