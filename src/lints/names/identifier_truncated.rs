//! Names that PostgreSQL cuts off after 63 bytes, and those that MySQL and SQL Server refuse.

use std::collections::BTreeMap;

use crate::diagnostic::Severity;
use crate::history::{EventKind, History};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Dialect, Name, Schema, Table};
use crate::source::{SourceMap, Span};
use crate::sql::split::{TokenKind, tokens};

/// Bytes of the longest character of UTF-8.
const LONGEST_CHARACTER: usize = 4;

/// Long names by what is left of them, each with where it stands first.
type Cut = BTreeMap<String, BTreeMap<String, Span>>;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    match context.schema.dialect {
        Dialect::Postgres => cut_names(context),
        Dialect::MySql => refused_names(context.schema, 64),
        Dialect::SqlServer => refused_names(context.schema, 128),
        Dialect::Sqlite => Vec::new(),
    }
}

/// Names of more characters than the database takes.
fn refused_names(schema: &Schema, most: usize) -> Vec<Finding> {
    let tables = schema.tables.values().map(|table| (&table.name.name, table.span, table.name.to_string()));
    let members = schema.tables.values().flat_map(|table| {
        let path = |name: &Name| format!("{}.{name}", table.name);
        let columns = table.columns.iter().map(move |column| (&column.name, column.span, path(&column.name)));
        let constraints = table.constraints.iter().map(move |constraint| (&constraint.name, constraint.span, path(&constraint.name)));
        let indexes = table.indexes.iter().filter(|index| !index.from_constraint);
        columns.chain(constraints).chain(indexes.map(move |index| (&index.name, index.span, path(&index.name))))
    });
    let refused = tables.chain(members).filter_map(|(name, span, path)| {
        let length = name.chars().count();
        let message = || format!("`{name}` has {length} characters: {} refuses names of more than {most}", schema.dialect.name());
        (length > most).then(|| Finding::new(span, message()).object(path))
    });
    let mut found: Vec<Finding> = refused.collect();
    // The index that a foreign key makes has its name.
    found.dedup_by(|left, right| left.object == right.object);
    found
}

fn cut_names(context: &SchemaContext) -> Vec<Finding> {
    let mut cut = Cut::new();
    for statement in context.history.history.migrations.iter().flat_map(|migration| &migration.up) {
        collect(context.history.sources, statement.span, &mut cut);
    }
    if cut.is_empty() {
        return Vec::new();
    }
    let kept = long_names(context.schema);
    let history = context.history.history;
    cut.iter().filter_map(|(left, written)| finding(history, kept.get(left.as_str())?, left, written)).collect()
}

/// The long names of a statement. Most have none, and are not read word by word.
fn collect(sources: &SourceMap, statement: Span, cut: &mut Cut) {
    let text = sources.text(statement);
    if !may_hold_long_name(text) {
        return;
    }
    let names = tokens(text, 0..text.len()).filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier));
    for token in names.filter(|token| token.range.len() > Name::MAX_BYTES) {
        let written = match token.inside_quotes(text) {
            Some(inside) => text.get(inside).unwrap_or_default().replace("\"\"", "\""),
            None => token.text(text).to_lowercase(),
        };
        if let Some(left) = truncated(&written) {
            let start = statement.start as usize + token.range.start;
            let span = Span::new(statement.file, start..start + token.range.len());
            cut.entry(left.to_owned()).or_default().entry(written).or_insert(span);
        }
    }
}

/// Whether a word or the inside of quotes may be too long.
fn may_hold_long_name(text: &str) -> bool {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || !byte.is_ascii();
    has_run(text.as_bytes(), Name::MAX_BYTES + 1, in_word)
        || text.split('"').skip(1).any(|part| part.len() > Name::MAX_BYTES && !part.contains('\n'))
}

/// Whether so many bytes of a kind follow each other. Looked at from behind, most of them need not be.
fn has_run(bytes: &[u8], length: usize, of_kind: impl Fn(u8) -> bool) -> bool {
    let mut rest = bytes;
    while let Some(window) = rest.get(..length) {
        let Some(last_other) = window.iter().rposition(|byte| !of_kind(*byte)) else { return true };
        rest = rest.get(last_other + 1..).unwrap_or_default();
    }
    false
}

/// What is left of a name that is too long: no character is cut in two.
fn truncated(name: &str) -> Option<&str> {
    let mut end = Name::MAX_BYTES;
    while !name.is_char_boundary(end) {
        end = end.checked_sub(1)?;
    }
    name.get(..end).filter(|left| left.len() < name.len())
}

/// Names at the end of history that may be what was left of longer ones, with the path of an object that has it.
fn long_names(schema: &Schema) -> BTreeMap<&str, String> {
    let members = schema.tables.values().flat_map(|table| members(table).map(move |name| (name, format!("{}.{name}", table.name))));
    let relations = schema.tables.keys().chain(schema.views.keys()).chain(schema.sequences.keys()).chain(schema.types.keys());
    let functions = schema.functions.keys().map(|key| &key.name);
    let objects = relations.chain(functions).map(|name| (&name.name, name.to_string()));
    let is_long = |name: &Name| name.len() + LONGEST_CHARACTER > Name::MAX_BYTES;
    members.chain(objects).filter(|(name, _)| is_long(name)).map(|(name, path)| (name.as_str(), path)).collect()
}

/// Everything of a table that has a name.
fn members(table: &Table) -> impl Iterator<Item = &Name> {
    let columns = table.columns.iter().map(|column| &column.name);
    let constraints = table.constraints.iter().map(|constraint| &constraint.name);
    let indexes = table.indexes.iter().map(|index| &index.name);
    let triggers = table.triggers.iter().map(|trigger| &trigger.name);
    columns.chain(constraints).chain(indexes).chain(triggers).chain(table.policies.iter().map(|policy| &policy.name))
}

/// Two long names of which the same is left are one name, where they meet. A single one works, and looks different in the catalog.
fn finding(history: &History, object: &str, left: &str, written: &BTreeMap<String, Span>) -> Option<Finding> {
    let mut written: Vec<(&str, Span)> = written.iter().map(|(name, span)| (name.as_str(), *span)).collect();
    written.sort_by_key(|(_, span)| history.migration_of(*span).map(|index| (index, *span)));
    let (name, span) = *written.first()?;
    let Some((other, again)) = written.iter().skip(1).find(|(_, span)| meets_another(history, *span)) else {
        let message =
            format!("`{name}` has {} bytes: PostgreSQL cuts it to `{left}`, which is what the catalog and error messages say", name.len());
        return Some(Finding::new(span, message).object(object).severity(Severity::Warning));
    };
    let message = format!("`{other}` and `{name}` are cut to one name, `{left}`: the second is taken for the first, or refused");
    Some(Finding::new(*again, message).object(object).because(span, "the other one"))
}

/// Whether a statement did not make what it names, since something of that name was there.
fn meets_another(history: &History, place: Span) -> bool {
    let events = history.migration_of(place).map(|migration| history.events_of(migration)).unwrap_or_default();
    let in_vain = |kind: &EventKind| matches!(kind, EventKind::Refused(_) | EventKind::NoEffect(_));
    events.iter().any(|event| event.statement.contains(place) && in_vain(&event.kind))
}
