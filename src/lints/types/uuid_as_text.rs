//! UUIDs kept in columns of text. The name alone proves nothing: what fills, checks, casts or measures the column does.

use super::{chosen_columns, has_word, path, retype};
use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, slips_or_habit};
use crate::schema::{BinaryOperator, Column, ExpressionTree, Name, Schema, Table, Type};

/// Functions that make a UUID.
const GENERATORS: &[&str] = &["gen_random_uuid", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7", "newid"];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let (schema, tenancy) = (context.schema, &context.history.facts.tenancy);
    // What a key refers to decides its type: the finding is about that. Tenant keys have a lint of their own.
    let free = |table: &Table, column: &Column| {
        column.data_type.value.is_string()
            && !means_text(column)
            && table.foreign_keys_of(&column.name).next().is_none()
            && !tenancy.judges(&table.name, &column.name)
    };
    let columns: Vec<(&Table, &Column)> = chosen_columns(schema).collect();
    let native = columns.iter().filter(|(_, column)| column.data_type.value.is("uuid")).count();
    let found = columns.into_iter().filter(|(table, column)| free(table, column));
    let places = found.filter_map(|(table, column)| Some(place(table, column, &evidence(schema, table, column)?)));
    slips_or_habit(context, places.collect(), native, "column", ": text takes more than twice the room, and differs by case and braces")
}

/// Secrets are texts that a UUID happens to fill, and some names say what they are.
fn means_text(column: &Column) -> bool {
    has_word(&column.name, &["key", "nonce", "password", "salt", "secret", "str", "string", "text", "token"])
}

fn place(table: &Table, column: &Column, evidence: &str) -> Place {
    Place {
        span: column.data_type.span,
        object: path(table, &column.name),
        label: format!("`{}.{}` is {}, and {evidence}", table.name.name, column.name, column.data_type.value),
        sql: retype(table, column, "uuid", "{}::uuid"),
    }
}

/// What proves that the column holds UUIDs, in words.
fn evidence(schema: &Schema, table: &Table, column: &Column) -> Option<String> {
    if let Some(generator) = column.default.as_ref().and_then(|default| generator(&default.value.tree)) {
        return Some(format!("its default is a UUID ({generator}())"));
    }
    let own = |constraint: &crate::schema::Constraint| constraint.columns == [column.name.clone()];
    if table.checks().any(|(constraint, check)| own(constraint) && is_pattern(&check.text)) {
        return Some("its CHECK demands a UUID".to_owned());
    }
    if table.expressions().iter().any(|expression| treats_as_uuid(schema, &expression.tree, &column.name)) {
        return Some("is cast to uuid or compared with one".to_owned());
    }
    let says = has_word(&column.name, &["uuid", "guid"]);
    (says && column.data_type.value.max_characters() == Some(36)).then(|| "has the name and length of a UUID".to_owned())
}

/// The function whose UUID is the default as it is, not a part of a longer text.
fn generator(default: &ExpressionTree) -> Option<&Name> {
    match default.without_casts() {
        ExpressionTree::Function { name, .. } if GENERATORS.contains(&name.name.to_ascii_lowercase().as_str()) => Some(&name.name),
        _ => None,
    }
}

/// `^[0-9a-f]{8}-[0-9a-f]{4}-…`.
fn is_pattern(check: &str) -> bool {
    let check = check.to_ascii_lowercase();
    check.contains("a-f") && check.contains("{8}-") && check.contains("{12}")
}

/// Whether the expression casts the plain column to uuid, or compares it with the text of one.
fn treats_as_uuid(schema: &Schema, tree: &ExpressionTree, column: &Name) -> bool {
    let is_column = |tree: &ExpressionTree| matches!(tree, ExpressionTree::Column { name, .. } if name == column);
    let is_uuid = |target: &Type| target.is("uuid");
    let mut found = false;
    tree.walk(&mut |node| {
        found |= match node {
            ExpressionTree::Cast { operand, target } => is_uuid(target) && is_column(operand),
            ExpressionTree::Binary { operator: BinaryOperator::Equal, left, right } => {
                (is_column(left) && is_text_of_uuid(schema, right)) || (is_column(right) && is_text_of_uuid(schema, left))
            }
            _ => false,
        };
    });
    found
}

/// `auth.uid()::text`, or the like of another function that is known to return a UUID.
fn is_text_of_uuid(schema: &Schema, tree: &ExpressionTree) -> bool {
    let ExpressionTree::Cast { operand, target } = tree else { return false };
    let ExpressionTree::Function { name, .. } = operand.without_casts() else { return false };
    let returns = schema.functions_meant(name).iter().all(|function| function.returns.as_ref().is_some_and(|returned| returned.is("uuid")));
    let of_supabase = name.schema().is_some_and(|schema| *schema == "auth") && name.name == "uid";
    target.is_string() && (of_supabase || (returns && !schema.functions_meant(name).is_empty()))
}
