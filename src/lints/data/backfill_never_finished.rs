//! Two generations of a column, the newer filled from the older, long after both should not be needed.

use crate::history::{History, Migration};
use crate::lint::tenancy::words;
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{known_tables, path};
use crate::schema::{Column, ExpressionTree, Name, Schema};
use crate::sql::{Body, DataKind, DataStatement, Statement, Step};

/// Words that tell one generation of a column from another.
const GENERATIONS: [&str; 16] =
    ["new", "old", "v2", "v3", "next", "tmp", "temp", "legacy", "uuid", "bigint", "int8", "big", "int", "text", "jsonb", "2"];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let history = context.history.history;
    let patience = context.history.options.integer("after");
    let filled =
        history.migrations.iter().enumerate().flat_map(|(index, migration)| fillings(migration).map(move |filling| (index, filling)));
    let left = filled.filter(|(index, _)| index + patience < history.migrations.len());
    let mut findings: Vec<Finding> = left.filter_map(|(index, data)| finding(history, context.schema, index, data)).collect();
    findings.sort_by(|left, right| left.object.cmp(&right.object));
    findings.dedup_by(|left, right| left.object == right.object);
    findings
}

/// Updates that were meant for all rows.
fn fillings(migration: &Migration) -> impl Iterator<Item = &DataStatement> {
    migration.up.iter().flat_map(nested).filter_map(|statement| match &statement.body {
        Body::Data(data) if data.kind == DataKind::Update => Some(data),
        _ => None,
    })
}

fn nested(statement: &Statement) -> Vec<&Statement> {
    match &statement.body {
        Body::Block(steps) => steps.iter().flat_map(Step::statements).collect(),
        _ => vec![statement],
    }
}

fn finding(history: &History, schema: &Schema, index: usize, data: &DataStatement) -> Option<Finding> {
    let written = data.table.as_ref()?;
    let assignments = &data.rows.as_deref()?.assignments;
    let pairs: Vec<(&Name, &Name)> = assignments.iter().filter_map(|(new, value)| Some((new, older(new, value)?))).collect();
    // Nearly all updates have none, and need no table to be looked for.
    pairs.first()?;
    let table = known_tables(schema).find(|table| table.name.name == written.name)?;
    let (new, old) = pairs.iter().find_map(|(new, old)| Some((table.column(new)?, table.column(old)?)))?;
    let is_later = history.migration_of(new.span) > history.migration_of(old.span) && history.migration_of(new.span) <= Some(index);
    let is_open = new.nullable.value && table.foreign_keys_of(&new.name).next().is_none();
    let title = |column: &Column| format!("`{}.{}`", table.name.name, column.name);
    let since = history.migrations.len() - 1 - index;
    (is_later && is_open).then(|| {
        let message = format!(
            "{} was filled from {} {since} migrations ago, and both are still there: the newer one may still be empty, and nothing keeps them alike",
            title(new),
            title(old)
        );
        let finding = Finding::new(new.span, message).object(path(table, &new.name)).because(old.span, "the older one");
        let (name, new, old) = (table.name.to_sql(), new.name.to_sql(), old.name.to_sql());
        finding.help(format!("once nobody writes the older one:\nALTER TABLE {name} ALTER COLUMN {new} SET NOT NULL;\nALTER TABLE {name} DROP COLUMN {old};"))
    })
}

/// The column that another one's value is taken from, where their names say that they are the same.
fn older<'a>(new: &Name, value: &'a ExpressionTree) -> Option<&'a Name> {
    value.columns().into_iter().find(|old| *old != new && is_same_but_generation(old, new))
}

fn is_same_but_generation(one: &Name, other: &Name) -> bool {
    let stem = |name: &Name| words(name).into_iter().filter(|word| !GENERATIONS.contains(&word.as_str())).collect::<Vec<_>>();
    let stem_of_one = stem(one);
    !stem_of_one.is_empty() && stem_of_one == stem(other)
}
