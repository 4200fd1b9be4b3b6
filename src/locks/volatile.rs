//! Whether an expression has another value for every row.

use crate::schema::{ExpressionTree, Function, QualifiedName, Schema, Volatility};
use crate::sql::split::tokens;

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
    if own.is_empty() { VOLATILE.contains(&name.name.as_str()) } else { own.into_iter().any(computes_anew) }
}

/// PostgreSQL puts the body of a simple function in SQL in the place of its call, and judges that.
fn computes_anew(function: &Function) -> bool {
    let body = function.body.as_ref();
    let is_volatile = |word: &str| VOLATILE.contains(&word) || WRITES.contains(&word);
    let calls = || tokens(body, 0..body.len()).any(|token| is_volatile(&token.text(body).to_ascii_lowercase()));
    function.attributes.volatility == Volatility::Volatile && (function.language != "sql" || calls())
}

const WRITES: &[&str] = &["delete", "insert", "merge", "update"];
