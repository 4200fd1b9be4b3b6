//! Carries renames through expressions: their trees and their texts.

use std::sync::Arc;

use crate::schema::{Column, Expression, ExpressionTree, KeyPart, Literal, Name, QualifiedName, Schema, Table};

/// Visits every node of a tree, with the right to change it.
pub(super) fn each_node(tree: &mut ExpressionTree, visit: &mut impl FnMut(&mut ExpressionTree)) {
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        visit(node);
        pending.extend(children(node));
    }
}

fn children(tree: &mut ExpressionTree) -> Vec<&mut ExpressionTree> {
    use ExpressionTree as E;
    match tree {
        E::Column { .. } | E::Literal(_) => Vec::new(),
        E::Cast { operand, .. } | E::Not(operand) | E::IsNull { operand, .. } => vec![operand],
        E::Binary { left, right, .. } => vec![left, right],
        E::In { operand, list, .. } => std::iter::once(operand.as_mut()).chain(list).collect(),
        E::Between { operand, low, high, .. } => vec![operand, low, high],
        E::And(parts) | E::Or(parts) | E::Array(parts) | E::Other(parts) => parts.iter_mut().collect(),
        E::Function { arguments, .. } => arguments.iter_mut().collect(),
        E::Subquery { parts, .. } => parts.iter_mut().collect(),
    }
}

/// Renames a column in every expression of its table.
pub(super) fn rename_column_in_table(table: &mut Table, from: &Name, to: &Name) {
    each_expression(table, &mut |expression| rename_column(expression, from, to));
}

/// Visits every expression of a table; what holds none is left shared.
pub(super) fn each_expression(table: &mut Table, change: &mut impl FnMut(&mut Expression)) {
    for column in &mut table.columns {
        if column.default.is_none() && column.generated.is_none() {
            continue;
        }
        let column = Arc::make_mut(column);
        column.default.iter_mut().for_each(|default| change(&mut default.value));
        column.generated.iter_mut().for_each(|generated| change(&mut generated.value.expression));
    }
    for constraint in &mut table.constraints {
        if let crate::schema::ConstraintKind::Check { expression, .. } = &mut Arc::make_mut(constraint).kind {
            change(expression);
        }
    }
    for index in &mut table.indexes {
        let index = Arc::make_mut(index);
        for key in &mut index.keys {
            if let KeyPart::Expression(expression) = &mut key.part {
                change(expression);
            }
        }
        index.predicate.iter_mut().for_each(&mut *change);
    }
    table.triggers.iter_mut().for_each(|trigger| Arc::make_mut(trigger).condition.iter_mut().for_each(&mut *change));
    for policy in &mut table.policies {
        let policy = Arc::make_mut(policy);
        policy.using.iter_mut().chain(&mut policy.check).for_each(&mut *change);
    }
}

/// Renames a column in an expression over its table.
pub(super) fn rename_column(expression: &mut Expression, from: &Name, to: &Name) {
    if !super::dependents::mentions(expression, from) {
        return;
    }
    let mut pending = vec![&mut expression.tree];
    while let Some(node) = pending.pop() {
        match node {
            ExpressionTree::Column { name, .. } if name == from => *name = to.clone(),
            // Its columns are other relations'.
            ExpressionTree::Subquery { .. } => {}
            other => pending.extend(children(other)),
        }
    }
    expression.text = replace_identifier(&expression.text, from, &to.to_sql(), Place::Column).into();
}

/// Renames a relation in an expression: in subqueries, as a qualifier, in `regclass` constants.
pub(super) fn rename_relation(expression: &mut Expression, from: &QualifiedName, to: &QualifiedName) {
    let mut found = false;
    each_node(&mut expression.tree, &mut |node| match node {
        ExpressionTree::Subquery { relations, .. } => {
            for relation in relations.iter_mut().filter(|relation| *relation == from) {
                *relation = to.clone();
                found = true;
            }
        }
        ExpressionTree::Column { qualifier: Some(qualifier), .. } if *qualifier == from.name => {
            *qualifier = to.name.clone();
            found = true;
        }
        _ => {}
    });
    if found {
        expression.text = replace_identifier(&expression.text, &from.name, &to.name.to_sql(), Place::Relation).into();
    }
}

/// Renames an enum's label in the expressions of tables with columns of that type: defaults, and constants that are
/// compared with such a column or cast to the type.
pub(super) fn rename_label(schema: &mut Schema, name: &QualifiedName, from: &Name, to: &Name) {
    let of_type = |column: &Column| column.data_type.value.name == *name;
    let tables = schema.tables.values().filter(|table| table.columns.iter().any(|column| of_type(column)));
    let tables: Vec<QualifiedName> = tables.map(|table| table.name.clone()).collect();
    for table in tables {
        super::store::edit_table(schema, &table, |table| {
            let columns: Vec<Name> = table.columns.iter().filter(|column| of_type(column)).map(|column| column.name.clone()).collect();
            for column in table.columns.iter_mut().filter(|column| of_type(column) && column.default.is_some()) {
                if let Some(default) = &mut Arc::make_mut(column).default {
                    replace_label(&mut default.value, from, to);
                }
            }
            each_expression(table, &mut |expression| {
                let mut concerned = expression.tree.columns().iter().any(|column| columns.contains(column));
                expression.tree.walk(&mut |node| {
                    concerned |= matches!(node, ExpressionTree::Cast { target, .. } if target.name.name == name.name);
                });
                if concerned {
                    replace_label(expression, from, to);
                }
            });
        });
    }
}

fn replace_label(expression: &mut Expression, from: &Name, to: &Name) {
    let mut found = false;
    each_node(&mut expression.tree, &mut |node| {
        if let ExpressionTree::Literal(Literal::String(text)) = node
            && **text == **from
        {
            *text = to.as_str().into();
            found = true;
        }
    });
    if found {
        let quoted = |label: &Name| format!("'{}'", label.replace('\'', "''"));
        expression.text = expression.text.replace(&quoted(from), &quoted(to)).into();
    }
}

/// What an identifier is to be in the text to be replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Column,
    Relation,
}

/// Replaces an identifier in SQL; strings, types behind `::` and function names stay.
pub(super) fn replace_identifier(text: &str, from: &Name, to: &str, place: Place) -> String {
    let mut replaced = String::with_capacity(text.len() + to.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, tail) = rest.split_at(token_length(rest, first));
        let is_name = identifier(token, first).is_some_and(|name| name == **from);
        let ok = is_name && fits(&replaced, tail, place);
        replaced.push_str(if ok { to } else { token });
        rest = tail;
    }
    replaced
}

/// Whether the place an identifier stands at is one for a column or relation.
fn fits(before: &str, after: &str, place: Place) -> bool {
    let after = after.trim_start();
    let is_type = before.trim_end().ends_with("::");
    let is_call = after.starts_with('(');
    match place {
        Place::Column => !is_type && !is_call && !after.starts_with('.'),
        Place::Relation => !is_type && !is_call,
    }
}

/// The identifier a token stands for.
fn identifier(token: &str, first: char) -> Option<String> {
    if first == '"' {
        let inner = token.strip_prefix('"')?.strip_suffix('"')?;
        return Some(inner.replace("\"\"", "\""));
    }
    is_word_start(first).then(|| token.to_lowercase())
}

fn is_word_start(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

/// The length of the token that a text begins with.
fn token_length(text: &str, first: char) -> usize {
    match first {
        '\'' | '"' => quoted_length(text, first),
        _ if is_word_start(first) => {
            let end = text.find(|character: char| !(character.is_alphanumeric() || character == '_' || character == '$'));
            end.unwrap_or(text.len())
        }
        // `1e5`, `$1`: no identifier begins within a number.
        _ if first.is_ascii_digit() => text.find(|character: char| !character.is_alphanumeric()).unwrap_or(text.len()),
        _ => first.len_utf8(),
    }
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((offset, character)) = characters.next() {
        if character != quote {
            continue;
        }
        match characters.peek() {
            Some((_, next)) if *next == quote => {
                characters.next();
            }
            _ => return offset + 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Place, replace_identifier};

    #[test]
    fn only_identifiers_that_can_be_the_column_are_replaced() {
        let cases = [
            ("a > 0 AND t.a < 10", r#""B" > 0 AND t."B" < 10"#),
            (r#""a" IS NULL OR "A" IS NULL"#, r#""B" IS NULL OR "A" IS NULL"#),
            ("A = 'a' AND ab = 'it''s a'", r#""B" = 'a' AND ab = 'it''s a'"#),
            ("a(a) + a.x", r#"a("B") + a.x"#),
            ("b::a = 1e5", "b::a = 1e5"),
        ];
        for (text, expected) in cases {
            assert_eq!(replace_identifier(text, &"a".into(), r#""B""#, Place::Column), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_does_not_close_its_quotes_is_kept() {
        for text in ["'a", "\"a", "a'a''"] {
            let replaced = replace_identifier(text, &"b".into(), "c", Place::Column);
            assert_eq!(replaced, text);
        }
    }
}
