//! `SET DEFAULT` on a column without a default, or with one that no parent row can have.

use super::{columns_in, columns_of, known_foreign_keys, path, replacement, with_rule};
use crate::diagnostic::Severity;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Action, Column, Constraint, Dialect, ExpressionTree, ForeignKey, Schema, Table, TypeKind};

/// Functions that give a value nobody has seen before.
const FRESH: &[&str] = &[
    "gen_random_uuid",
    "uuid_generate_v1",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "nextval",
    "now",
    "current_timestamp",
    "clock_timestamp",
];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    known_foreign_keys(context.schema).filter_map(|(table, constraint, key)| finding(context.schema, table, constraint, key)).collect()
}

fn finding(schema: &Schema, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Option<Finding> {
    let rules = [("DELETE", "delete of", key.on_delete), ("UPDATE", "key change in", key.on_update)];
    let (event, deed, _) = rules.into_iter().find(|(_, _, rule)| *rule == Some(Action::SetDefault))?;
    if schema.dialect == Dialect::MySql {
        let columns = columns_of(table, &constraint.columns);
        let message = format!(
            "`{columns}` is ON {event} SET DEFAULT, which InnoDB does not do: it refuses the {deed} `{}`, or the key",
            key.references.name
        );
        return Some(Finding::new(constraint.span, message).object(path(table, &constraint.name)));
    }
    let only = if event == "DELETE" { key.delete_set_columns.as_slice() } else { &[] };
    let set = if only.is_empty() { &constraint.columns } else { only };
    let mut problems = columns_in(table, set).filter_map(|column| Some((column, problem(schema, column)?)));
    let (column, (severity, problem)) = problems.next()?;
    let columns = columns_of(table, &constraint.columns);
    let message = match severity {
        Severity::Error => {
            format!("every {deed} `{}` that is referenced fails: `{columns}` is ON {event} SET DEFAULT, and {problem}", key.references.name)
        }
        _ => format!("`{columns}` is ON {event} SET DEFAULT, which empties it: {problem}"),
    };
    let rule = if column.nullable.value { Action::SetNull } else { Action::Restrict };
    let help = replacement(table, constraint, &with_rule(key, event, rule));
    let finding = Finding::new(constraint.span, message).object(path(table, &constraint.name)).severity(severity).help(help);
    Some(finding.because(column.span, format!("`{}` is defined here", column.name)))
}

/// What is wrong with the value the rule would set.
fn problem(schema: &Schema, column: &Column) -> Option<(Severity, String)> {
    let name = &column.name;
    let Some(default) = &column.default else {
        return match (column.identity.is_some() || column.generated.is_some() || has_domain_default(schema, column), column.nullable.value)
        {
            (true, _) => None,
            (false, true) => Some((Severity::Warning, format!("`{name}` has no default, so it becomes NULL"))),
            (false, false) => Some((Severity::Error, format!("`{name}` has no default and is NOT NULL"))),
        };
    };
    match default.value.tree.without_casts() {
        ExpressionTree::Function { name: function, .. } if FRESH.contains(&function.name.as_str()) => {
            Some((Severity::Error, format!("the default of `{name}` is a new value each time, which no referenced row has")))
        }
        _ => None,
    }
}

fn has_domain_default(schema: &Schema, column: &Column) -> bool {
    let definition = schema.types.get(&column.data_type.value.name);
    definition.is_some_and(|definition| matches!(&definition.kind, TypeKind::Domain { default: Some(_), .. }))
}
