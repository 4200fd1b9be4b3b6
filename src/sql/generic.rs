//! MySQL, SQLite and SQL Server to [`crate::change::Change`]s. Only here is it known which parser (sqlparser) reads them.
//!
//! Statements are cut and told apart by their tokens; the parser reads columns, constraints and expressions, one at a
//! time. So what it does not know costs a clause, and every name has its place.

mod alter;
mod data;
mod dynamic;
mod element;
mod expression;
mod keeping;
mod lexer;
mod object;
mod parser;
mod procedure;
mod rebuild;
mod split;
mod table;
mod template;
mod text;
mod types;
mod verbs;

use std::ops::Range;

use rayon::prelude::*;

use self::text::Text;
use super::{Body, DataKind, Dialect, Maintenance, MaintenanceKind, ParseError, Reach, Statement, Step, TransactionControl, Values};
use crate::change::{Change, ChangeKind};
use crate::schema::QualifiedName;
use crate::source::{FileId, SourceMap, Span};
use crate::sql::split::TokenKind;

/// The statements of `range` of a file.
pub fn parse(sources: &SourceMap, file: FileId, range: Range<usize>, dialect: Dialect, values: &Values) -> Vec<Statement> {
    let written = &sources.file(file).text;
    let filled = template::filled(written, range.clone(), values);
    let source = filled.as_deref().unwrap_or(written);
    let pieces = split::statements(source, range, dialect);
    let mut statements: Vec<Statement> = pieces.into_par_iter().map(|piece| statement(&Text::new(source, file, piece, dialect))).collect();
    rebuild::mark(&mut statements);
    procedure::run(&mut statements, source, file, dialect);
    dynamic::narrow(&mut statements, source, dialect);
    statements.shrink_to_fit();
    statements
}

/// What a statement makes, and what of it could not be read.
#[derive(Default)]
struct Outcome {
    changes: Vec<Change>,
    troubles: Vec<Trouble>,
}

/// A part of a statement that could not be read.
struct Trouble {
    span: Span,
    message: String,
}

impl Outcome {
    fn one(span: Span, kind: ChangeKind) -> Self {
        Self { changes: vec![Change { kind, span }], troubles: Vec::new() }
    }
}

fn statement(text: &Text) -> Statement {
    let span = text.statement();
    let unparsed = || unterminated(text).or_else(|| verbs::misspelled(text)).or_else(|| second_clause(text));
    Statement { span, body: unparsed().unwrap_or_else(|| body(text)) }
}

fn second_clause(text: &Text) -> Option<Body> {
    let span = alter::second_clause(text)?;
    let message = "syntax error at or near `,`: an `ALTER TABLE` of SQLite makes one change".to_owned();
    Some(Body::Unparsed(ParseError { message, span, placeholder: None }))
}

fn unterminated(text: &Text) -> Option<Body> {
    let open = text.tokens.iter().position(|token| token.kind == TokenKind::Unterminated)?;
    let span = text.span_of(open);
    let what = if text.token(open).starts_with("/*") { "comment" } else { "quote" };
    let start = Span::new(span.file, span.range().start..span.range().start + 1);
    Some(Body::Unparsed(ParseError { message: format!("unterminated {what}"), span: start, placeholder: None }))
}

fn body(text: &Text) -> Body {
    let first = text.token(0).to_ascii_lowercase();
    match first.as_str() {
        // What is executed was prepared.
        "execute" if text.dialect == Dialect::MySql && !text.is_word(1, "immediate") => Body::Other,
        "create" | "alter" | "drop" | "rename" | "truncate" | "exec" | "execute" => definition(text, &first),
        "begin" | "start" if !text.is_any(1, &["try"]) => Body::Transaction(TransactionControl::Begin),
        "commit" | "end" => Body::Transaction(TransactionControl::Commit),
        "rollback" if text.is_word(1, "to") => Body::Transaction(TransactionControl::Savepoint),
        "rollback" => Body::Transaction(TransactionControl::Rollback),
        "optimize" if text.dialect == Dialect::MySql => optimize(text),
        "savepoint" | "release" => Body::Transaction(TransactionControl::Savepoint),
        "pragma" => Body::Setting { name: text.token(1).to_ascii_lowercase().into(), value: text.written(2..text.tokens.len()) },
        "set" => setting(text),
        "call" | "prepare" => opaque("runs code that is put together when it runs", Reach::anything()),
        "deallocate" => Body::Other,
        "declare" if text.tokens.len() <= 8 => Body::Other,
        "if" | "declare" | "while" => opaque("a condition that only the database can answer", named(text)),
        _ if OTHERS.contains(&first.as_str()) => Body::Other,
        _ => match data::lower(text) {
            Some(data) if data.kind == DataKind::Select => table::select_into(text).map_or(Body::Data(data), |made| of_outcome(text, made)),
            Some(data) => Body::Data(data),
            None => opaque(&format!("statements that begin with `{}` are not known", shortened(&first)), named(text)),
        },
    }
}

/// Statements that leave the schema as it is.
const OTHERS: &[&str] = &[
    "use",
    "lock",
    "unlock",
    "grant",
    "revoke",
    "analyze",
    "optimize",
    "vacuum",
    "reindex",
    "flush",
    "show",
    "explain",
    "describe",
    "desc",
    "attach",
    "detach",
    "do",
    "print",
    "check",
    "repair",
    "checksum",
    "comment",
    "kill",
    "reset",
    "handler",
    "import",
    "raiserror",
    "throw",
    "return",
    "deny",
    "dbcc",
    "waitfor",
    "help",
    "signal",
    "go",
];

/// `OPTIMIZE TABLE a, b`.
fn optimize(text: &Text) -> Body {
    let Some(keyword) = (1..3).find(|index| text.is_any(*index, &["table", "tables"])) else { return Body::Other };
    let names = text.split_at_commas(keyword + 1..text.tokens.len()).into_iter().filter_map(|part| text.qualified(part.start));
    let acts = names.map(|(table, place)| Maintenance { relation: Some(table), kind: MaintenanceKind::Optimize, span: text.span(place) });
    Body::Maintenance(acts.collect())
}

/// `SET name = value`.
fn setting(text: &Text) -> Body {
    let value = text.written(2..text.tokens.len());
    Body::Setting { name: text.token(1).to_ascii_lowercase().into(), value: value.trim_start_matches(['=', ':', ' ']).to_owned() }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

fn opaque(reason: &str, may_touch: Reach) -> Body {
    Body::Opaque { reason: reason.to_owned(), may_touch }
}

/// What a statement that is not understood names.
fn named(text: &Text) -> Reach {
    Reach { relations: text.names(), ..Reach::default() }
}

fn definition(text: &Text, verb: &str) -> Body {
    let lowered = match verb {
        "create" => create(text),
        "alter" => alter_statement(text),
        "drop" => Ok(object::drop(text).map(Lowered::Outcome).unwrap_or_else(|| others_or_unknown(text))),
        "rename" => Ok(object::rename_tables(text).map(Lowered::Outcome).unwrap_or_else(|| others_or_unknown(text))),
        "truncate" => Ok(truncate(text)),
        _ if object::runs_quietly(text) => Ok(Lowered::Nothing),
        _ => Ok(object::sp_rename(text).map_or(Lowered::Runs, Lowered::Outcome)),
    };
    match lowered {
        Ok(Lowered::Outcome(outcome)) => of_outcome(text, outcome),
        Ok(Lowered::Nothing) => Body::Other,
        Ok(Lowered::Runs) => opaque("runs code that is put together when it runs", Reach::anything()),
        Ok(Lowered::Unknown) => opaque("a statement that is not known", named(text)),
        Err(message) => opaque(&unknown(text.dialect, &message), named(text)),
    }
}

/// What became of a statement.
enum Lowered {
    Outcome(Outcome),
    /// It changes nothing the model holds.
    Nothing,
    /// It runs code.
    Runs,
    Unknown,
}

/// ``the grammar of MySQL has no such thing: expected …, found: x``
fn unknown(dialect: Dialect, message: &str) -> String {
    format!("the parser does not know this of {}: {}", dialect.name(), shortened_message(message))
}

fn shortened_message(message: &str) -> String {
    const MAX: usize = 120;
    let line = message.lines().next().unwrap_or_default();
    let short: String = line.chars().take(MAX).collect();
    if short.len() < line.len() { short + "…" } else { short }
}

fn of_outcome(text: &Text, outcome: Outcome) -> Body {
    let Outcome { changes, troubles } = outcome;
    if troubles.is_empty() {
        return if changes.is_empty() { Body::Other } else { Body::Changes(changes) };
    }
    let table = text.qualified(text.skip(2, &["if", "not", "exists"])).map(|(name, _)| name);
    let reach = |table: &Option<QualifiedName>| Reach { relations: table.iter().cloned().collect(), ..Reach::default() };
    let known = (!changes.is_empty()).then(|| Step::Statement(Statement { span: text.statement(), body: Body::Changes(changes) }));
    let unknown = troubles.into_iter().map(|trouble| {
        let reason = unknown(text.dialect, &trouble.message);
        Step::Statement(Statement { span: trouble.span, body: Body::Opaque { reason, may_touch: reach(&table) } })
    });
    Body::Block(known.into_iter().chain(unknown).collect())
}

/// Kinds of objects that the model does not hold.
const NOT_HELD: &[&str] = &[
    "database",
    "user",
    "role",
    "event",
    "server",
    "tablespace",
    "login",
    "logfile",
    "spatial",
    "assembly",
    "certificate",
    "fulltext",
    "synonym",
    "statistics",
    "resource",
    "authorization",
    "index",
    "sequence",
    "type",
    "package",
    "xml",
    "master",
    "partition",
];

fn others_or_unknown(text: &Text) -> Lowered {
    let index = text.skip(text.skip(1, &["or", "replace"]), &["definer"]);
    if text.is_any(index, NOT_HELD) { Lowered::Nothing } else { Lowered::Unknown }
}

fn create(text: &Text) -> Result<Lowered, String> {
    let kind = (1..text.tokens.len().min(16)).find_map(|index| {
        let kinds = [
            "table",
            "index",
            "view",
            "trigger",
            "function",
            "procedure",
            "schema",
            "database",
            "event",
            "user",
            "role",
            "type",
            "sequence",
            "login",
        ];
        kinds.into_iter().find(|kind| text.is_word(index, kind))
    });
    let outcome = match kind {
        Some("table") => table::create(text),
        Some("index") => object::create_index(text)?,
        Some("view") => object::create_view(text),
        Some("trigger") => object::create_trigger(text),
        Some("function" | "procedure") => object::create_routine(text),
        Some("schema") if text.dialect == Dialect::SqlServer => create_schema(text),
        Some("schema" | "database" | "event" | "user" | "role" | "login" | "type" | "sequence") => return Ok(Lowered::Nothing),
        _ => None,
    };
    Ok(outcome.map_or_else(|| others_or_unknown(text), Lowered::Outcome))
}

fn create_schema(text: &Text) -> Option<Outcome> {
    let name = text.name(2)?;
    Some(Outcome::one(text.span_of(2), ChangeKind::CreateNamespace { name, if_not_exists: false }))
}

fn alter_statement(text: &Text) -> Result<Lowered, String> {
    let kind = text.skip(1, &["ignore"]);
    let outcome = match text.token(kind).to_ascii_lowercase().as_str() {
        "table" => alter::alter(text),
        "view" => object::create_view(text).map(|mut outcome| {
            for change in &mut outcome.changes {
                if let ChangeKind::CreateView { or_replace, .. } = &mut change.kind {
                    *or_replace = true;
                }
            }
            outcome
        }),
        "procedure" | "function" => object::create_routine(text),
        "trigger" => return Ok(Lowered::Nothing),
        "index" | "database" | "schema" => return Ok(Lowered::Nothing),
        _ => None,
    };
    Ok(outcome.map_or_else(|| others_or_unknown(text), Lowered::Outcome))
}

fn truncate(text: &Text) -> Lowered {
    match text.qualified(text.skip(1, &["table"])) {
        Some((table, place)) => Lowered::Outcome(Outcome::one(text.span(place), ChangeKind::Truncate { table, cascade: false })),
        None => Lowered::Unknown,
    }
}
