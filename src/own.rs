//! The user's own lints: expressions in the Common Expression Language that see a schema under the names of
//! `migralint schema --format json`.

pub mod examples;
mod expression;
mod message;
mod names;
mod objects;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::config;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::own::{OwnCard, Subject};
use crate::lint::{Check, Finding, HistoryContext, Lint, OwnCheck};
use crate::nearest::did_you_mean;
use crate::source::{SourceMap, Span, Spanned};
use expression::{Evaluation, Expression, Mistake};
use message::Message;
use names::Scope;
use objects::Object;

/// Makes lints of cards; a card with a mistake in its expressions makes none, and the mistake is told at its place.
pub fn lints(cards: &[OwnCard], sources: &SourceMap) -> (Vec<Lint>, Vec<Diagnostic>) {
    let (mut lints, mut mistakes) = (Vec::new(), Vec::new());
    for own in cards {
        match compile(own) {
            Ok(check) => lints.push(Lint { card: own.card.clone(), check: Check::Own(Arc::new(check)) }),
            Err((text, mistake)) => mistakes.push(told(text, mistake, sources)),
        }
    }
    (lints, mistakes)
}

/// A mistake in one of a card's texts, at its place in the file.
fn told(text: &Spanned<String>, mistake: Mistake, sources: &SourceMap) -> Diagnostic {
    let place = place(text, mistake.offset, mistake.length, sources);
    Diagnostic { help: mistake.help, ..config::mistake(place, mistake.message) }
}

/// The place in the file of a part of a text. YAML may fold, indent and quote it, but leaves its characters in order.
fn place(text: &Spanned<String>, offset: usize, length: usize, sources: &SourceMap) -> Span {
    let source = sources.text(text.span);
    let mut at = 0;
    let (mut start, mut end) = (None, 0);
    for (index, letter) in text.value.char_indices() {
        let same = |other: char| other == letter || (letter.is_whitespace() && other.is_whitespace());
        let Some((skipped, found)) = source.get(at..).unwrap_or_default().char_indices().find(|(_, other)| same(*other)) else { break };
        let position = at + skipped;
        if index >= offset && start.is_none() {
            start = Some(position);
        }
        if index < offset.saturating_add(length.max(1)) {
            end = position + found.len_utf8();
        }
        at = position + found.len_utf8();
    }
    let base = text.span.start as usize;
    match start {
        Some(start) => Span::new(text.span.file, base + start..base + end.max(start)),
        None => text.span,
    }
}

/// One lint of the user's own, ready to run.
#[derive(Debug)]
struct OwnLint {
    id: String,
    on: Subject,
    when: Expression,
    message: Message,
}

fn compile(own: &OwnCard) -> Result<OwnLint, (&Spanned<String>, Mistake)> {
    let check = &own.check;
    let scope = Scope::of(check.on, &own.card.options);
    let when = Expression::compile(&check.when.value, &scope).map_err(|mistake| (&check.when, mistake))?;
    let message = Message::compile(&check.message.value, &scope).map_err(|mistake| (&check.message, mistake))?;
    Ok(OwnLint { id: own.card.id.clone(), on: check.on, when, message })
}

/// What became of one object.
enum Outcome {
    Quiet,
    Reported(String),
    Failed(String),
}

impl OwnCheck for OwnLint {
    fn check(&self, context: &HistoryContext) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut failures: BTreeMap<String, Finding> = BTreeMap::new();
        let mut evaluation = Evaluation::new(context.options);
        if self.mentions("schema") {
            evaluation.set("schema", objects::schema(context));
        }
        for object in objects::all(self.on, context) {
            match self.judge(&object, &mut evaluation) {
                Outcome::Quiet => {}
                Outcome::Reported(message) => findings.push(Finding::new(object.span, message).object(&object.path)),
                Outcome::Failed(reason) => {
                    failures.entry(reason.clone()).or_insert_with(|| self.failure(&object, &reason));
                }
            }
            if evaluation.is_spent() {
                break;
            }
        }
        findings.extend(failures.into_values());
        findings
    }
}

impl OwnLint {
    /// Whether one of the expressions speaks of a variable.
    fn mentions(&self, variable: &str) -> bool {
        self.when.mentions(variable) || self.message.expressions().any(|expression| expression.mentions(variable))
    }

    /// Whatever the interpreter does, it does not end the run.
    fn judge(&self, object: &Object, evaluation: &mut Evaluation) -> Outcome {
        let judged = catch_unwind(AssertUnwindSafe(|| {
            // Handing over a whole table takes longer than most expressions.
            let needed = object.variables.iter().filter(|(name, _)| self.mentions(name));
            needed.for_each(|(name, value)| evaluation.set(name, value.clone()));
            match evaluation.truth(&self.when) {
                Ok(false) => Outcome::Quiet,
                Ok(true) => self.message.render(evaluation).map_or_else(Outcome::Failed, Outcome::Reported),
                Err(reason) => Outcome::Failed(reason),
            }
        }));
        judged.unwrap_or_else(|_| Outcome::Failed("the interpreter failed".to_owned()))
    }

    fn failure(&self, object: &Object, reason: &str) -> Finding {
        let message = format!("`{}` cannot be answered for `{}`: {reason}", self.id, object.path);
        Finding::new(object.span, message).object(&object.path).severity(Severity::Error)
    }
}

/// The name that was meant, if one is near.
fn meant<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    did_you_mean(name, names)
}
