//! The parser itself: one small piece of SQL at a time, so that what it does not know costs that piece only.

use std::ops::Range;

use sqlparser::ast::Statement;
use sqlparser::dialect::{Dialect as Grammar, MsSqlDialect, MySqlDialect, SQLiteDialect};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::text::Text;
use crate::schema::Dialect;

/// Pieces with more words and operators are not parsed: the parser's trees are as deep as an expression is long.
const MAX_OPERATORS: usize = 300;

/// How deep the parser itself goes.
const MAX_DEPTH: usize = 50;

/// Deeper parentheses are not parsed: the parser tries each of them in several ways.
const MAX_PARENTHESES: usize = 10;

/// The statement, or the parser's message.
pub fn parse(sql: &str, dialect: Dialect) -> Result<Statement, String> {
    let grammar: &dyn Grammar = match dialect {
        Dialect::MySql => &MySqlDialect {},
        Dialect::SqlServer => &MsSqlDialect {},
        Dialect::Sqlite | Dialect::Postgres => &SQLiteDialect {},
    };
    let refusal = |error: ParserError| in_house_style(&error.to_string());
    let tokens = Tokenizer::new(grammar, sql).tokenize_with_location().map_err(|error| refusal(error.into()))?;
    if tokens.iter().filter(|token| may_deepen(&token.token)).count() > MAX_OPERATORS {
        return Err("it is too long".to_owned());
    }
    if depth(&tokens) > MAX_PARENTHESES {
        return Err("it is nested too deeply".to_owned());
    }
    let mut parser = Parser::new(grammar).with_recursion_limit(MAX_DEPTH).with_tokens_with_locations(tokens);
    let mut statements = parser.parse_statements().map_err(refusal)?;
    match statements.len() {
        1 => statements.pop().ok_or_else(String::new),
        count => Err(format!("{count} statements where one was expected")),
    }
}

/// Whether a token may make a tree deeper. What lists are made of does not: they may be long.
fn may_deepen(token: &Token) -> bool {
    use Token as T;
    let is_text = matches!(token, T::SingleQuotedString(_) | T::DoubleQuotedString(_) | T::NationalStringLiteral(_));
    !is_text && !matches!(token, T::Whitespace(_) | T::Comma | T::RParen | T::Period | T::Number(..))
}

/// How deep parentheses are nested.
fn depth(tokens: &[TokenWithSpan]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for token in tokens {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// `expected …, found: x` without the place, which is one in a piece.
fn in_house_style(message: &str) -> String {
    let message = message
        .rsplit_once(": ")
        .filter(|(head, _)| head.starts_with("sql parser error") && !head.contains("found"))
        .map_or(message, |(_, tail)| tail);
    let message = message.split(" at Line").next().unwrap_or(message);
    message.trim_start_matches("sql parser error: ").replace('"', "`")
}

/// Clauses of columns and keys that the parser does not know, and that change nothing the model holds.
const UNKNOWN: &[(Dialect, &[&str], usize)] = &[
    (Dialect::MySql, &["using", "btree"], 0),
    (Dialect::MySql, &["using", "hash"], 0),
    (Dialect::MySql, &["zerofill"], 0),
    (Dialect::MySql, &["visible"], 0),
    (Dialect::MySql, &["column_format"], 1),
    (Dialect::MySql, &["key_block_size", "="], 1),
    (Dialect::MySql, &["with", "parser"], 1),
    (Dialect::SqlServer, &["clustered"], 0),
    (Dialect::SqlServer, &["nonclustered"], 0),
    (Dialect::SqlServer, &["not", "for", "replication"], 0),
    (Dialect::SqlServer, &["sparse"], 0),
    (Dialect::SqlServer, &["next", "value", "for"], 0),
    (Dialect::SqlServer, &["rowguidcol"], 0),
];

/// The tokens as SQL, without what the parser does not know.
pub fn edited(text: &Text, tokens: Range<usize>) -> String {
    let mut kept = String::new();
    let mut index = tokens.start;
    let is_at = |index: usize, words: &[&str]| {
        words.iter().enumerate().all(|(offset, word)| text.is_word(index + offset, word) || text.is_symbol(index + offset, word))
    };
    while index < tokens.end {
        // The first token of an element is its name or keyword.
        let unknown = UNKNOWN.iter().find(|(dialect, words, _)| *dialect == text.dialect && index > tokens.start && is_at(index, words));
        if let Some((_, words, more)) = unknown {
            index += words.len() + more;
            continue;
        }
        // `VARCHAR(64) BINARY` is a collation.
        if text.dialect == Dialect::MySql && index > tokens.start + 1 && text.is_word(index, "binary") && !text.is_symbol(index + 1, "(") {
            index += 1;
            continue;
        }
        // `WITH (…)` and `ON [PRIMARY]` of SQL Server say where an index is kept.
        let is_storage = text.dialect == Dialect::SqlServer && index > tokens.start;
        if is_storage && text.is_word(index, "with") && text.is_symbol(index + 1, "(") {
            index = text.closing(index + 1) + 1;
            continue;
        }
        if is_storage && text.is_word(index, "on") && !text.is_any(index + 1, &["delete", "update"]) {
            index += 2;
            continue;
        }
        push(&mut kept, text, index);
        index += 1;
    }
    kept
}

fn push(kept: &mut String, text: &Text, index: usize) {
    let touches = index > 0
        && text.tokens.get(index - 1).zip(text.tokens.get(index)).is_some_and(|(previous, token)| previous.range.end == token.range.start);
    if !kept.is_empty() && !touches {
        kept.push(' ');
    }
    kept.push_str(text.token(index));
}
