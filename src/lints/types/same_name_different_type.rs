//! A column of another type than the columns of its name in other tables.

use std::collections::BTreeMap;

use super::{chosen_columns, path};
use crate::lint::tenancy::{elsewhere, keeps_records, key_noun, table_noun, vendor, words};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::base_type;
use crate::schema::{Column, Name, Schema, Table, Type};

/// As many columns agree before another one is odd.
const MAJORITY: usize = 3;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let tenancy = &context.history.facts.tenancy;
    let mut by_name: BTreeMap<&Name, Vec<(&Table, &Column)>> = BTreeMap::new();
    for (table, column) in chosen_columns(context.schema).filter(|(table, column)| means_one_thing(table, column)) {
        if !tenancy.judges(&table.name, &column.name) {
            by_name.entry(&column.name).or_default().push((table, column));
        }
    }
    by_name.into_values().flat_map(|columns| odd_ones(context.schema, columns)).collect()
}

/// Whether the name says what the column holds: a key's, or a yes or no. `status`, `value` and `amount` are homonyms, and
/// ids made elsewhere are of whatever type they are there.
fn means_one_thing(table: &Table, column: &Column) -> bool {
    let noun = key_noun(&column.name);
    let words = words(&column.name);
    let is_flag = words.first().is_some_and(|word| word == "is" || word == "has");
    let of_others = |name: &str| vendor(name).is_some() || elsewhere(name).is_some();
    (is_flag || noun.is_some())
        && words.len() > 1
        // `levels.level_id` is the number that somebody else gives to a level.
        && noun.is_none_or(|noun| noun != table_noun(&table.name.name))
        && !column.data_type.value.is("unknown")
        && !of_others(&column.name)
        && !of_others(&table.name.name)
        && !keeps_records(&table.name.name)
        && !table.columns.iter().any(|other| says_kind(&other.name, &column.name))
}

/// `target_type` beside `target_id`: rows of several tables, whose keys differ.
fn says_kind(other: &Name, key: &Name) -> bool {
    const KINDS: [&str; 3] = ["type", "kind", "table"];
    let lower = other.to_ascii_lowercase();
    if !KINDS.iter().any(|kind| lower.ends_with(kind)) {
        return false;
    }
    let (other, key) = (words(other), words(key));
    match (other.split_last(), key.split_last()) {
        (Some((last, rest)), Some((_, noun))) => KINDS.contains(&last.as_str()) && rest == noun,
        _ => false,
    }
}

/// What types have in common that hold the same values.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Text,
    Whole,
    Of(Type),
}

fn family(schema: &Schema, column: &Column) -> Family {
    let data_type = base_type(schema, &column.data_type.value);
    match data_type {
        _ if data_type.is_string() => Family::Text,
        _ if data_type.is_integer() => Family::Whole,
        _ => Family::Of(Type { modifiers: Vec::new(), ..data_type.clone() }),
    }
}

/// The columns that differ from what nearly all of their name are.
fn odd_ones(schema: &Schema, columns: Vec<(&Table, &Column)>) -> Vec<Finding> {
    let mut families: BTreeMap<Family, Vec<(&Table, &Column)>> = BTreeMap::new();
    for (table, column) in columns {
        families.entry(family(schema, column)).or_default().push((table, column));
    }
    let Some(most) = families.values().map(Vec::len).max() else { return Vec::new() };
    let (usual, odd): (Vec<_>, Vec<_>) = families.into_values().partition(|columns| columns.len() == most);
    let odd: Vec<(&Table, &Column)> = odd.into_iter().flatten().collect();
    // Where many differ, the name means two things.
    let [usual] = usual.as_slice() else { return Vec::new() };
    if most < MAJORITY || odd.len() * 4 > most {
        return Vec::new();
    }
    odd.into_iter().filter_map(|(table, column)| finding(table, column, usual)).collect()
}

fn finding(table: &Table, column: &Column, usual: &[(&Table, &Column)]) -> Option<Finding> {
    let (first_table, first) = usual.first()?;
    let message = format!(
        "`{}.{}` is {}, while {} other tables have a `{}` that is {}: joins need casts, and comparisons may fail",
        table.name.name,
        column.name,
        column.data_type.value,
        usual.len(),
        column.name,
        first.data_type.value
    );
    let finding = Finding::new(column.data_type.span, message).object(path(table, &column.name));
    Some(finding.because(first.data_type.span, format!("`{}.{}` is {}", first_table.name.name, first.name, first.data_type.value)))
}
