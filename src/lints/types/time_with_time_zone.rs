//! Times of day with an offset and without a day.

use super::{Kind, judge, of_type};
use crate::lint::{Finding, SchemaContext};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let kind =
        Kind { otherwise: Vec::new(), ending: ": an offset without a day cannot follow daylight saving time", becomes: "time", using: "" };
    judge(context, of_type(context.schema, "time with time zone"), &kind)
}
