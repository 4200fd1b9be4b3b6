//! Statements about whole objects: indexes, views, triggers, routines; what is dropped and renamed.

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{CreateIndex, Statement};

use super::element;
use super::text::Text;
use super::{Outcome, data, expression, keeping, parser};
use crate::change::{Change, ChangeKind, ObjectReference, Query};
use crate::schema::{
    Canonical, Dialect, Firing, Function, FunctionAttributes, FunctionKey, Index, Name, Options, QualifiedName, Trigger, View,
};
use crate::source::Span;

/// `CREATE INDEX`.
pub fn create_index(text: &Text) -> Result<Option<Outcome>, String> {
    let Some(keyword) = (1..6).find(|index| text.is_word(*index, "index")) else { return Ok(None) };
    let start = text.skip(keyword + 1, &["if", "not", "exists"]);
    let Some(on) = text.find(start..text.tokens.len(), &["on"]) else { return Ok(None) };
    let Some((table, place)) = text.qualified(on + 1) else { return Ok(None) };
    let name = text.qualified(start).map(|(name, _)| name.name.clone()).filter(|_| start < on);
    let (open, close) = (place.end, text.closing(place.end));
    let unique = (1..keyword).any(|index| text.is_word(index, "unique"));
    let method = ["fulltext", "spatial", "columnstore"].into_iter().find(|method| (1..keyword).any(|index| text.is_word(index, method)));
    let condition = text.find(close..text.tokens.len(), &["where"]);
    let end = condition.map_or(close + 1, |_| text.find(close..text.tokens.len(), &["with"]).unwrap_or(text.tokens.len()));
    let keys = parser::edited(text, open..close + 1);
    let predicate = condition.map(|start| text.written(start..end)).unwrap_or_default();
    let statement = parser::parse(&format!("CREATE INDEX i ON t {keys} {predicate}"), text.dialect)?;
    let Statement::CreateIndex(CreateIndex { columns, predicate, .. }) = statement else { return Ok(None) };
    let span = if start < on { text.span_of(start) } else { text.span_of(keyword) };
    let keys = columns.iter().map(|column| element::index_key(column, text.dialect)).collect();
    let mut index = Index::plain(name.unwrap_or_else(Name::unnamed), method.unwrap_or("btree"), keys, span);
    index.unique = unique;
    index.clustered = text.dialect == Dialect::SqlServer && (1..keyword).any(|index| text.is_word(index, "clustered"));
    index.predicate = predicate.as_ref().map(|predicate| expression::lower(predicate, text.dialect));
    if let Some(include) = text.find(close..text.tokens.len(), &["include"]) {
        index.include = text.name_list(include + 1).0;
    }
    let if_not_exists = start > keyword + 1;
    let requests = keeping::at_end(text, close + 1..text.tokens.len(), &table);
    let kind = ChangeKind::CreateIndex { table, index: Box::new(index), concurrently: false, if_not_exists, only: false };
    let mut outcome = Outcome::one(span, kind);
    outcome.changes.extend(requests);
    Ok(Some(outcome))
}

/// `CREATE VIEW`.
pub fn create_view(text: &Text) -> Option<Outcome> {
    let keyword = text.find(0..text.tokens.len(), &["view"])?;
    let or_replace = text.are_words(1, &["or"]);
    let start = text.skip(keyword + 1, &["if", "not", "exists"]);
    let (name, place) = text.qualified(start)?;
    let (columns, _) = text.name_list(place.end);
    let body = text.find(place.end..text.tokens.len(), &["as"])? + 1;
    let (output, known) = output(text, body);
    let columns: Vec<Name> = if columns.is_empty() { output } else { columns };
    let known = known || text.is_symbol(place.end, "(");
    let view = View {
        name,
        materialized: false,
        column_types: vec![None; columns.len()],
        columns,
        columns_known: known,
        query: Canonical::from(text.written(body..text.tokens.len())),
        relations: Vec::new(),
        aliases: Vec::new(),
        column_references: Vec::new(),
        functions: Vec::new(),
        security_invoker: false,
        options: Options::default(),
        populated: true,
        indexes: Vec::new(),
        triggers: Vec::new(),
        comment: None,
        column_comments: Vec::new(),
        span: text.span(place.clone()),
        changed: Default::default(),
    };
    let relations = data::relations(text, body..text.tokens.len()).into_iter().map(|name| (name, None)).collect();
    let query = Query { relations, ..Query::default() };
    let kind = ChangeKind::CreateView { view: Box::new(view), query: Box::new(query), or_replace, if_not_exists: start > keyword + 1 };
    Some(Outcome::one(text.span(place), kind))
}

/// The names of a select list, and whether those are all.
fn output(text: &Text, start: usize) -> (Vec<Name>, bool) {
    if !text.is_word(start, "select") {
        return (Vec::new(), false);
    }
    let start = if text.is_any(start + 1, &["distinct", "all"]) { start + 2 } else { start + 1 };
    let Some(end) = text.find(start..text.tokens.len(), &["from"]) else { return (Vec::new(), false) };
    let mut columns = Vec::new();
    for item in text.split_at_commas(start..end) {
        match text.name(item.end - 1).filter(|_| !text.is_symbol(item.end - 1, "*") && !text.is_symbol(item.end - 1, ")")) {
            Some(name) => columns.push(name),
            None => return (columns, false),
        }
    }
    (columns, true)
}

/// `CREATE TRIGGER`.
pub fn create_trigger(text: &Text) -> Option<Outcome> {
    let keyword = text.find(0..text.tokens.len().min(12), &["trigger"])?;
    let start = text.skip(keyword + 1, &["if", "not", "exists"]);
    let (name, place) = text.qualified(start)?;
    let on = text.find(place.end..text.tokens.len(), &["on"])?;
    let (table, _) = text.qualified(on + 1)?;
    let words = |wanted: &[&str]| {
        let found = (place.end..text.tokens.len().min(on + 24))
            .filter(|index| text.is_any(*index, wanted) && (*index < on || text.dialect == Dialect::SqlServer));
        found.map(|index| Name::from(text.token(index).to_ascii_lowercase())).collect::<Vec<_>>()
    };
    let events = words(&["insert", "update", "delete"]);
    let trigger = Trigger {
        name: name.name.clone(),
        timing: words(&["before", "after", "instead"]).into_iter().next().unwrap_or_else(|| "after".into()),
        events,
        columns: Vec::new(),
        for_each_row: text.dialect != Dialect::SqlServer,
        condition: None,
        function: QualifiedName::unqualified(""),
        arguments: Vec::new(),
        old_table: None,
        new_table: None,
        constraint: false,
        from_table: None,
        deferrable: false,
        initially_deferred: false,
        enabled: true,
        firing: Firing::Origin,
        inherited: false,
        comment: None,
        span: text.span(place.clone()),
    };
    // Guarded or replacing: what is there already stays or goes.
    let or_replace = start > keyword + 1 || text.is_word(1, "or");
    Some(Outcome::one(text.span(place), ChangeKind::CreateTrigger { table, trigger: Box::new(trigger), or_replace }))
}

/// `CREATE FUNCTION`, `CREATE PROCEDURE`.
pub fn create_routine(text: &Text) -> Option<Outcome> {
    let keyword = (1..text.tokens.len().min(12)).find(|index| text.is_any(*index, &["function", "procedure"]))?;
    let start = text.skip(keyword + 1, &["if", "not", "exists"]);
    let (name, place) = text.qualified(start)?;
    let body: Arc<str> = text.written(place.end..text.tokens.len()).into();
    let function = Function {
        key: FunctionKey { name, arguments: Vec::new() },
        arguments: Vec::new(),
        returns: None,
        returns_set: false,
        language: "sql".into(),
        body,
        sql_body: false,
        relations: Vec::new(),
        calls: Vec::new(),
        symbol: None,
        body_span: None,
        security_definer: false,
        sets_search_path: false,
        attributes: FunctionAttributes::default(),
        procedure: text.is_word(keyword, "procedure"),
        aggregate: false,
        comment: None,
        span: text.span(place.clone()),
    };
    Some(Outcome::one(text.span(place), ChangeKind::CreateFunction { function: Box::new(function), or_replace: true }))
}

/// `DROP …` of what the model holds.
pub fn drop(text: &Text) -> Option<Outcome> {
    let keyword = text.skip(1, &["temporary"]);
    let behind = text.skip(keyword + 1, &["if", "exists"]);
    let if_exists = behind > keyword + 1;
    let kind = text.token(keyword).to_ascii_lowercase();
    if kind == "index" {
        return drop_index(text, behind, if_exists);
    }
    let reference = |name: QualifiedName| match kind.as_str() {
        "table" => Some(ObjectReference::Table(name)),
        "view" => Some(ObjectReference::View(name)),
        // The table is not named: the change finds the trigger.
        "trigger" => Some(ObjectReference::Trigger(QualifiedName::unqualified(""), name.name.clone())),
        "function" | "procedure" => Some(ObjectReference::Function { name, arguments: None }),
        "schema" => Some(ObjectReference::Namespace(name.name.clone())),
        _ => None,
    };
    let mut outcome = Outcome::default();
    for part in text.split_at_commas(behind..text.tokens.len()) {
        let (name, place) = text.qualified(part.start)?;
        let object = reference(name)?;
        let kind = ChangeKind::Drop { object, together: Vec::new(), if_exists, cascade: false, concurrently: false };
        outcome.changes.push(Change { kind, span: text.span(place) });
    }
    Some(outcome)
}

fn drop_index(text: &Text, start: usize, if_exists: bool) -> Option<Outcome> {
    let (name, place) = text.qualified(start)?;
    let span = text.span(place.clone());
    if text.dialect == Dialect::Sqlite {
        let object = ObjectReference::Index(name);
        return Some(Outcome::one(span, ChangeKind::Drop { object, together: Vec::new(), if_exists, cascade: false, concurrently: false }));
    }
    let (table, index) = match text.find(place.end..text.tokens.len(), &["on"]) {
        Some(on) => (text.qualified(on + 1)?.0, name.name.clone()),
        // `DROP INDEX table.index`, as SQL Server once had it.
        None => (QualifiedName::unqualified(name.schema()?.clone()), name.name.clone()),
    };
    let requests = keeping::at_end(text, place.end..text.tokens.len(), &table);
    let mut outcome = Outcome::one(span, ChangeKind::DropIndex { table, index, if_exists });
    outcome.changes.extend(requests);
    Some(outcome)
}

/// MySQL's `RENAME TABLE a TO b, …`.
pub fn rename_tables(text: &Text) -> Option<Outcome> {
    if !text.is_any(1, &["table", "tables"]) {
        return None;
    }
    let mut outcome = Outcome::default();
    for part in text.split_at_commas(text.skip(2, &["if", "exists"])..text.tokens.len()) {
        let (name, place) = text.qualified(part.start)?;
        let to = text.find(place.end..part.end, &["to"])?;
        let (to, _) = text.qualified(to + 1)?;
        outcome.changes.push(renamed(text.span(place), name, to.name.clone()));
    }
    Some(outcome)
}

fn renamed(span: Span, table: QualifiedName, to: Name) -> Change {
    Change { kind: ChangeKind::Rename { object: ObjectReference::Table(table), to, if_exists: false }, span }
}

/// SQL Server's `EXEC sp_rename 'table.column', 'name', 'COLUMN'`.
pub fn sp_rename(text: &Text) -> Option<Outcome> {
    let procedure = (1..text.tokens.len().min(6)).find(|index| text.is_word(*index, "sp_rename"))?;
    let texts: Vec<usize> = arguments(text, procedure + 1..text.tokens.len());
    let (old, new) = (text.name(*texts.first()?)?, text.name(*texts.get(1)?)?);
    let kind = texts.get(2).and_then(|index| text.name(*index)).unwrap_or_else(Name::unnamed).to_ascii_lowercase();
    let mut parts = name_parts(&old);
    let span = text.span_of(*texts.first()?);
    if !matches!(kind.as_str(), "column" | "index") {
        return Some(Outcome { changes: vec![renamed(span, text.of_parts(parts)?, new)], troubles: Vec::new() });
    }
    let last = parts.pop()?;
    let table = text.of_parts(parts)?;
    Some(match kind.as_str() {
        "column" => Outcome::one(span, ChangeKind::RenameColumn { table, column: last, to: new, if_table_exists: false }),
        _ => Outcome::one(span, ChangeKind::RenameIndex { table, index: last, to: new }),
    })
}

/// The parts of a name in a text: `dbo.[a.b].c`.
fn name_parts(name: &str) -> Vec<Name> {
    let mut within = false;
    let parts = name.split(|letter| {
        within = letter == '[' || (within && letter != ']');
        letter == '.' && !within
    });
    parts.map(|part| Name::from(part.trim().trim_matches(['[', ']', '"']))).collect()
}

/// Whether an `EXEC` runs a procedure of SQL Server that leaves the schema as it is.
pub fn runs_quietly(text: &Text) -> bool {
    const QUIET: &[&str] = &[
        "sp_addextendedproperty",
        "sp_updateextendedproperty",
        "sp_dropextendedproperty",
        "sp_addrole",
        "sp_addrolemember",
        "sp_droprolemember",
        "sp_configure",
        "sp_recompile",
        "sp_refreshview",
        "sp_refreshsqlmodule",
        "sp_settriggerorder",
        "sp_tableoption",
        "sp_updatestats",
    ];
    (1..text.tokens.len().min(6)).any(|index| text.is_any(index, QUIET))
}

fn arguments(text: &Text, tokens: Range<usize>) -> Vec<usize> {
    tokens.filter(|index| text.tokens.get(*index).is_some_and(|token| token.kind == crate::sql::split::TokenKind::String)).collect()
}
