//! Types at the end of history: those that hold less, or something else, than they seem to.

mod char_n;
mod float_for_money;
mod json_not_jsonb;
mod money;
mod same_name_different_type;
mod serial_not_identity;
mod time_with_time_zone;
mod timestamp_without_time_zone;
mod uuid_as_text;

use super::keys::{known_tables, path};
use super::libraries;
use super::places::{Place, habit, slips_or_habit};
use crate::lint::tenancy::words;
use crate::lint::{Check, Finding, SchemaContext};
use crate::schema::{Column, Schema, Table};

/// The checks of this group.
pub const CHECKS: &[(&str, Check)] = &[
    ("timestamp-without-time-zone", Check::Schema(timestamp_without_time_zone::check)),
    ("time-with-time-zone", Check::Schema(time_with_time_zone::check)),
    ("char-n", Check::Schema(char_n::check)),
    ("money", Check::Schema(money::check)),
    ("float-for-money", Check::Schema(float_for_money::check)),
    ("json-not-jsonb", Check::Schema(json_not_jsonb::check)),
    ("uuid-as-text", Check::Schema(uuid_as_text::check)),
    ("serial-not-identity", Check::Schema(serial_not_identity::check)),
    ("same-name-different-type", Check::Schema(same_name_different_type::check)),
];

/// Columns whose type was chosen here: not those a partition or child has from its parent, a foreign table from its
/// server, a generated column from its expression, or a library's table from its library.
fn chosen_columns(schema: &Schema) -> impl Iterator<Item = (&Table, &Column)> {
    let tables = known_tables(schema).filter(|table| !table.is_child() && !table.foreign && !libraries::dictates(table));
    tables
        .flat_map(|table| table.columns.iter().map(move |column| (table, column.as_ref())))
        .filter(|(_, column)| column.generated.is_none())
}

/// Whether one of the words of a name is in the list.
fn has_word(name: &str, list: &[&str]) -> bool {
    words(name).iter().any(|word| list.contains(&word.as_str()))
}

/// Columns of a type that has a better one, and how their findings read.
struct Kind<'a> {
    /// Columns that already have the better type.
    otherwise: Vec<(&'a Table, &'a Column)>,
    /// What follows from the type.
    ending: &'a str,
    /// The better type, and how values become it.
    becomes: &'a str,
    /// How the old value is turned into the new one, with `{}` for the column.
    using: &'a str,
}

/// What is found of columns of a kind, grouped, with a precedent.
fn judge(context: &SchemaContext, found: Vec<(&Table, &Column)>, kind: &Kind) -> Vec<Finding> {
    let findings = slips_or_habit(context, places(found, kind), kind.otherwise.len(), "column", kind.ending).into_iter();
    let precedent = kind.otherwise.first();
    let explain = |finding: Finding| match precedent {
        Some((table, column)) => finding.because(column.data_type.span, title(table, column)),
        None => finding,
    };
    findings.map(explain).collect()
}

/// The same of columns whose type the schema shows to be meant: one finding, information.
fn agreed(context: &SchemaContext, found: Vec<(&Table, &Column)>, kind: &Kind) -> Vec<Finding> {
    habit(context, places(found, kind), "column", kind.ending)
}

fn places(found: Vec<(&Table, &Column)>, kind: &Kind) -> Vec<Place> {
    let place = |(table, column): (&Table, &Column)| Place {
        span: column.data_type.span,
        object: path(table, &column.name),
        label: title(table, column),
        sql: retype(table, column, kind.becomes, kind.using),
    };
    found.into_iter().map(place).collect()
}

/// The column and its type.
fn title(table: &Table, column: &Column) -> String {
    format!("`{}.{}` is {}", table.name.name, column.name, column.data_type.value)
}

fn retype(table: &Table, column: &Column, becomes: &str, using: &str) -> String {
    let name = column.name.to_sql();
    let using = if using.is_empty() { String::new() } else { format!(" USING {}", using.replace("{}", &name)) };
    format!("ALTER TABLE {} ALTER COLUMN {name} TYPE {becomes}{using};", table.name.to_sql())
}

/// The columns of a built-in type.
fn of_type<'a>(schema: &'a Schema, canonical: &str) -> Vec<(&'a Table, &'a Column)> {
    chosen_columns(schema).filter(|(_, column)| column.data_type.value.is(canonical)).collect()
}
