//! A unique constraint over several columns that rows with a NULL escape.

use super::{indexed_tables, keys_of};
use crate::lint::tenancy::{key_noun, words};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{later, path, sql_list};
use crate::schema::{Column, ExpressionTree, Index, Name, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let escaped = |(table, indexes): (&Table, Vec<&Index>)| {
        let unique = indexes.iter().filter(|index| index.unique && !index.primary && !index.nulls_not_distinct);
        let escaped = unique.filter_map(|index| Some((*index, escape(table, &indexes, index)?)));
        escaped.map(|(index, column)| finding(context, table, index, column)).collect::<Vec<_>>()
    };
    indexed_tables(context.schema).flat_map(escaped).collect()
}

/// The first column whose NULL lets a row through that should be refused. NULL in the last column is the usual way to
/// say that a row has no such name or number yet; NULL in one that only says where the name counts, or since when the
/// row is deleted, lets equal names in.
fn escape<'a>(table: &'a Table, indexes: &[&Index], index: &Index) -> Option<&'a Column> {
    let columns: Vec<&Column> = index.key_columns().flatten().filter_map(|name| table.column(name)).collect();
    let nullable = |column: &&&Column| column.nullable.value && !is_thought_of(table, index, &column.name);
    // Where every column may be NULL, or one alone is unique, the whole key is optional.
    let required = columns.iter().any(|column| !nullable(&column));
    if index.keys.len() < 2 || !required {
        return None;
    }
    let last = columns.last()?.name.clone();
    let scopes = |column: &&&Column| (column.name != last && is_reference(table, column)) || is_deletion(column);
    let escape = columns.iter().filter(nullable).find(scopes)?;
    (!is_covered(table, indexes, index, &escape.name)).then_some(*escape)
}

/// Whether somebody thought of NULL in this column: the predicate or a check asks for it.
fn is_thought_of(table: &Table, index: &Index, column: &Name) -> bool {
    let predicate = index.predicate.iter().any(|predicate| predicate.tree.columns().contains(&column));
    predicate || table.checks().any(|(_, check)| counts_nulls(&check.tree, column))
}

fn counts_nulls(check: &ExpressionTree, column: &Name) -> bool {
    let mut found = false;
    check.walk(&mut |node| {
        found |= match node {
            ExpressionTree::IsNull { operand, .. } => operand.as_column() == Some(column),
            ExpressionTree::Function { name, .. } => {
                ["num_nonnulls", "num_nulls"].contains(&name.name.as_str()) && node.columns().contains(&column)
            }
            _ => false,
        };
    });
    found
}

fn is_reference(table: &Table, column: &Column) -> bool {
    table.foreign_keys_of(&column.name).next().is_some() || key_noun(&column.name).is_some()
}

/// `deleted_at`: NULL in all rows that count.
fn is_deletion(column: &Column) -> bool {
    let words = words(&column.name);
    let says = ["deleted", "archived", "removed"].iter().any(|word| words.first().is_some_and(|first| first == word));
    says && (column.data_type.value.name.name.starts_with("timestamp") || column.data_type.value.is("date"))
}

/// Whether another unique index looks after the rows with a NULL: one without the column, over an expression of it, or
/// with another nullable column in its place, as where a row belongs to one of several tables.
fn is_covered(table: &Table, indexes: &[&Index], index: &Index, column: &Name) -> bool {
    let others: Vec<&Name> = index.key_columns().flatten().filter(|name| *name != column).collect();
    let is_optional = |name: &Name| table.column(name).is_some_and(|column| column.nullable.value);
    let looks_after = |other: &&Index| {
        let expressions = other.keys.iter().filter_map(|key| key.part.expression());
        let by_expression = expressions.flat_map(|expression| expression.tree.columns()).any(|name| name == column);
        let columns: Vec<&Name> = other.key_columns().flatten().collect();
        let replaced: Vec<&&Name> = columns.iter().filter(|name| !others.contains(name)).collect();
        let without = !columns.contains(&column) && replaced.iter().all(|name| replaced.len() == 1 && is_optional(name));
        let plain = columns.len() == other.keys.len();
        // Rows without a value there have rules of their own.
        let asks = other.predicate.iter().any(|predicate| predicate.tree.columns().contains(&column));
        other.unique && other.name != index.name && (by_expression || asks || (plain && without))
    };
    indexes.iter().any(looks_after)
}

fn finding(context: &SchemaContext, table: &Table, index: &Index, column: &Column) -> Finding {
    let keys = keys_of(index);
    let message = format!(
        "`{}` does not keep `{}` {keys} unique where `{}` is NULL: such rows are all different to it",
        index.name, table.name.name, column.name
    );
    let blamed = later(context.history.history, index.span, column.nullable.span);
    let finding = Finding::new(blamed, message).object(path(table, &index.name));
    let finding = if blamed == index.span {
        finding.because(column.nullable.span, format!("`{}` may be NULL", column.name))
    } else {
        finding.because(index.span, format!("`{}` is made here", index.name))
    };
    finding.help(repair(table, index, column))
}

/// A second unique index over the rows that escape, which every version has.
fn repair(table: &Table, index: &Index, column: &Column) -> String {
    let others: Vec<Name> = index.key_columns().flatten().filter(|name| **name != column.name).cloned().collect();
    let name = column.name.to_sql();
    format!(
        "-- or UNIQUE NULLS NOT DISTINCT, from PostgreSQL 15 on\nCREATE UNIQUE INDEX ON {} ({}) WHERE {name} IS NULL;",
        table.name.to_sql(),
        sql_list(&others)
    )
}
