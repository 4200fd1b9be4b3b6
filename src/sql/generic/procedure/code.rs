//! The statements of a procedure's body.

use std::ops::Range;

use super::super::split::Piece;
use super::super::text::Text;
use super::{MAX_DEPTH, Session};
use crate::schema::Dialect;
use crate::source::Span;
use crate::sql::{Body, Statement, Step};

/// Blocks within blocks.
const MAX_BLOCKS: usize = 32;

/// A body, and how far it was read. Where something in it is not followed, nothing of it is.
pub(super) struct Code<'a> {
    text: &'a Text<'a>,
    at: usize,
    /// What a statement that is put together is blamed on.
    call: Span,
    calls: usize,
    blocks: usize,
    /// What fails is passed over.
    goes_on: bool,
}

impl<'a> Code<'a> {
    /// A body that begins with `BEGIN`.
    pub(super) fn new(text: &'a Text<'a>, call: Span, calls: usize) -> Self {
        Self { text, at: 0, call, calls: calls.min(MAX_DEPTH), blocks: 0, goes_on: false }
    }

    /// `BEGIN … END`.
    pub(super) fn block(&mut self, session: &mut Session) -> Option<Vec<Step>> {
        if !self.text.is_word(self.at, "begin") || self.blocks >= MAX_BLOCKS {
            return None;
        }
        self.at += 1;
        self.blocks += 1;
        let outer = self.goes_on;
        let steps = self.steps(session)?;
        (self.goes_on, self.blocks) = (outer, self.blocks - 1);
        self.closes(&["end"]).then_some(steps)
    }

    fn closes(&mut self, words: &[&str]) -> bool {
        let closes = self.text.are_words(self.at, words);
        self.at += if closes { words.len() } else { 0 };
        closes
    }

    /// Steps up to the word that ends them.
    fn steps(&mut self, session: &mut Session) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            while self.text.is_symbol(self.at, ";") {
                self.at += 1;
            }
            if self.at >= self.text.tokens.len() {
                return None;
            }
            if self.text.is_any(self.at, &["end", "else", "elseif"]) {
                return Some(steps);
            }
            let found = self.step(session)?;
            match self.goes_on {
                true => steps.extend(found.into_iter().map(passed_over)),
                false => steps.extend(found),
            }
        }
    }

    fn step(&mut self, session: &mut Session) -> Option<Vec<Step>> {
        let text = self.text;
        match text.token(self.at).to_ascii_lowercase().as_str() {
            "begin" => return self.block(session),
            "if" => return Some(vec![self.branch(session)?]),
            _ => {}
        }
        let end = (self.at..text.tokens.len()).find(|index| text.is_symbol(*index, ";"))?;
        let tokens = self.at..end;
        let begin = std::mem::replace(&mut self.at, end);
        match text.token(begin).to_ascii_lowercase().as_str() {
            "declare" => self.declare(session, tokens).then(Vec::new),
            "set" => {
                session.assign(text, begin + 1..end);
                Some(Vec::new())
            }
            "select" => {
                session.select_into(text, tokens);
                Some(Vec::new())
            }
            "prepare" => session.prepare(text, tokens).then(Vec::new),
            "execute" => session.execute(text, tokens, self.call),
            "deallocate" => Some(Vec::new()),
            "call" => session.call(text, tokens, self.call, self.calls + 1),
            _ => self.plain(session, tokens).map(|statement| vec![Step::Statement(statement)]),
        }
    }

    /// A variable, or a handler that passes over what fails.
    fn declare(&mut self, session: &mut Session, tokens: Range<usize>) -> bool {
        let text = self.text;
        if text.are_words(tokens.start + 1, &["continue", "handler", "for", "sqlexception", "begin", "end"]) {
            self.goes_on = true;
            return true;
        }
        let is_variable = text.name(tokens.start + 1).is_some() && !text.is_any(tokens.start + 2, &["handler", "cursor", "condition"]);
        let value = match text.find(tokens.clone(), &["default"]) {
            Some(default) => session.value(text, default + 1..tokens.end),
            None => super::Value::Unknown,
        };
        if let Some(name) = text.name(tokens.start + 1).filter(|_| is_variable) {
            session.known.set(name.to_ascii_lowercase(), value);
        }
        is_variable
    }

    /// `IF … THEN … ELSE … END IF`; the same from `ELSEIF` on.
    fn branch(&mut self, session: &mut Session) -> Option<Step> {
        let text = self.text;
        let then_at = text.find(self.at + 1..text.tokens.len(), &["then"]).filter(|_| self.blocks < MAX_BLOCKS)?;
        let condition = session.condition(text, self.at + 1..then_at);
        self.at = then_at + 1;
        self.blocks += 1;
        let before = session.known.clone();
        let then = self.steps(session)?;
        let after_then = std::mem::replace(&mut session.known, before);
        let otherwise = if text.is_word(self.at, "elseif") {
            vec![self.branch(session)?]
        } else if self.closes(&["else"]) {
            let steps = self.steps(session)?;
            self.closes(&["end", "if"]).then_some(steps)?
        } else {
            self.closes(&["end", "if"]).then(Vec::new)?
        };
        session.known.merge(&after_then);
        self.blocks -= 1;
        Some(Step::If { condition, then, otherwise })
    }

    /// A statement that is what it says.
    fn plain(&self, session: &Session, tokens: Range<usize>) -> Option<Statement> {
        const CODE: &[&str] = &["loop", "while", "repeat", "case", "leave", "iterate", "open", "fetch", "close", "return", "signal"];
        if self.text.is_any(tokens.start, CODE) || self.text.is_symbol(tokens.start + 1, ":") {
            return None;
        }
        let tokens = self.text.tokens.get(tokens)?.to_vec();
        let text = Text::new(session.source, session.file, Piece { tokens }, Dialect::MySql);
        let statement = super::super::statement(&text);
        let is_known = !matches!(statement.body, Body::Opaque { .. } | Body::Unparsed(_));
        is_known.then_some(statement)
    }
}

fn passed_over(step: Step) -> Step {
    Step::Protected { body: vec![step], handlers: vec![(vec!["others".into()], Vec::new())] }
}
