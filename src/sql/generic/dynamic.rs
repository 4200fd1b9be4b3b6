//! Code that is put together when it runs: which relations it may concern.

use std::collections::BTreeMap;

use super::lexer::{identifier, tokens};
use crate::change::ChangeKind;
use crate::schema::{Dialect, QualifiedName};
use crate::sql::split::{Token, TokenKind};
use crate::sql::{Body, Reach, Statement};

/// `CALL` and `PREPARE` reach what their texts name, and those of the procedures and variables of the same file that they
/// run; only where these are unknown, anything.
pub fn narrow(statements: &mut [Statement], text: &str, dialect: Dialect) {
    let mut known: BTreeMap<String, Vec<QualifiedName>> = BTreeMap::new();
    for statement in statements {
        let written = tokens(text, statement.span.range(), dialect);
        if let Body::Changes(changes) = &statement.body {
            for change in changes {
                let ChangeKind::CreateFunction { function, .. } = &change.kind else { continue };
                known.insert(function.key.name.name.to_ascii_lowercase(), words(text, &written, dialect));
            }
        }
        for variable in written.iter().map(|token| token.text(text)).filter(|word| word.starts_with('@')) {
            known.entry(variable.to_ascii_lowercase()).or_default().extend(words(text, &written, dialect));
        }
        let Body::Opaque { may_touch, .. } = &mut statement.body else { continue };
        if !may_touch.anything {
            continue;
        }
        let mut relations = words_in_texts(text, &written, dialect);
        let names = written.iter().filter_map(|token| identifier(text, token)).map(|name| name.to_ascii_lowercase());
        relations.extend(names.filter_map(|name| known.get(&name)).flatten().cloned());
        if !relations.is_empty() {
            *may_touch = Reach { relations, ..Reach::default() };
        }
    }
}

fn words(text: &str, written: &[Token], dialect: Dialect) -> Vec<QualifiedName> {
    let names = written.iter().filter(|token| token.kind != TokenKind::String).filter_map(|token| identifier(text, token));
    names.map(QualifiedName::unqualified).chain(words_in_texts(text, written, dialect)).collect()
}

fn words_in_texts(text: &str, written: &[Token], dialect: Dialect) -> Vec<QualifiedName> {
    let strings = written.iter().filter(|token| token.kind == TokenKind::String).map(|token| token.text(text));
    let inside = strings.filter_map(|string| string.get(1..string.len().checked_sub(1)?));
    inside
        .flat_map(|inside| {
            let tokens = tokens(inside, 0..inside.len(), dialect);
            tokens.into_iter().filter_map(|token| identifier(inside, &token)).collect::<Vec<_>>()
        })
        .map(QualifiedName::unqualified)
        .collect()
}
