//! A default that its own column refuses.

use super::evaluate::{Truth, evaluate};
use crate::lint::{Finding, SchemaContext};
use crate::lints::keys::{known_tables, later, path};
use crate::schema::{Column, ExpressionTree, Literal, Table, Type, TypeKind};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let columns = known_tables(context.schema).flat_map(|table| table.columns.iter().map(move |column| (table, column.as_ref())));
    columns
        .filter(|(_, column)| !column.inherited)
        .filter_map(|(table, column)| of_check(context, table, column).or_else(|| of_enum(context, table, column)))
        .collect()
}

/// The constant a default is. A string stands for a number where the column holds numbers.
fn default_of(column: &Column) -> Option<Literal> {
    let ExpressionTree::Literal(literal) = column.default.as_ref()?.value.tree.without_casts() else { return None };
    let data_type = &column.data_type.value;
    match literal {
        Literal::String(_) if data_type.array || data_type.is("character") || data_type.name.name == "citext" => None,
        Literal::String(text) if is_number(data_type) => Some(Literal::Number(text.clone())),
        Literal::String(text) => data_type.is_string().then(|| Literal::String(text.clone())),
        literal => Some(literal.clone()),
    }
}

fn is_number(data_type: &Type) -> bool {
    data_type.is_integer() || ["numeric", "real", "double precision"].iter().any(|name| data_type.is(name))
}

fn of_check(context: &SchemaContext, table: &Table, column: &Column) -> Option<Finding> {
    let value = default_of(column)?;
    let default = column.default.as_ref()?;
    let mut checks = table.checks().filter(|(constraint, _)| constraint.columns.contains(&column.name));
    let (constraint, _) = checks.find(|(_, expression)| evaluate(&expression.tree, &column.name, &value) == Truth::False)?;
    let name = &column.name;
    let message = format!(
        "the default {} of `{}.{name}` violates `{}`: every insert that leaves `{name}` out fails",
        default.value.text, table.name.name, constraint.name
    );
    let span = later(context.history.history, default.span, constraint.span);
    let (other, label) = if span == default.span {
        (constraint.span, format!("`{}`", constraint.name))
    } else {
        (default.span, "the default is set here".to_owned())
    };
    Some(Finding::new(span, message).object(path(table, name)).because(other, label).help(drop_default(table, column)))
}

fn drop_default(table: &Table, column: &Column) -> String {
    format!("ALTER TABLE {} ALTER COLUMN {} DROP DEFAULT; -- or SET DEFAULT an allowed value", table.name.to_sql(), column.name.to_sql())
}

fn of_enum(context: &SchemaContext, table: &Table, column: &Column) -> Option<Finding> {
    let default = column.default.as_ref()?;
    let data_type = &column.data_type.value;
    let value = default.value.tree.as_string().filter(|_| !data_type.array)?;
    let definition = context.schema.types.get(&data_type.name)?;
    let TypeKind::Enum { labels } = &definition.kind else { return None };
    // PostgreSQL keeps the label, not its spelling: one that was renamed since is still right.
    if labels.iter().any(|label| label.value == *value) || !definition.changed.is_empty() {
        return None;
    }
    let known: Vec<&str> = labels.iter().map(|label| label.value.as_str()).collect();
    let message = format!(
        "the default '{value}' of `{}.{}` is no label of `{}`: PostgreSQL refuses it",
        table.name.name, column.name, definition.name.name
    );
    let finding = Finding::new(default.span, message)
        .object(path(table, &column.name))
        .because(definition.span, format!("its labels: {}", known.join(", ")));
    Some(finding)
}
