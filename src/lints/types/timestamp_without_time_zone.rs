//! Points in time kept without saying where their clock stood.

use super::{Kind, agreed, chosen_columns, has_word, judge, of_type};
use crate::layout::Kind as Layout;
use crate::lint::tenancy::words;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Dialect, ExpressionTree, Table};

/// Types of a moment that do not say whose clock it was: PostgreSQL's, and SQL Server's.
const WITHOUT: [&str; 4] = ["timestamp without time zone", "datetime", "datetime2", "smalldatetime"];

/// Types that do.
const WITH: [&str; 2] = ["timestamp with time zone", "datetimeoffset"];

/// Functions that give UTC.
const UTC: [&str; 3] = ["timezone", "getutcdate", "sysutcdatetime"];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    // Prisma writes UTC into the `timestamp(3)` that it makes of every DateTime.
    let by_prisma = |column: &Column| {
        let three = column.data_type.value.modifiers.iter().any(|modifier| *modifier == "3");
        three && context.history.history.directory.kind == Layout::Prisma
    };
    let plain = chosen_columns(context.schema).filter(|(_, column)| is_without(column));
    let plain = plain.filter(|(table, column)| !by_prisma(column) && !says_whose_clock(table, column));
    let kind = Kind {
        otherwise: WITH.iter().flat_map(|name| of_type(context.schema, name)).collect(),
        ending: match context.schema.dialect {
            Dialect::Postgres => ": it does not say whose clock it was, and means another moment in another session's time zone",
            _ => ": it does not say whose clock it was",
        },
        becomes: "timestamptz",
        using: "{} AT TIME ZONE 'UTC'",
    };
    let utc = chosen_columns(context.schema).filter(|(_, column)| is_without(column) && converts(column)).count();
    // A schema that keeps UTC, and says so in its defaults, means it where there is no default as well.
    if utc > kind.otherwise.len() { agreed(context, plain.collect(), &kind) } else { judge(context, plain.collect(), &kind) }
}

/// Whether the schema says by itself what the clock showed: local time with the zone beside it, or UTC by name or default.
fn says_whose_clock(table: &Table, column: &Column) -> bool {
    let zone = |other: &Column| {
        let words = words(&other.name);
        words.iter().any(|word| word == "timezone" || word == "tz") || words.windows(2).any(|pair| pair == ["time", "zone"])
    };
    // Those are the server's, also in a table of people with their time zones.
    let by_server = has_word(&column.name, &["created", "updated", "modified", "inserted", "deleted"]);
    let named = has_word(&column.name, &["utc", "gmt", "local", "naive"]);
    named || converts(column) || (!by_server && table.columns.iter().any(|other| zone(other)))
}

fn is_without(column: &Column) -> bool {
    WITHOUT.iter().any(|name| column.data_type.value.is(name))
}

/// Whether the default is `now() AT TIME ZONE 'utc'`, which the parser writes as a function, or SQL Server's clock of UTC.
fn converts(column: &Column) -> bool {
    let mut found = false;
    let Some(default) = &column.default else { return false };
    default.value.tree.walk(&mut |node| {
        found |= matches!(node, ExpressionTree::Function { name, .. } if UTC.contains(&name.name.to_ascii_lowercase().as_str()))
    });
    found
}
