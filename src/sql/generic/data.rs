//! Statements that work on rows, by their tokens: what they write to and what they read.

use std::ops::Range;

use super::expression;
use super::text::Text;
use crate::schema::{Name, QualifiedName};
use crate::sql::{DataKind, DataStatement, RowChange};

/// How many tokens are looked at for relations.
const HEAD: usize = 4_000;

/// The statement, where it is one that works on rows.
pub fn lower(text: &Text) -> Option<DataStatement> {
    let start = if text.is_word(0, "with") { main_verb(text) } else { 0 };
    let (kind, from) = match text.token(start).to_ascii_lowercase().as_str() {
        "insert" | "replace" => (DataKind::Insert, start + 1),
        "update" => (DataKind::Update, start + 1),
        "delete" => (DataKind::Delete, start + 1),
        "merge" => (DataKind::Merge, start + 1),
        "load" => (DataKind::Copy, start + 1),
        "select" | "values" | "(" | "with" => (DataKind::Select, start),
        _ => return None,
    };
    let table = if kind == DataKind::Select { None } else { target(text, kind, from) };
    let end = text.tokens.len().min(HEAD);
    let columns = table.as_ref().map(|(_, place)| columns(text, kind, place.end, end)).unwrap_or_default();
    let rows = table.as_ref().and_then(|(_, place)| row_change(text, kind, place.end));
    let has_where = kind != DataKind::Insert && text.find(start..text.tokens.len(), &["where"]).is_some();
    let written = table.map(|(name, _)| name);
    let mut reads = relations(text, start..end);
    reads.retain(|name| Some(name) != written.as_ref());
    Some(DataStatement {
        kind,
        table: written,
        columns,
        has_where,
        rows: rows.map(Box::new),
        functions: Vec::new(),
        calls: Vec::new(),
        reads,
        level: Default::default(),
    })
}

/// What an UPDATE or DELETE of one table does to which of its rows, where every word of it is understood.
fn row_change(text: &Text, kind: DataKind, behind: usize) -> Option<RowChange> {
    let end = text.tokens.len();
    // These say of which or how many rows the statement speaks, or stand behind the last expression.
    let qualifiers = ["from", "order", "limit", "returning", "output", "top"];
    if qualifiers.iter().any(|word| text.find(behind..end, &[word]).is_some()) {
        return None;
    }
    let parse = |tokens: Range<usize>| expression::parse(&text.written(tokens), text.dialect).ok().map(|expression| expression.tree);
    let found = text.find(behind..end, &["where"]);
    let condition = match found {
        Some(found) => Some(parse(found + 1..end)?),
        None => None,
    };
    let stop = found.unwrap_or(end);
    let assignments = match kind {
        DataKind::Update if text.is_word(behind, "set") => {
            let parts = text.split_at_commas(behind + 1..stop).into_iter();
            let assignment = |part: Range<usize>| {
                let (name, place) = text.qualified(part.start).filter(|(_, place)| text.is_symbol(place.end, "="))?;
                Some((name.name.clone(), parse(place.end + 1..part.end)?))
            };
            parts.map(assignment).collect::<Option<Vec<_>>>()?
        }
        DataKind::Delete if behind == stop && text.is_word(behind.saturating_sub(2), "from") => Vec::new(),
        _ => return None,
    };
    Some(RowChange { assignments, condition, limited: false })
}

/// The verb behind common table expressions.
fn main_verb(text: &Text) -> usize {
    let verbs = ["insert", "replace", "update", "delete", "merge", "select"];
    let mut depth = 0_usize;
    for index in 1..text.tokens.len() {
        if text.is_symbol(index, "(") {
            depth += 1;
        } else if text.is_symbol(index, ")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && text.is_any(index, &verbs) {
            return index;
        }
    }
    0
}

fn target(text: &Text, kind: DataKind, start: usize) -> Option<(QualifiedName, Range<usize>)> {
    let fillers =
        ["ignore", "low_priority", "delayed", "high_priority", "quick", "or", "rollback", "abort", "fail", "replace", "into", "overwrite"];
    let mut index = start;
    while text.is_any(index, &fillers) {
        index += 1;
    }
    match kind {
        // `DELETE a FROM a JOIN b …` names first what it deletes from.
        DataKind::Delete if !text.is_word(index, "from") => text.qualified(index),
        DataKind::Delete => text.qualified(index + 1),
        DataKind::Copy => text.find(start..text.tokens.len(), &["table"]).and_then(|index| text.qualified(index + 1)),
        _ => text.qualified(index),
    }
}

/// An INSERT's list of columns, an UPDATE's SET list.
fn columns(text: &Text, kind: DataKind, start: usize, end: usize) -> Vec<Name> {
    match kind {
        DataKind::Insert if text.is_symbol(start, "(") && !text.is_any(start + 1, &["select", "with"]) => text.name_list(start).0,
        DataKind::Update => {
            let Some(set) = text.find(start..end, &["set"]) else { return Vec::new() };
            let stop = text.find(set..end, &["where"]).or_else(|| text.find(set..end, &["from"])).unwrap_or(end);
            let column = |part: Range<usize>| {
                let (name, place) = text.qualified(part.start)?;
                text.is_symbol(place.end, "=").then(|| name.name.clone())
            };
            text.split_at_commas(set + 1..stop).into_iter().filter_map(column).collect()
        }
        _ => Vec::new(),
    }
}

/// What stands behind FROM and JOIN, common table expressions left out.
pub fn relations(text: &Text, tokens: Range<usize>) -> Vec<QualifiedName> {
    let mut found: Vec<QualifiedName> = Vec::new();
    let mut given: Vec<Name> = Vec::new();
    for index in tokens.clone() {
        if text.is_word(index + 1, "as") && text.is_symbol(index + 2, "(") {
            given.extend(text.name(index));
        }
        if text.is_any(index, &["from", "join"]) && !text.is_symbol(index + 1, "(") {
            let Some((name, place)) = text.qualified(index + 1) else { continue };
            if !found.contains(&name) && !text.is_symbol(place.end, "(") {
                found.push(name);
            }
        }
    }
    found.retain(|name| name.schema().is_some() || !given.contains(&name.name));
    found
}
