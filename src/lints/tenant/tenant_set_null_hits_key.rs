//! A composite foreign key whose SET NULL or SET DEFAULT would clear the tenant key with it.

use super::{path, title};
use crate::lint::tenancy::Tenancy;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Action, Constraint, ForeignKey, Name, Table};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let tenancy = &context.history.facts.tenancy;
    let keys =
        context.schema.foreign_keys().filter(|(table, constraint, _)| !constraint.inherited && !context.schema.is_uncertain(&table.name));
    keys.filter_map(|(table, constraint, key)| finding(tenancy, table, constraint, key)).collect()
}

fn finding(tenancy: &Tenancy, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Option<Finding> {
    if constraint.columns.len() < 2 {
        return None;
    }
    let cleared = if key.delete_set_columns.is_empty() { &constraint.columns } else { &key.delete_set_columns };
    let clears = |action: Option<Action>| matches!(action, Some(Action::SetNull | Action::SetDefault));
    let on_delete = clears(key.on_delete);
    let hit = if on_delete { cleared } else { &constraint.columns };
    let tenant = hit.iter().find(|column| tenancy.key(&table.name, column).is_some())?;
    let (verb, action) =
        if on_delete { ("deleting", key.on_delete?) } else { ("changing the key of", key.on_update.filter(|_| clears(key.on_update))?) };
    let required = table.column(tenant).is_some_and(|column| !column.nullable.value);
    let consequence = match (required, action) {
        (true, Action::SetNull) => "will fail, since it is NOT NULL",
        _ => "makes it nobody's row",
    };
    let message = format!(
        "{verb} a row of `{}` sets the tenant key `{}` to {}, which {consequence}",
        key.references.name,
        title(table, tenant),
        if action == Action::SetNull { "NULL" } else { "its default" }
    );
    let finding = Finding::new(constraint.span, message).object(path(table, &constraint.name));
    Some(if on_delete { finding.help(repair(tenancy, table, constraint, key, action)) } else { finding })
}

fn repair(tenancy: &Tenancy, table: &Table, constraint: &Constraint, key: &ForeignKey, action: Action) -> String {
    let list = |names: &[Name]| names.iter().map(Name::to_sql).collect::<Vec<_>>().join(", ");
    let others: Vec<Name> = constraint.columns.iter().filter(|column| tenancy.key(&table.name, column).is_none()).cloned().collect();
    let (alter, name) = (super::alter(table), constraint.name.to_sql());
    format!(
        "-- PostgreSQL 15 and later\n{alter} DROP CONSTRAINT {name};\n\
         {alter} ADD CONSTRAINT {name} FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {} ({});",
        list(&constraint.columns),
        key.references.to_sql(),
        list(&key.referenced_columns),
        action.to_sql(),
        list(&others)
    )
}
