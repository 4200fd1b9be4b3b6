//! `json` where `jsonb` would do.

use super::{Kind, chosen_columns, has_word, judge, of_type};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    // The text itself counts where something came in from outside: what is signed, and what is only kept.
    let is_kept_as_it_came = |column: &Column| has_word(&column.name, &["raw", "original", "signed", "verbatim", "body"]);
    // A column that was made of another type and then changed to json was thought about.
    let is_chosen = |column: &Column| column.data_type.span.file != column.span.file;
    let found: Vec<(&Table, &Column)> = chosen_columns(context.schema)
        .filter(|(_, column)| column.data_type.value.is("json") && !is_kept_as_it_came(column) && !is_chosen(column))
        .collect();
    let kind = Kind {
        otherwise: of_type(context.schema, "jsonb"),
        ending: ": it is parsed again on every read, and has neither equality nor indexes",
        becomes: "jsonb",
        using: "",
    };
    judge(context, found, &kind)
}
