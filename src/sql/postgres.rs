//! PostgreSQL's own parser (pg_query) to [`crate::change::Change`]s.

mod alter;
mod block;
mod children;
mod column;
mod constraint;
mod data_type;
mod expression;
mod index;
mod node;
mod query;
mod reference;
mod table;
mod text;

use std::ops::Range;

use pg_query::{Node, NodeEnum};

use self::text::Text;
use super::split::{self, Chunk, ChunkKind};
use super::{Body, ParseError, Statement};
use crate::change::{Change, ChangeKind};
use crate::source::{FileId, SourceMap, Span};

/// The statements of `range` of a file.
pub fn parse(sources: &SourceMap, file: FileId, range: Range<usize>) -> Vec<Statement> {
    let text = &sources.file(file).text;
    split::statements(text, range).into_iter().map(|chunk| statement(text, file, chunk)).collect()
}

fn statement(file_text: &str, file: FileId, piece: Chunk) -> Statement {
    let written = file_text.get(piece.range.clone()).unwrap_or_default();
    let text = Text::new(written, file, piece.range.start);
    Statement { span: text.statement(), body: chunk(&text, &piece) }
}

/// What a piece of text between semicolons does.
fn chunk(text: &Text, piece: &Chunk) -> Body {
    match &piece.kind {
        ChunkKind::Statement => sql(text),
        ChunkKind::MetaCommand => Body::Other,
        ChunkKind::Unterminated(opening) => {
            let opening = opening.start - piece.range.start..opening.end - piece.range.start;
            Body::Unparsed(ParseError { message: "unterminated".to_owned(), span: text.bytes(opening), placeholder: None })
        }
    }
}

fn sql(text: &Text) -> Body {
    match pg_query::parse(text.text, 0) {
        Ok(result) => {
            let statements = result.protobuf.stmts;
            match statements.iter().filter_map(|raw| raw.stmt.as_deref()).find_map(node::kind) {
                Some(node) => body(text, node),
                None => Body::Other,
            }
        }
        Err(error) => Body::Unparsed(ParseError { message: error.to_string(), span: text.statement(), placeholder: None }),
    }
}

fn body(text: &Text, node: &NodeEnum) -> Body {
    if matches!(node, NodeEnum::DoStmt(_)) {
        return block::lower(text);
    }
    let changes = changes(text, node);
    if changes.is_empty() { Body::Other } else { Body::Changes(changes) }
}

fn changes(text: &Text, node: &NodeEnum) -> Vec<Change> {
    match node {
        NodeEnum::CreateStmt(statement) => {
            let span = text.name_at(node::location(&statement.relation));
            vec![Change { kind: table::create(text, statement, false), span }]
        }
        NodeEnum::IndexStmt(statement) => {
            let (kind, span) = index::create(text, statement);
            vec![Change { kind, span }]
        }
        NodeEnum::AlterTableStmt(statement) => alter::alter(text, statement),
        NodeEnum::DropStmt(statement) => reference::drop(text, statement),
        NodeEnum::RenameStmt(statement) => reference::rename(text, statement).into_iter().collect(),
        NodeEnum::AlterObjectSchemaStmt(statement) => reference::set_schema(text, statement).into_iter().collect(),
        NodeEnum::CommentStmt(statement) => reference::comment(text, statement).into_iter().collect(),
        _ => Vec::new(),
    }
}
