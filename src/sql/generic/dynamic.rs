//! Code that is put together when it runs: which relations it may concern.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{content, identifier, tokens};
use crate::change::ChangeKind;
use crate::schema::{Dialect, QualifiedName};
use crate::sql::split::{Token, TokenKind};
use crate::sql::{Body, Reach, Statement};

/// What names more than this reaches anything.
const MAX_WORDS: usize = 1_000;

/// What a routine or variable may hold: the words of these statements, by their places among those that have any.
type Known = BTreeMap<String, Vec<usize>>;

/// `CALL`, `EXEC` and `PREPARE` reach what their texts name, and those of the procedures and variables of the same file
/// that they run; only where these are unknown, anything.
pub fn narrow(statements: &mut [Statement], text: &str, dialect: Dialect) {
    if !statements.iter().any(|statement| reach(&statement.body).is_some()) {
        return;
    }
    let (mut known, mut words) = (Known::new(), Vec::<BTreeSet<String>>::new());
    for statement in statements {
        let written = tokens(text, statement.span.range(), dialect);
        let keys = held(statement, text, &written);
        if !keys.is_empty() {
            keys.into_iter().for_each(|key| known.entry(key).or_default().push(words.len()));
            words.push(words_of(text, &written, dialect));
        }
        let Body::Opaque { may_touch, .. } = &mut statement.body else { continue };
        if may_touch.anything
            && let Some(relations) = reached(text, &written, dialect, &known, &words)
        {
            *may_touch = Reach { relations, ..Reach::default() };
        }
    }
}

fn reach(body: &Body) -> Option<&Reach> {
    match body {
        Body::Opaque { may_touch, .. } => Some(may_touch).filter(|reach| reach.anything),
        _ => None,
    }
}

/// The routines a statement makes and the variables it names, in lower case.
fn held(statement: &Statement, text: &str, written: &[Token]) -> BTreeSet<String> {
    let variables = written.iter().map(|token| token.text(text)).filter(|word| word.starts_with('@'));
    let mut held: BTreeSet<String> = variables.map(str::to_ascii_lowercase).collect();
    if let Body::Changes(changes) = &statement.body {
        held.extend(changes.iter().filter_map(|change| match &change.kind {
            ChangeKind::CreateFunction { function, .. } => Some(function.key.name.name.to_ascii_lowercase()),
            _ => None,
        }));
    }
    held
}

/// What code that runs may concern; `None` where that is unknown or too much.
fn reached(text: &str, written: &[Token], dialect: Dialect, known: &Known, words: &[BTreeSet<String>]) -> Option<Vec<QualifiedName>> {
    let mut reached = BTreeSet::new();
    add_words_in_texts(&mut reached, text, written, dialect);
    let names: BTreeSet<String> =
        written.iter().filter_map(|token| identifier(text, token)).map(|name| name.to_ascii_lowercase()).collect();
    let places: BTreeSet<usize> = names.iter().filter_map(|name| known.get(name)).flatten().take(MAX_WORDS + 1).copied().collect();
    let of_known = places.into_iter().filter_map(|place| words.get(place)).flatten().take(MAX_WORDS + 1);
    reached.extend(of_known.cloned());
    let fits = !reached.is_empty() && reached.len() <= MAX_WORDS;
    fits.then(|| reached.into_iter().map(QualifiedName::unqualified).collect())
}

fn words_of(text: &str, written: &[Token], dialect: Dialect) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = names(text, written).collect();
    add_words_in_texts(&mut words, text, written, dialect);
    words
}

fn names(text: &str, written: &[Token]) -> impl Iterator<Item = String> {
    let is_name = |token: &&Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    written.iter().filter(is_name).filter_map(|token| identifier(text, token))
}

fn add_words_in_texts(words: &mut BTreeSet<String>, text: &str, written: &[Token], dialect: Dialect) {
    for token in written.iter().filter(|token| token.kind == TokenKind::String) {
        let inside = content(token.text(text));
        words.extend(names(&inside, &tokens(&inside, 0..inside.len(), dialect)));
    }
}
