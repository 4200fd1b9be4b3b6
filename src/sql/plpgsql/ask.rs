//! Questions to the catalogs whose answers code goes on with: loops over what they list, names looked up in them. The
//! code is run when the history is replayed and the answer is there.

use std::sync::Arc;

use super::Continuation;
use super::condition;
use super::interpret::{Rest, Run, collect_written, executes, executes_any, exits, forget, into_clause, targets, written_names};
use super::structure::{Header, Node};
use super::token::{Token, covered, find_outer};
use super::value::{HOLE, Value, Variables, sql_text, variable};
use crate::catalog::{self, Datum, Select, Term};
use crate::schema::{Name, Schema};
use crate::sql::{Ask, Condition, Question, Step};

/// Questions behind one another; what more would be asked is not known.
const MAX_ASKED: usize = 16;

impl Run<'_> {
    /// A condition; where it asks more than whether something is there, an expression that replay evaluates.
    pub(super) fn condition(&self, tokens: &[Token], variables: &Variables) -> Condition {
        let condition = condition::read(tokens, variables);
        if !has_unknown(&condition) {
            return condition;
        }
        match self.term(tokens, variables) {
            Some(term) if term.asks() => Condition::Asked(Arc::new(term)),
            Some(term) => constant(&term).truth().map_or(condition, Condition::Constant),
            None => condition,
        }
    }

    /// The value of an expression.
    pub(super) fn value(&self, tokens: &[Token], variables: &Variables) -> Value {
        match condition::value(tokens, variables) {
            value if !self.is_dynamic => value,
            Value::Unknown => match self.term(tokens, variables) {
                Some(term) if !term.asks() => constant(&term).into(),
                _ => Value::Unknown,
            },
            Value::Text(text) if text.contains(HOLE) => match self.term(tokens, variables).map(|term| constant(&term)) {
                Some(Datum::Text(known)) => Value::Text(known.to_string()),
                _ => Value::Text(text),
            },
            value => value,
        }
    }

    /// The text that is executed, unknown parts as [`HOLE`]s.
    pub(super) fn executed(&self, tokens: &[Token], variables: &Variables) -> Option<String> {
        let text = sql_text(tokens, variables);
        if text.as_ref().is_some_and(|text| !text.contains(HOLE)) {
            return text;
        }
        match self.term(tokens, variables).filter(|term| !term.asks()).map(|term| constant(&term)) {
            Some(Datum::Text(known)) => Some(known.to_string()),
            _ => text,
        }
    }

    fn term(&self, tokens: &[Token], variables: &Variables) -> Option<Term> {
        self.source.term(self.text(tokens)?, &|path: &[Name]| variable(path, variables))
    }

    fn select(&self, tokens: &[Token], variables: &Variables) -> Option<Select> {
        self.source.select(self.text(tokens)?, &|path: &[Name]| variable(path, variables))
    }

    fn text(&self, tokens: &[Token]) -> Option<&str> {
        self.source.text().get(covered(tokens))
    }

    /// A loop over what the catalogs list, if it executes texts or decides something in each turn.
    pub(super) fn asked_turns(&mut self, header: &Header, body: &[Node], start: usize, variables: &mut Variables) -> Option<Vec<Step>> {
        let question = match header {
            Header::For { source, .. } if self.is_dynamic && self.asked < MAX_ASKED && executes(body) && !exits(body) => {
                self.select(source, variables)
            }
            _ => None,
        };
        let mut before = variables.clone();
        self.asked += 1;
        let otherwise = self.unknown_turns(header, body, variables);
        self.asked -= 1;
        let Some(question) = question else { return otherwise };
        // A turn does not know what those before it left in the variables.
        let mut written = Vec::new();
        collect_written(body, &mut written);
        forget(&written, &mut before);
        let continuation = self.continuation(start, before, targets(header));
        Some(vec![Step::Ask(Box::new(Ask { question: Question::Each(question), continuation, otherwise: otherwise? }))])
    }

    /// A statement that puts an answer of the catalogs into variables, with all that follows; `None` within where it is no such
    /// statement, or where what follows does not depend on the answer.
    pub(super) fn ask(&mut self, node: &Node, rest: &[Node], then: Option<&Rest>, variables: &mut Variables) -> Option<Option<Step>> {
        if !self.is_dynamic || then.is_some() || rest.is_empty() || self.asked >= MAX_ASKED {
            return Some(None);
        }
        let Some((question, targets, end)) = self.question(node, rest, variables) else { return Some(None) };
        let continuation = self.continuation(end, variables.clone(), targets.clone());
        self.asked += 1;
        let mut otherwise = self.nested(node, None, variables)?;
        otherwise.extend(self.nodes(rest, None, variables)?);
        self.asked -= 1;
        let mut written = targets;
        collect_written(rest, &mut written);
        forget(&written, variables);
        Some(Some(Step::Ask(Box::new(Ask { question, continuation, otherwise }))))
    }

    /// What a statement asks, the variables the answer goes into, and where the statement ends.
    fn question(&self, node: &Node, rest: &[Node], variables: &Variables) -> Option<(Question, Vec<Name>, usize)> {
        match node {
            Node::Statement(statement) => {
                let (before, target, after) = into_clause(statement)?;
                let targets = written_names(target);
                let query: Vec<Token> = before.iter().chain(after).cloned().collect();
                let reads = before.first()?.is_word("select") && find_outer(&query, |token| token.is_word("from")).is_some();
                if !reads || !is_needed(&condition::value(&query, variables), &targets, rest) {
                    return None;
                }
                let text = format!("{} {}", self.text(before)?, self.text(after).unwrap_or_default());
                let select = self.source.select(&text, &|path: &[Name]| variable(path, variables))?;
                Some((Question::First(select), targets, covered(statement).end))
            }
            Node::Assign { target: [target], value } => {
                let targets = vec![target.identifier()?];
                let term = Some(condition::value(value, variables)).filter(|value| is_needed(value, &targets, rest));
                let term = term.and_then(|_| self.term(value, variables)).filter(Term::asks)?;
                Some((Question::Value(term), targets, covered(value).end))
            }
            _ => None,
        }
    }

    fn continuation(&self, start: usize, variables: Variables, targets: Vec<Name>) -> Continuation {
        let code = self.kept.get_or_init(|| self.source.kept()).clone();
        Continuation { code, range: start..self.end, variables, targets }
    }
}

/// Whether more has to be known of a value than what it was looked up by.
fn is_needed(value: &Value, targets: &[Name], rest: &[Node]) -> bool {
    match value {
        Value::Lookup(lookup) => has_unknown(&lookup.exists()) || executes_any(rest, targets),
        Value::Truth(condition) => has_unknown(condition),
        Value::Unknown => true,
        Value::Text(text) => text.contains(HOLE),
        _ => false,
    }
}

fn constant(term: &Term) -> Datum {
    if term.asks() { Datum::Unknown } else { catalog::evaluate(term, &Schema::default()) }
}

fn has_unknown(condition: &Condition) -> bool {
    match condition {
        Condition::Unknown => true,
        Condition::Not(inner) => has_unknown(inner),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(has_unknown),
        Condition::Exists(_) | Condition::Asked(_) | Condition::Constant(_) => false,
    }
}
