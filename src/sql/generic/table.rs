//! `CREATE TABLE`.

use std::ops::Range;
use std::sync::Arc;

use super::data;
use super::element::{self, Element};
use super::text::Text;
use super::{Outcome, Trouble};
use crate::change::{Change, ChangeKind, Like, Query};
use crate::schema::{Dialect, Name, Persistence, Table};
use crate::source::Spanned;

/// The changes: the table, and the indexes that are written in it.
pub fn create(text: &Text) -> Option<Outcome> {
    let mut index = text.skip(1, &["or", "replace"]);
    let temporary = text.is_any(index, &["temp", "temporary"]) || text.token(index + 1).starts_with('#');
    while text.is_any(index, &["temp", "temporary", "global", "local", "virtual"]) {
        index += 1;
    }
    let is_virtual = index > 0 && text.is_word(index - 1, "virtual");
    if !text.is_word(index, "table") {
        return None;
    }
    let name = text.skip(index + 1, &["if", "not", "exists"]);
    let if_not_exists = name > index + 1;
    let (written, place) = text.qualified(name)?;
    let mut table = Table::new(written, text.span(place.clone()));
    if temporary {
        table.persistence = Persistence::Temporary;
    }
    table.columns_uncertain = is_virtual;
    let mut like = Vec::new();
    let (mut troubles, mut behind) = (Vec::new(), place.end);
    if is_virtual {
        behind = text.tokens.len();
    } else if let Some(source) = like_source(text, place.end) {
        like.push(source);
        behind = text.tokens.len();
    } else if text.is_symbol(place.end, "(") && !text.is_word(place.end + 1, "select") {
        let close = text.closing(place.end);
        troubles = fill(text, &mut table, place.end + 1..close);
        behind = close + 1;
    }
    options(text, behind..text.tokens.len(), &mut table);
    let copies = text.find(behind..text.tokens.len(), &["select"]).is_some() || text.is_symbol(behind, "(");
    table.columns_uncertain |= copies || !troubles.is_empty();
    let query = copies.then(|| Box::new(query(text, behind..text.tokens.len())));
    let change = ChangeKind::CreateTable { table: Box::new(table), if_not_exists, like, query };
    Some(Outcome { changes: vec![Change { kind: change, span: text.span(place) }], troubles })
}

/// SQL Server's `SELECT … INTO name FROM …`, which makes the table.
pub fn select_into(text: &Text) -> Option<Outcome> {
    let into = text.find(0..text.tokens.len(), &["into"]).filter(|_| text.dialect == Dialect::SqlServer)?;
    let (name, place) = text.qualified(into + 1)?;
    let mut table = Table::new(name, text.span(place.clone()));
    if text.token(into + 1).starts_with('#') {
        table.persistence = Persistence::Temporary;
    }
    table.columns_uncertain = true;
    let query = Some(Box::new(query(text, place.end..text.tokens.len())));
    let kind = ChangeKind::CreateTable { table: Box::new(table), if_not_exists: false, like: Vec::new(), query };
    Some(Outcome::one(text.span(place), kind))
}

/// What a table is filled from.
fn query(text: &Text, tokens: Range<usize>) -> Query {
    Query { relations: data::relations(text, tokens).into_iter().map(|name| (name, None)).collect(), ..Query::default() }
}

/// `LIKE other`, with and without parentheses.
fn like_source(text: &Text, index: usize) -> Option<Like> {
    let index = if text.is_symbol(index, "(") { index + 1 } else { index };
    let (source, _) = text.qualified(index + 1).filter(|_| text.is_word(index, "like"))?;
    Some(Like {
        source,
        position: 0,
        defaults: true,
        constraints: true,
        indexes: true,
        identity: true,
        generated: true,
        comments: true,
        storage: true,
        compression: true,
        statistics: true,
    })
}

/// Columns, constraints and indexes. Those of no constraint stand behind the constraints' in the table's indexes.
fn fill(text: &Text, table: &mut Table, body: Range<usize>) -> Vec<Trouble> {
    let (mut troubles, mut plain) = (Vec::new(), Vec::new());
    for part in text.split_at_commas(body).into_iter().flat_map(|part| constraints_without_commas(text, part)) {
        match element::lower(text, part.clone()) {
            Ok(Element { column, constraints, index }) => {
                table.columns.extend(column.map(Arc::new));
                for lowered in constraints {
                    table.constraints.push(Arc::new(lowered.constraint));
                    table.indexes.extend(lowered.index.map(Arc::new));
                }
                plain.extend(index.map(Arc::new));
            }
            Err(message) => troubles.push(Trouble { span: text.span(part), message }),
        }
    }
    table.indexes.extend(plain);
    troubles
}

/// SQLite does not ask for commas between the constraints of a table.
fn constraints_without_commas(text: &Text, part: Range<usize>) -> Vec<Range<usize>> {
    let is_start = |index: usize| text.is_word(index, "constraint") || text.are_words(index, &["foreign", "key"]);
    let is_constraint = text.is_any(part.start, &["constraint", "primary", "unique", "check", "foreign"]);
    if text.dialect != Dialect::Sqlite || !is_constraint {
        return vec![part];
    }
    let mut parts = vec![part.clone()];
    for index in part.start + 1..part.end {
        let is_named = index >= 2 && text.is_word(index - 2, "constraint");
        if let Some(last) = parts.last_mut().filter(|_| is_start(index) && !is_named) {
            last.end = index;
            parts.push(index..part.end);
        }
    }
    parts
}

/// What stands behind the parentheses.
fn options(text: &Text, tokens: Range<usize>, table: &mut Table) {
    let option = |name: &str, value: &str| (Name::from(name), Arc::<str>::from(value));
    if text.dialect == Dialect::Sqlite {
        if text.find(tokens.clone(), &["without", "rowid"]).is_some() {
            table.options.set(&[option("without_rowid", "true")]);
        }
        if text.find(tokens.clone(), &["strict"]).is_some() {
            table.options.set(&[option("strict", "true")]);
        }
        return;
    }
    if text.dialect != Dialect::MySql {
        return;
    }
    let value = |behind: usize| text.token(if text.is_symbol(behind, "=") { behind + 1 } else { behind });
    for name in ["engine", "charset", "collate"] {
        if let Some(index) = text.find(tokens.clone(), &[name]) {
            table.options.set(&[option(name, value(index + 1))]);
        }
    }
    if let Some(index) = text.find(tokens.clone(), &["character", "set"]) {
        table.options.set(&[option("charset", value(index + 2))]);
    }
    if text.find(tokens.clone(), &["partition", "by"]).is_some() {
        table.options.set(&[option("partitioned", "true")]);
    }
    if let Some(index) = text.find(tokens, &["comment"]) {
        let value = if text.is_symbol(index + 1, "=") { index + 2 } else { index + 1 };
        table.comment = text.name(value).map(|comment| Spanned::new(Arc::from(comment.as_str()), text.span_of(value)));
    }
}
