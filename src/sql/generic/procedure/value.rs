//! Expressions of procedures: texts that are put together, and conditions.

use std::ops::Range;

use super::super::lexer::content;
use super::super::text::Text;
use super::Session;
use crate::sql::split::TokenKind;
use crate::sql::{CatalogQuery, Condition};

/// The longest text, and the largest choice, that is kept.
const MAX_LENGTH: usize = 20_000;
const MAX_CHOICES: usize = 32;
/// Parentheses within parentheses.
const MAX_DEPTH: usize = 24;

/// What an expression is known to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nobody knows.
    Unknown,
    /// The database that is used.
    Database,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// How many there are of something.
    Count(CatalogQuery),
    /// Whether something holds.
    Truth(Condition),
    /// One value or another.
    Choice(Condition, Box<Value>, Box<Value>),
}

impl Value {
    fn choices(&self) -> usize {
        match self {
            Value::Choice(_, then, otherwise) => then.choices() + otherwise.choices(),
            _ => 1,
        }
    }

    fn within_bounds(self) -> Self {
        let fits = match &self {
            Value::Text(text) => text.len() <= MAX_LENGTH,
            Value::Choice(..) => self.choices() <= MAX_CHOICES,
            _ => true,
        };
        if fits { self } else { Value::Unknown }
    }

    fn truth(self) -> Condition {
        match self {
            Value::Truth(condition) => condition,
            Value::Count(query) => Condition::Exists(query),
            Value::Number(number) => Condition::Constant(number != 0),
            _ => Condition::Unknown,
        }
    }
}

impl Session<'_> {
    /// What an expression is known to be.
    pub(super) fn value(&self, text: &Text, tokens: Range<usize>) -> Value {
        self.value_within(text, tokens, MAX_DEPTH).within_bounds()
    }

    /// Whether an expression holds.
    pub(super) fn condition(&self, text: &Text, tokens: Range<usize>) -> Condition {
        self.condition_within(text, tokens, MAX_DEPTH)
    }

    fn value_within(&self, text: &Text, tokens: Range<usize>, depth: usize) -> Value {
        let Some(deeper) = depth.checked_sub(1) else { return Value::Unknown };
        if tokens.len() == 1 {
            return self.single(text, tokens.start);
        }
        if let Some(inner) = inside(text, &tokens, tokens.start) {
            let is_query = text.is_word(inner.start, "select");
            return if is_query { self.query(text, inner, deeper) } else { self.value_within(text, inner, deeper) };
        }
        let name = text.token(tokens.start).to_ascii_lowercase();
        match (name.as_str(), inside(text, &tokens, tokens.start + 1)) {
            ("database" | "schema", Some(inner)) if inner.is_empty() => Value::Database,
            ("concat", Some(inner)) => self.concatenated(text, inner, deeper),
            ("if", Some(inner)) => self.chosen(text, inner, deeper),
            _ if operator(text, &tokens).is_some() || text.is_any(tokens.start, &["exists", "not"]) => {
                Value::Truth(self.condition_within(text, tokens, deeper))
            }
            _ => Value::Unknown,
        }
    }

    fn single(&self, text: &Text, index: usize) -> Value {
        let written = text.token(index);
        match text.tokens.get(index).map(|token| token.kind) {
            Some(TokenKind::String) if !written.contains('\\') => Value::Text(content(written)),
            Some(TokenKind::Number) => written.parse().map_or(Value::Unknown, Value::Number),
            Some(TokenKind::Word) if text.is_any(index, &["true", "false"]) => {
                Value::Truth(Condition::Constant(text.is_word(index, "true")))
            }
            Some(TokenKind::Word | TokenKind::QuotedIdentifier) => {
                let name = text.name(index).map(|name| name.to_ascii_lowercase()).unwrap_or_default();
                self.known.variables.get(&name).cloned().unwrap_or(Value::Unknown)
            }
            _ => Value::Unknown,
        }
    }

    fn concatenated(&self, text: &Text, tokens: Range<usize>, depth: usize) -> Value {
        let mut whole = String::new();
        for part in text.split_at_commas(tokens) {
            match self.value_within(text, part, depth) {
                Value::Text(part) => whole += &part,
                Value::Number(number) => whole += &number.to_string(),
                _ => return Value::Unknown,
            }
            if whole.len() > MAX_LENGTH {
                return Value::Unknown;
            }
        }
        Value::Text(whole)
    }

    fn chosen(&self, text: &Text, tokens: Range<usize>, depth: usize) -> Value {
        let parts = text.split_at_commas(tokens);
        let [condition, then, otherwise] = parts.as_slice() else { return Value::Unknown };
        let condition = self.condition_within(text, condition.clone(), depth);
        let of = |part: &Range<usize>| Box::new(self.value_within(text, part.clone(), depth));
        Value::Choice(condition, of(then), of(otherwise)).within_bounds()
    }

    /// A query in parentheses.
    fn query(&self, text: &Text, tokens: Range<usize>, depth: usize) -> Value {
        match text.find(tokens.clone(), &["from"]) {
            Some(from) => self.selected(text, tokens.start + 1..from, from..tokens.end),
            None => self.value_within(text, tokens.start + 1..tokens.end, depth),
        }
    }

    /// What a query of a catalog selects: only counts and constants are followed.
    pub(super) fn selected(&self, text: &Text, list: Range<usize>, from: Range<usize>) -> Value {
        let Some(query) = self.catalog_query(text, from) else { return Value::Unknown };
        match () {
            () if text.is_word(list.start, "count") && text.closing(list.start + 1) + 1 == list.end => Value::Count(query),
            () if list.len() == 1 && matches!(text.token(list.start), "1" | "true" | "TRUE") => Value::Truth(Condition::Exists(query)),
            () => Value::Unknown,
        }
    }

    fn condition_within(&self, text: &Text, tokens: Range<usize>, depth: usize) -> Condition {
        let Some(deeper) = depth.checked_sub(1) else { return Condition::Unknown };
        for (word, make) in [("or", Condition::Any as fn(Vec<Condition>) -> Condition), ("and", Condition::All)] {
            let parts = split_at(text, tokens.clone(), word);
            if parts.len() > 1 {
                return make(parts.into_iter().map(|part| self.condition_within(text, part, deeper)).collect());
            }
        }
        if text.is_word(tokens.start, "not") {
            return Condition::Not(Box::new(self.condition_within(text, tokens.start + 1..tokens.end, deeper)));
        }
        if text.is_word(tokens.start, "exists") {
            let query = inside(text, &tokens, tokens.start + 1).and_then(|inner| {
                let from = text.find(inner.clone(), &["from"])?;
                self.catalog_query(text, from..inner.end)
            });
            return query.map_or(Condition::Unknown, Condition::Exists);
        }
        if let Some(inner) = inside(text, &tokens, tokens.start).filter(|inner| !text.is_word(inner.start, "select")) {
            return self.condition_within(text, inner, deeper);
        }
        match operator(text, &tokens) {
            Some(at) => {
                let left = self.value_within(text, tokens.start..at, deeper);
                let right = self.value_within(text, at + 1..tokens.end, deeper);
                compared(left, text.token(at), right)
            }
            None => self.value_within(text, tokens, deeper).truth(),
        }
    }
}

/// What stands between an opening parenthesis and the one that ends the expression.
fn inside(text: &Text, tokens: &Range<usize>, open: usize) -> Option<Range<usize>> {
    let is_all = open < tokens.end && text.is_symbol(open, "(") && text.closing(open) + 1 == tokens.end;
    is_all.then(|| open + 1..tokens.end - 1)
}

/// The comparison of an expression, outside parentheses.
fn operator(text: &Text, tokens: &Range<usize>) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.clone().find(|index| {
        match text.token(*index) {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && ["=", "<>", "!=", "<", "<=", ">", ">="].contains(&text.token(*index))
    })
}

/// The parts between a word outside parentheses.
pub(super) fn split_at(text: &Text, tokens: Range<usize>, word: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = tokens.start;
    while let Some(index) = text.find(start..tokens.end, &[word]) {
        parts.push(start..index);
        start = index + 1;
    }
    parts.push(start..tokens.end);
    parts
}

fn compared(left: Value, operator: &str, right: Value) -> Condition {
    let mirrored = |operator| match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    };
    match (left, right) {
        (Value::Count(query), Value::Number(number)) => match (operator, number) {
            (">" | "<>" | "!=", 0) | (">=", 1) => Condition::Exists(query),
            ("=" | "<=", 0) | ("<", 1) => Condition::Not(Box::new(Condition::Exists(query))),
            // An index counts once for each of its columns.
            ("=", 1) if !matches!(query, CatalogQuery::Index { .. }) => Condition::Exists(query),
            _ => Condition::Unknown,
        },
        (Value::Truth(condition), Value::Truth(Condition::Constant(true)) | Value::Number(1)) if operator == "=" => condition,
        (number @ Value::Number(_), count @ Value::Count(_)) => compared(count, mirrored(operator), number),
        (Value::Number(left), Value::Number(right)) => match operator {
            "=" => Condition::Constant(left == right),
            "<>" | "!=" => Condition::Constant(left != right),
            "<" => Condition::Constant(left < right),
            "<=" => Condition::Constant(left <= right),
            ">" => Condition::Constant(left > right),
            _ => Condition::Constant(left >= right),
        },
        _ => Condition::Unknown,
    }
}
