//! Whether an expression has another value for every row.

use crate::schema::{ExpressionTree, QualifiedName, Schema, Volatility};

/// Functions of PostgreSQL and of common extensions that are volatile.
const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "gen_ulid",
    "lastval",
    "nextval",
    "pg_notify",
    "pg_sleep",
    "random",
    "random_normal",
    "set_config",
    "setseed",
    "setval",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuid_generate_v7",
    "uuidv4",
    "uuidv7",
];

/// Whether the expression calls a volatile function. `now()` is stable. Functions nobody knows are taken for stable.
pub fn is_volatile(schema: &Schema, expression: &ExpressionTree) -> bool {
    let mut found = false;
    expression.walk(&mut |node| {
        if let ExpressionTree::Function { name, .. } = node {
            found |= is_volatile_function(schema, name);
        }
    });
    found
}

fn is_volatile_function(schema: &Schema, name: &QualifiedName) -> bool {
    let own = schema.functions_meant(name);
    if own.is_empty() {
        VOLATILE.contains(&name.name.as_str())
    } else {
        own.iter().any(|function| function.attributes.volatility == Volatility::Volatile)
    }
}
