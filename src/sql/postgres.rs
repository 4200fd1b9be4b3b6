//! PostgreSQL's own parser (pg_query) to [`crate::change::Change`]s.
//!
//! The text is cut into statements first and each is parsed by itself, so that one mistake hides nothing else.

mod access;
mod alter;
mod block;
mod children;
mod column;
mod constraint;
mod data;
mod data_type;
mod error;
mod expression;
mod function;
mod geometry;
mod index;
mod level;
mod maintenance;
pub mod mentions;
mod meta;
mod node;
mod object;
mod options;
mod output_type;
mod query;
mod question;
mod reference;
mod script;
mod setting;
mod statistics;
mod table;
mod template;
mod text;
mod values;

use std::ops::Range;

use pg_query::protobuf::{CoercionContext, DefineStmt, ObjectType};
use pg_query::{Node, NodeEnum, ParseResult};

use self::text::Text;
use super::split::{self, Chunk, ChunkKind};
use super::{Body, Reach, Statement, Values};
use crate::change::{Change, ChangeKind};
use crate::source::{FileId, SourceMap, Span};

/// Larger statements that only move rows are not parsed: what they write to is told by their first tokens.
const MAX_PARSED_DATA: usize = 256 * 1024;

pub use block::{function_steps, resumed};

/// The statements of `range` of a file.
///
/// Where a statement parses only once its template placeholders are filled in, names in it are made of the
/// placeholders' own letters: `${prefix}users` is the table `__prefix_users`. `${schema}.users` is `users`. Those that
/// `values` names are filled in with these.
pub fn parse(sources: &SourceMap, file: FileId, range: Range<usize>, values: &Values) -> Vec<Statement> {
    let mut statements = script::read(sources, file, split::statements(&sources.file(file).text, range), values);
    // A history keeps all statements: there is no room to spare behind them.
    statements.shrink_to_fit();
    statements
}

fn statement(file_text: &str, file: FileId, piece: Chunk, values: &Values) -> Statement {
    let written = file_text.get(piece.range.clone()).unwrap_or_default();
    let is_large = piece.kind == ChunkKind::Statement && written.len() > MAX_PARSED_DATA;
    if let Some(data) = is_large.then(|| data::from_tokens(written)).flatten() {
        return Statement { span: Span::new(file, piece.range), body: Body::Data(data) };
    }
    let text = Text::new(written, file, piece.range.start);
    let body = match template::with_values(&text, values) {
        Some((filled, fills)) => chunk(&text.filled(&filled, fills), &piece),
        None => chunk(&text, &piece),
    };
    Statement { span: text.statement(), body }
}

/// What a piece of text between semicolons does.
fn chunk(text: &Text, piece: &Chunk) -> Body {
    match &piece.kind {
        ChunkKind::Statement => sql(text),
        ChunkKind::MetaCommand => meta::lower(text),
        ChunkKind::Unterminated(opening) => {
            let opening = opening.start - piece.range.start..opening.end - piece.range.start;
            Body::Unparsed(error::unterminated(text, opening.clone(), text.bytes(opening)))
        }
    }
}

fn sql(text: &Text) -> Body {
    match values::insert(text) {
        Some(insert) => Body::Data(insert),
        None => parse_all(text),
    }
}

fn parse_all(text: &Text) -> Body {
    match run_parser(text.text) {
        Ok(result) => parsed(text, &result),
        Err(pg_query::Error::Decode(_)) => too_deep(text),
        Err(pg_query::Error::Conversion(_)) => Body::Unparsed(error::holds_nul(text)),
        Err(pg_query::Error::Parse(message)) if message.starts_with("stack depth limit") => too_deep(text),
        Err(pg_query::Error::Parse(message)) => rejected(text, &message),
        Err(other) => Body::Unparsed(error::rejected(text, &other.to_string())),
    }
}

/// The parser's result. A panic in its wrapper must not take the program along.
fn run_parser(text: &str) -> pg_query::Result<ParseResult> {
    std::panic::catch_unwind(|| pg_query::parse(text, 0)).unwrap_or(Err(pg_query::Error::InvalidPointer))
}

/// Valid SQL that the parser's wrapper cannot hand over.
fn too_deep(text: &Text) -> Body {
    match data::from_tokens(text.text) {
        Some(data) => Body::Data(data),
        None => Body::Opaque { reason: "nested too deeply to be modelled".to_owned(), may_touch: Reach::anything() },
    }
}

fn parsed(text: &Text, result: &ParseResult) -> Body {
    first(result).and_then(|node| body(text, node)).unwrap_or(Body::Other)
}

fn first(result: &ParseResult) -> Option<&Node> {
    result.protobuf.stmts.iter().find_map(|raw| raw.stmt.as_deref())
}

/// A statement the parser rejects: perhaps a template, which it accepts once its placeholders are filled in.
fn rejected(text: &Text, message: &str) -> Body {
    if template::has_commands(text) {
        return Body::Opaque { reason: "commands of a template language".to_owned(), may_touch: Reach::anything() };
    }
    let filled = template::filled_in(text);
    match filled.as_deref().map(|filled| (filled, run_parser(filled))) {
        Some((filled, Ok(result))) => parsed(&text.with_text(filled), &result),
        _ => Body::Unparsed(error::rejected(text, message)),
    }
}

/// What a statement does, where that is of interest.
fn body(text: &Text, node: &Node) -> Option<Body> {
    let statement = node::kind(node)?;
    match statement {
        NodeEnum::DoStmt(_) => return Some(block::lower(text)),
        NodeEnum::TransactionStmt(statement) => return Some(setting::transaction(statement)),
        NodeEnum::VariableSetStmt(statement) => return Some(setting::set(text, statement)),
        NodeEnum::CallStmt(statement) => return Some(Body::Data(data::call(text, statement))),
        NodeEnum::ImportForeignSchemaStmt(_) => return Some(opaque("imports a foreign schema")),
        NodeEnum::DropOwnedStmt(_) => return Some(opaque("drops whatever a role owns")),
        NodeEnum::SelectStmt(select) => {
            if let Some(change) = table::select_into(text, node) {
                return Some(Body::Changes(vec![change]));
            }
            if let Some(change) = geometry::change(text, select) {
                return Some(Body::Changes(vec![change]));
            }
            if let Some(setting) = setting::set_config(text, select) {
                return Some(setting);
            }
        }
        _ => {}
    }
    let mut changes = changes(text, statement);
    // Most statements make one change, and a history keeps them all.
    changes.shrink_to_fit();
    if !changes.is_empty() {
        return Some(Body::Changes(changes));
    }
    if let Some(data) = data::lower(text, node) {
        return Some(Body::Data(data));
    }
    if let Some(access) = access::lower(text, statement) {
        return Some(Body::Access(Box::new(access)));
    }
    Some(maintenance::lower(text, statement)).filter(|maintenance| !maintenance.is_empty()).map(Body::Maintenance)
}

fn opaque(reason: &str) -> Body {
    Body::Opaque { reason: reason.to_owned(), may_touch: Reach::anything() }
}

fn changes(text: &Text, node: &NodeEnum) -> Vec<Change> {
    match node {
        NodeEnum::CreateSchemaStmt(statement) => {
            let schema = object::create_schema(text, statement);
            let name = object::schema_name(statement);
            let elements = object::schema_elements(statement).flat_map(|element| changes(text, element));
            std::iter::once(schema).chain(elements.map(|change| object::within_schema(change, &name))).collect()
        }
        NodeEnum::AlterTableStmt(statement) => alter::alter(text, statement),
        NodeEnum::DropStmt(statement) => reference::drop(text, statement),
        NodeEnum::TruncateStmt(statement) => object::truncate(text, statement),
        other => change(text, other).into_iter().collect(),
    }
}

/// The statements that make one change.
fn change(text: &Text, node: &NodeEnum) -> Option<Change> {
    match node {
        NodeEnum::CreateStmt(statement) => Some(table::create(text, statement, false)),
        NodeEnum::CreateForeignTableStmt(statement) => Some(table::create(text, statement.base_stmt.as_ref()?, true)),
        NodeEnum::CreateTableAsStmt(statement) if statement.objtype() == ObjectType::ObjectMatview => {
            object::create_materialized_view(text, statement)
        }
        NodeEnum::CreateTableAsStmt(statement) => table::create_as(text, statement),
        NodeEnum::IndexStmt(statement) => Some(index::create(text, statement)),
        NodeEnum::RenameStmt(statement) => reference::rename(text, statement),
        NodeEnum::AlterObjectSchemaStmt(statement) => reference::set_schema(text, statement),
        NodeEnum::CommentStmt(statement) => reference::comment(text, statement),
        NodeEnum::ViewStmt(statement) => object::create_view(text, statement),
        NodeEnum::RefreshMatViewStmt(statement) => Some(object::refresh_view(text, statement)),
        NodeEnum::CreateSeqStmt(statement) => Some(object::create_sequence(text, statement)),
        NodeEnum::AlterSeqStmt(statement) => object::alter_sequence(text, statement),
        NodeEnum::CreateStatsStmt(statement) => statistics::create(text, statement),
        NodeEnum::AlterStatsStmt(statement) => Some(statistics::alter(text, statement)),
        NodeEnum::CreateEnumStmt(statement) => Some(object::create_enum(text, statement)),
        NodeEnum::AlterEnumStmt(statement) => Some(object::alter_enum(text, statement)),
        NodeEnum::CompositeTypeStmt(statement) => Some(object::create_composite(text, statement)),
        NodeEnum::CreateRangeStmt(statement) => Some(object::create_range(text, statement)),
        NodeEnum::CreateDomainStmt(statement) => Some(object::create_domain(text, statement)),
        NodeEnum::AlterDomainStmt(statement) => object::alter_domain(text, statement),
        NodeEnum::CreateFunctionStmt(statement) => Some(function::create(text, statement)),
        NodeEnum::AlterFunctionStmt(statement) => function::alter(text, statement),
        NodeEnum::DefineStmt(statement) => define(text, statement),
        NodeEnum::CreateTrigStmt(statement) => Some(object::create_trigger(text, statement)),
        NodeEnum::CreatePolicyStmt(statement) => Some(object::create_policy(text, statement)),
        NodeEnum::AlterPolicyStmt(statement) => Some(object::alter_policy(text, statement)),
        NodeEnum::CreateExtensionStmt(statement) => Some(object::create_extension(text, statement)),
        NodeEnum::CreateCastStmt(statement) if statement.context() != CoercionContext::CoercionExplicit => Some(relate_types(text)),
        _ => None,
    }
}

fn define(text: &Text, statement: &DefineStmt) -> Option<Change> {
    match statement.kind() {
        ObjectType::ObjectAggregate => Some(function::create_aggregate(text, statement)),
        ObjectType::ObjectType => Some(object::create_base_type(text, &statement.defnames)),
        ObjectType::ObjectOperator => Some(relate_types(text)),
        _ => None,
    }
}

fn relate_types(text: &Text) -> Change {
    Change { kind: ChangeKind::RelateTypes, span: text.statement() }
}
