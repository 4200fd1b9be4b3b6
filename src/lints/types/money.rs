//! The type `money`.

use super::{Kind, judge, of_type};
use crate::lint::{Finding, SchemaContext};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let kind = Kind {
        otherwise: Vec::new(),
        ending: ": it keeps no currency, and the server's lc_monetary decides what the same number means",
        becomes: "numeric(19, 4)",
        using: "{}::numeric",
    };
    judge(context, of_type(context.schema, "money"), &kind)
}
