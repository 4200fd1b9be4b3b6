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
        column.default.iter_mut().for_each(|default| change(&mut Arc::make_mut(default).value));
        column.generated.iter_mut().for_each(|generated| change(&mut Arc::make_mut(generated).value.expression));
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
                    replace_label(&mut Arc::make_mut(default).value, from, to);
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
pub(super) enum Place<'a> {
    Column,
    /// A column behind one of these qualifiers.
    ColumnOf(&'a [Name]),
    Relation,
    Type,
}

/// Replaces an identifier in SQL; strings, types behind `::` and function names stay.
pub(super) fn replace_identifier(text: &str, from: &Name, to: &str, place: Place<'_>) -> String {
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
fn fits(before: &str, after: &str, place: Place<'_>) -> bool {
    let after = after.trim_start();
    let is_type = before.trim_end().ends_with("::");
    let is_call = after.starts_with('(');
    match place {
        Place::Column => !is_type && !is_call && !after.starts_with('.'),
        Place::ColumnOf(qualifiers) => {
            let behind = |qualifier: &Name| before.ends_with(&format!("{}.", qualifier.to_sql()));
            !is_type && !is_call && qualifiers.iter().any(behind)
        }
        Place::Relation => !is_type && !is_call,
        Place::Type => is_type || before.ends_with('.') && before.rsplit("::").next().is_some_and(is_qualifier),
    }
}

/// Whether a text is a name and the dot behind it.
fn is_qualifier(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    text.get(token_length(text, first)..) == Some(".")
}

/// Renames a type in the casts of an expression.
pub(super) fn rename_type(expression: &mut Expression, from: &QualifiedName, to: &QualifiedName) {
    let mut found = false;
    each_node(&mut expression.tree, &mut |node| {
        if let ExpressionTree::Cast { target, .. } = node
            && target.name.name == from.name
            && target.name.schema().is_none_or(|schema| *schema == from.schema)
        {
            target.name = QualifiedName::new(target.name.schema.clone(), to.name.clone());
            found = true;
        }
    });
    if found {
        expression.text = replace_identifier(&expression.text, &from.name, &to.name.to_sql(), Place::Type).into();
    }
}

/// Words behind which a query names relations, and those that end such a list.
const FROM: &[&str] = &["from", "join", "into", "update", "using"];
const NOT_FROM: &[&str] = &["select", "where", "on", "group", "order", "having", "limit", "offset", "union", "except", "intersect", "set"];

/// Renames a relation in a query: behind FROM and JOIN, and as a qualifier of columns.
pub(super) fn rename_relation_in_query(text: &str, from: &QualifiedName, to: &QualifiedName) -> String {
    let (mut written, mut rest) = (String::with_capacity(text.len()), text);
    // For each open parenthesis, whether names in it are relations.
    let mut lists = vec![false];
    while let Some(first) = rest.chars().next() {
        let (token, tail) = rest.split_at(token_length(rest, first));
        let word = token.to_ascii_lowercase();
        match token {
            "(" => lists.push(lists.last().copied().unwrap_or_default()),
            ")" if lists.len() > 1 => drop(lists.pop()),
            _ => {}
        }
        let in_list = lists.last().copied().unwrap_or_default();
        if let Some(last) = lists.last_mut() {
            *last = FROM.contains(&word.as_str()) || (in_list && !NOT_FROM.contains(&word.as_str()));
        }
        rest = tail;
        if identifier(token, first).is_none_or(|name| name != *from.name) {
            written.push_str(token);
            continue;
        }
        let schema = format!("{}.", from.schema.to_sql());
        let is_qualified = written.ends_with(&schema);
        let begins_item = written.trim_end().ends_with([',', '(']) || FROM.iter().any(|word| ends_with_word(&written, word));
        let is_alias = in_list && !begins_item && !is_qualified;
        if tail.starts_with('.') && !written.ends_with('.') {
            written.push_str(&to.name.to_sql());
        } else if in_list && is_qualified {
            written.truncate(written.len() - schema.len());
            written.push_str(&format!("{}.{}", to.schema.to_sql(), to.name.to_sql()));
        } else if in_list && !is_alias && !written.ends_with('.') && !tail.trim_start().starts_with('(') {
            written.push_str(&to.to_sql());
        } else {
            written.push_str(token);
        }
    }
    written
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let text = text.trim_end();
    let head = text.len().checked_sub(word.len()).filter(|start| text.is_char_boundary(*start));
    head.is_some_and(|start| {
        text[start..].eq_ignore_ascii_case(word) && !text[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

/// Puts the columns in the place of the stars of select lists, where it is known which these are.
pub(super) fn expand_stars(text: &str, columns_of: impl Fn(Option<&Name>) -> Option<Vec<String>>) -> String {
    let (mut written, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(first) = rest.chars().next() {
        let (token, tail) = rest.split_at(token_length(rest, first));
        rest = tail;
        if token != "*" || !expand_star(&mut written, &columns_of) {
            written.push_str(token);
        }
    }
    written
}

/// Expands the star behind what is written, if it is one of a select list.
fn expand_star(written: &mut String, columns_of: &impl Fn(Option<&Name>) -> Option<Vec<String>>) -> bool {
    let before = written.trim_end();
    if let Some(qualified) = before.strip_suffix('.') {
        let start = last_identifier(qualified);
        let Some(name) = qualified.get(start..).and_then(|token| identifier(token, token.chars().next()?)) else { return false };
        let Some(columns) = columns_of(Some(&Name::from(name))) else { return false };
        written.truncate(start);
        written.push_str(&columns.join(", "));
        return true;
    }
    let in_list = before.ends_with(',') || ["select", "distinct", "all"].iter().any(|word| ends_with_word(before, word));
    let columns = if in_list { columns_of(None) } else { None };
    columns.iter().for_each(|columns| written.push_str(&columns.join(", ")));
    columns.is_some()
}

/// Where the identifier begins that a text ends with.
fn last_identifier(text: &str) -> usize {
    match text.strip_suffix('"') {
        Some(inner) => inner.rfind('"').unwrap_or(text.len()),
        None => text
            .rfind(|character: char| !(character.is_alphanumeric() || character == '_' || character == '$'))
            .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8)),
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
    use super::{Place, expand_stars, rename_relation_in_query, replace_identifier};
    use crate::schema::{Name, QualifiedName};

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
    fn a_relation_is_renamed_where_a_query_names_relations() {
        let cases = [
            ("SELECT t.t, t FROM t", "SELECT u.t, t FROM app.u"),
            ("SELECT a.t FROM public.t a JOIN b ON b.t = a.t", "SELECT a.t FROM app.u a JOIN b ON b.t = a.t"),
            ("SELECT x FROM b t, t WHERE t IN (SELECT t FROM t)", "SELECT x FROM b t, app.u WHERE t IN (SELECT t FROM app.u)"),
        ];
        for (text, expected) in cases {
            let renamed = rename_relation_in_query(text, &QualifiedName::new("public", "t"), &QualifiedName::new("app", "u"));
            assert_eq!(renamed, expected, "{text}");
        }
    }

    #[test]
    fn the_stars_of_select_lists_become_columns() {
        let cases = [
            ("SELECT * FROM t", "SELECT t.a, t.b FROM t"),
            ("SELECT count(*), x.*, 2 * 3 FROM x", "SELECT count(*), x.c, 2 * 3 FROM x"),
            ("SELECT DISTINCT *, y.* FROM t", "SELECT DISTINCT t.a, t.b, y.* FROM t"),
        ];
        let columns = |qualifier: Option<&Name>| match qualifier.map(Name::as_str) {
            None => Some(vec!["t.a".to_owned(), "t.b".to_owned()]),
            Some("x") => Some(vec!["x.c".to_owned()]),
            Some(_) => None,
        };
        for (text, expected) in cases {
            assert_eq!(expand_stars(text, columns), expected, "{text}");
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
