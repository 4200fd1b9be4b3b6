//! Money in binary floating point.

use super::{Kind, chosen_columns, has_word, judge};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Table};

/// Words that mean an amount of money.
const MONEY: &[&str] = &[
    "balance",
    "budget",
    "commission",
    "cost",
    "costs",
    "deposit",
    "eur",
    "expense",
    "expenses",
    "fee",
    "fees",
    "gbp",
    "payment",
    "payout",
    "price",
    "prices",
    "refund",
    "revenue",
    "salary",
    "subtotal",
    "usd",
    "wage",
];

/// Words that make something else of it: a share, a measure, a guess.
const OTHERWISE: &[&str] = &[
    "accuracy",
    "average",
    "avg",
    "change",
    "coefficient",
    "count",
    "estimate",
    "estimated",
    "factor",
    "gas",
    "index",
    "level",
    "max",
    "mean",
    "median",
    "min",
    "multiplier",
    "pct",
    "per",
    "percent",
    "percentage",
    "rate",
    "ratio",
    "score",
    "share",
    "threshold",
    "tip",
    "weight",
];

/// Binary floating point; the short names are as SQLite keeps them.
const FLOATS: [&str; 4] = ["real", "double precision", "float", "double"];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let named = |column: &Column| has_word(&column.name, MONEY) && !has_word(&column.name, OTHERWISE);
    let money: Vec<(&Table, &Column)> = chosen_columns(context.schema).filter(|(_, column)| named(column)).collect();
    let is_float = |column: &Column| FLOATS.iter().any(|name| column.data_type.value.is(name));
    let (found, others): (Vec<_>, Vec<_>) = money.into_iter().partition(|(_, column)| is_float(column));
    let kind = Kind {
        otherwise: others.into_iter().filter(|(_, column)| column.data_type.value.is("numeric")).collect(),
        ending: ": it cannot hold 0.10 exactly, and sums drift",
        becomes: "numeric",
        using: "",
    };
    judge(context, found, &kind)
}
