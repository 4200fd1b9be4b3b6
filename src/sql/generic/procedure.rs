//! What `CALL` and `EXECUTE` of MySQL do, as far as the same file says: procedures that it makes, statements that it puts
//! together of constants, and conditions on `information_schema`, which replay answers.

mod catalog;
mod code;
mod value;

use std::collections::BTreeMap;
use std::ops::Range;

use self::code::Code;
use self::value::Value;
use super::lexer::tokens;
use super::split::{self, Piece};
use super::text::Text;
use crate::schema::Dialect;
use crate::source::{FileId, Span};
use crate::sql::{Body, Reach, Statement, Step};

/// Tokens of code that are run for one file. What calls more stays unknown.
const MAX_TOKENS: usize = 200_000;
/// Calls within calls.
const MAX_DEPTH: usize = 8;
/// Variables that are known at a time.
const MAX_VARIABLES: usize = 200;

/// Gives what runs code of the same file the steps it takes.
pub fn run(statements: &mut [Statement], source: &str, file: FileId, dialect: Dialect) {
    let is_unknown = |statement: &Statement| matches!(&statement.body, Body::Opaque { may_touch: Reach { anything: true, .. }, .. });
    if dialect != Dialect::MySql || !statements.iter().any(is_unknown) {
        return;
    }
    let mut session = Session { source, file, known: Known::default(), procedures: BTreeMap::new(), tokens_left: MAX_TOKENS };
    for statement in statements {
        let Some(body) = session.statement(statement) else { continue };
        statement.body = body;
    }
}

/// What is known between two statements.
#[derive(Clone, Default, PartialEq)]
struct Known {
    variables: BTreeMap<String, Value>,
    prepared: BTreeMap<String, Value>,
}

impl Known {
    fn set(&mut self, name: String, value: Value) {
        if self.variables.len() < MAX_VARIABLES || self.variables.contains_key(&name) {
            self.variables.insert(name, value);
        }
    }

    /// What holds after either of two branches.
    fn merge(&mut self, other: &Known) {
        self.variables.retain(|name, value| other.variables.get(name) == Some(value));
        self.prepared.retain(|name, value| other.prepared.get(name) == Some(value));
    }
}

/// A procedure the file has made.
#[derive(Clone)]
struct Procedure {
    parameters: Vec<String>,
    body: Range<usize>,
}

/// One file's session.
struct Session<'a> {
    source: &'a str,
    file: FileId,
    known: Known,
    procedures: BTreeMap<String, Procedure>,
    tokens_left: usize,
}

impl<'a> Session<'a> {
    fn text(&self, range: Range<usize>) -> Text<'a> {
        Text::new(self.source, self.file, Piece { tokens: tokens(self.source, range, Dialect::MySql) }, Dialect::MySql)
    }

    /// What a statement of the file does instead of what was lowered; `None` leaves that.
    fn statement(&mut self, statement: &Statement) -> Option<Body> {
        let range = statement.span.range();
        let written = self.source.get(range.clone())?;
        let word: String = written.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        if !["create", "set", "select", "prepare", "execute", "call", "drop"].contains(&word.as_str()) {
            return None;
        }
        let text = self.text(range);
        match word.as_str() {
            "create" => self.note_procedure(&text),
            "drop" => self.forget_procedure(&text),
            "set" => self.assign(&text, 1..text.tokens.len()),
            "select" => self.select_into(&text, 0..text.tokens.len()),
            "prepare" => return self.prepare(&text, 0..text.tokens.len()).then_some(Body::Other),
            "execute" => return self.execute(&text, 0..text.tokens.len(), statement.span).map(body_of),
            _ => return self.call(&text, 0..text.tokens.len(), statement.span, 0).map(body_of),
        }
        None
    }

    fn note_procedure(&mut self, text: &Text) {
        let Some(keyword) = (1..text.tokens.len().min(8)).find(|index| text.is_word(*index, "procedure")) else { return };
        let name_at = text.skip(keyword + 1, &["if", "not", "exists"]);
        let Some((name, place)) = text.qualified(name_at).filter(|(_, place)| text.is_symbol(place.end, "(")) else { return };
        let close = text.closing(place.end);
        let parameters = text.split_at_commas(place.end + 1..close).into_iter().map(|part| parameter(text, part.start)).collect();
        let begin = text.find(close + 1..text.tokens.len(), &["begin"]);
        let key = name.name.to_ascii_lowercase();
        let stays = name_at > keyword + 1 && self.procedures.contains_key(&key);
        if let (Some(parameters), Some(begin), false) = (parameters, begin, stays) {
            let body = text.span(begin..text.tokens.len()).range();
            self.procedures.insert(key, Procedure { parameters, body });
        }
    }

    fn forget_procedure(&mut self, text: &Text) {
        let name = text.name(text.skip(2, &["if", "exists"])).filter(|_| text.is_word(1, "procedure"));
        name.map(|name| self.procedures.remove(&name.to_ascii_lowercase()));
    }

    /// `@a = 1, @b := 2`; a session's settings are left alone.
    fn assign(&mut self, text: &Text, tokens: Range<usize>) {
        for part in text.split_at_commas(tokens) {
            let sign = if text.is_symbol(part.start + 1, ":") { part.start + 2 } else { part.start + 1 };
            if let Some(name) = text.name(part.start).filter(|_| text.is_symbol(sign, "=")) {
                let value = self.value(text, sign + 1..part.end);
                self.known.set(name.to_ascii_lowercase(), value);
            }
        }
    }

    /// `SELECT … INTO variable`.
    fn select_into(&mut self, text: &Text, tokens: Range<usize>) {
        let Some(into) = text.find(tokens.clone(), &["into"]) else { return };
        let Some(name) = text.name(into + 1) else { return };
        let several = text.is_symbol(into + 2, ",");
        let from = text.find(tokens.clone(), &["from"]);
        let list = tokens.start + 1..from.map_or(into, |from| from.min(into));
        let value = match from {
            _ if several => Value::Unknown,
            None => self.value(text, list),
            Some(from) => self.selected(text, list, from..if into > from { into } else { tokens.end }),
        };
        self.known.set(name.to_ascii_lowercase(), value);
    }

    /// `PREPARE name FROM text`: whether it is known what is prepared.
    fn prepare(&mut self, text: &Text, tokens: Range<usize>) -> bool {
        let Some(name) = text.name(tokens.start + 1).filter(|_| text.is_word(tokens.start + 2, "from")) else { return false };
        let value = self.value(text, tokens.start + 3..tokens.end);
        let steps = self.run_text(&value, text.span(tokens));
        self.known.prepared.insert(name.to_ascii_lowercase(), value);
        steps.is_some()
    }

    fn execute(&mut self, text: &Text, tokens: Range<usize>, at: Span) -> Option<Vec<Step>> {
        let name = text.name(tokens.start + 1).filter(|_| tokens.len() == 2)?;
        let value = self.known.prepared.get(&name.to_ascii_lowercase())?.clone();
        self.run_text(&value, at)
    }

    /// The steps of a text that is executed.
    fn run_text(&mut self, value: &Value, at: Span) -> Option<Vec<Step>> {
        match value {
            Value::Text(written) => {
                self.tokens_left = self.tokens_left.checked_sub(written.len())?;
                let mut pieces = split::statements(written, 0..written.len(), Dialect::MySql);
                let piece = pieces.pop().filter(|_| pieces.is_empty())?;
                let text = Text::pinned(written, at, piece, Dialect::MySql);
                let statement = super::statement(&text);
                let is_known = !written.contains('?') && !matches!(statement.body, Body::Opaque { .. } | Body::Unparsed(_));
                is_known.then(|| vec![Step::Statement(statement)])
            }
            Value::Choice(condition, then, otherwise) => {
                let (then, otherwise) = (self.run_text(then, at)?, self.run_text(otherwise, at)?);
                Some(vec![Step::If { condition: condition.clone(), then, otherwise }])
            }
            _ => None,
        }
    }

    /// `CALL name(arguments)`.
    fn call(&mut self, text: &Text, tokens: Range<usize>, at: Span, depth: usize) -> Option<Vec<Step>> {
        let (name, place) = text.qualified(tokens.start + 1)?;
        let procedure = self.procedures.get(&name.name.to_ascii_lowercase()).filter(|_| depth < MAX_DEPTH)?.clone();
        let given = if text.is_symbol(place.end, "(") { place.end + 1..text.closing(place.end) } else { tokens.end..tokens.end };
        let values: Vec<Value> = text.split_at_commas(given).into_iter().map(|part| self.value(text, part)).collect();
        if values.len() != procedure.parameters.len() {
            return None;
        }
        let body = self.text(procedure.body);
        self.tokens_left = self.tokens_left.checked_sub(body.tokens.len())?;
        let outer = self.known.clone();
        // Without their `@`, these names are the procedure's own.
        self.known.variables.retain(|name, _| name.starts_with('@'));
        procedure.parameters.into_iter().zip(values).for_each(|(name, value)| self.known.set(name, value));
        let steps = Code::new(&body, at, depth).block(self);
        let own = |name: &String| !name.starts_with('@');
        self.known.variables.retain(|name, _| !own(name));
        self.known.variables.extend(outer.variables.into_iter().filter(|(name, _)| own(name)));
        steps
    }
}

fn parameter(text: &Text, start: usize) -> Option<String> {
    let name = if text.is_word(start, "in") { start + 1 } else { start };
    // What a procedure gives back is not followed.
    text.name(name).filter(|_| !text.is_any(start, &["out", "inout"])).map(|name| name.to_ascii_lowercase())
}

fn body_of(steps: Vec<Step>) -> Body {
    if steps.is_empty() { Body::Other } else { Body::Block(steps) }
}
