//! One tenant key under two types, with no foreign key to settle which is right.

use std::collections::BTreeMap;

use super::{Place, alter, path, per_migration, title};
use crate::lint::tenancy::{KeyKind, Tenancy, root_weight, same_family, vendor};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Schema, Table, Type};

/// Nouns that mean a tenant wherever they stand; of the others a schema may well have several kinds.
const UNMISTAKABLE: f64 = 2.0;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let tenancy = &context.history.facts.tenancy;
    let nouns = ["tenant", "organization", "workspace"].into_iter().filter(|noun| root_weight(noun) >= Some(UNMISTAKABLE));
    nouns.flat_map(|noun| check_noun(context, tenancy, noun)).collect()
}

fn check_noun(context: &SchemaContext, tenancy: &Tenancy, noun: &str) -> Vec<Finding> {
    let columns = undecided(context.schema, tenancy, noun);
    let Some((common, usual)) = majority(&columns) else { return Vec::new() };
    // A foreign key between two widths is `foreign-key-type-mismatch`'s.
    let bound = |table: &Table, column: &Column| table.foreign_keys_of(&column.name).next().is_some();
    let odd = columns.iter().filter(|(table, column)| !same_width(&column.data_type.value, common) && !bound(table, column));
    let places = odd.map(|(table, column)| Place {
        span: column.data_type.span,
        object: path(table, &column.name),
        label: format!("`{}` is `{}`", title(table, &column.name), column.data_type.value),
        sql: format!("{} ALTER COLUMN {} TYPE {common}{};", alter(table), column.name.to_sql(), using(column, common)),
    });
    let ending = format!(", where {} tables have `{common}`: rows cannot be joined or compared without a cast", usual.len());
    let findings = per_migration(context, places.collect(), "column", &ending).into_iter();
    let precedent = |finding: Finding| match usual.first() {
        Some((table, column)) => finding.because(column.data_type.span, format!("`{}` here", title(table, &column.name))),
        None => finding,
    };
    findings.map(precedent).collect()
}

/// Columns of this name whose type no foreign key and no other lint decides.
fn undecided<'a>(schema: &'a Schema, tenancy: &Tenancy, noun: &str) -> Vec<(&'a Table, &'a Column)> {
    let known = tenancy.carriers(noun).iter().filter_map(|(table, column)| {
        let table = schema.table(table)?;
        Some((table, table.column(column)?))
    });
    known
        .filter(|(table, column)| {
            let mistyped = matches!(tenancy.key(&table.name, &column.name).map(|key| &key.kind), Some(KeyKind::Mistyped { .. }));
            let known = tenancy.root.as_ref().is_some_and(|root| root.noun == noun);
            let spared = known && tenancy.key(&table.name, &column.name).is_none();
            let foreign = vendor(&table.name.name).is_some() || vendor(&table.name.schema).is_some();
            !mistyped && !spared && !foreign && table.primary_key().is_none_or(|key| key.columns != [column.name.clone()])
        })
        .collect()
}

/// The type that most of the columns have, if two or more do and more than any other.
fn majority<'a>(columns: &[(&'a Table, &'a Column)]) -> Option<(&'a Type, Vec<(&'a Table, &'a Column)>)> {
    let mut by_type: BTreeMap<&str, Vec<(&Table, &Column)>> = BTreeMap::new();
    for (table, column) in columns {
        by_type.entry(column.data_type.value.name.name.as_str()).or_default().push((table, column));
    }
    let most = by_type.values().map(Vec::len).max().filter(|most| *most >= 2)?;
    let mut first = by_type.into_values().filter(|columns| columns.len() == most);
    let chosen = first.next()?;
    let tied = first.next().is_some();
    (!tied).then_some((&chosen.first()?.1.data_type.value, chosen))
}

/// The same family, and for integers the same width.
fn same_width(left: &Type, right: &Type) -> bool {
    same_family(left, right) && (!left.is_integer() || left.name == right.name)
}

fn using(column: &Column, target: &Type) -> String {
    if same_family(&column.data_type.value, target) { String::new() } else { format!(" USING {}::{target}", column.name.to_sql()) }
}
