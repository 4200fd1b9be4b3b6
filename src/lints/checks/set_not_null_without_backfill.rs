//! A column made NOT NULL although the rows that were there before it never got a value.

use std::collections::{BTreeMap, HashMap};

use crate::change::{Change, ChangeKind};
use crate::diagnostic::Severity;
use crate::history::{History, Migration};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{known_tables, path};
use crate::schema::{Column, Dialect, ExpressionTree, Name, Table};
use crate::source::{FileId, Span};
use crate::sql::{Body, DataKind, DataStatement, Statement, Step};

/// A column that is required although rows may lack a value.
struct Gap<'a> {
    table: &'a Table,
    column: &'a Column,
    since: Since,
    /// Where an earlier migration wrote rows into the table.
    rows: Option<Span>,
}

/// How the column came to be required.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Since {
    /// It was added NOT NULL.
    Added,
    /// By SET NOT NULL in the migration that added it.
    SameMigration,
    /// By SET NOT NULL in a later one.
    LaterMigration,
}

/// The first statement that writes rows into the tables of a name, with the place of its migration in history.
type Written<'a> = HashMap<&'a Name, (usize, Span)>;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let history = context.history.history;
    let written = written(history);
    let columns = known_tables(context.schema).flat_map(|table| table.columns.iter().map(move |column| (table, column.as_ref())));
    let required = columns.filter(|(table, column)| !column.nullable.value && !column.inherited && !table.is_child());
    // What one migration does to one table is one finding.
    let mut groups: BTreeMap<(Span, Since, FileId), Vec<Gap>> = BTreeMap::new();
    for gap in required.filter_map(|(table, column)| gap(history, &written, table, column)) {
        groups.entry((gap.table.span, gap.since, gap.span().file)).or_default().push(gap);
    }
    groups.into_values().filter_map(finding).collect()
}

fn written(history: &History) -> Written<'_> {
    let mut written = Written::new();
    for (index, migration) in history.migrations.iter().enumerate() {
        for statement in &migration.up {
            for data in all_bodies(&statement.body).into_iter().filter_map(written_rows) {
                written.entry(data).or_insert((index, statement.span));
            }
        }
    }
    written
}

/// The table that a statement puts rows into, or finds some in.
fn written_rows(body: &Body) -> Option<&Name> {
    let Body::Data(data) = body else { return None };
    let writes = matches!(data.kind, DataKind::Insert | DataKind::Copy | DataKind::Update);
    data.table.as_ref().filter(|_| writes).map(|table| &table.name)
}

/// A column and its table, under the names they have and had when the column was added.
struct Target<'a> {
    tables: [&'a Name; 2],
    columns: [&'a Name; 2],
}

fn gap<'a>(history: &History, written: &Written, table: &'a Table, column: &'a Column) -> Option<Gap<'a>> {
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
    let earlier = |name| written.get(name).filter(|(migration, _)| (made..added).contains(migration));
    let rows = target.tables.into_iter().find_map(earlier).map(|(_, span)| *span);
    if !as_added.nullable.value {
        // MySQL gives the rows there are the type's own default: zero, or an empty text.
        if history.directory.dialect == Dialect::MySql {
            return None;
        }
        let emptied = before.iter().any(|statement| may_fill(statement, adding, &target));
        return (!emptied).then_some(Gap { table, column, since: Since::Added, rows });
    }
    let required = history.migration_of(column.nullable.span)?;
    let between = history.migrations.get(added..=required)?;
    let filled = between.iter().any(|migration| migration.up.iter().any(|statement| may_fill(statement, migration, &target)));
    let last = between.last()?;
    // A migration that is a program is not read, and may have done it.
    let filled = filled || history.directory.has_foreign_between(&adding.file, &last.file);
    let certain = is_set_not_null(last, column) && !filled && !was_checked(last, table, &column.name);
    let since = if added == required { Since::SameMigration } else { Since::LaterMigration };
    (certain && !function_fills(last, column)).then_some(Gap { table, column, since, rows })
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
    all_bodies(&statement.body).into_iter().any(|body| match body {
        Body::Data(data) => data_fills(data, migration, target),
        Body::Changes(changes) => changes.iter().any(|change| change_fills(change, target)),
        Body::Opaque { .. } | Body::Unparsed(_) => true,
        Body::Block(_) | Body::Setting { .. } | Body::Transaction(_) | Body::Maintenance(_) | Body::Access(_) | Body::Other => false,
    })
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

/// A statement's body and, where it is a block, those of all steps in it.
fn all_bodies(body: &Body) -> Vec<&Body> {
    let mut bodies = vec![body];
    let mut next = 0;
    while let Some(body) = bodies.get(next).copied() {
        next += 1;
        let Body::Block(steps) = body else { continue };
        let mut pending: Vec<&Step> = steps.iter().collect();
        while let Some(step) = pending.pop() {
            match step {
                Step::Statement(statement) => bodies.push(&statement.body),
                Step::Ask(ask) => pending.extend(&ask.otherwise),
                Step::If { then, otherwise, .. } => pending.extend(then.iter().chain(otherwise)),
                Step::Protected { body, handlers } => pending.extend(body.iter().chain(handlers.iter().flat_map(|(_, steps)| steps))),
            }
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

impl Gap<'_> {
    /// The place to blame.
    fn span(&self) -> Span {
        if self.since == Since::Added { self.column.span } else { self.column.nullable.span }
    }

    /// How grave it is. Between two migrations an application may have filled the column.
    fn severity(&self) -> Severity {
        match (self.since, self.rows) {
            (Since::LaterMigration, _) => Severity::Info,
            (_, Some(_)) => Severity::Error,
            (_, None) => Severity::Warning,
        }
    }
}

/// The SQL that lets the rows there are through, for the columns of one table.
fn repair(table: &Table, gaps: &[Gap]) -> String {
    let each = |write: &dyn Fn(&str, &Column) -> String, between: &str| {
        gaps.iter().map(|gap| write(&gap.column.name.to_sql(), gap.column)).collect::<Vec<_>>().join(between)
    };
    let (table, since) = (table.name.to_sql(), gaps.first().map(|gap| gap.since));
    let fill = each(&|name, _| format!("{name} = …"), ", ");
    if since != Some(Since::Added) {
        return format!("-- before it\nUPDATE {table} SET {fill} WHERE {};", each(&|name, _| format!("{name} IS NULL"), " OR "));
    }
    let add = each(&|name, column| format!("ADD COLUMN {name} {}", column.data_type.value), ",\n    ");
    let require = each(&|name, _| format!("ALTER COLUMN {name} SET NOT NULL"), ",\n    ");
    format!("ALTER TABLE {table}\n    {add};\nUPDATE {table} SET {fill};\nALTER TABLE {table}\n    {require};")
}

fn finding(mut gaps: Vec<Gap>) -> Option<Finding> {
    gaps.sort_by_key(Gap::span);
    let (first, rest) = gaps.split_first()?;
    let table = first.table;
    let title = format!("`{}.{}`", table.name.name, first.column.name);
    let more = match rest.len() {
        0 => String::new(),
        1 => ", like one more column here".to_owned(),
        count => format!(", like {count} more columns here"),
    };
    let consequence = match first.severity() {
        Severity::Error => "this fails on the rows there are",
        _ => "this fails if the table has a row",
    };
    let message = match first.since {
        Since::Added => format!("{title} is added NOT NULL without a default{more}: {consequence}"),
        _ => format!("{title} becomes NOT NULL and no migration gave the older rows a value{more}: {consequence}"),
    };
    let mut finding = Finding::new(first.span(), message).object(path(table, &first.column.name)).severity(first.severity());
    for gap in rest {
        finding = finding.because(gap.span(), format!("`{}` likewise", gap.column.name));
    }
    finding = match first.rows {
        Some(rows) if first.since != Since::LaterMigration => {
            finding.because(rows, format!("rows are written to `{}` here", table.name.name))
        }
        _ => finding.because(table.span, format!("`{}` is older than this migration", table.name.name)),
    };
    if first.since != Since::Added {
        finding = finding.because(first.column.span, "added here without a default: every row there was has NULL");
    }
    Some(finding.help(repair(table, &gaps)))
}
