//! A column made NOT NULL although the rows that were there before it never got a value.

use crate::change::{Change, ChangeKind};
use crate::diagnostic::Severity;
use crate::history::{History, Migration};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{known_tables, path};
use crate::schema::{Column, ExpressionTree, Name, Table};
use crate::sql::{Body, DataKind, DataStatement, Statement, Step};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let columns = known_tables(context.schema).flat_map(|table| table.columns.iter().map(move |column| (table, column.as_ref())));
    let required = columns.filter(|(table, column)| !column.nullable.value && !column.inherited && !table.is_child());
    required.filter_map(|(table, column)| finding(context.history.history, table, column)).collect()
}

/// A column and its table, under the names they have and had when the column was added.
struct Target<'a> {
    tables: [&'a Name; 2],
    columns: [&'a Name; 2],
}

fn finding(history: &History, table: &Table, column: &Column) -> Option<Finding> {
    // A column as old as its table was there before any row.
    if column.span.file == table.span.file {
        return None;
    }
    let (made, added) = (history.migration_of(table.span)?, history.migration_of(column.span)?);
    let adding = history.migrations.get(added).filter(|_| made < added)?;
    let (before, added_to, as_added) = addition(adding, column)?;
    let target = Target { tables: [&table.name.name, added_to], columns: [&column.name, &as_added.name] };
    if as_added.default.is_some() || as_added.generated.is_some() || as_added.identity.is_some() || as_added.serial {
        return None;
    }
    if !as_added.nullable.value {
        let emptied = before.iter().any(|statement| may_fill(statement, adding, &target));
        return (!emptied).then(|| added_not_null(table, column));
    }
    let required = history.migration_of(column.nullable.span)?;
    let between = history.migrations.get(added..=required)?;
    let filled = between.iter().any(|migration| migration.up.iter().any(|statement| may_fill(statement, migration, &target)));
    let certain = is_set_not_null(between.last()?, column) && !filled && !was_checked(between.last()?, table, &column.name);
    (certain && !function_fills(between.last()?, column)).then(|| set_not_null(table, column, added == required))
}

/// The statements up to the one that adds the column, the table's name in it, and the column as it was added.
fn addition<'a>(migration: &'a Migration, column: &Column) -> Option<(&'a [Statement], &'a Name, &'a Column)> {
    let added = |change: &&'a Change| matches!(&change.kind, ChangeKind::AddColumn { column: added, .. } if added.span == column.span);
    let mut holding = migration.up.iter().enumerate().filter(|(_, statement)| statement.span.contains(column.span));
    holding.find_map(|(index, statement)| {
        let change = statement.changes().into_iter().find(added)?;
        let ChangeKind::AddColumn { table, column, .. } = &change.kind else { return None };
        Some((migration.up.get(..index)?, &table.name, column.as_ref()))
    })
}

fn is_set_not_null(migration: &Migration, column: &Column) -> bool {
    let span = column.nullable.span;
    let tightens = |change: &Change| {
        matches!(&change.kind, ChangeKind::SetNullable { nullable: false, .. })
            && (change.span.contains(span) || span.contains(change.span))
    };
    migration.up.iter().filter(|statement| statement.span.contains(span)).any(|statement| statement.changes().into_iter().any(tightens))
}

/// Whether a statement may give the rows a value, remove them, or do what replay cannot tell.
fn may_fill(statement: &Statement, migration: &Migration, target: &Target) -> bool {
    let mut pending = vec![&statement.body];
    while let Some(body) = pending.pop() {
        let fills = match body {
            Body::Data(data) => data_fills(data, migration, target),
            Body::Changes(changes) => changes.iter().any(|change| change_fills(change, target)),
            Body::Opaque { .. } | Body::Unparsed(_) => true,
            Body::Block(steps) => {
                pending.extend(bodies(steps));
                false
            }
            Body::Setting { .. } | Body::Transaction(_) | Body::Other => false,
        };
        if fills {
            return true;
        }
    }
    false
}

fn data_fills(data: &DataStatement, migration: &Migration, target: &Target) -> bool {
    let calls_code = data.functions.iter().any(|called| migration.after.functions.keys().any(|known| known.name.name == called.name));
    let writes_table = data.table.as_ref().is_none_or(|written| target.tables.contains(&&written.name));
    let writes_column = data.columns.is_empty() || data.columns.iter().any(|column| target.columns.contains(&column));
    calls_code
        || match data.kind {
            DataKind::Select => false,
            DataKind::Update | DataKind::Insert | DataKind::Copy => writes_table && writes_column,
            DataKind::Delete | DataKind::Merge => writes_table,
        }
}

fn change_fills(change: &Change, target: &Target) -> bool {
    match &change.kind {
        ChangeKind::Truncate { table, .. } => target.tables.contains(&&table.name),
        ChangeKind::SetType { table, column, using: Some(_), .. } => {
            target.tables.contains(&&table.name) && target.columns.contains(&column)
        }
        _ => false,
    }
}

fn bodies(steps: &[Step]) -> Vec<&Body> {
    let mut bodies = Vec::new();
    let mut pending: Vec<&Step> = steps.iter().collect();
    while let Some(step) = pending.pop() {
        match step {
            Step::Statement(statement) => bodies.push(&statement.body),
            Step::If { then, otherwise, .. } => pending.extend(then.iter().chain(otherwise)),
            Step::Protected { body, handlers } => pending.extend(body.iter().chain(handlers.iter().flat_map(|(_, steps)| steps))),
        }
    }
    bodies
}

/// Whether a validated CHECK had proved before that no row lacks the value.
fn was_checked(migration: &Migration, table: &Table, column: &Name) -> bool {
    let known = [&migration.before, &migration.after].into_iter().filter_map(|schema| schema.table(&table.name));
    let mut checks = known.flat_map(Table::checks);
    checks.any(|(_, expression)| {
        let mut found = false;
        expression.tree.walk(&mut |node| {
            found |= matches!(node, ExpressionTree::IsNull { operand, negated: true } if operand.as_column() == Some(column));
        });
        found
    })
}

/// Whether some function of the schema writes the column: somebody may have called it from outside.
fn function_fills(migration: &Migration, column: &Column) -> bool {
    migration
        .after
        .functions
        .values()
        .any(|function| function.body.contains(column.name.as_str()) && function.body.to_lowercase().contains("update"))
}

fn added_not_null(table: &Table, column: &Column) -> Finding {
    let (table_sql, name) = (table.name.to_sql(), column.name.to_sql());
    let message = format!("`{}.{}` is added NOT NULL without a default: this fails if the table has a row", table.name.name, column.name);
    let help = format!(
        "ALTER TABLE {table_sql} ADD COLUMN {name} {};\nUPDATE {table_sql} SET {name} = …;\nALTER TABLE {table_sql} ALTER COLUMN {name} SET NOT NULL;",
        column.data_type.value
    );
    Finding::new(column.span, message)
        .object(path(table, &column.name))
        .because(table.span, format!("`{}` is older than this migration", table.name.name))
        .help(help)
}

fn set_not_null(table: &Table, column: &Column, same_migration: bool) -> Finding {
    let (table_sql, name) = (table.name.to_sql(), column.name.to_sql());
    let message = format!(
        "`{}.{}` becomes NOT NULL and no migration gave the older rows a value: this fails if there are any",
        table.name.name, column.name
    );
    let finding = Finding::new(column.nullable.span, message)
        .object(path(table, &column.name))
        .because(column.span, "added here without a default: every row there was has NULL")
        .help(format!("-- before it\nUPDATE {table_sql} SET {name} = … WHERE {name} IS NULL;"));
    // Between two migrations an application may have filled it.
    if same_migration { finding } else { finding.severity(Severity::Info) }
}
